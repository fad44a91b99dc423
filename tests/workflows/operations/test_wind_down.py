"""Winding down through the sandbox: a package ends, a municipality leaves, and both come back. Nothing is deleted."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import texts
from integration.database.units import UnitState, UnitView
from sandbox.teams.model import Channel, Team
from sandbox.tenant.state import Tenant
from tests.support.rollout import PLACE, Bench, Documents, in_state, small, writes
from workflows.meetings.model import Meeting, MeetingState
from workflows.operations.wind_down_preview import WindDownPreview, preview_lines
from workflows.ports.units import DueUnit
from workflows.rollout.orders import BUILDER_CLOSED
from workflows.rollout.plan import State

MUNICIPALITY = f"municipalities/{PLACE}.yaml"
BOARD = PLACE


def tenant(found: Bench) -> Tenant:
    assert found.sandbox.app is not None
    return found.sandbox.app.tenant


def team(found: Bench) -> Team:
    (only,) = tenant(found).teams.teams.values()
    return only


def channel_of_the_package(found: Bench) -> Channel:
    name = small()[MUNICIPALITY]["work_packages"][0]["name"]
    return next(each for each in team(found).channels.values() if each.name == name)


def package() -> str:
    return str(small()[MUNICIPALITY]["work_packages"][0]["key"])


def until(*, place: date | None = None, work: date | None = None, later: str = "cancel") -> Documents:
    documents = small()
    if place is not None:
        documents[MUNICIPALITY]["municipality"] |= {"until": place.isoformat(), "later_meetings": later}
    if work is not None:
        documents[MUNICIPALITY]["work_packages"][0]["until"] = work.isoformat()
    return documents


def yesterday(found: Bench) -> date:
    return found.services.clock.now().date() - timedelta(days=1)


async def due_here(found: Bench) -> list[DueUnit]:
    """Return the units that would be made due for the place; another package of the programme ends later."""
    keys = (f"wind_down.place:{PLACE}", f"wind_down.package:{PLACE}-")
    return [unit for unit in await found.services.jobs.operations.wind_down.due_units() if unit.key.startswith(keys)]


async def welcomes(found: Bench) -> set[str]:
    """In which states the welcomes to the guests of the place are."""
    messages = await found.services.record.messages.list_messages(kind="rollout.welcome")
    return {str(message.state) for message in messages if message.municipality == PLACE}


async def run(found: Bench, key: str) -> UnitView:
    """Run once the units that the sweep would make due; return the unit afterwards."""
    services = found.services
    async with services.clock.busy():
        due = [unit for unit in await services.jobs.operations.wind_down.due_units() if unit.key == key]
        await services.record.units.make_due(due)
        await services.engine.run_due([key])
        return next(unit for unit in await services.record.units.list_units() if unit.key == key)


async def preview(found: Bench) -> Sequence[WindDownPreview]:
    """Return what the units that are due here would come to."""
    now = found.services.clock.now()
    due = [unit for unit in await due_here(found) if unit.due_at <= now]
    return await found.services.jobs.operations.wind_down.preview(due)


async def a_meeting(found: Bench, day: date, *, invited: Sequence[str] = ()) -> str:
    """Add a meeting ahead; with *invited*, it stands in their calendars."""
    starts = datetime.combine(day, time(9))
    meeting = Meeting(
        key=f"{BOARD}/{day.isoformat()}",
        body=BOARD,
        state=MeetingState.BOOKED if invited else MeetingState.PLANNED,
        event_id="event" if invited else "",
        booked={"attendees": [{"email": email, "required": True} for email in invited]} if invited else {},
        starts_local=starts,
        ends_local=starts + timedelta(hours=2),
        timezone="Europe/Oslo",
        location="",
        changed_at=datetime(2026, 8, 1, tzinfo=UTC),
        booked_by_us=True,
    )
    await found.services.record.meetings.add([meeting])
    return meeting.key


async def test_a_municipality_that_leaves_is_archived_its_feed_ends_and_its_meetings_are_called_off(
    made: Bench,
) -> None:
    day = made.services.clock.now().date() + timedelta(days=60)
    key = await a_meeting(made, day)
    token = await made.services.record.links.issue("feed", BOARD)
    before = (await made.sandbox.state())["sharepoint"]
    await made.import_(until(place=yesterday(made)))

    unit = await run(made, f"wind_down.place:{PLACE}")

    assert unit.state is UnitState.DONE
    assert team(made).archived_at is not None
    assert "Set-SPOSite" in unit.note
    assert await made.services.record.links.resolve(token, "feed") is None
    meeting = await made.services.record.meetings.find_meeting(key)
    assert meeting is not None
    assert not meeting.stands
    assert (await made.sandbox.state())["sharepoint"] == before
    assert tenant(made).directory.deleted == []


async def test_a_preview_counts_people_meetings_and_mails_and_changes_nothing(made: Bench) -> None:
    day = made.services.clock.now().date() + timedelta(days=60)
    await a_meeting(made, day, invited=("a@x.example", "b@x.example"))
    await a_meeting(made, day + timedelta(days=50))
    await made.import_(until(place=yesterday(made)))
    members = len(next(iter(tenant(made).directory.groups.values())).members)

    async with made.watching() as asked:
        (found,) = await preview(made)

    assert (found.name, found.ends, found.people, found.meetings) == ("Sandefjord", True, members, 2)
    assert [mail.people for mail in found.mails] == [{"a@x.example", "b@x.example"}]
    assert asked == []
    assert team(made).archived_at is None
    programme = await made.services.record.register.programme()
    starts = texts.long_moment(datetime.combine(day, time(9)), "nb")
    assert preview_lines(programme, [found], language="nb") == [
        f"Sandefjord: Teamet arkiveres. Det kan leses, og ingen skriver der mer. Personer i teamet: {members}",
        "  Møter som avlyses: 2",
        f"    {starts}–11.00  Styret i Våre unge Sandefjord: avlysning (2)",
    ]


async def test_a_preview_of_kept_meetings_and_of_a_return_has_no_mails(made: Bench) -> None:
    day = made.services.clock.now().date() + timedelta(days=60)
    await a_meeting(made, day, invited=("a@x.example",))
    await made.import_(until(place=yesterday(made), later="keep"))
    (leaves,) = await preview(made)
    await run(made, f"wind_down.place:{PLACE}")
    await made.import_(small())

    (returns,) = await preview(made)

    assert (leaves.meetings, leaves.mails) == (0, ())
    assert (returns.ends, returns.mails) == (False, ())
    programme = await made.services.record.register.programme()
    (line,) = preview_lines(programme, [returns], language="nb")
    assert line.startswith("Sandefjord: Teamet hentes tilbake")


async def test_a_preview_of_a_package_counts_its_people(made: Bench) -> None:
    await made.import_(until(work=yesterday(made)))

    (found,) = await preview(made)

    name = small()[MUNICIPALITY]["work_packages"][0]["name"]
    programme = await made.services.record.register.programme()
    assert preview_lines(programme, [found], language="nb") == [
        f"{name}: Kanalen arkiveres. Personer med oppgaver i arbeidspakken: 1"
    ]


async def test_the_register_may_keep_the_meetings(made: Bench) -> None:
    key = await a_meeting(made, made.services.clock.now().date() + timedelta(days=60))
    await made.import_(until(place=yesterday(made), later="keep"))

    await run(made, f"wind_down.place:{PLACE}")

    meeting = await made.services.record.meetings.find_meeting(key)
    assert meeting is not None
    assert meeting.stands


async def test_a_rollout_leaves_an_archived_place_alone_and_a_repeat_archives_nothing(made: Bench) -> None:
    await made.import_(until(place=yesterday(made)))
    await run(made, f"wind_down.place:{PLACE}")

    async with made.watching() as asked:
        await made.made(PLACE)
        plan = await made.plan(PLACE)
        assert await due_here(made) == []

    assert asked == []
    assert in_state(plan, State.PENDING)["place"].reason == "wound_down"


async def test_a_municipality_that_comes_back_is_taken_out_of_the_archive(made: Bench) -> None:
    await made.import_(until(place=yesterday(made)))
    await run(made, f"wind_down.place:{PLACE}")
    await made.import_(small())

    unit = await run(made, f"wind_down.place:{PLACE}")
    async with made.watching() as asked:
        await made.made(PLACE)

    assert "Set-SPOSite" in unit.note
    assert team(made).archived_at is None
    assert writes(asked) == []
    assert await due_here(made) == []


async def test_what_people_archived_is_not_taken_back_by_us(made: Bench) -> None:
    team(made).archived_at = made.services.clock.now()
    await made.import_(until(place=yesterday(made)))
    await run(made, f"wind_down.place:{PLACE}")
    await made.import_(small())

    await run(made, f"wind_down.place:{PLACE}")

    assert team(made).archived_at is not None


async def test_a_closed_builder_leaves_the_archiving_waiting_and_an_open_one_does_it(made: Bench) -> None:
    builder = f"apps/{made.sandbox.env['VAREUNGE_BUILDER_ID']}"
    await made.sandbox.control("POST", builder, {"enabled": False})
    await made.import_(until(place=yesterday(made)))

    waiting = await run(made, f"wind_down.place:{PLACE}")
    assert (waiting.state, waiting.note) == (UnitState.WAITING, BUILDER_CLOSED)
    assert team(made).archived_at is None

    await made.sandbox.control("POST", builder, {"enabled": True})
    await made.run_all(until=waiting.due_at)
    assert team(made).archived_at is not None


async def test_a_package_that_ends_has_its_channel_archived_and_taken_back(made: Bench) -> None:
    await made.import_(until(work=yesterday(made)))

    ended = await run(made, f"wind_down.package:{package()}")

    assert ended.state is UnitState.DONE
    assert channel_of_the_package(made).archived_at is not None
    assert [each.archived_at for each in team(made).channels.values()].count(None) == len(team(made).channels) - 1

    await made.import_(small())
    await run(made, f"wind_down.package:{package()}")
    assert channel_of_the_package(made).archived_at is None


async def test_without_the_permission_the_channel_is_a_step_for_it_with_its_command(made: Bench) -> None:
    builder = tenant(made).identities[made.sandbox.env["VAREUNGE_BUILDER_ID"]]
    builder.granted -= {"ChannelSettings.ReadWrite.All"}
    await made.services.outside.identities.close()  # Tokens of before still have it.
    await made.import_(until(work=yesterday(made)))

    unit = await run(made, f"wind_down.package:{package()}")

    assert unit.state is UnitState.DONE
    assert f"Invoke-MgArchiveTeamChannel -TeamId {team(made).id}" in unit.note
    assert channel_of_the_package(made).archived_at is None


async def test_what_ends_later_is_due_on_the_morning_after_its_last_day(made: Bench) -> None:
    last = made.services.clock.now().date() + timedelta(days=30)
    await made.import_(until(place=last, work=last))

    due = {unit.key: unit.due_at for unit in await due_here(made)}

    assert {*due} == {f"wind_down.place:{PLACE}", f"wind_down.package:{package()}"}
    assert {moment.date() for moment in due.values()} == {last + timedelta(days=1)}


# ------------------------------------------------------------------------------------------------------------- welcomes


async def test_a_municipality_that_leaves_takes_its_planned_welcomes_along(made: Bench) -> None:
    assert await welcomes(made) == {"planned"}
    await made.import_(until(place=yesterday(made)))

    await run(made, f"wind_down.place:{PLACE}")

    assert await welcomes(made) == {"dropped"}
    await made.run_all(until=made.services.clock.now() + timedelta(days=40))
    assert await made.mailed() == {}


async def test_nobody_is_welcomed_to_a_place_that_has_left_also_before_it_is_wound_down(made: Bench) -> None:
    await made.import_(until(place=yesterday(made)))

    await send_welcomes(made)

    assert await made.mailed() == {}
    assert await welcomes(made) == {"dropped"}


async def test_who_has_no_role_any_more_is_not_welcomed_and_the_others_are(made: Bench) -> None:
    documents = small()
    ended = [item for item in documents[MUNICIPALITY]["assignments"] if item["person"] == "pakkeleder-sandefjord"]
    for item in ended:
        item["until"] = yesterday(made).isoformat()
    await made.import_(documents)

    await send_welcomes(made)

    messages = await made.services.record.messages.list_messages(kind="rollout.welcome")
    assert ended
    assert {message.person for message in messages if message.state == "dropped"} == {"pakkeleder-sandefjord"}
    assert len(await made.mailed()) == len(messages) - 1 > 0


async def send_welcomes(found: Bench) -> None:
    """The one unit that sends them, until nothing waits for sending hours."""
    services = found.services
    async with services.clock.busy():
        (unit,) = [unit for unit in await services.record.units.list_units() if unit.key.startswith("rollout.welcome:")]
        await services.clock.sleep_until(unit.due_at + timedelta(minutes=1))
        for _ in range(3):
            await services.engine.run_due([unit.key])
            (unit,) = [each for each in await services.record.units.list_units() if each.key == unit.key]
            if unit.state is UnitState.WAITING:
                await services.clock.sleep_until(unit.due_at)
