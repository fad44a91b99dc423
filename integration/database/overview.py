"""Overviews: what pages behind sign-in read, in few statements however long the history is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, or_, select
from sqlalchemy.sql.elements import ColumnElement

from integration.database import overview_rows as rows_of
from integration.database import tables
from integration.database.connection import Database
from integration.database.county_reading import (
    read_county,
    read_flags,
    read_next_meetings,
    read_places,
    read_questions,
    read_reports,
    read_rounds,
    read_undelivered,
    read_unfinished_rollouts,
)
from integration.database.messages import message_of
from integration.database.overview_statements import (
    agendas_sent,
    asked,
    coming_meetings,
    matters_of,
    minutes_kept,
    newest_reports,
    open_rounds,
    past_meetings,
    requests_with_answers,
    units_named,
)
from integration.database.questions import questions_where
from integration.database.stopped import read_stopped
from workflows.overview.plan import rollout_key
from workflows.overview.rows import (
    AnsweredRequest,
    BoardRows,
    CountyRows,
    MeetingLine,
    MunicipalityRows,
    OpenRoundCounts,
    PackageRows,
    PlaceLine,
    ReportLine,
    RoundRows,
    StartRows,
    UnitLine,
)
from workflows.status.model import RoundState

ROUNDS_SHOWN = 7
"""Rounds that a municipality's and a package's page look back on, the newest among them."""
ROUNDS_OF_PACKAGE = 12
MEETINGS_SHOWN = 4
"""Meetings to come and meetings held that a page lists, of each body."""


class SQLOverview:
    """The pages' `OverviewStore`: a reading transaction for each page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def county(
        self,
        *,
        now: datetime,
        now_local: datetime,
        municipalities: Collection[str] | None = None,
        bodies: Collection[str] | None = None,
    ) -> CountyRows:
        return await self._database.scan(
            lambda connection: read_county(connection, now, now_local, municipalities=municipalities, bodies=bodies)
        )

    async def newest_rounds(self, *, now: datetime, municipalities: Collection[str] | None = None) -> RoundRows:
        return await self._database.scan(lambda connection: read_rounds(connection, now, municipalities))

    async def newest_reports(
        self, *, now: datetime, municipalities: Collection[str] | None = None
    ) -> Mapping[str, ReportLine]:
        return await self._database.scan(lambda connection: read_reports(connection, now, municipalities))

    async def next_meetings(
        self, *, now_local: datetime, bodies: Collection[str] | None = None
    ) -> Sequence[MeetingLine]:
        return await self._database.scan(lambda connection: read_next_meetings(connection, now_local, bodies))

    async def municipality(
        self, slug: str, *, now: datetime, now_local: datetime, bodies: Sequence[str], place: str
    ) -> MunicipalityRows:
        return await self._database.look(
            lambda connection: _municipality(connection, slug, now, now_local, bodies, place)
        )

    async def package(self, key: str, *, body: str, now_local: datetime) -> PackageRows:
        return await self._database.look(lambda connection: _package(connection, key, body, now_local))

    async def board(self, body: str, *, now_local: datetime) -> BoardRows:
        return await self._database.look(lambda connection: _board(connection, body, now_local))

    async def find_unit(self, key: str) -> UnitLine | None:
        return await self._database.look(lambda connection: _units(connection, [key]).get(key))

    async def start(
        self,
        *,
        now: datetime,
        now_local: datetime,
        bodies: Collection[str],
        asked_in: Collection[str] | None,
        packages: Collection[str],
        municipalities: Collection[str] | None,
        scopes: Collection[str],
        places: Collection[str],
        most_stopped: int,
    ) -> StartRows:
        mine = _requests_of_reader(packages, municipalities)
        return await self._database.look(
            lambda connection: _start(
                connection, now, now_local, bodies, asked_in, mine, municipalities, scopes, places, most_stopped
            )
        )


def _municipality(
    connection: Connection, slug: str, now: datetime, now_local: datetime, bodies: Sequence[str], place: str
) -> MunicipalityRows:
    of_it = tables.status_round.c.municipality == slug
    answered = _answered(connection, of_it, rounds=ROUNDS_SHOWN)
    meetings = list(dict.fromkeys(item.request.meeting for item in answered))
    newest = [item.request.id for item in answered if item.request.meeting in meetings[:1]]
    decisions, actions = rows_of.matters(connection.execute(matters_of(slug)))
    stopped, guests = read_flags(connection, [slug])
    messages = connection.execute(
        select(tables.message).where(tables.message.c.request.in_(newest)).order_by(tables.message.c.due_at)
    )
    return MunicipalityRows(
        meetings=_meetings(connection, now_local, each=MEETINGS_SHOWN, bodies=bodies),
        answered=answered,
        messages=tuple(message_of(row) for row in messages),
        reports=_reports(connection, meetings),
        questions=questions_where(connection, asked(meetings=meetings)),
        decisions=decisions,
        actions=actions,
        undelivered=read_undelivered(connection, now, [slug]),
        place=read_places(connection, [place]).get(place, PlaceLine(place=place)),
        unit=_units(connection, [rollout_key(place)]).get(rollout_key(place)),
        paused=bool(stopped & {"", slug}),
        guests_asked=guests.get(slug, 0),
    )


def _package(connection: Connection, key: str, body: str, now_local: datetime) -> PackageRows:
    answered = _answered(connection, tables.status_request.c.work_package == key, rounds=ROUNDS_OF_PACKAGE)
    decisions, actions = rows_of.matters(connection.execute(matters_of(body)))
    requests = [item.request.id for item in answered]
    return PackageRows(
        answered=answered,
        questions=questions_where(connection, asked(requests=requests)),
        decisions=decisions,
        actions=actions,
        meetings=_meetings(connection, now_local, each=2, bodies=[body]),
        reports=_reports(connection, [item.request.meeting for item in answered]),
    )


def _board(connection: Connection, body: str, now_local: datetime) -> BoardRows:
    coming = _meetings(connection, now_local, each=MEETINGS_SHOWN, bodies=[body])
    held = connection.execute(past_meetings(body, before=now_local, most=MEETINGS_SHOWN))
    past = tuple(rows_of.meeting_line(row) for row in held)
    keys = [meeting.key for meeting in (*coming, *past)]
    decisions, actions = rows_of.matters(connection.execute(matters_of(body)))
    return BoardRows(
        meetings=coming,
        past=past,
        reports=_reports(connection, keys),
        agendas=frozenset(connection.execute(agendas_sent(keys)).scalars()),
        minutes=frozenset(connection.execute(minutes_kept(keys)).scalars()),
        decisions=decisions,
        actions=actions,
    )


def _start(
    connection: Connection,
    now: datetime,
    now_local: datetime,
    bodies: Collection[str],
    asked_in: Collection[str] | None,
    mine: ColumnElement[bool] | None,
    municipalities: Collection[str] | None,
    scopes: Collection[str],
    places: Collection[str],
    most_stopped: int,
) -> StartRows:
    is_open = tables.status_round.c.state == RoundState.OPEN
    answered = () if mine is None else _answered(connection, is_open & mine, rounds=1)
    meetings = _meetings(connection, now_local, each=1, bodies=bodies)
    keys = [meeting.key for meeting in meetings]
    runs_all = municipalities is None
    stopped, guests = read_flags(connection, scopes)
    return StartRows(
        meetings=meetings,
        answered=answered,
        open_rounds=_open_rounds(connection, now) if runs_all else None,
        reports=_reports(connection, keys),
        questions=read_questions(connection, asked_in),
        undelivered=read_undelivered(connection, now, None if runs_all else sorted(municipalities or ())),
        guests_asked=guests,
        rollouts=read_unfinished_rollouts(connection) if runs_all else {},
        places=read_places(connection, list(places)),
        paused=stopped,
        stopped=tuple(unit.key for unit in read_stopped(connection, most_stopped)) if most_stopped else (),
    )


def _requests_of_reader(
    packages: Collection[str], municipalities: Collection[str] | None
) -> ColumnElement[bool] | None:
    """Return the condition of a reader's own requests: their packages' and municipalities'; None for nobody's."""
    own = municipalities or ()
    if not packages and not own:
        return None
    return or_(tables.status_request.c.work_package.in_(packages), tables.status_round.c.municipality.in_(own))


def _open_rounds(connection: Connection, now: datetime) -> OpenRoundCounts | None:
    """Return the counts over all rounds that take answers; None when there is none."""
    row = connection.execute(open_rounds(now=now)).one()
    if not row.asked:
        return None
    return OpenRoundCounts(asked=row.asked, answered=row.answered, first_deadline=row.first_deadline)


def _meetings(
    connection: Connection, now_local: datetime, *, each: int, bodies: Collection[str]
) -> tuple[MeetingLine, ...]:
    found = connection.execute(coming_meetings(after=now_local, each=each, bodies=bodies))
    return tuple(rows_of.meeting_line(row) for row in found)


def _answered(connection: Connection, condition: ColumnElement[bool], *, rounds: int) -> tuple[AnsweredRequest, ...]:
    found = connection.execute(requests_with_answers(condition, rounds=rounds))
    return tuple(rows_of.answered(row) for row in found)


def _reports(connection: Connection, meetings: Sequence[str]) -> Mapping[str, ReportLine]:
    return {row.meeting: rows_of.report_line(row) for row in connection.execute(newest_reports(meetings))}


def _units(connection: Connection, keys: Collection[str]) -> Mapping[str, UnitLine]:
    return {row.key: rows_of.unit_line(row) for row in connection.execute(units_named(keys))}
