"""Questions decided from plain data: what follows on what, and which board is asked which of them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from workflows.papers.agendas.model import Agenda
from workflows.papers.minutes.model import MinutesItem, Outcome, StoredMinutes
from workflows.papers.questions.model import BoardQuestion, QuestionStep
from workflows.status.model import EscalationState as State
from workflows.status.model import Level

_BY_BOARD = frozenset({State.DECIDED, State.SENT_BACK, State.PASSED_ON, State.ON_AGENDA})
FOLLOWS: Mapping[State, frozenset[State]] = {
    State.RAISED: frozenset({State.VIEWED, State.SENT_BACK, State.ANSWERED, State.ON_AGENDA}),
    State.VIEWED: frozenset({State.VIEWED, State.SENT_BACK, State.ANSWERED, State.ON_AGENDA}),
    State.ON_AGENDA: _BY_BOARD,
    State.PASSED_ON: _BY_BOARD | {State.VIEWED},
    State.SENT_BACK: _BY_BOARD | {State.CLOSED},
    State.DECIDED: _BY_BOARD | {State.ANSWERED},
    State.ANSWERED: _BY_BOARD | {State.ANSWERED, State.UNSOLVED, State.CLOSED},
    State.UNSOLVED: frozenset({State.UNSOLVED, State.CLOSED}),
    State.CLOSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""The states that may follow on each. A board's minutes may be corrected until the package has reported on them."""
_STATES = {Outcome.DECIDED: State.DECIDED, Outcome.SENT_BACK: State.SENT_BACK, Outcome.PASSED_ON: State.PASSED_ON}


def advance(question: BoardQuestion, step: QuestionStep) -> BoardQuestion | None:
    """Return the question after *step*; None when that cannot follow on its state."""
    if step.state not in FOLLOWS[question.state]:
        return None
    return replace(question, state=step.state, level=step.level, steps=(*question.steps, step))


def questions_for(
    level: Level, questions: Iterable[BoardQuestion], *, municipality: str | None = None
) -> tuple[BoardQuestion, ...]:
    """
    Return the questions that the board of *level* is asked to decide now, the oldest first.

    This is the one answer to «what is this board asked?», for its report or summary, its agenda and the counts of
    overviews: a question that was decided, sent back, answered or withdrawn is in none of them, and the owner board is
    asked what a local board has decided to pass on and nothing else (`BoardQuestion.decided_below` has that decision).
    *questions*: any, such as those of `QuestionStore.list_waiting`. *municipality*: of that one alone.
    """
    wanted = (
        item for item in questions if item.waits and item.level is level and municipality in (None, item.municipality)
    )
    return tuple(sorted(wanted, key=lambda item: (item.raised_at, item.id)))


def settled_since(level: Level, questions: Iterable[BoardQuestion], *, since: datetime) -> tuple[BoardQuestion, ...]:
    """
    Return the questions that *level* settled after *since*, the oldest first: for the level above to know of.

    What a board decided counts once its minutes are approved, and not before: until then it may be put otherwise.
    """
    found = [
        (answer.at, item.id, item)
        for item in questions
        if item.is_settled and (answer := item.told_answer) is not None and answer.level is level and answer.at > since
    ]
    return tuple(item for *_, item in sorted(found, key=lambda row: row[:2]))


def news_since(questions: Iterable[BoardQuestion], *, since: datetime) -> tuple[BoardQuestion, ...]:
    """
    Return the settled questions of a local board with something new for it after *since*, the oldest first.

    An answer that came from elsewhere is new, and so is what the package said of an answer. A decision of the board's
    own is followed up as such until its package says that it has solved the question.
    """
    found = [
        item
        for item in questions
        if item.is_settled
        and (answer := item.told_answer) is not None
        and item.steps[-1].at > since
        and (item.state is State.CLOSED or not (answer.meeting and answer.level is Level.LOCAL))
    ]
    return tuple(sorted(found, key=lambda item: (item.raised_at, item.id)))


def agenda_steps(agenda: Agenda, questions: Mapping[str, BoardQuestion], *, at: datetime) -> dict[str, QuestionStep]:
    """Return the steps, by question, that a fixed agenda makes: each question on it that does not know it yet."""
    steps = {}
    for item in agenda.items:
        question = questions.get(item.question)
        if question is None or not question.waits or question.agenda_of(question.level) == agenda.meeting.key:
            continue
        steps[question.id] = QuestionStep(
            at=at, by="", state=State.ON_AGENDA, level=question.level, meeting=agenda.meeting.key
        )
    return steps


def minutes_steps(
    minutes: StoredMinutes, agenda: Agenda, questions: Mapping[str, BoardQuestion], *, level: Level
) -> dict[str, QuestionStep]:
    """
    Return the steps, by question, that a version of minutes makes. *level*: of the board that met.

    What the question knows already makes no step, nor does a correction of what another meeting has taken up since.
    """
    steps = {}
    for item in minutes.content.items:
        about = agenda.item(item.number)
        question = questions.get(about.question) if about else None
        if question is None or question.agenda_of(level) != minutes.meeting or not _is_here(question, level):
            continue
        step = _step(minutes, item, level)
        if _said(question) != (step.state, step.words) and advance(question, step) is not None:
            steps[question.id] = step
    return steps


def answer_steps(questions: Iterable[BoardQuestion], approved: StoredMinutes) -> dict[str, QuestionStep]:
    """Return the steps, by question, that approved minutes make: what their meeting decided, in those words, is
    answered."""
    content = approved.content
    said = {f"{content.meeting.body}/{content.year}/{item.number}": item.decision for item in content.items}
    return {
        item.id: replace(
            item.steps[-1],
            at=approved.approved_at or approved.at,
            by=approved.approved_by,
            state=State.ANSWERED,
        )
        for item in questions
        if item.state is State.DECIDED and said.get(item.steps[-1].decision) == item.steps[-1].words
    }


def _is_here(question: BoardQuestion, level: Level) -> bool:
    """Tell whether the level above has not taken the question up."""
    return question.level is level or question.state is State.PASSED_ON


def _said(question: BoardQuestion) -> tuple[State, str]:
    last = question.steps[-1]
    # Approval tells the package what was decided, and decides nothing else.
    return (State.DECIDED if last.state is State.ANSWERED else last.state), last.words


def _step(minutes: StoredMinutes, item: MinutesItem, level: Level) -> QuestionStep:
    decided = bool(item.decision)
    state = _STATES[item.outcome] if decided else State.ON_AGENDA
    content = minutes.content
    return QuestionStep(
        at=minutes.at,
        by=minutes.by,
        state=state,
        level=Level.OWNER if state is State.PASSED_ON else level,
        meeting=minutes.meeting,
        decision=f"{content.meeting.body}/{content.year}/{item.number}" if decided else "",
        words=item.decision,
    )
