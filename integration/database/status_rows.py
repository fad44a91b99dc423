"""Rows of status rounds, from the database and into it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from workflows.status.model import (
    AnswerContent,
    AnswerSurface,
    Escalation,
    EscalationState,
    Level,
    RequestState,
    RoundState,
    StatusAnswer,
    StatusRequest,
    StatusRound,
)
from workflows.status.ports import BoardMeeting

CANCELLED = "cancelled"


def request_row(request: StatusRequest) -> dict[str, Any]:
    """A request as its table holds it."""
    return {
        "id": request.id,
        "meeting": request.meeting,
        "work_package": request.work_package,
        "person": request.person,
        "state": request.state,
        "opened_at": request.opened_at,
        "latest_version": request.latest_version,
    }


def meeting_of(row: Row[Any]) -> BoardMeeting:
    """A meeting as rounds see it."""
    return BoardMeeting(key=row.key, body=row.body, starts_local=row.starts_local, cancelled=row.state == CANCELLED)


def round_of(row: Row[Any]) -> StatusRound:
    """A row of `status_round`."""
    return StatusRound(
        meeting=row.meeting,
        municipality=row.municipality,
        state=RoundState(row.state),
        opens_at=row.opens_at,
        reminders_at=tuple(datetime.fromisoformat(moment) for moment in row.reminders_at),
        deadline_at=row.deadline_at,
        release_at=row.release_at,
    )


def request_of(row: Row[Any]) -> StatusRequest:
    """A row of `status_request`."""
    return StatusRequest(
        id=row.id,
        meeting=row.meeting,
        work_package=row.work_package,
        person=row.person,
        state=RequestState(row.state),
        opened_at=row.opened_at,
        latest_version=row.latest_version,
    )


def answer_of(row: Row[Any]) -> StatusAnswer:
    """A row of `status_answer`."""
    return StatusAnswer(
        request=row.request,
        version=row.version,
        at=row.at,
        by=row.by,
        surface=AnswerSurface(row.surface),
        on_behalf=row.on_behalf,
        content=AnswerContent.from_data(row.content),
    )


def escalation_of(row: Row[Any]) -> Escalation:
    """A row of `escalation`."""
    return Escalation(
        id=row.id,
        request=row.request,
        meeting=row.meeting,
        level=Level(row.level),
        question=row.question,
        proposal=row.proposal,
        state=EscalationState(row.state),
        raised_at=row.raised_at,
    )
