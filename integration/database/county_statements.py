"""
Statements that read of every municipality. None reads more the longer the history is.

Each is built once, since making one anew costs about as much as it takes. *some*: of the `municipalities` or `bodies`
that are given with it alone.
"""

from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from integration.database import tables
from integration.database.overview_statements import MEETING_COLUMNS, NOTED, PLACES_OWN, WAITING
from integration.database.status_rows import CANCELLED
from workflows.messages.model import NOT_ALLOWED, PAUSED, MessageState
from workflows.overview.plan import ROLLOUT
from workflows.papers.questions.model import BOARD_STATES

DONE = "done"

meeting, status_round, request, report = tables.meeting, tables.status_round, tables.status_request, tables.report


@cache
def newest_rounds(*, some: bool = False) -> Select[Any]:
    """Return each municipality's newest round with a deadline after `since`, and the state of its newest report."""
    newest = (
        select(report.c.state)
        .where(report.c.meeting == status_round.c.meeting)
        .order_by(report.c.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (status_round.c.meeting, status_round.c.municipality, status_round.c.state, status_round.c.deadline_at)
    return select(*columns, newest.label("report")).where(_is_newest(some=some))


@cache
def requests_of_newest_rounds(*, some: bool = False) -> Select[Any]:
    """Return the requests of those rounds, as many columns as are counted."""
    columns = (request.c.meeting, request.c.work_package, request.c.person, request.c.state)
    return select(*columns).where(request.c.meeting.in_(_newest_meetings(some=some)))


@cache
def reports_of_newest_rounds(*, some: bool = False) -> Select[Any]:
    """Return the state of the newest report of each of those rounds, without its content."""
    other = report.alias("other")
    newer = exists().where(other.c.meeting == report.c.meeting, other.c.version > report.c.version)
    columns = (report.c.meeting, report.c.state, report.c.compiled_at, report.c.released_at)
    return select(*columns).where(report.c.meeting.in_(_newest_meetings(some=some)), ~newer)


def _newest_meetings(*, some: bool) -> Select[Any]:
    return select(status_round.c.meeting).where(_is_newest(some=some))


def _is_newest(*, some: bool) -> ColumnElement[bool]:
    later = status_round.alias("later")
    since: BindParameter[Any] = bindparam("since")
    is_later = or_(
        later.c.deadline_at > status_round.c.deadline_at,
        and_(later.c.deadline_at == status_round.c.deadline_at, later.c.meeting < status_round.c.meeting),
    )
    of_it = later.c.municipality == status_round.c.municipality
    newest = and_(status_round.c.deadline_at > since, ~exists().where(of_it, later.c.deadline_at > since, is_later))
    return and_(status_round.c.municipality.in_(_given("municipalities")), newest) if some else newest


@cache
def next_starts() -> Select[Any]:
    """Return the start of the next meeting of each body."""
    return _next_meetings(meeting.c.body, meeting.c.starts_local)


@cache
def next_meetings() -> Select[Any]:
    """Return the next meeting of each body, in the order of time."""
    return _next_meetings(*MEETING_COLUMNS).order_by(meeting.c.starts_local, meeting.c.key)


def _next_meetings(*columns: Any) -> Select[Any]:
    """Return *columns* of the next meeting of each body: one that began after `begun` and ends later than `after`."""
    of_body = _every_body()
    other = meeting.alias("other")
    nearest = (
        select(other.c.key)
        .where(
            other.c.body == of_body.c.body,
            other.c.starts_local > bindparam("begun"),
            other.c.ends_local > bindparam("after"),
            other.c.state != CANCELLED,
        )
        .order_by(other.c.starts_local, other.c.key)
        .limit(1)
        .correlate(of_body)
        .scalar_subquery()
    )
    # The bound is said twice, so that PostgreSQL need not read what lies before it.
    bound = meeting.c.starts_local > bindparam("begun")
    return select(*columns).where(bound, meeting.c.key.in_(select(nearest).select_from(of_body)))


def _every_body() -> Any:
    """Return all bodies that have meetings: from each one the index leads to the next, past the meetings of its own."""
    first = select(func.min(meeting.c.body).label("body")).where(meeting.c.body > "").cte("every_body", recursive=True)
    following = select(func.min(meeting.c.body)).where(meeting.c.body > first.c.body).correlate(first).scalar_subquery()
    return first.union_all(select(following).where(first.c.body.is_not(None)))


@cache
def questions_waiting(*, some: bool = False) -> Select[Any]:
    """
    Count the questions that wait for a board, by the meeting they were asked for and the level they stand at.

    The key of a meeting names its body, so that of all of them no meeting is looked up.
    """
    asked = tables.escalation
    query = (
        select(asked.c.meeting, asked.c.level, func.count().label("number"))
        .where(asked.c.state.in_(BOARD_STATES))
        .group_by(asked.c.meeting, asked.c.level)
    )
    of_bodies = select(meeting.c.key).where(meeting.c.body.in_(_given("bodies")))
    return query.where(asked.c.meeting.in_(of_bodies)) if some else query


@cache
def undelivered(*, some: bool = False) -> Select[Any]:
    """
    Return the messages that reached nobody: failed, or waiting to leave since before `late`.

    One that failed is left out when another about the same request was sent, and one that people hold back; older ones
    than `since` are, too.
    """
    message = tables.message
    other = message.alias("other")
    instead = exists().where(
        other.c.request == message.c.request,
        other.c.kind == message.c.kind,
        other.c.state == MessageState.SENT,
    )
    failed = and_(message.c.state == MessageState.FAILED, message.c.due_at > bindparam("since"), ~instead)
    held_back = message.c.failure.in_((PAUSED, NOT_ALLOWED))
    waits = and_(message.c.state.in_(WAITING), message.c.due_at < bindparam("late"), ~held_back)
    columns = ("key", "kind", "surface", "state", "municipality", "person", "failure", "due_at", "content")
    query = select(*(message.c[name] for name in columns)).where(or_(failed, waits)).order_by(message.c.due_at.desc())
    return query.where(message.c.municipality.in_(_given("municipalities"))) if some else query


@cache
def place_things(*, some: bool = False) -> Select[Any]:
    """Return the things of places that overviews show; of all places, or of the `places` given."""
    thing = tables.resource
    # The details of a team are not looked at; reading them costs as much as the rest of the row.
    details = case((thing.c.key.in_(NOTED), thing.c.details)).label("details")
    columns = (thing.c.place, thing.c.key, thing.c.url, details)
    query = select(*columns).where(thing.c.key.in_((*PLACES_OWN, *NOTED)))
    return query.where(thing.c.place.in_(_given("places"))) if some else query


@cache
def rollouts(*, some: bool = False) -> Select[Any]:
    """Return the units that make places, as many columns as are counted; of all places, or by the `keys` given."""
    unit = tables.unit
    query = select(unit.c.key, unit.c.state, unit.c.note)
    return query.where(unit.c.key.in_(_given("keys"))) if some else query.where(unit.c.kind == ROLLOUT)


@cache
def unfinished_rollouts() -> Select[Any]:
    """Return those of them that are not done."""
    return rollouts().where(tables.unit.c.state != DONE)


def _given(name: str) -> Any:
    return bindparam(name, expanding=True)
