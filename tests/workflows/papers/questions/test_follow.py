"""Answered questions are asked about before the next one is lifted, and closed when they are solved."""

from dataclasses import replace

import pytest

from integration.database.connection import Database
from tests.clocks import NOON
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.papers.questions.question_samples import OWNER_MEETING, after, on_agenda, question, step
from tests.workflows.status.rounds import HOME, MEETING
from workflows.papers.minutes.model import MatterState
from workflows.papers.questions.follow import follow_steps
from workflows.papers.questions.model import BoardQuestion
from workflows.ports.units import DueUnit
from workflows.status.answering import ByLink
from workflows.status.model import (
    AnswerContent,
    AnswerSurface,
    EscalationState,
    InvalidAnswer,
    Level,
    Light,
    StatusAnswer,
)
from workflows.status.plan import request_id

DECISION = "a-dal/2026/2"
ANSWERED = after(on_agenda(question()), step(EscalationState.ANSWERED, decision=DECISION, words="Ja."))


@pytest.fixture
async def answered(database: Database) -> AgendaWorld:
    """The board has answered the package's question, and the next round is open."""
    world = AgendaWorld(database)
    await world.at_the_meeting()
    await world.approved({"decision:2": "Dere får lokalene.", "follow:2": "1"})
    await world.next_meeting()
    return world


KEY = "a-dal/2027-02-02"


async def send(world: AgendaWorld, **fields: str) -> None:
    await world.desk.answer(
        request_id(KEY, HOME),
        sender=ByLink("home-lead"),
        content={"light": "green", "proposal_asked": "1", **fields},
        surface=AnswerSurface.FORM,
    )


async def follow(world: AgendaWorld) -> None:
    """The round is over."""
    unit = DueUnit(key=f"questions.follow:{request_id(KEY, HOME)}", due_at=world.clock.now())
    for _ in range(2):
        await world.question_follow_up.follow(unit, world.history)


async def the_first(world: AgendaWorld) -> BoardQuestion:
    return next(item for item in await world.questions.list_of("a-dal", most=9) if item.meeting == MEETING)


def said(*, solved: bool, words: str = "") -> StatusAnswer:
    content = AnswerContent(light=Light.GREEN, solved={DECISION: solved}, follow_ups={DECISION: words})
    return StatusAnswer(
        request="later", version=1, at=NOON, by="home-lead", surface=AnswerSurface.CARD, content=content
    )


@pytest.mark.parametrize(
    ("solved", "state"), [(True, EscalationState.CLOSED), (False, EscalationState.UNSOLVED)], ids=["solved", "not yet"]
)
def test_a_package_closes_its_question_or_keeps_it(solved: bool, state: EscalationState) -> None:
    [taken] = follow_steps([ANSWERED], said(solved=solved, words="Vi er i gang."), at=NOON).values()
    assert (taken.state, taken.words, taken.by) == (state, "Vi er i gang.", "home-lead")
    assert follow_steps([after(ANSWERED, taken)], said(solved=solved, words="Vi er i gang."), at=NOON) == {}


def test_nothing_is_taken_of_what_nobody_said_or_the_same_answer_asks() -> None:
    assert (
        follow_steps([after(ANSWERED, step(EscalationState.ANSWERED, words="Nei."))], said(solved=True), at=NOON) == {}
    )
    assert follow_steps([replace(ANSWERED, request="later")], said(solved=True), at=NOON) == {}


def test_an_answer_of_a_lead_s_own_has_a_key_of_its_own() -> None:
    assert ANSWERED.reported_as == DECISION
    assert after(question(), step(EscalationState.ANSWERED, words="Ja.")).reported_as == "question/q"
    assert question().reported_as == "question/q"


async def test_the_answer_stands_before_the_next_question_and_closes_with_its_decision(answered: AgendaWorld) -> None:
    status_round = await answered.store.find_round(KEY)
    assert status_round is not None
    [asked] = (await answered.follow_ups.open_decisions(status_round, [HOME]))[HOME]
    assert (asked.key, asked.question, asked.text) == (DECISION, "Får vi lokaler?", "Dere får lokalene.")
    answered.decisions.open[HOME] = [asked]

    with pytest.raises(InvalidAnswer) as first:
        await send(answered, question="Får vi lokaler?")
    assert first.value.problems[f"solved:{DECISION}"].key == "status.error.solved_first"
    await send(answered, **{f"solved:{DECISION}": "yes", f"decision:{DECISION}": "Vi har flyttet inn."})
    assert (await the_first(answered)).state is EscalationState.ANSWERED
    assert (await answered.due())[f"questions.follow:{request_id(KEY, HOME)}"] == status_round.deadline_at
    answered.clock.time = status_round.deadline_at
    await follow(answered)

    closed = await the_first(answered)
    assert (closed.state, closed.steps[-1].words) == (EscalationState.CLOSED, "Vi har flyttet inn.")
    assert [item.state for item in (await answered.agendas.matters("a-dal")).decisions] == [MatterState.DONE]
    assert (await answered.follow_ups.open_decisions(status_round, [HOME]))[HOME] == []


async def test_a_question_that_was_passed_on_is_asked_about_once_and_closes_the_decisions_of_both_boards(
    database: Database,
) -> None:
    world = AgendaWorld(database)
    await world.at_the_meeting()
    await world.approved({"decision:2": "Eierstyret bør avgjøre det.", "follow:2": "1", "outcome:2": "passed_on"})
    asked = await the_first(world)
    assert asked.state is EscalationState.PASSED_ON
    answer = step(
        EscalationState.DECIDED,
        level=Level.OWNER,
        words="Fylket betaler.",
        meeting=OWNER_MEETING,
        decision="owner-board/2026/3",
    )
    told = replace(answer, state=EscalationState.ANSWERED)
    for number, taken in enumerate((answer, told)):
        assert await world.questions.take({asked.id: taken}, after={asked.id: asked.version + number})
    await world.next_meeting()
    status_round = await world.store.find_round(KEY)
    assert status_round is not None

    [open_decision] = (await world.follow_ups.open_decisions(status_round, [HOME]))[HOME]
    assert (open_decision.key, open_decision.text) == ("owner-board/2026/3", "Fylket betaler.")
    world.decisions.open[HOME] = [open_decision]
    await send(world, **{f"solved:{open_decision.key}": "yes"})
    world.clock.time = status_round.deadline_at
    await follow(world)

    assert (await the_first(world)).state is EscalationState.CLOSED
    assert [item.state for item in (await world.agendas.matters("a-dal")).decisions] == [MatterState.DONE]


async def test_what_is_not_solved_is_asked_about_again_and_may_be_lifted_anew(answered: AgendaWorld) -> None:
    status_round = await answered.store.find_round(KEY)
    assert status_round is not None
    answered.decisions.open[HOME] = list((await answered.follow_ups.open_decisions(status_round, [HOME]))[HOME])
    await send(answered, **{f"solved:{DECISION}": "no", "question": "Får vi lokaler nå?"})
    await follow(answered)
    assert (await the_first(answered)).state is EscalationState.UNSOLVED
    assert [item.question for item in await answered.questions.list_waiting(Level.LOCAL)] == ["Får vi lokaler nå?"]
    [decision] = (await answered.agendas.matters("a-dal")).decisions
    assert decision.state is MatterState.OPEN
    [asked] = (await answered.follow_ups.open_decisions(status_round, [HOME]))[HOME]
    assert asked.key == DECISION


async def test_a_request_that_is_gone_follows_nothing(answered: AgendaWorld) -> None:
    unit = DueUnit(key="questions.follow:gone", due_at=answered.clock.now())
    await answered.question_follow_up.follow(unit, answered.history)
    assert (await the_first(answered)).state is EscalationState.ANSWERED


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        pytest.param({"question": "Hvem?"}, "proposal", id="no proposal"),
        pytest.param({"question": "Hvem?", "proposal": "Vi."}, None, id="a proposal"),
        pytest.param({"question": "Hvem?", "proposal_asked": "1"}, None, id="asked once"),
        pytest.param({}, None, id="no question"),
    ],
)
async def test_a_question_without_a_proposal_is_asked_about_once(
    database: Database, fields: dict[str, str], problem: str | None
) -> None:
    world = AgendaWorld(database)
    await world.open()
    content = {"light": "green", **fields}
    sender, request = ByLink("home-lead"), request_id(MEETING, HOME)
    if problem is None:
        await world.desk.answer(request, sender=sender, content=content, surface=AnswerSurface.FORM)
        again = {**content, "done": "Mer.", "proposal_asked": ""}
        await world.desk.answer(request, sender=sender, content=again, surface=AnswerSurface.FORM)
        return
    with pytest.raises(InvalidAnswer) as asked:
        await world.desk.answer(request, sender=sender, content=content, surface=AnswerSurface.FORM)
    assert asked.value.problems[problem].key == "status.error.proposal_wanted"
    assert await world.questions.list_waiting(Level.LOCAL) == []
