"""A new template over places that people have changed: exactly what is wanted, and nobody's work trampled on."""

from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest

from config.problems import InvalidInput
from sandbox.sharepoint.sites import Site
from sandbox.teams.model import Channel, Team
from sandbox.tenant.state import Tenant
from tests.sandbox.forms import change
from tests.support.rollout import PLACE, PLACES, START, Bench, Documents, bench, few, in_state, writes
from workflows.rollout.plan import State


def _tenant(found: Bench) -> Tenant:
    assert found.sandbox.app is not None
    return found.sandbox.app.tenant


async def _team(found: Bench, place: str = PLACE) -> Team:
    return _tenant(found).teams.teams[(await found.services.record.resources.of(place))["team"].external_id]


async def _site(found: Bench, place: str = PLACE) -> Site:
    return _tenant(found).sharepoint.site((await found.services.record.resources.of(place))["site"].external_id)


def _channel(team: Team, name: str) -> Channel:
    return next(channel for channel in team.channels.values() if channel.name == name)


def _move(site: Site, path: str, below: str) -> None:
    folder, parent = site.drive.at(path), site.drive.at(below)
    site.drive.move(folder, parent, folder.name, now=START)


def _edit_landing(site: Site) -> None:
    page = next(page for page in site.pages if page.name == "start.aspx")
    page.draft.sections[0]["columns"][0]["webparts"][0]["innerHtml"] = "<p>Hei fra oss</p>"


def _second_template() -> Documents:
    """A new channel and a tab with another name from the template, a new column from the county, one folder less."""
    documents = few()
    template = documents["template.yaml"]["places"]["municipality"]
    template["channels"].append({"key": "events", "name": "Arrangementer", "description": "På tvers."})
    board = next(channel for channel in template["channels"] if channel["key"] == "board")
    next(tab for tab in board["tabs"] if tab["key"] == "calendar")["name"] = "Møteplan"
    template["folders"].remove("Samarbeidsavtaler")
    county = documents["county.yaml"]["overrides"]["places"]["municipality"]
    county["lists"] = [{"key": "work-packages", "columns": [{"name": "Budget", "label": "Budsjett", "kind": "number"}]}]
    return documents


async def _change_by_hand(found: Bench) -> None:
    """Three of the five places are lived in; in one of them people use the forms of the sandbox's pages."""
    horten = await _team(found, "horten")
    next(tab for tab in _channel(horten, "Styret").tabs.values() if tab.name == "Møter").name = "Kalender"
    _move(await _site(found, "horten"), "Rapporter", "Arbeidspakker")
    team_page = f"/teams/{(await _team(found, 'tonsberg')).id}"
    site_page = f"/sites/{quote((await _site(found, 'tonsberg')).id)}"
    await change(found.sandbox, team_page, "Rename the channel: Lederteamet", name="Ledelsen")
    await change(found.sandbox, site_page, "Publish text: Våre unge Tønsberg", text="Hei fra oss")
    await found.sandbox.graph(
        "POST", f"/teams/{(await _team(found, 'sandefjord')).id}/channels", {"displayName": "arrangementer"}
    )
    site = await _site(found, "sandefjord")
    packages = next(each for each in site.lists if each.display_name == "Arbeidspakker")
    packages.add_column({"name": "Budget", "displayName": "Penger", "number": {}}, START)
    next(iter(packages.rows.values())).values["Lead"] = "Vi deler på det"
    site.drive.delete(site.drive.at("Samarbeidsavtaler"))


async def test_a_second_template_over_five_places_three_of_them_changed_by_hand(database_file: Path) -> None:
    async with bench(database_file, documents=few()) as found:
        await found.rollout(*PLACES)
        await _change_by_hand(found)
        kept = [_channels(await _team(found, place)) for place in PLACES]
        await found.import_(_second_template())

        plans = {place: await found.plan(place) for place in PLACES}
        async with found.watching() as asked:
            await found.rollout(*PLACES)

        wanted = {"channel:events", "tab:board/calendar", "column:work-packages/Budget"}
        assert {place: set(in_state(plan, State.MISSING, State.DIFFERS)) for place, plan in plans.items()} == {
            "faerder": wanted,
            "holmestrand": wanted,
            "horten": wanted - {"tab:board/calendar"},
            "sandefjord": {"tab:board/calendar"},
            "tonsberg": wanted,
        }
        assert Counter(writes(asked)) == {
            "POST /teams/{}/channels": 4,
            "PATCH /teams/{}/channels/{}/tabs/{}": 4,
            "POST /sites/{}/lists/{}/columns": 4,
        }
        local = {place: set(in_state(await found.plan(place), State.LOCAL)) for place in PLACES}
        assert local == {
            "faerder": {"folder:Samarbeidsavtaler"},
            # Its own layer still wants the folder.
            "holmestrand": set(),
            "horten": {"folder:Samarbeidsavtaler", "tab:board/calendar", "folder:Rapporter"},
            # What was made by hand was adopted, and is called as people call it.
            "sandefjord": {
                *("channel:events.description", "column:work-packages/Budget"),
                "row:work-packages/sandefjord-trygg-overgang",
            },
            "tonsberg": {"folder:Samarbeidsavtaler", "channel:board", "page:landing"},
        }
        layers = {item.key: item.layer for item in plans["faerder"].items}
        assert layers["channel:events"] == layers["tab:board/calendar"] == "template"
        assert layers["column:work-packages/Budget"] == "county"
        after = [_channels(await _team(found, place)) for place in PLACES]
        assert all(
            set(before) <= set(now) and len(set(now)) == len(now) for before, now in zip(kept, after, strict=True)
        )
        async with found.watching() as again:
            await found.rollout(*PLACES)
        assert writes(again) == []


def _channels(team: Team) -> list[str]:
    return [channel.name.casefold() for channel in team.channels.values()]


# -------------------------------------------------------------------------------------------------------------- restore


async def test_what_is_ordered_back_is_restored_and_all_else_is_kept(made: Bench) -> None:
    before = await made.sandbox.state()
    team, site = await _team(made), await _site(made)
    board = _channel(team, "Styret")
    board.name, board.description = "Lederteamet", "Våre egne ord"
    board.tabs.popitem()
    _edit_landing(site)
    _move(site, "Rapporter", "Arbeidspakker")
    site.drive.delete(site.drive.at("Styremøter"))
    packages = next(each for each in site.lists if each.display_name == "Arbeidspakker")
    packages.remove_column("Light", START)
    row = next(iter(packages.rows.values()))
    row.values["Lead"] = "Vi deler på det"

    local = in_state(await made.plan(PLACE), State.LOCAL)
    years = {key for key in local if key.startswith("folder:Styremøter/")}
    assert set(local) - years == {
        *("channel:board", "channel:board.description", "tab:board/calendar", "page:landing", "folder:Rapporter"),
        *("folder:Styremøter", "column:work-packages/Light"),
        *(key for key in local if key.startswith("row:work-packages/")),
    }
    assert (local["folder:Rapporter"].reason, local["folder:Rapporter"].old) == ("moved", "Arbeidspakker/Rapporter")
    assert all(item.can_be_restored for item in local.values())
    keys = sorted(set(local) - {"channel:board.description"})
    await made.services.jobs.rollout.handlers.restore(PLACE, keys)
    await made.made(PLACE)

    assert set(in_state(await made.plan(PLACE), State.LOCAL)) == {"channel:board.description"}
    after = await made.sandbox.state()
    assert after["sharepoint"] == before["sharepoint"] or after["sharepoint"].keys() == before["sharepoint"].keys()
    assert board.description == "Våre egne ord"
    assert row.values["Lead"] != "Vi deler på det"
    async with made.watching() as asked:
        await made.made(PLACE)
    assert writes(asked) == []


async def test_only_what_the_plan_offers_can_be_ordered_back(made: Bench) -> None:
    with pytest.raises(InvalidInput, match="channel:board"):
        await made.services.jobs.rollout.handlers.restore(PLACE, ["channel:board"])
