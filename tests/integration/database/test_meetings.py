from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import StatementError

from integration.database.connection import Database
from integration.database.meetings import SQLMeetings
from integration.database.tables import audit
from integration.database.units import SQLUnits
from workflows.meetings.date_search import Moved
from workflows.meetings.model import Meeting, MeetingState
from workflows.ports.units import DueUnit

NOW = datetime(2026, 8, 20, 8, tzinfo=UTC)
UNIT = DueUnit(key="meetings.book:a-dal", due_at=NOW)


def meeting(day: str = "2026-10-13", body: str = "a-dal") -> Meeting:
    return Meeting(
        key=f"{body}/{day}",
        body=body,
        state=MeetingState.PLANNED,
        starts_local=datetime.fromisoformat(f"{day}T09:00"),
        ends_local=datetime.fromisoformat(f"{day}T11:00"),
        timezone="Europe/Oslo",
        changed_at=NOW,
        booked_by_us=True,
        moved=Moved(wanted=date(2026, 10, 6), reason="meetings.off_autumn"),
    )


@pytest.fixture
def meetings(database: Database) -> SQLMeetings:
    return SQLMeetings(database)


async def test_meetings_come_back_as_they_were_in_the_order_of_time(meetings: SQLMeetings) -> None:
    later, other, sooner = meeting("2026-12-01"), meeting(body="b-vik"), meeting()
    await meetings.add([later, other, sooner])

    assert await meetings.list_meetings("a-dal") == [sooner, later]
    assert len(await meetings.list_meetings()) == 3
    assert await meetings.find_meeting(other.key) == other
    assert await meetings.find_meeting("a-dal/2020-01-01") is None


async def test_meetings_are_read_from_a_day_to_a_day_and_of_some_bodies(meetings: SQLMeetings) -> None:
    days = ("2026-10-12", "2026-10-13", "2026-10-14", "2026-10-15")
    await meetings.add([*(meeting(day) for day in days), meeting("2026-10-14", "b-vik")])

    between = await meetings.list_meetings_from(date(2026, 10, 13), until=date(2026, 10, 14), bodies=["a-dal"])

    assert [item.key for item in between] == ["a-dal/2026-10-13", "a-dal/2026-10-14"]
    assert len(await meetings.list_meetings_from(date(2026, 10, 14))) == 3
    assert await meetings.list_meetings_from(date(2026, 10, 14), bodies=[]) == []
    assert [item.key for item in await meetings.list_meetings("a-dal", since=date(2026, 10, 15))] == [
        "a-dal/2026-10-15"
    ]
    assert await meetings.consider(date(2026, 10, 14), len) == 3


async def test_meetings_are_counted_with_what_stands_in_calendars_of_those_that_are_off(meetings: SQLMeetings) -> None:
    off: dict[str, Any] = {"state": MeetingState.CANCELLED, "booked": {"withdrawn": True}}
    unbooked = replace(meeting("2026-10-15"), **{**off, "event_id": ""})
    booked = replace(meeting("2026-10-16"), **{**off, "event_id": "AAMk"})
    await meetings.add([meeting("2026-10-12"), meeting("2026-10-14"), unbooked, booked])
    seen: list[Meeting] = []

    def counts(item: Meeting) -> bool:
        seen.append(item)
        return item.stands

    assert await meetings.count_from(date(2026, 10, 13), counts) == 1
    assert [item.key for item in seen] == ["a-dal/2026-10-14", booked.key]
    assert seen[-1] == booked


async def test_adding_leaves_a_known_meeting_as_it_is(meetings: SQLMeetings) -> None:
    booked = replace(meeting(), state=MeetingState.BOOKED, booked={"subject": "Møte", "attendees": []}, moved=None)
    await meetings.add([booked])

    await meetings.add([meeting()])

    assert await meetings.find_meeting(booked.key) == booked


async def test_saving_replaces_it(meetings: SQLMeetings) -> None:
    await meetings.add([meeting()])
    moved = replace(meeting(), starts_local=meeting().starts_local + timedelta(hours=1), sequence=1)

    await meetings.save(moved)

    assert await meetings.list_meetings() == [moved]


async def test_a_change_to_a_meeting_as_it_was_read_is_kept_with_who_made_it_and_what_follows(
    meetings: SQLMeetings, database: Database
) -> None:
    await meetings.add([meeting()])
    moved = replace(meeting(), starts_local=meeting().starts_local + timedelta(hours=1), sequence=1)

    assert await meetings.change(meeting(), moved, [UNIT], by="chair")

    assert await meetings.list_meetings() == [moved]
    assert [unit.key for unit in await SQLUnits(database).list_units()] == [UNIT.key]
    async with database.read() as connection:
        rows = (await connection.execute(audit.select())).all()
    assert [(row.actor, row.action) for row in rows] == [("chair", "meetings.moved")]


@pytest.mark.parametrize("other", [{"sequence": 1}, {"changed_at": NOW + timedelta(seconds=1)}], ids=["moved", "noted"])
async def test_a_change_to_a_meeting_that_somebody_changed_since_does_nothing(
    meetings: SQLMeetings, database: Database, other: dict[str, Any]
) -> None:
    theirs = replace(meeting(), **other)
    await meetings.add([theirs])

    kept = await meetings.change(meeting(), replace(meeting(), state=MeetingState.BOOKED), [UNIT], by="chair")

    assert not kept
    assert await meetings.list_meetings() == [theirs]
    assert await SQLUnits(database).list_units() == []
    async with database.read() as connection:
        assert (await connection.execute(audit.select())).all() == []


async def test_what_follows_becomes_due_in_the_same_transaction(meetings: SQLMeetings, database: Database) -> None:
    await meetings.add([], [UNIT])
    await meetings.save(meeting(), [replace(UNIT, key="status.open:a-dal/2026-10-13")])

    assert [unit.key for unit in await SQLUnits(database).list_units()] == [
        "meetings.book:a-dal",
        "status.open:a-dal/2026-10-13",
    ]


async def test_a_meeting_is_not_kept_without_what_follows(meetings: SQLMeetings, database: Database) -> None:
    with pytest.raises(StatementError, match="a moment needs its zone"):
        await meetings.save(meeting(), [replace(UNIT, due_at=datetime.fromisoformat("2026-08-20T08:00"))])

    assert await meetings.list_meetings() == []
