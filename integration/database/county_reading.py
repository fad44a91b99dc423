"""Reading of every municipality for one page or one answer, within a transaction."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select

from integration.database import county_statements as statements
from integration.database import overview_rows as rows_of
from integration.database.messages import PAUSE
from integration.database.overview_statements import LONGEST_MEETING, coming_meetings, flags_of
from workflows.overview.plan import rollout_key
from workflows.overview.rows import (
    CountyRows,
    MeetingLine,
    PlaceLine,
    QuestionCount,
    ReportLine,
    RequestRow,
    RolloutLine,
    RoundRows,
    Undelivered,
)

RECENT = timedelta(days=120)
"""Rounds with an older deadline are history: even over the summer one board meeting is sooner after the last."""
TROUBLE = timedelta(days=45)
"""Messages that failed longer ago trouble nobody any more."""
LATE = timedelta(hours=24)
"""A message that should have left so long ago has trouble leaving."""


def read_county(
    connection: Connection,
    now: datetime,
    now_local: datetime,
    *,
    municipalities: Collection[str] | None,
    bodies: Collection[str] | None,
) -> CountyRows:
    """Read what the county's page shows: of all municipalities and bodies (None), or of these."""
    newest = read_rounds(connection, now, municipalities)
    return CountyRows(
        next_meetings=_next_starts(connection, now_local, bodies),
        rounds=newest.rounds,
        requests=newest.requests,
        questions=read_questions(connection, bodies),
        undelivered=read_undelivered(connection, now, municipalities),
        places=read_places(connection, municipalities),
        rollouts=read_rollouts(connection, municipalities),
        paused=read_flags(connection)[0],
    )


def read_rounds(connection: Connection, now: datetime, municipalities: Collection[str] | None) -> RoundRows:
    """Read the newest round of each municipality with its requests."""
    wanted = {"since": now - RECENT, "municipalities": municipalities}
    return RoundRows(
        rounds=tuple(map(rows_of.round_line, _read(connection, statements.newest_rounds, **wanted))),
        requests=tuple(map(RequestRow._make, _read(connection, statements.requests_of_newest_rounds, **wanted))),
    )


def read_reports(
    connection: Connection, now: datetime, municipalities: Collection[str] | None
) -> Mapping[str, ReportLine]:
    """Read the newest report of each municipality's newest round, by its meeting."""
    wanted = {"since": now - RECENT, "municipalities": municipalities}
    found = _read(connection, statements.reports_of_newest_rounds, **wanted)
    return {row.meeting: rows_of.report_line(row) for row in found}


def read_next_meetings(
    connection: Connection, now_local: datetime, bodies: Collection[str] | None
) -> tuple[MeetingLine, ...]:
    """Read the next meeting of each body, in the order of time."""
    if bodies is None:
        found = connection.execute(statements.next_meetings(), _ahead(now_local)).all()
    else:
        found = connection.execute(coming_meetings(after=now_local, each=1, bodies=bodies)).all()
    return tuple(map(rows_of.meeting_line, found))


def _next_starts(connection: Connection, now_local: datetime, bodies: Collection[str] | None) -> Mapping[str, datetime]:
    if bodies is None:
        found = connection.execute(statements.next_starts(), _ahead(now_local)).all()
        return {row.body: row.starts_local for row in found}
    return {line.body: line.starts_local for line in read_next_meetings(connection, now_local, bodies)}


def _ahead(now_local: datetime) -> Mapping[str, datetime]:
    return {"after": now_local, "begun": now_local - LONGEST_MEETING}


def read_questions(connection: Connection, bodies: Collection[str] | None) -> tuple[QuestionCount, ...]:
    """Count the questions that wait for a board, those asked for meetings of *bodies* alone; None for all."""
    return tuple(map(rows_of.question_count, _read(connection, statements.questions_waiting, bodies=bodies)))


def read_undelivered(
    connection: Connection, now: datetime, municipalities: Collection[str] | None
) -> tuple[Undelivered, ...]:
    """Read the messages that reached nobody."""
    wanted = {"since": now - TROUBLE, "late": now - LATE, "municipalities": municipalities}
    return tuple(map(rows_of.delivery, _read(connection, statements.undelivered, **wanted)))


def read_places(connection: Connection, places: Collection[str] | None) -> Mapping[str, PlaceLine]:
    """Read the things of places that overviews show, by place."""
    return rows_of.place_lines(_read(connection, statements.place_things, places=places))


def read_rollouts(connection: Connection, places: Collection[str] | None) -> Mapping[str, RolloutLine]:
    """Read the units that make places, by their keys."""
    keys = None if places is None else [rollout_key(place) for place in places]
    return _rollouts(_read(connection, statements.rollouts, keys=keys))


def read_unfinished_rollouts(connection: Connection) -> Mapping[str, RolloutLine]:
    """Read the units that make places and are not done, by their keys."""
    return _rollouts(connection.execute(statements.unfinished_rollouts()).all())


def _rollouts(rows: Iterable[Row[Any]]) -> Mapping[str, RolloutLine]:
    return {row.key: RolloutLine(row.state, row.note) for row in rows}


def read_flags(connection: Connection, scopes: Collection[str] = ()) -> tuple[frozenset[str], Mapping[str, int]]:
    """Read the municipalities that are paused (empty: all), and the guests of *scopes* who wait for confirmation."""
    found = connection.execute(flags_of(scopes)).all()
    stopped = frozenset(row.name.partition(":")[2] for row in found if row.kind == PAUSE)
    return stopped, {row.name: row.number for row in found if row.kind != PAUSE}


def _read(connection: Connection, statement: Callable[..., Select[Any]], **values: Any) -> Sequence[Row[Any]]:
    """Return the rows of a statement: of all there are where a list among *values* is None, else of what it names."""
    given = {name: value for name, value in values.items() if value is not None}
    return connection.execute(statement(some=len(given) == len(values)), given).all()
