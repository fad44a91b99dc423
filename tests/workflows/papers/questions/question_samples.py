"""Samples of lifted questions, of agendas that they stand on, and of minutes about them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.clocks import NOON
from workflows.papers.agendas.model import Agenda, AgendaItem, ItemKind
from workflows.papers.minutes.model import Minutes, MinutesItem, Outcome, StoredMinutes
from workflows.papers.questions.model import BoardQuestion, QuestionStep
from workflows.papers.reports.model import MeetingFacts
from workflows.status.model import EscalationState, Level

MEETING = "a-dal/2026-11-17"
OWNER_MEETING = "owner-board/2026-12-15"


def question(name: str = "q", **changes: Any) -> BoardQuestion:
    """A question that nobody has looked at yet."""
    values: dict[str, Any] = {
        "id": name,
        "request": f"request-{name}",
        "municipality": "a-dal",
        "work_package": "jobb",
        "meeting": MEETING,
        "question": "Hvem betaler?",
        "proposal": "Kommunen betaler.",
        "state": EscalationState.RAISED,
        "level": Level.LOCAL,
        "raised_at": NOON,
    }
    return BoardQuestion(**{**values, **changes})


def step(state: EscalationState, **changes: Any) -> QuestionStep:
    """A step of the local lead's."""
    return QuestionStep(**{"at": NOON, "by": "lead", "state": state, "level": Level.LOCAL, **changes})


def after(asked: BoardQuestion, *steps: QuestionStep) -> BoardQuestion:
    """The question after *steps*, as the record would have it."""
    last = steps[-1]
    return replace(asked, state=last.state, level=last.level, steps=(*asked.steps, *steps))


def on_agenda(asked: BoardQuestion, meeting: str = MEETING) -> BoardQuestion:
    """The question on the agenda of the board that it waits for."""
    return after(asked, step(EscalationState.ON_AGENDA, by="", level=asked.level, meeting=meeting))


def passed_on(name: str = "q") -> BoardQuestion:
    """A question that its local board has decided to ask the owner board."""
    words = "Styret ber eierstyret avgjøre det."
    decided = step(EscalationState.PASSED_ON, level=Level.OWNER, meeting=MEETING, decision="a-dal/2026/3", words=words)
    return after(on_agenda(question(name)), decided)


def meeting_facts(key: str) -> MeetingFacts:
    """The facts of a meeting on its key's day."""
    body, _, day = key.rpartition("/")
    starts = datetime.fromisoformat(f"{day}T09:00")
    return MeetingFacts(key=key, body=body, starts_local=starts, ends_local=starts + timedelta(hours=2))


def agenda_about(*asked: BoardQuestion, key: str = MEETING) -> Agenda:
    """An agenda with one ordinary item, and one for each question."""
    opening = AgendaItem(key="opening", kind=ItemKind.STANDING, title="Saksliste", number=1)
    items = [
        AgendaItem(key=f"questions/{item.id}", kind=ItemKind.QUESTION, title="Sak", number=number, question=item.id)
        for number, item in enumerate(asked, 2)
    ]
    return Agenda(meeting=meeting_facts(key), name="Styret", year=2026, items=(opening, *items))


def minutes_of(agenda: Agenda, decision: str, outcome: Outcome = Outcome.DECIDED, *, version: int = 1) -> StoredMinutes:
    """Minutes in which every question of the agenda got the same decision."""
    items = tuple(
        MinutesItem(number=item.number, title=item.title, decision=decision if item.question else "", outcome=outcome)
        for item in agenda.items
    )
    content = Minutes(meeting=agenda.meeting, name=agenda.name, year=agenda.year, attendance=(), items=items)
    at = NOON + timedelta(hours=version)
    return StoredMinutes(meeting=agenda.meeting.key, version=version, at=at, by="recorder", content=content)
