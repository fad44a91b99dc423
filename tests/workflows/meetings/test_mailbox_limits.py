"""A mailbox that has mailed as many as a day allows waits, instead of letting invitations bounce."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from integration.database.connection import create_database
from integration.limits.recipients import RECIPIENTS
from tests.support.sandbox import RunningSandbox
from tests.workflows.meetings.office import CalendarOffice, calendar_office
from tests.workflows.programme import body, programme
from workflows.errors import Throttled
from workflows.ports.accounts import Recipients
from workflows.ports.units import DueUnit

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2027, 8, 16, 8, tzinfo=UTC)


@pytest_asyncio.fixture(loop_scope="module")
async def office(sandbox: RunningSandbox, migrated_file: Path, tmp_path: Path) -> AsyncIterator[CalendarOffice]:
    await sandbox.control("POST", "reset")
    path = tmp_path / "meetings.db"
    shutil.copyfile(migrated_file, path)
    database = create_database(f"sqlite+aiosqlite:///{path}")
    one_board = programme(bodies=(body("a-dal"),), last_day=date(2027, 12, 31))
    async with calendar_office(sandbox, database, one_board, NOW, Recipients()) as office:
        yield office
    await database.close()


async def test_bookings_wait_for_room_and_then_everybody_hears_once(office: CalendarOffice) -> None:
    await office.limits.take(f"recipients:{office.organizer.lower()}", RECIPIENTS, RECIPIENTS.burst)
    await office.desk.plan()
    with pytest.raises(Throttled):
        await office.desk.book(DueUnit(key="meetings.book:a-dal", due_at=NOW), office.notes)
    assert not office.exchange().calendars.of(office.organizer)

    await office.settle("a-dal")

    meetings = await office.store.list_meetings("a-dal")
    heard = await office.heard()
    assert heard.total() == 3 * len(meetings)
    assert set(heard.values()) == {1}
    box = office.exchange().mailboxes.of(office.organizer)
    assert not [mail for mail in box.mails if mail.kind == "undeliverable"]
