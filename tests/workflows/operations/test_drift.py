"""Drift through the sandbox: what is gone is told once to those who lead the place; what people change is not."""

import re
from datetime import UTC, date, datetime, timedelta

from config.loading import load_programme
from sandbox.tenant.state import Tenant
from tests.support.rollout import PLACE, VESTFOLD, Bench, small, writes
from workflows.operations.drift import PlaceDrift, thing_name

ROUND_TRIPS = 2
"""The time a look at one place may take; the questions travel in batches."""


def tenant(found: Bench) -> Tenant:
    assert found.sandbox.app is not None
    return found.sandbox.app.tenant


async def report(found: Bench) -> PlaceDrift:
    async with found.services.clock.busy():
        (only,) = await found.services.jobs.operations.drift.report()
    return only


async def look(found: Bench) -> None:
    """A night's look, and whatever is sent by it the next morning."""
    services = found.services
    async with services.clock.busy():
        (unit,) = await services.jobs.operations.drift.due_units()
        await services.record.units.make_due([unit])
        until = unit.due_at + timedelta(hours=12)
        while (moment := services.clock.now()) < until:
            keys = [
                item.key
                for item in await services.record.units.list_units()
                if item.key.startswith(("drift.", "leads."))
            ]
            await services.engine.run_due(keys)
            await services.clock.sleep_until(moment + timedelta(hours=3))


async def told(found: Bench) -> list[str]:
    messages = await found.services.record.messages.list_messages(kind="leads.mail")
    return [f"{item.state}: {item.content.text}" for item in messages]


def remove_channel(found: Bench, name: str) -> None:
    (team,) = tenant(found).teams.teams.values()
    channel = next(each for each in team.channels.values() if each.name == name)
    del team.channels[channel.id]


async def test_a_look_at_what_stands_finds_nothing_and_is_a_handful_of_reads_without_the_builder(made: Bench) -> None:
    await made.sandbox.control("POST", f"apps/{made.sandbox.env['VAREUNGE_BUILDER_ID']}", {"enabled": False})
    async with made.watching() as asked:
        found = await report(made)

    assert found == PlaceDrift(place=PLACE)
    assert writes(asked) == []
    assert asked.round_trips <= ROUND_TRIPS


async def test_what_is_gone_is_told_once_to_the_local_lead_and_again_only_when_something_else_goes(made: Bench) -> None:
    async with made.services.clock.busy():
        await made.services.clock.sleep_until(datetime(2026, 9, 7, 7, tzinfo=UTC))
    remove_channel(made, "Styret")

    await look(made)
    first = await told(made)
    await look(made)
    assert await told(made) == first
    remove_channel(made, "Arbeidspakker")
    await look(made)

    assert len(first) == 1
    assert first[0].startswith("sent: ")
    assert "kanalen «Styret» er borte" in first[0]
    assert "fanen" not in first[0]
    second = set(await told(made)) - set(first)
    assert len(second) == 1
    assert "Styret" not in second.pop()


async def test_what_people_change_is_not_told(made: Bench) -> None:
    (team,) = tenant(made).teams.teams.values()
    for channel in team.channels.values():
        channel.name = f"{channel.name} 2"
        for tab in channel.tabs.values():
            tab.name = "Vår fane"

    await look(made)

    assert await told(made) == []


async def test_lists_tabs_folders_and_the_page_are_looked_at(made: Bench) -> None:
    (team,) = tenant(made).teams.teams.values()
    board = next(channel for channel in team.channels.values() if channel.name == "Styret")
    board.tabs.clear()
    site = tenant(made).sharepoint.group_site(team.id)
    lists = {each.display_name for each in site.lists if not each.is_library}
    site.lists[:] = [each for each in site.lists if each.is_library]
    site.pages.clear()

    found = await report(made)

    kinds = {key.partition(":")[0] for key in found.gone}
    assert {"list", "tab", "page"} <= kinds
    assert sum(key.startswith("list:") for key in found.gone) <= len(lists)
    assert found.unknown == ()


async def test_with_a_group_that_is_gone_all_is_gone_and_nothing_else_is_told(made: Bench) -> None:
    directory = tenant(made).directory
    (group_id,) = directory.groups
    group = directory.groups.pop(group_id)
    for name in [name for name, each in directory._groups_by_name.items() if each is group]:
        del directory._groups_by_name[name]
    tenant(made).teams.teams.pop(group_id)

    assert await report(made) == PlaceDrift(place=PLACE, gone=("group",))
    await look(made)
    (text,) = await told(made)
    assert "hele gruppen er borte" in text


async def test_a_site_that_is_gone_is_told_as_one_thing(made: Bench) -> None:
    rule = {"match": {"app": "hands", "path": "/sites/"}, "do": "status", "status": 404}
    await made.sandbox.control("POST", "faults", [rule])

    found = await report(made)
    await look(made)

    assert found == PlaceDrift(place=PLACE, gone=("site",))
    (text,) = await told(made)
    assert "nettstedet er borte" in text
    assert "mappen" not in text


async def test_a_site_that_lets_us_in_no_more_is_unknown_and_told_to_nobody(made: Bench) -> None:
    (team,) = tenant(made).teams.teams.values()
    tenant(made).sharepoint.group_site(team.id).grants.clear()

    found = await report(made)
    await look(made)

    assert found.gone == ()
    assert "site" in found.unknown
    assert await told(made) == []


async def test_a_group_that_nobody_owns_is_told(made: Bench) -> None:
    (group,) = tenant(made).directory.groups.values()
    group.owners.clear()

    await look(made)

    assert any("gruppen har ingen eier" in text for text in await told(made))


async def test_a_site_is_asked_for_by_its_own_id_which_is_all_that_hands_may(made: Bench) -> None:
    async with made.watching() as asked:
        await report(made)

    assert "GET /sites/{}" in asked
    assert not any("/sites/root" in kind for kind in asked)


async def test_what_could_not_be_seen_is_unknown_and_told_to_nobody(made: Bench) -> None:
    rule = {"match": {"app": "hands"}, "do": "status", "status": 403}
    await made.sandbox.control("POST", "faults", [rule])

    found = await report(made)
    await look(made)
    await made.sandbox.control("DELETE", "faults")

    assert found.gone == ()
    assert found.unknown
    assert await told(made) == []


async def test_whatever_single_read_is_refused_is_unknown_and_told_to_nobody(made: Bench) -> None:
    """A refusal says nothing of what is there: each was once counted as gone, and seven mails went out."""
    async with made.watching() as asked:
        await report(made)
    kinds = sorted({kind for kind in asked if kind.startswith("GET ")})

    for kind in kinds:
        path = re.escape(kind.removeprefix("GET ")).replace(r"\{\}", "[^/]+")
        rule = {"match": {"method": "GET", "path": f"{path}$"}, "do": "status", "status": 403}
        await made.sandbox.control("POST", "faults", [rule])
        found = await report(made)
        await look(made)
        await made.sandbox.control("DELETE", "faults")

        assert found.gone == (), kind
        assert found.unknown, kind
    assert len(kinds) > 6
    assert await told(made) == []


async def test_a_private_channel_that_hands_cannot_see_is_not_gone(made: Bench) -> None:
    documents = small()
    channels = documents["template.yaml"]["places"]["municipality"]["channels"]
    next(channel for channel in channels if channel["key"] == "board")["kind"] = "private"
    await made.import_(documents)
    remove_channel(made, "Styret")

    assert (await report(made)).gone == ()


def test_a_package_s_channel_is_told_by_its_own_name() -> None:
    programme = load_programme(VESTFOLD)
    package = programme.running_packages(PLACE, on=date(2026, 9, 1))[0]
    renamed = package.model_copy(update={"name": "Skole & arbeid: overgang"})
    others = [item for item in programme.work_packages if item != package]
    programme = programme.model_copy(update={"work_packages": (renamed, *others)})
    spec = programme.find_place(PLACE)
    assert spec is not None

    told = thing_name(programme, spec, f"channel:package/{package.key}", "nb")

    assert told == "kanalen «Skole og arbeid – overgang» er borte"


async def test_it_looks_in_the_night_before_working_days_only(made: Bench) -> None:
    saturday = datetime(2026, 8, 8, 9, tzinfo=UTC)
    async with made.services.clock.busy():
        await made.services.clock.sleep_until(saturday)
        (unit,) = await made.services.jobs.operations.drift.due_units()

    assert unit.due_at == datetime(2026, 8, 10, 0, 30, tzinfo=UTC)
