from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from config.values import Meetings
from tests.clocks import StillClock
from tests.workflows.programme import municipality, programme
from workflows.meeting_values import Meeting, MeetingState
from workflows.ports import DueUnit, Parked
from workflows.their_calendars import Reading, TheirCalendars, reading_units
from workflows.their_meetings import TheirDate

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
FEED = "https://b-vik.example/styret.ics"
PROGRAMME = programme(
    municipalities=(municipality("a-dal"), municipality("b-vik", meetings=Meetings.THEIRS, meeting_feed=FEED))
)
UNIT = DueUnit(key="meetings.read:b-vik", due_at=NOW)


def their(moment: str, uid: str) -> TheirDate:
    return TheirDate(starts=datetime.fromisoformat(moment), uid=uid)


FIRST, SECOND = their("2026-10-15T12:00", "one"), their("2026-12-03T12:00", "two")


class World:
    """A feed and a store in memory, and the history that was noted."""

    def __init__(self) -> None:
        self.meetings: dict[str, Meeting] = {}
        self.units: list[DueUnit] = []
        self.notes: list[str] = []
        self.reading = Reading(dates=())

    async def read(self, url: str, timezone: str) -> Reading:
        assert (url, timezone) == (FEED, "Europe/Oslo")
        return self.reading

    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]:
        return [meeting for meeting in self.meetings.values() if meeting.body == body]

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None:
        self.meetings |= {meeting.key: meeting for meeting in meetings}
        self.units += then

    async def save(self, meeting: Meeting, then: Sequence[DueUnit] = ()) -> None:
        self.meetings[meeting.key] = meeting
        self.units += then

    async def note(self, what: str, **values: str | int) -> None:
        self.notes.append(what)

    async def run(self, *dates: TheirDate, left_out: dict[str, int] | None = None) -> list[Meeting]:
        async def current() -> Any:
            return PROGRAMME

        self.reading, self.units = Reading(dates=dates, left_out=left_out or {}), []
        desk = TheirCalendars(feeds=self, store=self, clock=StillClock(NOW), programme=current)
        outcome = await desk.read(UNIT, self)
        assert isinstance(outcome, Parked)
        assert outcome.until == NOW + timedelta(days=1)
        return sorted(self.meetings.values(), key=lambda meeting: meeting.starts_local)


async def test_their_meetings_open_rounds_and_are_not_ours_to_book() -> None:
    world = World()

    meetings = await world.run(FIRST, SECOND)

    assert [meeting.key for meeting in meetings] == ["b-vik/2026-10-15", "b-vik/2026-12-03"]
    assert {(meeting.state, meeting.booked_by_us) for meeting in meetings} == {(MeetingState.BOOKED, False)}
    assert [unit.key for unit in world.units] == [f"status.open:{meeting.key}" for meeting in meetings]


async def test_reading_again_changes_nothing() -> None:
    world = World()
    before = await world.run(FIRST, SECOND)

    assert await world.run(FIRST, SECOND) == before
    assert world.units == []


async def test_a_meeting_they_moved_stays_the_same_meeting_and_its_round_follows() -> None:
    world = World()
    await world.run(FIRST, SECOND)

    moved, _ = await world.run(their("2026-10-22T14:00", "one"), SECOND)

    assert (moved.key, moved.sequence) == ("b-vik/2026-10-15", 1)
    assert moved.starts_local == datetime.fromisoformat("2026-10-22T14:00")
    plan, unit = world.units
    assert plan.key == "sweep.all:test"
    assert unit == DueUnit(key="status.open:b-vik/2026-10-15", due_at=datetime(2026, 10, 1, 6, tzinfo=UTC))


async def test_a_meeting_that_is_gone_from_a_whole_calendar_is_off() -> None:
    world = World()
    await world.run(FIRST, SECOND)

    first, second = await world.run(FIRST)

    assert (first.stands, second.stands) == (True, False)
    assert DueUnit(key="status.open:b-vik/2026-12-03", due_at=NOW) in world.units


async def test_an_empty_or_half_read_calendar_calls_nothing_off() -> None:
    world = World()
    await world.run(FIRST, SECOND)

    assert all(meeting.stands for meeting in await world.run())
    assert all(meeting.stands for meeting in await world.run(FIRST, left_out={"no_zone": 1}))
    assert world.notes == ["meetings.left_out"]


def test_only_calendars_that_were_entered_are_read() -> None:
    assert reading_units(PROGRAMME, NOW) == [UNIT]
    assert reading_units(programme(), NOW) == []
    theirs = replace(UNIT, key="meetings.read:a-dal")
    assert theirs not in reading_units(PROGRAMME, NOW)
