"""A database that is lost without a copy: an empty one takes over what stands in the calendars, and mails nobody."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integration.database.connection import create_database
from tests.support.sandbox import RunningSandbox
from tests.workflows.meetings.office import CalendarOffice, calendar_office
from tests.workflows.programme import programme
from workflows.errors import Conflict
from workflows.meetings.model import MeetingState
from workflows.ports.accounts import Recipients

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
BOARD = "a-dal"
LOST_AFTER = timedelta(days=40)


@asynccontextmanager
async def office_with(
    sandbox: RunningSandbox, empty: Path, folder: Path, now: datetime
) -> AsyncIterator[CalendarOffice]:
    """Give an office with an empty database, and whatever stands in the sandbox."""
    path = folder / f"{now.date()}.db"
    shutil.copyfile(empty, path)
    database = create_database(f"sqlite+aiosqlite:///{path}")
    async with calendar_office(sandbox, database, programme(), now, Recipients()) as office:
        yield office
    await database.close()


async def booked(office: CalendarOffice) -> dict[str, tuple[datetime, str]]:
    """Plan and book twice, as the sweep does; returns the start and the event of each coming meeting."""
    for _ in range(2):
        await office.desk.plan()
        await office.settle(BOARD)
    coming = [item for item in await office.store.list_meetings(BOARD) if item.starts_at > office.clock.now()]
    return {item.key: (item.starts_local, item.event_id) for item in coming if item.state is MeetingState.BOOKED}


def mails(office: CalendarOffice) -> int:
    """Return how many mails of calendars everybody has got."""
    return sum(len(office.exchange().mailboxes.inbox(person.email)) for person in office.register.people)


async def test_bookings_are_taken_over_with_the_day_they_were_moved_to_and_nobody_is_mailed(
    sandbox: RunningSandbox, migrated_file: Path, tmp_path: Path
) -> None:
    await sandbox.control("POST", "reset")
    async with office_with(sandbox, migrated_file, tmp_path, NOW) as office:
        before = await booked(office)
        moved = sorted(before)[4]
        await office.moves.move(moved, before[moved][0] + timedelta(days=1), "Rommet er opptatt")
        before = await booked(office)
        await office.clock.sleep_until(NOW + LOST_AFTER)
        told = mails(office)

    async with office_with(sandbox, migrated_file, tmp_path, NOW + LOST_AFTER) as office:
        after = await booked(office)
        await office.clock.sleep_until(office.clock.now() + timedelta(hours=3))

        assert after == {key: booked for key, booked in before.items() if key in after}
        assert moved in after
        assert len(after) == len(before) - 1, "one has been held meanwhile"
        assert mails(office) == told


async def test_a_meeting_that_was_called_off_has_to_be_called_off_once_more(
    sandbox: RunningSandbox, migrated_file: Path, tmp_path: Path
) -> None:
    """Nothing in the calendar tells of it but that it takes no second event for the meeting."""
    await sandbox.control("POST", "reset")
    async with office_with(sandbox, migrated_file, tmp_path, NOW) as office:
        off, *_ = sorted(await booked(office))[4:]
        await office.moves.cancel(off, "Det er ingen saker")
        before = await booked(office)
        await office.clock.sleep_until(NOW + LOST_AFTER)
        told = mails(office)

    async with office_with(sandbox, migrated_file, tmp_path, NOW + LOST_AFTER) as office:
        with pytest.raises(Conflict, match=off):
            await booked(office)
        await office.moves.cancel(off, "Det er ingen saker")

        after = await booked(office)
        await office.clock.sleep_until(office.clock.now() + timedelta(hours=3))

        assert after == {key: booked for key, booked in before.items() if key in after}
        assert mails(office) == told
