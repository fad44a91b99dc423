"""The record of rounds and answers."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from integration.database import tables
from integration.database.connection import Database
from integration.database.status import SQLStatus
from integration.database.units import SQLUnits
from tests.clocks import NOON
from workflows.ports.units import DueUnit
from workflows.status.model import (
    AnswerContent,
    AnswerSurface,
    Light,
    RequestState,
    RoundState,
    StatusRequest,
    StatusRound,
)
from workflows.status.ports import NewAnswer

DAY = timedelta(days=1)
ROUND = StatusRound(
    meeting="a-dal/1",
    municipality="a-dal",
    state=RoundState.OPEN,
    opens_at=NOON,
    reminders_at=(NOON + DAY,),
    deadline_at=NOON + 2 * DAY,
    release_at=NOON + 3 * DAY,
)
REQUEST = StatusRequest(
    id="r1", meeting=ROUND.meeting, work_package="p1", person="lead", state=RequestState.OPEN, opened_at=NOON
)
ANSWER = NewAnswer(
    request="r1",
    at=NOON + DAY,
    by="lead",
    surface=AnswerSurface.FORM,
    on_behalf=False,
    content=AnswerContent(light=Light.GREEN, done="Å", indicators={"x": 0.1}),
)
UNIT = DueUnit(key="status.refresh:r1", due_at=NOON)


@pytest.fixture
async def store(database: Database) -> SQLStatus:
    starts = datetime.fromisoformat("2026-10-01T09:00")
    row = {
        "body": "a-dal",
        "state": "planned",
        "starts_local": starts,
        "ends_local": starts,
        "timezone": "Europe/Oslo",
        "booked_by_us": True,
        "changed_at": NOON,
    }
    async with database.begin() as connection:
        await connection.execute(tables.meeting.insert(), [{"key": f"a-dal/{n}", **row} for n in (1, 2)])
    store = SQLStatus(database)
    assert await store.open_round(ROUND, [REQUEST], [])
    return store


async def test_a_round_and_its_requests_come_back_as_they_were(store: SQLStatus) -> None:
    assert await store.find_round(ROUND.meeting) == ROUND
    assert await store.list_requests(ROUND.meeting) == [REQUEST]
    assert await store.list_rounds(state=RoundState.OPEN) == [ROUND]
    assert await store.list_open_rounds([ROUND.municipality, "b-vik"]) == [ROUND]
    assert await store.list_open_rounds(["b-vik"]) == []


async def test_a_second_opening_writes_nothing(store: SQLStatus, database: Database) -> None:
    other = replace(REQUEST, id="r2", work_package="p2")

    assert not await store.open_round(replace(ROUND, municipality="b-vik"), [other], [], then=[UNIT])

    assert await store.find_round(ROUND.meeting) == ROUND
    assert await store.list_requests(ROUND.meeting) == [REQUEST]
    assert not await SQLUnits(database).list_units()


async def test_an_answer_and_its_work_are_one_write(store: SQLStatus, database: Database) -> None:
    stored = await store.add_answer(ANSWER, escalation=None, then=[UNIT])

    assert stored is not None
    assert (await store.newest_answers(["r1"])) == {"r1": stored}
    assert stored.content == ANSWER.content
    assert [unit.key for unit in await SQLUnits(database).list_units()] == [UNIT.key]


@pytest.mark.parametrize("late", [timedelta(0), DAY])
async def test_no_answer_is_stored_from_the_deadline_on(store: SQLStatus, late: timedelta) -> None:
    answer = replace(ANSWER, at=ROUND.deadline_at + late)

    assert await store.add_answer(answer, escalation=None, then=[UNIT]) is None
    assert not await store.newest_answers(["r1"])


async def test_no_answer_is_stored_in_a_closed_round(store: SQLStatus) -> None:
    assert await store.close_round(ROUND.meeting, unanswered=RequestState.MISSING)

    assert await store.add_answer(ANSWER, escalation=None) is None


async def test_no_answer_is_stored_for_an_unknown_request(store: SQLStatus) -> None:
    assert await store.add_answer(replace(ANSWER, request="x"), escalation=None) is None


async def test_a_round_closes_once(store: SQLStatus, database: Database) -> None:
    assert await store.close_round(ROUND.meeting, unanswered=RequestState.MISSING)
    assert not await store.close_round(ROUND.meeting, unanswered=RequestState.WAIVED, then=[UNIT])

    [request] = await store.list_requests(ROUND.meeting)
    assert request.state is RequestState.MISSING
    assert not await SQLUnits(database).list_units()


async def test_a_closed_round_does_not_move(store: SQLStatus) -> None:
    await store.close_round(ROUND.meeting, unanswered=RequestState.MISSING)
    await store.move_round(replace(ROUND, deadline_at=NOON + 9 * DAY))

    found = await store.find_round(ROUND.meeting)
    assert found is not None
    assert found.deadline_at == ROUND.deadline_at


async def test_the_newest_answer_of_earlier_rounds_is_the_previous_one(store: SQLStatus) -> None:
    await store.add_answer(ANSWER, escalation=None)
    await store.add_answer(replace(ANSWER, content=AnswerContent(light=Light.RED)), escalation=None)
    later = replace(ROUND, meeting="a-dal/2", deadline_at=NOON + 40 * DAY)
    await store.open_round(later, [replace(REQUEST, id="r2", meeting=later.meeting)], [])
    await store.add_answer(replace(ANSWER, request="r2"), escalation=None)

    previous = await store.previous_answers(later)

    assert {package: (answer.version, answer.content.light) for package, answer in previous.items()} == {
        "p1": (2, Light.RED)
    }
    assert not await store.previous_answers(ROUND)


@pytest.mark.parametrize(("days", "known"), [(399, True), (401, False)], ids=["of the last year", "of long ago"])
async def test_an_answer_of_long_ago_is_no_previous_one(store: SQLStatus, days: int, known: bool) -> None:
    """So that reading a round grows no further with the years."""
    await store.add_answer(ANSWER, escalation=None)
    later = replace(ROUND, meeting="a-dal/2", deadline_at=ROUND.deadline_at + days * DAY)
    await store.open_round(later, [replace(REQUEST, id="r2", meeting=later.meeting)], [])

    standing = await store.find_standing("r2")

    assert bool(await store.previous_answers(later)) is known
    assert standing is not None
    assert (standing.previous is not None) is known


async def test_a_draft_is_kept_while_the_round_is_open_and_an_empty_one_ends_it(store: SQLStatus) -> None:
    assert await store.save_draft("r1", "lead", {"done": "Halv"}, at=NOON + DAY)
    assert "lead" in (await store.drafted(["r1"]))["r1"]

    assert await store.save_draft("r1", "lead", {}, at=NOON + DAY)
    assert not (await store.drafted(["r1"])).get("r1")


async def test_no_draft_is_kept_from_the_deadline_on(store: SQLStatus) -> None:
    assert not await store.save_draft("r1", "lead", {"done": "Sent"}, at=ROUND.deadline_at)
    assert not (await store.drafted(["r1"])).get("r1")


async def test_a_round_without_requests_opens_too(store: SQLStatus) -> None:
    empty = replace(ROUND, meeting="a-dal/2")

    assert await store.open_round(empty, [], [])
    assert await store.list_requests("a-dal/2") == []
