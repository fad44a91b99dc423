"""Changes by hand on the sandbox's pages are those of Teams and SharePoint, and made in a person's name."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from sandbox.teams.catalog import WEBSITE_TAB
from sandbox.teams.model import Tab
from sandbox.tenant.state import Tenant
from tests.sandbox.forms import Forms, change, send
from tests.sandbox.open_site import OpenSite, let_in
from tests.sandbox.walk import make_group, start_team
from tests.support.sandbox import RunningSandbox

EVIL = "<script>alert(1)</script>"
OWNER = "Leder"
CELL = "Change cell: Frister"
LINK = {"Url": "https://x.example/", "Description": "https://x.example/"}
COLUMNS = [
    {"name": "Sted", "displayName": "Hvor", "text": {}},
    {"name": "Antall", "number": {}},
    {"name": "Ferdig", "boolean": {}},
    {"name": "Frist", "dateTime": {}},
    {"name": "Lenke", "hyperlinkOrPicture": {}},
    {"name": "Nøkkel", "text": {}, "readOnly": True},
]


@dataclass(frozen=True)
class Place:
    """A team with a channel and a tab, and its site with folders, a file, a list and a page."""

    site: OpenSite
    channel: str

    @property
    def sandbox(self) -> RunningSandbox:
        return self.site.sandbox

    @property
    def team_page(self) -> str:
        return f"/teams/{self.site.group}"

    @property
    def site_page(self) -> str:
        return f"/sites/{quote(self.site.id, safe='')}"

    async def html(self, path: str) -> str:
        return (await self.sandbox.client.get(self.sandbox.url + path)).text

    async def channels(self) -> dict[str, list[str]]:
        """The channels with their tabs, by name."""
        (team,) = (await self.sandbox.state())["teams"]["teams"].values()
        return {name: [tab["name"] for tab in each["tabs"]] for name, each in team["channels"].items()}

    async def item(self, path: str) -> dict[str, Any]:
        return dict((await self.site.ask("GET", f"/drive/root:/{path}")).json())

    async def row(self) -> dict[str, Any]:
        return dict((await self.site.ask("GET", "/lists/Frister/items/1")).json())

    async def page(self) -> dict[str, Any]:
        (found,) = (await self.site.ask("GET", "/pages")).json()["value"]
        path = f"/pages/{found['id']}/microsoft.graph.sitePage?$expand=canvasLayout"
        return dict((await self.site.ask("GET", path)).json())


@pytest.fixture
async def place(sandbox: RunningSandbox) -> Place:
    group = await make_group(sandbox)
    assert (await start_team(sandbox, group)).status_code == 202
    site_id = (await sandbox.graph("GET", f"/groups/{group}/sites/root")).json()["id"]
    await let_in(sandbox, site_id, "manage")
    drive = (await sandbox.graph("GET", f"/sites/{site_id}/drive", app="hands")).json()["id"]
    site = OpenSite(sandbox, group, site_id, drive)
    for path in ("Rapporter/2026/a.txt", "Arkiv/b.txt"):
        assert (await site.put(path, b"Hei")).is_success
    await made(site.ask("POST", "/lists", {"displayName": "Frister", "columns": COLUMNS}))
    await made(site.ask("POST", "/lists/Frister/items", {"fields": {"Title": "Søknad", "Sted": "Å-dal"}}))
    texts = [{"@odata.type": "#microsoft.graph.textWebPart", "innerHtml": f"<p>{text}</p>"} for text in ("En", "To")]
    canvas = [{"layout": "oneColumn", "columns": [{"width": 12, "webparts": texts}]}]
    body = {"@odata.type": "#microsoft.graph.sitePage", "name": "start.aspx", "title": "Start"}
    page = await made(site.ask("POST", "/pages", {**body, "canvasLayout": {"horizontalSections": canvas}}))
    await made(site.ask("POST", f"/pages/{page['id']}/microsoft.graph.sitePage/publish"))
    channel = await made(sandbox.graph("POST", f"/teams/{group}/channels", {"displayName": "Styret"}))
    assert sandbox.app is not None
    tab = Tab(id="tab-1", name="Møter", app_id=WEBSITE_TAB, configuration={"websiteUrl": "https://tjeneste.example/"})
    sandbox.app.tenant.teams.get_channel(group, channel["id"]).tabs[tab.id] = tab
    return Place(site, channel["id"])


async def made(asking: Any) -> dict[str, Any]:
    answer = await asking
    assert answer.is_success, answer.text
    return dict(answer.json()) if answer.content else {}


def by(item: dict[str, Any]) -> str:
    """The person who changed something last; fails when it was an app."""
    return str(item["lastModifiedBy"]["user"]["displayName"])


# --------------------------------------------------------------------------------------------------------------- teams


async def test_a_channel_is_renamed_and_keeps_its_tabs(place: Place) -> None:
    led_to = await change(place.sandbox, place.team_page, "Rename the channel: Styret", name=" Ledelsen ")

    assert await place.channels() == {"General": [], "Ledelsen": ["Møter"]}
    assert f'id="{led_to.partition("#")[2]}" lang="nb">Ledelsen<' in await place.html(led_to)


@pytest.mark.parametrize("name", ["", "  ", "Saker/vedtak", "general", "x" * 51])
async def test_a_channel_takes_no_name_that_teams_does_not_take(place: Place, name: str) -> None:
    answer = await send(place.sandbox, place.team_page, "Rename the channel: Styret", name=name)

    assert answer.status_code == 400
    assert "Styret" in await place.channels()


async def test_general_keeps_its_name(place: Place) -> None:
    general = next(iter(tenant(place).teams.get_team(place.site.group).channels))

    answer = await post(place, f"{place.team_page}/channels/{quote(general)}/rename", name="Felles")

    assert answer.status_code == 400
    assert "Rename the channel: General" not in await place.html(place.team_page)


async def test_a_tab_is_renamed(place: Place) -> None:
    await change(place.sandbox, place.team_page, "Rename the tab: Møter", name="Kalender")

    assert (await place.channels())["Styret"] == ["Kalender"]


async def test_a_tab_is_removed(place: Place) -> None:
    await change(place.sandbox, place.team_page, "Remove the tab: Møter")

    assert (await place.channels())["Styret"] == []


async def test_what_is_archived_has_no_forms_and_takes_none(place: Place) -> None:
    button = "Rename the channel: Styret"
    action = Forms(await place.html(place.team_page)).named(button).action
    team = tenant(place).teams.get_team(place.site.group)
    team.channels[place.channel].archived_at = team.created_at
    channel_archived = await post(place, action, name="Ledelsen")
    team.channels[place.channel].archived_at, team.archived_at = None, team.created_at
    team_archived = await post(place, action, name="Ledelsen")

    assert [channel_archived.status_code, team_archived.status_code] == [403, 403]
    assert Forms(await place.html(place.team_page)).forms == []


# --------------------------------------------------------------------------------------------------------------- files


async def test_a_folder_is_moved_with_what_is_in_it(place: Place) -> None:
    before = await place.item("Rapporter")

    await change(place.sandbox, place.site_page, "Move folder", folder="Rapporter", below="Arkiv")

    after = await place.item("Arkiv/Rapporter")
    assert (after["id"], by(after)) == (before["id"], OWNER)
    assert after["eTag"] != before["eTag"]
    assert (await place.item("Arkiv/Rapporter/2026/a.txt"))["name"] == "a.txt"


async def test_a_folder_is_moved_to_the_top(place: Place) -> None:
    await change(place.sandbox, place.site_page, "Move folder", folder="Rapporter/2026", below="Dokumenter")

    assert by(await place.item("2026")) == OWNER


async def test_a_folder_is_not_moved_into_itself(place: Place) -> None:
    answer = await send(place.sandbox, place.site_page, "Move folder", folder="Rapporter", below="Rapporter/2026")

    assert answer.status_code == 400


async def test_a_folder_is_deleted_with_what_is_in_it(place: Place) -> None:
    await change(place.sandbox, place.site_page, "Delete folder", folder="Rapporter")

    for path in ("Rapporter", "Rapporter/2026/a.txt"):
        assert (await place.site.ask("GET", f"/drive/root:/{path}")).status_code == 404


async def test_neither_a_file_nor_the_library_is_a_folder_to_delete(place: Place) -> None:
    file = (await place.item("Arkiv/b.txt"))["id"]

    assert (await post(place, f"{place.site_page}/folders/delete", folder=file)).status_code == 400
    assert (await post(place, f"{place.site_page}/folders/delete", folder="root")).status_code == 403


# --------------------------------------------------------------------------------------------------------------- lists


@pytest.mark.parametrize(
    ("column", "typed", "kept"),
    [
        pytest.param("Hvor", "Vi deler på det", ("Sted", "Vi deler på det"), id="text"),
        pytest.param("Hvor", "", ("Sted", None), id="nothing"),
        pytest.param("Antall", "12", ("Antall", 12), id="number"),
        pytest.param("Antall", "2,5", ("Antall", 2.5), id="number with a comma"),
        pytest.param("Ferdig", "Yes", ("Ferdig", True), id="yes"),
        pytest.param("Frist", "2026-09-01", ("Frist", "2026-09-01T00:00:00Z"), id="date"),
        pytest.param("Lenke", "https://x.example/", ("Lenke", LINK), id="link"),
    ],
)
async def test_a_cell_is_changed(place: Place, column: str, typed: str, kept: tuple[str, Any]) -> None:
    before = await place.row()

    await change(place.sandbox, place.site_page, CELL, row="Søknad", column=column, value=typed)

    after = await place.row()
    assert (after["fields"].get(kept[0]), by(after)) == (kept[1], OWNER)
    assert after["eTag"] != before["eTag"]
    assert after["createdBy"] == before["createdBy"]


@pytest.mark.parametrize(
    ("column", "typed"), [("Antall", "mange"), ("Ferdig", "kanskje"), ("Frist", "snart"), ("Title", " ")]
)
async def test_a_cell_takes_no_value_that_its_column_does_not_take(place: Place, column: str, typed: str) -> None:
    before = await place.row()

    answer = await send(place.sandbox, place.site_page, CELL, row="Søknad", column=column, value=typed)

    assert answer.status_code == 400
    assert await place.row() == before


# --------------------------------------------------------------------------------------------------------------- pages


async def test_a_page_gets_another_first_text_that_readers_see(place: Place) -> None:
    before = await place.page()

    await change(place.sandbox, place.site_page, "Publish text: Start", text="Hei fra oss\nog dere")

    after = await place.page()
    first, second = [part["innerHtml"] for part in parts_of(after)]
    assert "Hei fra oss og dere</p>" in first
    assert "To</p>" in second
    assert (after["publishingState"]["level"], after["publishingState"]["versionId"]) == ("published", "2.0")
    assert after["eTag"] != before["eTag"]
    assert by(after) == OWNER


async def test_a_draft_stays_a_draft(place: Place) -> None:
    (page,) = tenant(place).sharepoint.pages(place.site.id)
    page.published, page.draft.sections = None, []

    await change(place.sandbox, place.site_page, "Save text: Start", text="Hei")

    assert page.published is None
    assert [html.endswith(">Hei</p>") for html in page.draft.html()] == [True]


# ---------------------------------------------------------------------------------------------------------- all of them


async def test_what_is_typed_is_text_and_never_html(place: Place) -> None:
    await change(place.sandbox, place.team_page, "Rename the tab: Møter", name=EVIL)
    await change(place.sandbox, place.site_page, CELL, row="Søknad", column="Title", value=EVIL)
    await change(place.sandbox, place.site_page, "Publish text: Start", text=EVIL)

    shown = [await place.html(path) for path in (place.team_page, place.site_page)]
    refused = await send(place.sandbox, place.team_page, "Rename the channel: Styret", name=EVIL)

    assert all("alert(1)" in html and EVIL not in html for html in [*shown, refused.text])
    assert "&lt;script&gt;" in parts_of(await place.page())[0]["innerHtml"]


@pytest.mark.parametrize(
    ("path", "row"),
    [
        pytest.param("/teams/x/channels/{channel}/rename", "", id="team"),
        pytest.param("{team}/channels/x/rename", "", id="channel"),
        pytest.param("{team}/channels/{channel}/tabs/x/rename", "", id="tab to rename"),
        pytest.param("{team}/channels/{channel}/tabs/x/remove", "", id="tab to remove"),
        pytest.param("/sites/x/folders/move", "", id="site"),
        pytest.param("{site}/folders/move", "", id="folder to move"),
        pytest.param("{site}/folders/delete", "", id="folder to delete"),
        pytest.param("{site}/lists/x/change", "1", id="list"),
        pytest.param("{site}/lists/Dokumenter/change", "1", id="library"),
        pytest.param("{site}/lists/Frister/change", "7", id="row"),
        pytest.param("{site}/lists/Frister/change", "1", id="column that is read only"),
        pytest.param("{site}/pages/x/write", "", id="page"),
    ],
)
async def test_what_is_not_there_is_not_changed(place: Place, path: str, row: str) -> None:
    before = await place.sandbox.state()
    address = path.format(team=place.team_page, site=place.site_page, channel=quote(place.channel))
    fields = dict.fromkeys(("name", "text", "folder", "below", "value"), "x")

    answer = await post(place, address, row=row, column="Nøkkel", **fields)

    assert answer.status_code == 404
    assert await place.sandbox.state() == before


@pytest.mark.parametrize(("site", "status"), [("same-origin", 303), ("cross-site", 403), ("same-site", 403)])
async def test_a_form_is_sent_from_the_sandboxs_own_pages(place: Place, site: str, status: int) -> None:
    action = Forms(await place.html(place.team_page)).named("Remove the tab: Møter").action

    answer = await place.sandbox.client.post(place.sandbox.url + action, headers={"Sec-Fetch-Site": site})

    assert answer.status_code == status


async def test_a_site_whose_group_has_no_owner_is_changed_by_nobody(place: Place) -> None:
    action = Forms(await place.html(place.site_page)).named("Publish text: Start").action
    tenant(place).directory.get_group(place.site.group).owners.clear()

    answer = await post(place, action, text="Hei")

    assert answer.status_code == 403
    assert Forms(await place.html(place.site_page)).forms == []


async def test_every_field_has_a_label_and_every_button_says_what_it_changes(place: Place) -> None:
    for path in (place.team_page, place.site_page):
        page = Forms(await place.html(path))
        names = [name for form in page.forms for name in form.buttons]

        assert page.forms
        assert page.unlabelled == set()
        assert len(names) == len(set(names))


def tenant(place: Place) -> Tenant:
    assert place.sandbox.app is not None
    return place.sandbox.app.tenant


async def post(place: Place, path: str, **fields: str) -> httpx.Response:
    return await place.sandbox.client.post(place.sandbox.url + path, data=fields)


def parts_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        part
        for section in page["canvasLayout"]["horizontalSections"]
        for column in section["columns"]
        for part in column["webparts"]
    ]
