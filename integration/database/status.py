"""Status rounds, requests, answers and escalations as rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, delete, func, select, update

from integration.database import tables
from integration.database.answers import add_answer, save_draft
from integration.database.connection import Database, insert_for, read_named
from integration.database.messages import plan_messages
from integration.database.standings import standing_of
from integration.database.status_rows import (
    CANCELLED,
    answer_of,
    escalation_of,
    meeting_of,
    request_of,
    request_row,
    round_of,
)
from integration.database.units import make_due, make_due_at_once
from workflows.messages.model import Message
from workflows.ports.units import DueUnit
from workflows.status.model import (
    Escalation,
    RequestState,
    RoundState,
    StatusAnswer,
    StatusRequest,
    StatusRound,
)
from workflows.status.ports import REMEMBERED, BoardMeeting, NewAnswer, Standing

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


class SQLStatus:
    """Rounds in the database (`workflows.status.ports`): a method for each question of that port, and no more."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_meeting(self, key: str) -> BoardMeeting | None:
        found = await self._rows(_THE_MEETING, {"key_of": key})
        return meeting_of(found[0]) if found else None

    async def list_meetings(
        self, *, bodies: Sequence[str], after_local: datetime, before_local: datetime | None = None
    ) -> Sequence[BoardMeeting]:
        meeting = tables.meeting
        wanted = and_(meeting.c.body.in_(bodies), meeting.c.starts_local > after_local, meeting.c.state != CANCELLED)
        if before_local is not None:
            wanted = and_(wanted, meeting.c.starts_local < before_local)
        query = select(meeting).where(wanted).order_by(meeting.c.starts_local, meeting.c.key)
        return await read_named(
            self._database, len(bodies), lambda connection: [meeting_of(row) for row in connection.execute(query)]
        )

    async def find_round(self, meeting: str) -> StatusRound | None:
        found = await self._rows(_THE_ROUND, {"of_meeting": meeting})
        return round_of(found[0]) if found else None

    async def list_rounds(self, *, state: RoundState, since: datetime | None = None) -> Sequence[StatusRound]:
        query = select(tables.status_round).where(tables.status_round.c.state == state)
        if since is not None:
            query = query.where(tables.status_round.c.deadline_at >= since)
        ordered = query.order_by(tables.status_round.c.deadline_at)
        return await self._database.scan(lambda connection: [round_of(row) for row in connection.execute(ordered)])

    async def list_open_rounds(self, municipalities: Collection[str]) -> Sequence[StatusRound]:
        # The states are looked at here: SQLite would go through all that are open in the country.
        rows = await self._rows(_ROUNDS_THERE, {"of_municipalities": list(municipalities)})
        return [round_of(row) for row in rows if row.state == RoundState.OPEN]

    async def list_rounds_before(self, meetings: Sequence[str]) -> Sequence[StatusRound]:
        named = select(tables.status_round).where(tables.status_round.c.meeting.in_(meetings))
        query = named.order_by(tables.status_round.c.deadline_at)
        return await read_named(
            self._database, len(meetings), lambda connection: [round_of(row) for row in connection.execute(query)]
        )

    async def open_round(
        self,
        status_round: StatusRound,
        requests: Sequence[StatusRequest],
        messages: Sequence[Message],
        *,
        then: Sequence[DueUnit] = (),
    ) -> bool:
        def write(connection: Connection) -> bool:
            if not _insert_round(connection, status_round):
                return False
            if requests:
                connection.execute(_NEW_REQUESTS, [request_row(request) for request in requests])
            plan_messages(connection, messages)
            make_due_at_once(connection, then)
            return True

        return await self._database.write(write)

    async def move_round(self, status_round: StatusRound, *, then: Sequence[DueUnit] = ()) -> None:
        async with self._database.begin() as connection:
            await _update_moments(connection, status_round)
            await make_due(connection, then)

    async def close_round(self, meeting: str, *, unanswered: RequestState, then: Sequence[DueUnit] = ()) -> bool:
        is_open = and_(tables.status_round.c.meeting == meeting, tables.status_round.c.state == RoundState.OPEN)
        owing = and_(tables.status_request.c.meeting == meeting, tables.status_request.c.state == RequestState.OPEN)
        async with self._database.begin() as connection:
            closed = await connection.execute(
                update(tables.status_round).where(is_open).values(state=RoundState.CLOSED)
            )
            if not closed.rowcount:
                return False
            await connection.execute(update(tables.status_request).where(owing).values(state=unanswered))
            of_it = select(tables.status_request.c.id).where(tables.status_request.c.meeting == meeting)
            await connection.execute(delete(tables.status_draft).where(tables.status_draft.c.request.in_(of_it)))
            await make_due(connection, then)
        return True

    async def waive(self, requests: Sequence[str], *, then: Sequence[DueUnit] = ()) -> None:
        owing = and_(tables.status_request.c.id.in_(requests), tables.status_request.c.state == RequestState.OPEN)
        async with self._database.begin() as connection:
            await connection.execute(update(tables.status_request).where(owing).values(state=RequestState.WAIVED))
            await connection.execute(delete(tables.status_draft).where(tables.status_draft.c.request.in_(requests)))
            await make_due(connection, then)

    async def find_request(self, request: str) -> StatusRequest | None:
        found = await self._rows(_REQUEST_ALONE, {"request": request})
        return request_of(found[0]) if found else None

    async def find_standing(self, request: str, *, object_id: str = "") -> Standing | None:
        return await self._database.look(lambda connection: standing_of(connection, request, object_id))

    async def list_requests(self, *meetings: str) -> Sequence[StatusRequest]:
        asked = {"of_meetings": meetings}
        return await read_named(
            self._database,
            len(meetings),
            lambda connection: [request_of(row) for row in connection.execute(_REQUESTS, asked)],
        )

    async def list_open_requests(self, meetings: Sequence[str]) -> Sequence[StatusRequest]:
        waits = and_(tables.status_request.c.meeting.in_(meetings), tables.status_request.c.state == RequestState.OPEN)
        query = select(tables.status_request).where(waits).order_by(tables.status_request.c.work_package)
        return await read_named(
            self._database, len(meetings), lambda connection: [request_of(row) for row in connection.execute(query)]
        )

    async def newest_answers(self, requests: Sequence[str]) -> Mapping[str, StatusAnswer]:
        rows = await self._rows(_NEWEST, {"of_requests": requests})
        return {row.request: answer_of(row) for row in rows}

    async def previous_answers(self, status_round: StatusRound) -> Mapping[str, StatusAnswer]:
        rows = await self._rows(_PREVIOUS, _place(status_round))
        return {row.work_package: answer_of(row) for row in rows}

    async def add_answer(
        self,
        answer: NewAnswer,
        *,
        escalation: Escalation | None,
        then: Sequence[DueUnit] = (),
        known: StatusAnswer | None = None,
    ) -> StatusAnswer | None:
        return await self._database.write(lambda connection: add_answer(connection, answer, escalation, then, known))

    async def save_draft(self, request: str, person: str, draft: Mapping[str, str], *, at: datetime) -> bool:
        return await self._database.write(lambda connection: save_draft(connection, request, person, draft, at))

    async def drafted(self, requests: Sequence[str]) -> Mapping[str, Collection[str]]:
        query = select(tables.status_draft).where(tables.status_draft.c.request.in_(requests))
        drafts: dict[str, list[str]] = {}
        for row in await self._rows(query):
            drafts.setdefault(row.request, []).append(row.person)
        return drafts

    async def list_escalations(self, meeting: str) -> Sequence[Escalation]:
        query = (
            select(tables.escalation)
            .where(tables.escalation.c.meeting == meeting)
            .order_by(tables.escalation.c.raised_at)
        )
        return [escalation_of(row) for row in await self._rows(query)]

    async def _rows(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        return await self._database.look(lambda connection: connection.execute(query, values).all())


def _newest() -> Select[Any]:
    """The newest version of every answered request."""
    return select(tables.status_answer).join(
        tables.status_request,
        and_(
            tables.status_request.c.id == tables.status_answer.c.request,
            tables.status_request.c.latest_version == tables.status_answer.c.version,
        ),
    )


_EARLIER = (
    _newest()
    .add_columns(tables.status_request.c.work_package)
    .join(tables.status_round, tables.status_round.c.meeting == tables.status_request.c.meeting)
    .where(
        tables.status_round.c.municipality == bindparam("municipality"),
        tables.status_round.c.meeting != bindparam("meeting"),
        tables.status_round.c.deadline_at < bindparam("deadline_at"),
        tables.status_round.c.deadline_at >= bindparam("since"),
    )
    .order_by(tables.status_round.c.deadline_at)
)
"""The newest answers of a municipality's earlier rounds, the latest rounds last, and none older than `REMEMBERED`."""
_NUMBERED = (
    _EARLIER.order_by(None)
    .add_columns(
        func.row_number()
        .over(
            partition_by=tables.status_request.c.work_package,
            order_by=(tables.status_round.c.deadline_at.desc(), tables.status_round.c.meeting.desc()),
        )
        .label("number")
    )
    .subquery()
)
_PREVIOUS = select(_NUMBERED).where(_NUMBERED.c.number == 1)
"""The newest answer of each package in a municipality's earlier rounds: no others are decoded."""


def _insert_round(connection: Connection, item: StatusRound) -> bool:
    values = {
        "meeting": item.meeting,
        "municipality": item.municipality,
        "state": item.state,
        "opens_at": item.opens_at,
        "reminders_at": [moment.isoformat() for moment in item.reminders_at],
        "deadline_at": item.deadline_at,
        "release_at": item.release_at,
    }
    return connection.execute(_round_statement(connection.dialect.name), values).first() is not None


@cache
def _round_statement(dialect: str) -> Any:
    insert = insert_for(dialect, tables.status_round).on_conflict_do_nothing()
    # By the row that came back: PostgreSQL counts none.
    return insert.returning(tables.status_round.c.meeting)


async def _update_moments(connection: "AsyncConnection", item: StatusRound) -> None:
    is_open = and_(tables.status_round.c.meeting == item.meeting, tables.status_round.c.state == RoundState.OPEN)
    await connection.execute(
        update(tables.status_round)
        .where(is_open)
        .values(
            reminders_at=[moment.isoformat() for moment in item.reminders_at],
            deadline_at=item.deadline_at,
            release_at=item.release_at,
        )
    )


# Built once: what a statement costs is mostly the making of it, and everybody who answers waits for these.
_THE_ROUND = select(tables.status_round).where(tables.status_round.c.meeting == bindparam("of_meeting"))
_THE_MEETING = select(tables.meeting).where(tables.meeting.c.key == bindparam("key_of"))
_NEW_REQUESTS = tables.status_request.insert()
_ROUNDS_THERE = (
    select(tables.status_round)
    .where(tables.status_round.c.municipality.in_(bindparam("of_municipalities", expanding=True)))
    .order_by(tables.status_round.c.deadline_at)
)
_REQUESTS = (
    select(tables.status_request)
    .where(tables.status_request.c.meeting.in_(bindparam("of_meetings", expanding=True)))
    .order_by(tables.status_request.c.work_package)
)
_NEWEST = _newest().where(tables.status_request.c.id.in_(bindparam("of_requests", expanding=True)))
_REQUEST_ALONE = select(tables.status_request).where(tables.status_request.c.id == bindparam("request"))


def _place(status_round: StatusRound) -> dict[str, Any]:
    """Return the key under which earlier rounds are found."""
    return {
        "municipality": status_round.municipality,
        "meeting": status_round.meeting,
        "deadline_at": status_round.deadline_at,
        "since": status_round.deadline_at - REMEMBERED,
    }
