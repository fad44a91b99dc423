"""The record of lifted questions: raised by answers, moved on by steps."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from integration.database.connection import Database
from integration.database.questions import SQLQuestions
from integration.database.status import SQLStatus
from integration.database.units import SQLUnits
from tests.integration.database.test_status import ANSWER, UNIT
from tests.integration.database.test_status import store as status_store
from tests.workflows.papers.questions.question_samples import step
from workflows.papers.questions.model import BoardQuestion
from workflows.status.model import Escalation, EscalationState, Level
from workflows.status.plan import escalation_id

__all__ = ["status_store"]
State = EscalationState
LIFTED = Escalation(
    id=escalation_id("r1", Level.LOCAL),
    request="r1",
    meeting="a-dal/1",
    level=Level.LOCAL,
    question="Hvem betaler?",
    proposal="",
    state=State.RAISED,
    raised_at=ANSWER.at,
)


@pytest.fixture
def questions(database: Database) -> SQLQuestions:
    return SQLQuestions(database)


async def ask(store: SQLStatus, lifted: Escalation | None = LIFTED, *, minutes: int = 0, done: str = "") -> None:
    """Answer, and lift a question with it."""
    content = replace(ANSWER.content, done=done, question=lifted.question if lifted else "")
    answer = replace(ANSWER, at=ANSWER.at + timedelta(minutes=minutes), content=content)
    assert await store.add_answer(answer, escalation=lifted) is not None


async def the_question(questions: SQLQuestions) -> BoardQuestion:
    return (await questions.find_questions([LIFTED.id]))[LIFTED.id]


async def test_a_raised_question_waits_with_all_that_is_known_of_it(
    status_store: SQLStatus, questions: SQLQuestions
) -> None:
    await ask(status_store)
    [found] = await questions.list_waiting(Level.LOCAL)
    assert (found.id, found.municipality, found.work_package) == (LIFTED.id, "a-dal", "p1")
    assert (found.question, found.state, found.steps) == ("Hvem betaler?", State.RAISED, ())
    assert await questions.list_of("a-dal", most=5) == [found]
    assert await questions.list_of("b-vik", most=5) == []
    assert await questions.find_questions(["no-such"]) == {}


async def test_steps_move_a_question_on_and_are_all_kept(
    status_store: SQLStatus, questions: SQLQuestions, database: Database
) -> None:
    await ask(status_store)
    viewed, sent = step(State.VIEWED, words="Vi bør."), step(State.ON_AGENDA, meeting="a-dal/1")
    assert await questions.take({LIFTED.id: viewed}, after={LIFTED.id: 0})
    assert await questions.take({LIFTED.id: sent}, after={LIFTED.id: 1}, then=[UNIT])
    found = await the_question(questions)
    assert (found.state, found.steps) == (State.ON_AGENDA, (viewed, sent))
    assert [unit.key for unit in await SQLUnits(database).list_units()] == [UNIT.key]


@pytest.mark.parametrize(
    ("state", "version"), [(State.VIEWED, 1), (State.CLOSED, 0)], ids=["overtaken", "impossible after that"]
)
async def test_a_step_that_cannot_be_taken_takes_none_with_it(
    status_store: SQLStatus, questions: SQLQuestions, database: Database, state: State, version: int
) -> None:
    await ask(status_store)
    assert not await questions.take({LIFTED.id: step(state)}, after={LIFTED.id: version}, then=[UNIT])
    assert (await the_question(questions)).steps == ()
    assert not await SQLUnits(database).list_units()
    both = {LIFTED.id: step(State.VIEWED), "no-such": step(State.VIEWED)}
    assert not await questions.take(both, after=dict.fromkeys(both, 0))
    assert (await the_question(questions)).state is State.RAISED


async def test_waiting_questions_are_those_of_a_level_and_of_a_board_s_own_meetings(
    status_store: SQLStatus, questions: SQLQuestions
) -> None:
    await ask(status_store)
    [found] = await questions.list_waiting(Level.LOCAL)
    assert await questions.list_waiting(Level.OWNER) == []
    assert await questions.list_waiting(Level.LOCAL, body="a-dal") == [found]
    for other in ("a", "a-da", "a-dal-2", "b-vik"):
        assert await questions.list_waiting(Level.LOCAL, body=other) == [], other


async def test_answered_questions_are_listed_for_their_packages_until_they_are_closed(
    status_store: SQLStatus, questions: SQLQuestions
) -> None:
    await ask(status_store)
    assert await questions.list_told(["p1"]) == []
    assert await questions.take({LIFTED.id: step(State.ANSWERED, words="Ja.")}, after={LIFTED.id: 0})
    assert [item.id for item in await questions.list_told(["p1", "p2"])] == [LIFTED.id]
    assert await questions.list_told(["p2"]) == []
    assert await questions.list_waiting(Level.LOCAL) == []
    assert await questions.take({LIFTED.id: step(State.CLOSED)}, after={LIFTED.id: 1})
    assert await questions.list_told(["p1"]) == []


@pytest.mark.parametrize(
    ("after_the_answer", "lived", "found"),
    [
        pytest.param(-1, 0, True, id="settled since then"),
        pytest.param(0, 0, False, id="settled before"),
        pytest.param(-1, 401, False, id="asked longer ago than the look-up reaches"),
    ],
)
async def test_settled_questions_are_those_answered_after_a_moment(
    status_store: SQLStatus, questions: SQLQuestions, after_the_answer: int, lived: int, found: bool
) -> None:
    await ask(status_store)
    answered_at = LIFTED.raised_at + timedelta(days=lived)
    since = answered_at + timedelta(minutes=after_the_answer)
    assert await questions.list_settled(Level.LOCAL, since=since) == []
    answered = step(State.ANSWERED, words="Ja.", at=answered_at)
    assert await questions.take({LIFTED.id: answered}, after={LIFTED.id: 0})

    assert [item.id for item in await questions.list_settled(Level.LOCAL, since=since)] == [LIFTED.id] * found
    assert await questions.list_settled(Level.OWNER, since=since) == []


async def test_a_board_s_report_tells_of_what_waits_for_it_and_of_what_was_settled_since(
    status_store: SQLStatus, questions: SQLQuestions
) -> None:
    await ask(status_store)
    before, at = LIFTED.raised_at, LIFTED.raised_at + timedelta(minutes=1)

    async def of(body: str, since: datetime) -> list[str]:
        return [item.id for item in await questions.list_of_board(body, since=since)]

    assert await of("a-dal", at) == [LIFTED.id], "it waits for the board, whenever it was asked"
    assert await of("a-da", before) == []
    up = step(State.PASSED_ON, level=Level.OWNER, at=at)
    assert await questions.take(
        {
            LIFTED.id: step(State.ON_AGENDA),
        },
        after={LIFTED.id: 0},
    )
    assert await questions.take({LIFTED.id: up}, after={LIFTED.id: 1})
    assert await of("a-dal", before) == [], "it waits for the owner board"
    decided = step(State.DECIDED, level=Level.OWNER, words="Ja.", at=at)
    assert await questions.take({LIFTED.id: decided}, after={LIFTED.id: 2})
    assert await of("a-dal", before) == [LIFTED.id]
    assert await of("a-dal", at) == []


async def test_the_lead_s_view_of_the_same_words_outlives_another_answer(
    status_store: SQLStatus, questions: SQLQuestions
) -> None:
    await ask(status_store)
    assert await questions.take({LIFTED.id: step(State.VIEWED, words="Vi bør.")}, after={LIFTED.id: 0})
    await ask(status_store, minutes=1, done="Mer enn før.")
    assert (await the_question(questions)).state is State.VIEWED
    await ask(status_store, replace(LIFTED, proposal="Kommunen betaler."), minutes=2, done="Og forslag.")
    asked_anew = await the_question(questions)
    assert (asked_anew.state, asked_anew.proposal) == (State.RAISED, "Kommunen betaler.")
    assert asked_anew.view == "Vi bør."


async def test_a_viewed_question_can_be_withdrawn_and_asked_again(
    status_store: SQLStatus, questions: SQLQuestions
) -> None:
    await ask(status_store)
    assert await questions.take({LIFTED.id: step(State.VIEWED)}, after={LIFTED.id: 0})
    await ask(status_store, None, minutes=1)
    assert await questions.list_waiting(Level.LOCAL) == []
    assert await questions.list_of("a-dal", most=5) == []
    await ask(status_store, minutes=2)
    assert [item.state for item in await questions.list_waiting(Level.LOCAL)] == [State.RAISED]


async def test_no_answer_touches_what_a_board_has_taken_up(status_store: SQLStatus, questions: SQLQuestions) -> None:
    await ask(status_store)
    assert await questions.take({LIFTED.id: step(State.ON_AGENDA)}, after={LIFTED.id: 0})
    await ask(status_store, replace(LIFTED, question="Noe annet?"), minutes=1)
    await ask(status_store, None, minutes=2)
    found = await the_question(questions)
    assert (found.state, found.question) == (State.ON_AGENDA, "Hvem betaler?")
