"""A question's life: what follows on what, and which board is asked."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clocks import NOON
from tests.workflows.papers.questions.question_samples import (
    MEETING,
    OWNER_MEETING,
    after,
    agenda_about,
    minutes_of,
    on_agenda,
    passed_on,
    question,
    step,
)
from workflows.papers.minutes.model import Outcome, StoredMinutes
from workflows.papers.questions.model import BoardQuestion, QuestionStep
from workflows.papers.questions.plan import (
    FOLLOWS,
    advance,
    agenda_steps,
    answer_steps,
    minutes_steps,
    news_since,
    questions_for,
    settled_since,
)
from workflows.status.model import EscalationState as State
from workflows.status.model import Level


def taken(asked: BoardQuestion, steps: dict[str, QuestionStep]) -> BoardQuestion:
    """The question after the step that was planned for it."""
    moved = advance(asked, steps[asked.id])
    assert moved is not None
    return moved


def approved(minutes: StoredMinutes) -> StoredMinutes:
    """Minutes that the chair has approved."""
    return replace(minutes, approved_at=minutes.at + timedelta(hours=1), approved_by="chair")


def test_a_board_is_asked_its_own_level_s_questions_the_oldest_first() -> None:
    older = question("older", raised_at=NOON - timedelta(days=1))
    elsewhere = question("elsewhere", municipality="b-vik")
    asked = [question("newer"), older, elsewhere, passed_on("up")]
    assert [item.id for item in questions_for(Level.LOCAL, asked, municipality="a-dal")] == ["older", "newer"]
    assert [item.id for item in questions_for(Level.LOCAL, asked)] == ["older", "elsewhere", "newer"]
    assert [item.id for item in questions_for(Level.OWNER, asked)] == ["up"]


@pytest.mark.parametrize("state", [state for state in State if state not in (State.RAISED, State.VIEWED)])
def test_nobody_decides_a_settled_matter_again(state: State) -> None:
    asked = replace(question(), state=state)
    waits = state in (State.ON_AGENDA, State.PASSED_ON)
    assert questions_for(Level.LOCAL, [asked]) == ((asked,) if waits else ())
    assert questions_for(Level.OWNER, [asked]) == ()


def test_the_owner_board_reads_what_the_local_board_decided() -> None:
    [asked] = questions_for(Level.OWNER, [passed_on()])
    assert asked.decided_below is not None
    assert asked.decided_below.words == "Styret ber eierstyret avgjøre det."
    assert question().decided_below is None


def test_a_matter_settled_below_is_told_above_once_its_answer_is_told() -> None:
    first = after(question("first"), step(State.ANSWERED, words="Ja.", at=NOON))
    decided = after(on_agenda(question("second")), step(State.DECIDED, words="Nei.", at=NOON))
    second = after(decided, step(State.ANSWERED, words="Nei.", at=NOON + timedelta(days=1)))
    of_owner = after(passed_on("up"), step(State.ANSWERED, level=Level.OWNER, at=NOON + timedelta(days=1)))
    known = [second, first, question("waits"), decided, of_owner]
    before = NOON - timedelta(minutes=1)
    assert [item.id for item in settled_since(Level.LOCAL, known, since=before)] == ["first", "second"]
    assert [item.id for item in settled_since(Level.LOCAL, known, since=NOON)] == ["second"]


def test_a_settled_matter_that_its_package_has_closed_is_told_of_too() -> None:
    answered = after(question(), step(State.ANSWERED, words="Ja.", at=NOON))
    closed = after(answered, step(State.CLOSED, at=NOON + timedelta(days=20)))
    assert settled_since(Level.LOCAL, [closed], since=NOON - timedelta(days=1)) == (closed,)
    assert settled_since(Level.LOCAL, [closed], since=NOON + timedelta(days=1)) == (), "closing it is no new answer"


@pytest.mark.parametrize(
    ("answer", "later", "is_news"),
    [
        pytest.param({"level": Level.OWNER, "meeting": OWNER_MEETING}, None, True, id="the owner board answered"),
        pytest.param({}, None, True, id="its lead answered"),
        pytest.param({"meeting": MEETING}, None, False, id="the board's own decision, followed up as such"),
        pytest.param({"meeting": MEETING}, State.UNSOLVED, False, id="its own decision that has not solved it yet"),
        pytest.param({"meeting": MEETING}, State.CLOSED, True, id="its own decision has solved it"),
        pytest.param({"level": Level.OWNER}, State.UNSOLVED, True, id="another's answer has not solved it yet"),
    ],
)
def test_a_board_hears_of_answers_from_elsewhere_and_of_what_is_solved(
    answer: dict[str, Any], later: State | None, is_news: bool
) -> None:
    asked = after(question(), step(State.ANSWERED, words="Ja.", **answer))
    if later is not None:
        asked = after(asked, step(later, level=asked.level))
    assert news_since([asked, question("waits")], since=NOON - timedelta(minutes=1)) == ((asked,) if is_news else ())
    assert news_since([asked], since=NOON) == ()


def test_an_agenda_takes_up_what_stands_on_it_once() -> None:
    asked, other = question(), question("other")
    agenda = agenda_about(asked)
    found = agenda_steps(agenda, {"q": asked, "other": other}, at=NOON)
    assert list(found) == ["q"]
    moved = taken(asked, found)
    assert moved.state is State.ON_AGENDA
    assert moved.agenda_of(Level.LOCAL) == agenda.meeting.key
    assert agenda_steps(agenda, {"q": moved}, at=NOON) == {}
    settled = after(moved, step(State.DECIDED, words="Ja."))
    assert agenda_steps(agenda_about(settled, key="a-dal/2027-02-02"), {"q": settled}, at=NOON) == {}


@pytest.mark.parametrize(
    ("outcome", "state", "level"),
    [
        (Outcome.DECIDED, State.DECIDED, Level.LOCAL),
        (Outcome.SENT_BACK, State.SENT_BACK, Level.LOCAL),
        (Outcome.PASSED_ON, State.PASSED_ON, Level.OWNER),
    ],
)
def test_minutes_settle_a_question_once(outcome: Outcome, state: State, level: Level) -> None:
    asked = on_agenda(question())
    agenda = agenda_about(asked)
    minutes = minutes_of(agenda, "Kommunen betaler.", outcome)
    moved = taken(asked, minutes_steps(minutes, agenda, {"q": asked}, level=Level.LOCAL))
    assert (moved.state, moved.level) == (state, level)
    last = moved.steps[-1]
    assert (last.words, last.by, last.decision) == ("Kommunen betaler.", "recorder", "a-dal/2026/2")
    assert minutes_steps(minutes, agenda, {"q": moved}, level=Level.LOCAL) == {}


def test_an_item_without_a_decision_leaves_its_question_waiting() -> None:
    asked = on_agenda(question())
    agenda = agenda_about(asked)
    assert minutes_steps(minutes_of(agenda, ""), agenda, {"q": asked}, level=Level.LOCAL) == {}
    assert questions_for(Level.LOCAL, [asked]) == (asked,)


def test_a_correction_of_minutes_corrects_the_answer() -> None:
    asked = on_agenda(question())
    agenda = agenda_about(asked)
    said = taken(asked, minutes_steps(minutes_of(agenda, "Ja."), agenda, {"q": asked}, level=Level.LOCAL))
    told = taken(said, answer_steps([said], approved(minutes_of(agenda, "Ja."))))
    assert told.state is State.ANSWERED
    assert minutes_steps(minutes_of(agenda, "Ja."), agenda, {"q": told}, level=Level.LOCAL) == {}
    again = minutes_of(agenda, "Nei.", version=2)
    corrected = taken(told, minutes_steps(again, agenda, {"q": told}, level=Level.LOCAL))
    assert corrected.answer is not None
    assert (corrected.state, corrected.answer.words) == (State.DECIDED, "Nei.")
    emptied = minutes_of(agenda, "", version=3)
    waits = taken(corrected, minutes_steps(emptied, agenda, {"q": corrected}, level=Level.LOCAL))
    assert (waits.state, waits.answer) == (State.ON_AGENDA, None)


def test_a_correction_below_takes_nothing_back_from_the_owner_board() -> None:
    asked = passed_on()
    agenda = agenda_about(asked)
    correction = minutes_of(agenda, "Vi gjør det selv.", version=2)
    regretted = taken(asked, minutes_steps(correction, agenda, {"q": asked}, level=Level.LOCAL))
    assert (regretted.state, regretted.level) == (State.DECIDED, Level.LOCAL)
    taken_up = on_agenda(asked, OWNER_MEETING)
    assert minutes_steps(correction, agenda, {"q": taken_up}, level=Level.LOCAL) == {}


def test_approved_minutes_answer_what_they_say_and_nothing_else() -> None:
    agenda = agenda_about(on_agenda(question()))
    decided = after(on_agenda(question()), step(State.DECIDED, decision="a-dal/2026/2", words="Ja."))
    elsewhere = after(on_agenda(question("else")), step(State.DECIDED, decision="a-dal/2026/1", words="Ja."))
    corrected = after(on_agenda(question("new")), step(State.DECIDED, decision="a-dal/2026/2", words="Nei."))
    found = answer_steps([decided, elsewhere, corrected, passed_on("up")], approved(minutes_of(agenda, "Ja.")))
    assert list(found) == ["q"]
    assert (found["q"].words, found["q"].by) == ("Ja.", "chair")


def test_the_view_is_that_of_the_level_at_which_it_stands() -> None:
    viewed = after(question(), step(State.VIEWED, words="Vi bør."))
    assert viewed.view == "Vi bør."
    moved = after(viewed, step(State.PASSED_ON, level=Level.OWNER, words="Opp."))
    assert moved.view == ""
    county = after(moved, step(State.VIEWED, level=Level.OWNER, words="Fylket mener."))
    assert county.view == "Fylket mener."
    assert county.waits


@given(states=st.lists(st.sampled_from(list(State)), max_size=8))
def test_whatever_is_tried_a_question_keeps_to_its_life_and_its_history(states: list[State]) -> None:
    asked = question()
    for state in states:
        moved = advance(asked, step(state))
        assert (moved is None) == (state not in FOLLOWS[asked.state])
        if moved is not None:
            assert moved.steps[:-1] == asked.steps
            assert moved.version == asked.version + 1
            asked = moved
    if State.CLOSED in [item.state for item in asked.steps]:
        assert asked.state is State.CLOSED


@given(state=st.sampled_from(list(State)), words=st.text(max_size=40))
def test_a_step_is_read_back_as_it_was_written(state: State, words: str) -> None:
    written = step(state, words=words)
    assert QuestionStep.from_data(written.to_data()) == written
