"""A call that fails, loses its answer or is the last of a process: no meeting doubled, nobody mailed twice or never."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from config.programme import Programme
from config.values import Assignment, Role
from integration.database.connection import create_database
from tests.support.sandbox import RunningSandbox
from tests.workflows.meetings.office import CalendarOffice, Heard, calendar_office
from tests.workflows.programme import body, programme
from workflows.ports.accounts import Recipients

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2027, 8, 16, 8, tzinfo=UTC)
CALLS = {
    "find": {"method": "GET", "path": "/events$"},
    "book": {"method": "POST", "path": "/events$"},
    "update": {"method": "PATCH", "path": "/events/"},
    "cancel": {"method": "POST", "path": "/cancel$"},
}
FAULTS: dict[str, dict[str, Any]] = {
    "refused before": {"do": "status", "status": 503, "phase": "before"},
    "refused after": {"do": "status", "status": 503, "phase": "after"},
    "cut before": {"do": "reset", "phase": "before"},
    "cut after": {"do": "reset", "phase": "after"},
    "answer lost": {"do": "lose_answer"},
}


def one_board() -> Programme:
    return programme(bodies=(body("a-dal"),), last_day=date(2027, 12, 31))


def with_successor(register: Programme) -> Programme:
    """Another member instead of the old one."""
    new = register.people[0].model_copy(update={"key": "new", "name": "Ny rolle", "email": "new@county.example"})
    seats = tuple(
        Assignment(person="new", role=Role.BOARD_MEMBER, municipality="a-dal") if item.person == "member" else item
        for item in register.assignments
    )
    return register.model_copy(update={"people": (*register.people, new), "assignments": seats})


async def play(office: CalendarOffice) -> Heard:
    """A board is booked; one meeting is moved, another cancelled, and a member is replaced."""
    await office.desk.plan()
    await office.settle("a-dal")
    first, second, *_ = await office.store.list_meetings("a-dal")
    await office.moves.move(first.key, datetime.fromisoformat("2027-09-09T10:00"), "Rommet er opptatt")
    await office.settle("a-dal")
    await office.moves.cancel(second.key, "Ingen saker")
    await office.settle("a-dal")
    office.register = with_successor(office.register)
    await office.settle("a-dal")
    await office.settle("a-dal")
    return await office.heard()


@pytest_asyncio.fixture(loop_scope="module")
async def office(sandbox: RunningSandbox, migrated_file: Path, tmp_path: Path) -> AsyncIterator[CalendarOffice]:
    await sandbox.control("POST", "reset")
    path = tmp_path / "meetings.db"
    shutil.copyfile(migrated_file, path)
    database = create_database(f"sqlite+aiosqlite:///{path}")
    async with calendar_office(sandbox, database, one_board(), NOW, Recipients()) as office:
        yield office
    await database.close()


async def expected(office: CalendarOffice) -> Heard:
    first, second, third = [meeting.key for meeting in await office.store.list_meetings("a-dal")]
    heard: Heard = Heard()
    for person in ("chair", "member", "lead"):
        email = f"{person}@county.example"
        heard.update({(email, key, "invite"): 1 for key in (first, second, third)})
        heard[email, first, "update"] = 1
        heard[email, second, "cancel"] = 1
    for key in (first, third):
        heard["new@county.example", key, "invite"] = 1
        heard["member@county.example", key, "cancel"] = 1
    return heard


async def test_undisturbed_everybody_hears_what_concerns_them_once(office: CalendarOffice) -> None:
    assert await play(office) == await expected(office)
    assert office.errors == 0


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", CALLS)
async def test_a_disturbed_call_doubles_and_loses_nothing(
    office: CalendarOffice, call: str, fault: str, nth: int
) -> None:
    if call == "cancel" and nth > 1:
        nth = 1
    rule = {"match": {**CALLS[call], "nth": nth}, **FAULTS[fault]}
    await office.sandbox.control("POST", "faults", [rule])
    heard = await play(office)
    (met,) = (await office.sandbox.control("GET", "faults"))["rules"]
    await office.sandbox.control("DELETE", "faults")

    assert met["hits"] == 1
    assert heard == await expected(office)


@pytest.mark.parametrize("number", range(1, 8))
async def test_a_process_that_dies_before_it_noted_what_it_did_repeats_nothing(
    office: CalendarOffice, number: int
) -> None:
    office.store.die_at = number
    heard = await play(office)

    assert office.errors == 1
    assert heard == await expected(office)
