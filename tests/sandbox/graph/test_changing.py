"""Other names and places for what is there, as Microsoft 365 takes and refuses them."""

from typing import Any

import pytest

from tests.sandbox.open_site import OpenSite, open_site
from tests.sandbox.walk import GROUP, make_team
from tests.support.sandbox import RunningSandbox


async def _channels(sandbox: RunningSandbox, team: str) -> dict[str, Any]:
    listed = (await sandbox.graph("GET", f"/teams/{team}/channels")).json()["value"]
    return {channel["displayName"]: channel for channel in listed}


async def test_a_channel_takes_other_words(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    made = (await sandbox.graph("POST", f"/teams/{team}/channels", {"displayName": "Styret"})).json()["id"]
    words = {"displayName": "Ledelsen", "description": "Om ledelsen"}

    renamed = await sandbox.graph("PATCH", f"/teams/{team}/channels/{made}", words)

    assert renamed.status_code == 204
    channel = (await _channels(sandbox, team))["Ledelsen"]
    assert (channel["id"], channel["description"]) == (made, "Om ledelsen")


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param("Styret", {"displayName": "general"}, id="a name that is taken"),
        pytest.param("Styret", {"displayName": "Saker/vedtak"}, id="a name that Teams does not take"),
        pytest.param("Styret", {"membershipType": "private"}, id="another kind"),
        pytest.param("General", {"displayName": "Felles"}, id="General keeps its name"),
    ],
)
async def test_a_change_of_a_channel_that_teams_does_not_make(
    sandbox: RunningSandbox, name: str, change: dict[str, str]
) -> None:
    team = await make_team(sandbox)
    await sandbox.graph("POST", f"/teams/{team}/channels", {"displayName": "Styret"})
    channel = (await _channels(sandbox, team))[name]["id"]

    assert (await sandbox.graph("PATCH", f"/teams/{team}/channels/{channel}", change)).status_code == 400


async def test_hands_may_make_channels_and_not_change_them(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    general = (await sandbox.graph("GET", f"/teams/{team}/primaryChannel")).json()["id"]

    refused = await sandbox.graph("PATCH", f"/teams/{team}/channels/{general}", {"description": "x"}, app="hands")

    assert refused.status_code == 403


async def test_a_tab_that_is_not_there_is_not_renamed(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    general = (await sandbox.graph("GET", f"/teams/{team}/primaryChannel")).json()["id"]

    tab = f"/teams/{team}/channels/{general}/tabs/00000000-0000-0000-0000-000000000000"

    assert (await sandbox.graph("PATCH", tab, {"displayName": "Rapport"})).status_code == 404


@pytest.fixture
async def site(sandbox: RunningSandbox) -> OpenSite:
    return await open_site(sandbox)


async def _folder(site: OpenSite, name: str, parent: str = "root") -> str:
    body = {"name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail"}
    answer = await site.ask("POST", f"/drive/items/{parent}/children", body)
    return str(answer.json()["id"])


async def test_a_folder_goes_elsewhere_with_what_is_in_it_and_keeps_its_id(site: OpenSite) -> None:
    reports, archive = await _folder(site, "Rapporter"), await _folder(site, "Arkiv")
    await site.put("Rapporter/en.pdf", b"1")

    moved = await site.ask("PATCH", f"/drive/items/{reports}", {"name": "Gamle", "parentReference": {"id": archive}})

    assert (moved.status_code, moved.json()["id"], moved.json()["name"]) == (200, reports, "Gamle")
    assert moved.json()["parentReference"]["path"].endswith("root:/Arkiv")
    assert (await site.ask("GET", "/drive/root:/Arkiv/Gamle/en.pdf")).status_code == 200
    assert (await site.ask("GET", "/drive/root:/Rapporter")).status_code == 404


async def test_a_folder_goes_neither_into_itself_nor_onto_another(site: OpenSite) -> None:
    above, other = await _folder(site, "Arbeid"), await _folder(site, "Annet")
    below = await _folder(site, "Sak", above)

    into_itself = await site.ask("PATCH", f"/drive/items/{above}", {"parentReference": {"id": below}})
    onto_another = await site.ask("PATCH", f"/drive/items/{other}", {"name": "arbeid"})

    assert into_itself.status_code == 400
    assert (onto_another.status_code, onto_another.json()["error"]["code"]) == (409, "nameAlreadyExists")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        pytest.param({"displayName": "Lys"}, 200, id="another name"),
        pytest.param({"choice": {"choices": ["a", "b"]}}, 200, id="other choices"),
        pytest.param({"text": {}}, 400, id="no other kind"),
        pytest.param({"name": "Light2"}, 400, id="no other name in the API"),
    ],
)
async def test_a_column_keeps_its_kind_and_the_name_that_programs_use(
    site: OpenSite, change: dict[str, Any], status: int
) -> None:
    columns = [{"name": "Light", "displayName": "Status", "choice": {"choices": ["a"], "allowTextEntry": False}}]
    made = await site.ask(
        "POST", "/lists", {"displayName": "Pakker", "list": {"template": "genericList"}, "columns": columns}
    )
    address = f"/lists/{made.json()['id']}/columns/Light"

    answer = await site.ask("PATCH", address, change)

    assert answer.status_code == status
    assert (await site.ask("DELETE", address)).status_code == 204
    assert (await site.ask("PATCH", address, {"displayName": "Lys"})).status_code == 404


async def test_a_blocked_word_is_refused_in_a_groups_name_when_it_is_made_and_changed(sandbox: RunningSandbox) -> None:
    assert sandbox.app is not None
    sandbox.app.tenant.directory.blocked_words = frozenset({"sperret"})

    refused = await sandbox.graph("POST", "/groups", {**GROUP, "displayName": "Et sperret ord"})
    made = await sandbox.graph("POST", "/groups", GROUP)
    changed = await sandbox.graph("PATCH", f"/groups/{made.json()['id']}", {"displayName": "Sperret"})

    assert (refused.status_code, made.status_code, changed.status_code) == (400, 201, 400)
    assert refused.json()["error"]["details"][0]["code"] == "ContainsBlockedWord"
