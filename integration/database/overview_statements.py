"""Statements of overviews. Each is bounded by a time, by a number a body, or by the keys that it is given."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Table, and_, case, func, literal, or_, select, union_all
from sqlalchemy.sql.elements import ColumnElement

from integration.database import tables
from integration.database.messages import PAUSE
from integration.database.status_rows import CANCELLED
from workflows.messages.model import MessageState
from workflows.status.model import EscalationState, RequestState, RoundState

meeting, status_round, request, answer = (
    tables.meeting,
    tables.status_round,
    tables.status_request,
    tables.status_answer,
)
MEETING_COLUMNS = (
    meeting.c.key,
    meeting.c.body,
    meeting.c.state,
    meeting.c.starts_local,
    meeting.c.ends_local,
    meeting.c.location,
    meeting.c.join_url,
)
PLACES_OWN = ("team",)
"""Things of a place whose addresses overviews show."""
NOTED = ("drift.told", "order.asks")
"""Things noted about a place whose numbers overviews show."""
LONGEST_MEETING = timedelta(days=31)
"""A meeting that began longer ago is over: older ones are not even looked at."""
WAITING = (MessageState.PLANNED, MessageState.SENDING, MessageState.HELD)


def coming_meetings(*, after: datetime, each: int, bodies: Collection[str]) -> Select[Any]:
    """Return the next *each* meetings of each of *bodies* that end later than *after*."""
    order = func.row_number().over(partition_by=meeting.c.body, order_by=(meeting.c.starts_local, meeting.c.key))
    near = and_(meeting.c.body.in_(bodies), meeting.c.starts_local > after - LONGEST_MEETING)
    wanted = and_(near, meeting.c.ends_local > after, meeting.c.state != CANCELLED)
    numbered = select(*MEETING_COLUMNS, order.label("number")).where(wanted).subquery()
    return select(numbered).where(numbered.c.number <= each).order_by(numbered.c.starts_local, numbered.c.key)


def past_meetings(body: str, *, before: datetime, most: int) -> Select[Any]:
    """Return the last meetings of a body that were held, the newest first."""
    held = and_(meeting.c.body == body, meeting.c.ends_local <= before, meeting.c.state != CANCELLED)
    return select(*MEETING_COLUMNS).where(held).order_by(meeting.c.starts_local.desc()).limit(most)


def open_rounds(*, now: datetime) -> Select[Any]:
    """Count the requests of all rounds that take answers, and give the first of their deadlines."""
    takes_answers = and_(status_round.c.state == RoundState.OPEN, status_round.c.deadline_at > now)
    answered = case((request.c.state == RequestState.ANSWERED, 1), else_=0)
    return (
        select(
            func.count().label("asked"),
            func.coalesce(func.sum(answered), 0).label("answered"),
            func.min(status_round.c.deadline_at).label("first_deadline"),
        )
        .join_from(request, status_round, status_round.c.meeting == request.c.meeting)
        .where(takes_answers, request.c.state != RequestState.WAIVED)
    )


def requests_with_answers(condition: ColumnElement[bool], *, rounds: int) -> Select[Any]:
    """
    Return requests with their rounds and newest answers, the newest first.

    *condition*: about requests and rounds. *rounds*: of each municipality, the newest so many.
    """
    order = func.dense_rank().over(partition_by=status_round.c.municipality, order_by=status_round.c.deadline_at.desc())
    # The first of them, not whether there is one: PostgreSQL would read all drafts once, to look into them for each.
    draft = select(tables.status_draft.c.person).where(tables.status_draft.c.request == request.c.id).limit(1)
    numbered = (
        select(
            request,
            status_round.c.municipality,
            status_round.c.state.label("round_state"),
            status_round.c.opens_at,
            status_round.c.reminders_at,
            status_round.c.deadline_at,
            status_round.c.release_at,
            meeting.c.starts_local,
            draft.scalar_subquery().is_not(None).label("drafted"),
            order.label("number"),
        )
        .join(status_round, status_round.c.meeting == request.c.meeting)
        .join(meeting, meeting.c.key == request.c.meeting)
        .where(condition)
        .subquery()
    )
    newest = and_(answer.c.request == numbered.c.id, answer.c.version == numbered.c.latest_version)
    given = [
        answer.c[name].label(f"answer_{name}") for name in ("version", "at", "by", "surface", "on_behalf", "content")
    ]
    return (
        select(numbered, *given)
        .outerjoin(answer, newest)
        .where(numbered.c.number <= rounds)
        .order_by(numbered.c.deadline_at.desc(), numbered.c.work_package)
    )


def newest_reports(meetings: Sequence[str]) -> Select[Any]:
    """Return the state of each meeting's newest report, without its content."""
    report = tables.report
    order = func.row_number().over(partition_by=report.c.meeting, order_by=report.c.version.desc())
    columns = (report.c.meeting, report.c.state, report.c.compiled_at, report.c.released_at)
    numbered = select(*columns, order.label("number")).where(report.c.meeting.in_(meetings)).subquery()
    return select(numbered).where(numbered.c.number == 1)


def asked(*, meetings: Sequence[str] | None = None, requests: Sequence[str] | None = None) -> ColumnElement[bool]:
    """Return the condition of the questions that were asked for *meetings*, or in *requests*."""
    escalation = tables.escalation
    named = escalation.c.meeting.in_(meetings or ()) if requests is None else escalation.c.request.in_(requests)
    return and_(named, escalation.c.state != EscalationState.WITHDRAWN)


def matters_of(body: str) -> Any:
    """Return the newest version of a body's decisions and action items, the newest first."""
    return union_all(*(_newest_matters(table, kind, body) for kind, table in MATTERS.items()))


MATTERS = {"decision": tables.decision, "action": tables.action_item}


def _newest_matters(table: Table, kind: str, body: str) -> Select[Any]:
    order = func.row_number().over(partition_by=table.c.key, order_by=table.c.version.desc())
    columns = (table.c.key, table.c.content, table.c.at, order.label("number"))
    numbered = select(*columns).where(table.c.body == body).subquery()
    named = literal(kind).label("kind")
    return select(named, numbered.c.key, numbered.c.content, numbered.c.at).where(numbered.c.number == 1)


def agendas_sent(meetings: Sequence[str]) -> Select[Any]:
    """Return those of *meetings* whose agenda was sent."""
    return select(tables.agenda.c.meeting).where(tables.agenda.c.meeting.in_(meetings))


def minutes_kept(meetings: Sequence[str]) -> Select[Any]:
    """Return those of *meetings* whose minutes are recorded."""
    return select(tables.minutes.c.meeting).where(tables.minutes.c.meeting.in_(meetings)).distinct()


def units_named(keys: Collection[str]) -> Select[Any]:
    """Return units by their keys, as many columns as overviews show."""
    unit = tables.unit
    columns = (
        unit.c.key,
        unit.c.state,
        unit.c.due_at,
        unit.c.lease_owner,
        unit.c.note,
        unit.c.failures,
        unit.c.done_at,
    )
    return select(*columns).where(unit.c.key.in_(keys))


def flags_of(scopes: Collection[str]) -> Any:
    """Return the pauses that people have set, and how many guests of each scope wait for their confirmation."""
    name, asked = tables.switch.c.name, tables.guest_answer
    pauses = select(literal(PAUSE).label("kind"), name.label("name"), literal(1).label("number")).where(
        or_(name == PAUSE, name.startswith(f"{PAUSE}:"))
    )
    waits = and_(asked.c.scope.in_(scopes), asked.c.answered_at.is_(None))
    guests = select(literal("guests"), asked.c.scope, func.count()).where(waits).group_by(asked.c.scope)
    return union_all(pauses, guests)
