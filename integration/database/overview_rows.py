"""Rows of overviews, from the database."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from integration.database.overview_statements import PLACES_OWN
from integration.database.status_rows import request_of
from integration.database.units import UnitState
from workflows.meetings.model import MeetingState
from workflows.messages.model import MessageState, Surface
from workflows.overview.rows import (
    AnsweredRequest,
    MeetingLine,
    PlaceLine,
    QuestionCount,
    ReportLine,
    RoundLine,
    Undelivered,
    UnitLine,
)
from workflows.papers.minutes.model import ActionItem, Decision
from workflows.papers.reports.model import ReportState
from workflows.status.model import AnswerContent, AnswerSurface, RoundState, StatusAnswer, StatusRound


def meeting_line(row: Row[Any]) -> MeetingLine:
    """Return a row of `meeting` as overviews list it."""
    return MeetingLine(
        key=row.key,
        body=row.body,
        starts_local=row.starts_local,
        ends_local=row.ends_local,
        location=row.location,
        join_url=row.join_url,
        booked=row.state == MeetingState.BOOKED,
    )


def round_line(row: Row[Any]) -> RoundLine:
    """Return a round as far as its progress needs it."""
    report = None if row.report is None else ReportState(row.report)
    return RoundLine(row.meeting, row.municipality, RoundState(row.state), row.deadline_at, report)


def answered(row: Row[Any]) -> AnsweredRequest:
    """Return a request with its round and its newest answer."""
    status_round = StatusRound(
        meeting=row.meeting,
        municipality=row.municipality,
        state=RoundState(row.round_state),
        opens_at=row.opens_at,
        reminders_at=tuple(datetime.fromisoformat(moment) for moment in row.reminders_at),
        deadline_at=row.deadline_at,
        release_at=row.release_at,
    )
    answer = None
    if row.answer_content is not None:
        answer = StatusAnswer(
            request=row.id,
            version=row.answer_version,
            at=row.answer_at,
            by=row.answer_by,
            surface=AnswerSurface(row.answer_surface),
            on_behalf=row.answer_on_behalf,
            content=AnswerContent.from_data(row.answer_content),
        )
    return AnsweredRequest(
        request=request_of(row),
        round=status_round,
        meeting_local=row.starts_local,
        answer=answer,
        drafted=bool(row.drafted),
    )


def question_count(row: Row[Any]) -> QuestionCount:
    """Return a count of questions, by the body that the key of their meeting names."""
    return QuestionCount(row.meeting.rpartition("/")[0], row.level, row.number)


def report_line(row: Row[Any]) -> ReportLine:
    """Return the state of a report."""
    return ReportLine(
        meeting=row.meeting,
        state=ReportState(row.state),
        compiled_at=row.compiled_at,
        released_at=row.released_at,
    )


def delivery(row: Row[Any]) -> Undelivered:
    """Return a message that reached nobody."""
    return Undelivered(
        key=row.key,
        kind=row.kind,
        surface=Surface(row.surface),
        state=MessageState(row.state),
        municipality=row.municipality,
        person=row.person,
        name=str(row.content.get("name", "")),
        failure=row.failure,
        since=row.due_at,
    )


def matters(rows: Iterable[Row[Any]]) -> tuple[tuple[Decision, ...], tuple[ActionItem, ...]]:
    """Return decisions and action items, each kind the newest first."""
    decisions, actions = [], []
    for row in sorted(rows, key=lambda row: (row.at, row.key), reverse=True):
        if row.kind == "decision":
            decisions.append(Decision.from_data(row.content))
        else:
            actions.append(ActionItem.from_data(row.content))
    return tuple(decisions), tuple(actions)


def place_lines(rows: Iterable[Row[Any]]) -> Mapping[str, PlaceLine]:
    """Return places with their addresses and what is noted about them."""
    things: dict[str, dict[str, Row[Any]]] = {}
    for row in rows:
        things.setdefault(row.place, {})[row.key] = row
    return {place: _place_line(place, found) for place, found in things.items()}


def unit_line(row: Row[Any]) -> UnitLine:
    """Return a unit as overviews show it."""
    return UnitLine(
        key=row.key,
        state=UnitState(row.state).value,
        due_at=row.due_at,
        held=row.lease_owner is not None,
        note=row.note,
        failures=row.failures,
        done_at=row.done_at,
    )


def _place_line(place: str, things: Mapping[str, Row[Any]]) -> PlaceLine:
    told, asks = things.get("drift.told"), things.get("order.asks")
    return PlaceLine(
        place=place,
        urls={key: row.url for key, row in things.items() if key in PLACES_OWN},
        gone=len(told.details.get("gone", ())) if told is not None else 0,
        asks=int(asks.details.get("number", 0)) if asks is not None else 0,
    )
