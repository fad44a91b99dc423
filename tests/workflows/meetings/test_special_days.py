"""The days on which calendars go wrong: the same minute in Exchange, in the feed, and in what people read."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest
import pytest_asyncio
from icalendar import Calendar, Event

import texts
from config.programme import Programme
from integration.database.connection import create_database
from integration.ics import FeedItem, feed
from tests.support.sandbox import RunningSandbox
from tests.workflows.meetings.office import CalendarOffice, calendar_office
from tests.workflows.programme import body, programme
from workflows.ports.accounts import Recipients

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 2, 2, 8, tzinfo=UTC)
DAYS = {
    "2026-03-27T09:00": ("2026-03-27T08:00", "fredag 27. mars 2026 kl. 09.00", 13),
    "2026-03-29T03:00": ("2026-03-29T01:00", "søndag 29. mars 2026 kl. 03.00", 13),
    "2026-03-30T09:00": ("2026-03-30T07:00", "mandag 30. mars 2026 kl. 09.00", 14),
    "2026-10-23T09:00": ("2026-10-23T07:00", "fredag 23. oktober 2026 kl. 09.00", 43),
    "2026-10-26T09:00": ("2026-10-26T08:00", "mandag 26. oktober 2026 kl. 09.00", 44),
    "2026-12-31T09:00": ("2026-12-31T08:00", "torsdag 31. desember 2026 kl. 09.00", 53),
    "2027-01-01T09:00": ("2027-01-01T08:00", "fredag 1. januar 2027 kl. 09.00", 53),
    "2027-05-17T09:00": ("2027-05-17T07:00", "mandag 17. mai 2027 kl. 09.00", 20),
    "2028-02-29T09:00": ("2028-02-29T08:00", "tirsdag 29. februar 2028 kl. 09.00", 9),
}
"""The wall time that was agreed; the moment in UTC, the words, and the week it is."""


def register() -> Programme:
    """A board that has decided those days itself, whatever rules speak against some of them."""
    board = body("a-dal", rhythm=None, fixed_dates=tuple(datetime.fromisoformat(day) for day in DAYS))
    return programme(bodies=(board,), last_day=datetime(2028, 12, 31, tzinfo=UTC).date())


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(
    sandbox: RunningSandbox, migrated_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[CalendarOffice]:
    await sandbox.control("POST", "reset")
    path = tmp_path_factory.mktemp("special") / "meetings.db"
    shutil.copyfile(migrated_file, path)
    database = create_database(f"sqlite+aiosqlite:///{path}")
    async with calendar_office(sandbox, database, register(), NOW, Recipients()) as office:
        await office.desk.plan()
        await office.settle("a-dal")
        yield office
    await database.close()


@pytest.mark.parametrize("day", DAYS)
async def test_the_minute_is_the_same_everywhere(office: CalendarOffice, day: str) -> None:
    moment, words, week = DAYS[day]
    meeting = await office.store.find_meeting(f"a-dal/{day[:10]}")
    assert meeting is not None
    wanted = datetime.fromisoformat(f"{moment}+00:00")

    event = office.event(meeting.key)
    assert (event.start.astimezone(UTC), event.start_zone) == (wanted, "W. Europe Standard Time")

    item = FeedItem(meeting=meeting, summary="", description="", address="https://service.example")
    (told,) = Calendar.from_ical(feed(name="", source="", items=[item])).walk("VEVENT")
    assert wanted == cast("Event", told).DTSTART

    assert meeting.starts_at == wanted
    assert texts.long_moment(meeting.starts_local) == words
    assert meeting.day.isocalendar().week == week


async def test_a_look_the_next_day_finds_nothing_to_change(office: CalendarOffice) -> None:
    told = await office.heard()

    await office.desk.plan()
    await office.settle("a-dal")

    assert await office.heard() == told
