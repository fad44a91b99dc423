"""Two years of boards, and then what happens to boards: exactly those hear of it whom it concerns."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from config.programme import Programme
from config.values import Assignment, Role, SchoolBreak
from integration.database.connection import create_database
from integration.database.reports import SQLReports
from tests.support.sandbox import RunningSandbox
from tests.workflows.meetings.office import CalendarOffice, Heard, calendar_office
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.programme import body, municipality, owner_board, programme
from workflows.meetings.model import MeetingState
from workflows.ports.accounts import Recipients

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
BOARDS = ("a-dal", "b-dal")
ROLES = {"chair": Role.BOARD_CHAIR, "member": Role.BOARD_MEMBER, "lead": Role.LOCAL_LEAD}


def two_boards() -> Programme:
    plain = programme()
    people = tuple(
        plain.people[0].model_copy(
            update={"key": f"{role}-{board}", "name": f"Rolle {role}", "email": f"{role}@{board}.example"}
        )
        for board in BOARDS
        for role in ROLES
    )
    seats = tuple(
        Assignment(person=f"{key}-{board}", role=role, municipality=board)
        for board in BOARDS
        for key, role in ROLES.items()
    )
    owners = tuple(Assignment(person=f"chair-{board}", role=Role.OWNER_BOARD_MEMBER) for board in BOARDS)
    return programme(
        people=people,
        assignments=(*seats, *owners),
        municipalities=tuple(municipality(board) for board in BOARDS),
        bodies=(owner_board(), *(body(board) for board in BOARDS)),
    )


@pytest_asyncio.fixture(loop_scope="module")
async def office(sandbox: RunningSandbox, migrated_file: Path, tmp_path: Path) -> AsyncIterator[CalendarOffice]:
    await sandbox.control("POST", "reset")
    path = tmp_path / "meetings.db"
    shutil.copyfile(migrated_file, path)
    database = create_database(f"sqlite+aiosqlite:///{path}")
    async with calendar_office(sandbox, database, two_boards(), NOW, Recipients()) as office:
        await office.desk.plan()
        await office.settle_all()
        office.reports = SQLReports(database)
        yield office
    await database.close()


async def test_a_moved_board_a_new_member_and_a_new_school_break_are_told_to_whom_they_concern(
    office: CalendarOffice,
) -> None:
    before = await office.heard()
    mine = await office.store.list_meetings("a-dal")
    theirs = await office.store.list_meetings("b-dal")
    assert len(mine) >= 14
    assert set(before.values()) == {1}

    moved, last = mine[3], theirs[-1]
    await office.moves.move(moved.key, moved.starts_local + timedelta(days=1), "Rommet er opptatt")
    office.register = with_successor(with_break(office.register, last.day), "member-b-dal")
    await publish_everything(office)
    for _ in range(2):
        await office.desk.plan()
        await office.settle_all()

    heard: Heard = Heard({(f"{role}@a-dal.example", moved.key, "update"): 1 for role in ROLES})
    for meeting in theirs:
        if meeting.starts_at > office.clock.now():
            heard["new@b-dal.example", meeting.key, "invite"] = 1
            heard["member@b-dal.example", meeting.key, "cancel"] = 1
    assert (await office.heard()) - before == heard
    assert {meeting.state for meeting in await office.store.list_meetings()} == {MeetingState.BOOKED}


async def test_papers_published_for_two_years_are_found_at_the_old_addresses_and_mail_nobody(
    office: CalendarOffice,
) -> None:
    told = await office.heard()
    addresses = {item.key: await office.papers(item.key) for item in await office.store.list_meetings()}

    await publish_everything(office)
    await office.desk.plan()
    await office.settle_all()

    assert await office.heard() == told
    for key, address in addresses.items():
        assert address == await office.papers(key)
        assert address in office.event(key).body.content
        assert await office.reports.report_address(key) is not None


async def test_what_a_delegate_moves_or_cancels_in_outlook_is_followed_without_a_mail_of_ours(
    office: CalendarOffice,
) -> None:
    moved, cancelled = (await office.store.list_meetings("a-dal"))[:2]
    later = moved.starts_local + timedelta(days=2)
    times = {"start": _wall(later), "end": _wall(later + timedelta(hours=2))}
    await office.in_outlook(moved.key, times)
    office.exchange().calendars.cancel(office.event(cancelled.key), "")
    told = await office.heard()

    for _ in range(3):
        await office.settle("a-dal")
        await office.clock.sleep_until(office.clock.now() + timedelta(hours=1))

    now = {meeting.key: meeting for meeting in await office.store.list_meetings("a-dal")}
    assert now[moved.key].starts_local == later
    assert now[cancelled.key].state is MeetingState.CANCELLED
    assert await office.heard() == told


async def test_a_place_that_a_delegate_chose_in_outlook_is_not_put_back_by_our_next_write(
    office: CalendarOffice,
) -> None:
    first, *_ = await office.store.list_meetings("a-dal")
    await office.in_outlook(first.key, {"location": {"displayName": "Kulturhuset"}})
    told = await office.heard()
    await office.settle("a-dal")
    assert await office.heard() == told

    await office.moves.move(first.key, first.starts_local + timedelta(days=1), "Rommet er opptatt")
    await office.settle("a-dal")

    kept = await office.store.find_meeting(first.key)
    assert kept is not None
    assert kept.location == office.event(first.key).location["displayName"] == "Kulturhuset"
    heard = Heard({(f"{role}@a-dal.example", first.key, "update"): 1 for role in ROLES})
    assert (await office.heard()) - told == heard


async def test_a_meeting_that_a_delegate_moves_on_its_own_day_is_followed_without_a_mail_of_ours(
    office: CalendarOffice,
) -> None:
    first, *_ = await office.store.list_meetings("a-dal")
    await office.clock.sleep_until(first.starts_at - timedelta(hours=1))
    await office.settle("a-dal")
    later = first.starts_local + timedelta(days=2)
    await office.in_outlook(first.key, {"start": _wall(later), "end": _wall(later + timedelta(hours=2))})
    told = await office.heard()

    await office.clock.sleep_until(first.starts_at + timedelta(days=1))
    await office.settle("a-dal")

    kept = await office.store.find_meeting(first.key)
    assert kept is not None
    assert kept.starts_local == later
    assert await office.heard() == told


async def test_answers_are_read_and_a_move_asks_everybody_anew(office: CalendarOffice) -> None:
    first, *_ = await office.store.list_meetings("a-dal")
    await office.heard()
    office.exchange().calendars.respond("member@a-dal.example", office.event(first.key).uid, "declined")
    await office.settle("a-dal")
    kept = await office.store.find_meeting(first.key)
    assert kept is not None
    assert kept.answers["member@a-dal.example"] == "declined"

    await office.moves.move(first.key, first.starts_local + timedelta(days=1), "")
    await office.settle("a-dal")
    await office.settle("a-dal")

    kept = await office.store.find_meeting(first.key)
    assert kept is not None
    assert set(kept.answers.values()) == {"none"}


async def test_a_look_at_two_years_that_found_nothing_reads_little(office: CalendarOffice) -> None:
    await office.sandbox.control("POST", "faults", [{"match": {"path": "/events", "nth": 10_000}, "do": "hold"}])

    await office.settle("a-dal")

    (rule,) = (await office.sandbox.control("GET", "faults"))["rules"]
    assert rule["seen"] <= 2


async def publish_everything(office: CalendarOffice) -> None:
    """Every meeting's report is released, and its copy lies in SharePoint."""
    at = office.clock.now()
    for meeting in await office.store.list_meetings():
        report = await office.reports.draft(meeting.key, samples.FULL, at=at)
        if await office.reports.release(report, report.content, pdf=b"%PDF", at=at):
            released = await office.reports.newest(meeting.key)
            assert released is not None
            page = {"url": f"https://sharepoint.example/{meeting.key}"}
            await office.reports.note_published(released, {"page": page}, finished=True)


def with_successor(register: Programme, person: str) -> Programme:
    seats = tuple(
        item.model_copy(update={"person": "new"}) if item.person == person else item for item in register.assignments
    )
    new = register.people[0].model_copy(update={"key": "new", "name": "Ny rolle", "email": "new@b-dal.example"})
    return register.model_copy(update={"people": (*register.people, new), "assignments": seats})


def with_break(register: Programme, day: date) -> Programme:
    """A school break that comes to lie on a day that was announced."""
    row = SchoolBreak(school_year="2027/28", kind="autumn", first=day, last=day)
    return register.model_copy(update={"school_breaks": (*register.school_breaks, row)})


def _wall(local: datetime) -> dict[str, str]:
    return {"dateTime": local.isoformat(), "timeZone": "W. Europe Standard Time"}
