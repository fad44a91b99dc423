"""Agendas, proposals, minutes and what was decided as rows: every version is kept, and the newest counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, Table, and_, bindparam, func, select, true, update
from sqlalchemy.sql.elements import ColumnElement

from integration.database import paper_tables, tables
from integration.database.audit import note_action
from integration.database.connection import Database, insert_into
from integration.database.units import make_due
from workflows.papers.agendas.arrangement import Arrangement
from workflows.papers.agendas.model import PROPOSAL_FIELDS, Agenda, Proposal, StoredAgenda
from workflows.papers.minutes.model import (
    ActionItem,
    Decision,
    Matter,
    Matters,
    MatterState,
    Minutes,
    Recorded,
    StoredMinutes,
)
from workflows.ports.units import DueUnit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_ORDER = paper_tables.agenda_order


class SQLAgendas:
    """
    The workflows' `AgendaStore`.

    Its methods are many: agendas, proposals, minutes and matters are written together, and each is read by itself.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # -------------------------------------------------------------------------------------------------------- agendas

    async def find_agenda(self, meeting: str) -> StoredAgenda | None:
        async with self._database.read() as connection:
            row = (await connection.execute(_agenda_of(meeting))).one_or_none()
        return None if row is None else agenda_from(row)

    async def agendas_from(self, day: date) -> Mapping[str, StoredAgenda]:
        meeting = tables.meeting
        of_meeting = select(tables.agenda).join(meeting, meeting.c.key == tables.agenda.c.meeting)
        query = of_meeting.where(meeting.c.starts_local >= datetime.combine(day, time()))
        return await self._database.scan(
            lambda connection: {row.meeting: agenda_from(row) for row in connection.execute(query)}
        )

    async def sent_agendas(self, meetings: Collection[str]) -> Collection[str]:
        query = select(tables.agenda.c.meeting).where(tables.agenda.c.meeting.in_(meetings))
        rows = await self._database.look(lambda connection: connection.execute(query).scalars().all())
        return frozenset(rows)

    async def last_number(self, body: str, year: int) -> int:
        async with self._database.read() as connection:
            return await _last_number(connection, body, year)

    async def release(self, agenda: Agenda, *, at: datetime, then: Sequence[DueUnit] = ()) -> bool:
        body = agenda.meeting.body
        first = agenda.items[0].number if agenda.items else 1
        row = {
            "meeting": agenda.meeting.key,
            "body": body,
            "year": agenda.year,
            "last_number": agenda.items[-1].number if agenda.items else 0,
            "content": agenda.to_data(),
            "released_at": at,
            "published": {},
        }
        async with self._database.begin() as connection:
            if agenda.items and first != await _last_number(connection, body, agenda.year) + 1:
                return False
            insert = insert_into(connection, tables.agenda).values(**row).on_conflict_do_nothing()
            # By the row that came back: PostgreSQL counts none.
            if (await connection.execute(insert.returning(tables.agenda.c.meeting))).first() is None:
                return False
            await make_due(connection, then)
        return True

    async def note_published(self, meeting: str, published: Mapping[str, Any]) -> None:
        table = tables.agenda
        async with self._database.begin() as connection:
            query = select(table.c.published).where(table.c.meeting == meeting)
            known = (await connection.execute(query)).scalar_one_or_none() or {}
            parts = {part: value for part, value in {**known, **published}.items() if value is not None}
            await connection.execute(update(table).where(table.c.meeting == meeting).values(published=parts))

    # ------------------------------------------------------------------------------------------------------ proposals

    async def arrangement(self, meeting: str) -> Arrangement:
        async with self._database.read() as connection:
            row = (await connection.execute(select(_ORDER).where(_ORDER.c.meeting == meeting))).one_or_none()
        if row is None:
            return Arrangement(meeting=meeting)
        return Arrangement.from_data(meeting, row.version, row.content)

    async def arrange(self, arrangement: Arrangement, *, at: datetime, by: str) -> bool:
        meeting, version = arrangement.meeting, arrangement.version
        values = {"version": version, "by": by, "at": at, "content": arrangement.to_data()}
        before = and_(_ORDER.c.meeting == meeting, _ORDER.c.version == version - 1)
        async with self._database.begin() as connection:
            if (await connection.execute(_agenda_of(meeting))).one_or_none() is not None:
                return False
            if version == 1:
                insert = insert_into(connection, _ORDER).values(meeting=meeting, **values)
                write = insert.on_conflict_do_nothing().returning(_ORDER.c.meeting)
            else:
                write = update(_ORDER).where(before).values(**values).returning(_ORDER.c.meeting)
            if (await connection.execute(write)).one_or_none() is None:
                return False
            await note_action(connection, by, "agenda.arranged", meeting, at=at, values={"version": version})
        return True

    async def proposals(self, meeting: str) -> Sequence[Proposal]:
        async with self._database.read() as connection:
            return await _proposals(connection, meeting)

    async def put_in(self, proposal: Proposal) -> Proposal | None:
        async with self._database.begin() as connection:
            if (await connection.execute(_agenda_of(proposal.meeting))).one_or_none() is not None:
                return None
            own = [item for item in await _proposals(connection, proposal.meeting) if item.person == proposal.person]
            same = (item for item in own if item.words == proposal.words and proposal.number in (0, item.number))
            if (stored := next(same, None)) is not None:
                return stored
            before = next((item for item in own if item.number == proposal.number), None)
            number = before.number if before else len(own) + 1
            version = before.version + 1 if before else 1
            row = {
                "meeting": proposal.meeting,
                "person": proposal.person,
                "number": number,
                "version": version,
                "at": proposal.at,
                "content": {name: getattr(proposal, name) for name in (*PROPOSAL_FIELDS, "withdrawn")},
            }
            await connection.execute(tables.agenda_proposal.insert().values(**row))
            action = "agenda.withdrawn" if proposal.withdrawn else "agenda.proposed"
            numbers = {"number": number, "version": version}
            await note_action(connection, proposal.person, action, proposal.meeting, at=proposal.at, values=numbers)
        return replace(proposal, number=number, version=version)

    # -------------------------------------------------------------------------------------------- minutes and matters

    async def newest_minutes(self, meeting: str) -> StoredMinutes | None:
        async with self._database.read() as connection:
            return await _minutes(connection, meeting)

    async def approved_minutes(self, meeting: str, *, before: int | None = None) -> StoredMinutes | None:
        table = tables.minutes
        wanted = and_(table.c.approved_at.is_not(None), table.c.version < before if before is not None else true())
        async with self._database.read() as connection:
            return await _minutes(connection, meeting, wanted)

    async def matters(self, body: str) -> Matters:
        # Everybody who answers waits for it: both in one go.
        decisions, actions = await self._database.look(
            lambda connection: [
                connection.execute(newest, {"of_body": [body]}).all() for newest in (_DECISIONS, _ACTIONS)
            ]
        )
        return Matters(
            decisions=tuple(Decision.from_data(row.content) for row in decisions),
            actions=tuple(ActionItem.from_data(row.content) for row in actions),
        )

    async def decisions_of(self, bodies: Collection[str]) -> Mapping[str, Sequence[Decision]]:
        def read(connection: Connection) -> dict[str, list[Decision]]:
            found: dict[str, list[Decision]] = {}
            for row in connection.execute(_DECISIONS, {"of_body": list(bodies)}):
                found.setdefault(row.body, []).append(Decision.from_data(row.content))
            return found

        return await self._database.scan(read)

    async def days_held(self, meetings: Collection[str]) -> Mapping[str, date]:
        table = tables.minutes
        query = select(table.c.meeting, table.c.content).where(table.c.meeting.in_(meetings)).order_by(table.c.version)
        # Later versions come later and win.
        return await self._database.scan(
            lambda connection: {
                row.meeting: Minutes.from_data(row.content).meeting.starts_local.date()
                for row in connection.execute(query)
            }
        )

    async def record(
        self, recorded: Recorded, *, at: datetime, by: str, after: int, then: Sequence[DueUnit] = ()
    ) -> StoredMinutes | None:
        meeting = recorded.minutes.meeting.key
        async with self._database.begin() as connection:
            newest = await _minutes(connection, meeting)
            if (newest.version if newest else 0) != after:
                return None
            matters = (*recorded.decisions, *recorded.actions)
            if newest is not None and newest.content == recorded.minutes and not matters:
                return newest
            stored = StoredMinutes(meeting=meeting, version=after + 1, at=at, by=by, content=recorded.minutes)
            row = {"meeting": meeting, "version": stored.version, "at": at, "by": by}
            content = {"content": recorded.minutes.to_data()}
            await connection.execute(tables.minutes.insert().values(**row, **content))
            await _add_versions(connection, tables.decision, recorded.decisions, at, by)
            await _add_versions(connection, tables.action_item, recorded.actions, at, by)
            await note_action(connection, by, "minutes.recorded", meeting, at=at, values={"version": stored.version})
            await make_due(connection, then)
        return stored

    async def approve(self, meeting: str, version: int, *, at: datetime, by: str, then: Sequence[DueUnit] = ()) -> bool:
        table = tables.minutes
        this = and_(table.c.meeting == meeting, table.c.version == version, table.c.approved_at.is_(None))
        async with self._database.begin() as connection:
            newest = await _minutes(connection, meeting)
            if newest is None or newest.version != version:
                return False
            if (await connection.execute(update(table).where(this).values(approved_at=at, approved_by=by))).rowcount:
                await note_action(connection, by, "minutes.approved", meeting, at=at, values={"version": version})
                await make_due(connection, then)
        return True

    async def set_states(
        self, keys: Sequence[str], state: MatterState, *, at: datetime, by: str, then: Sequence[DueUnit] = ()
    ) -> None:
        async with self._database.begin() as connection:
            for table, kind in ((tables.decision, Decision), (tables.action_item, ActionItem)):
                found = [await _newest_version(connection, table, key) for key in keys]
                items = [kind.from_data(row.content) for row in found if row is not None]
                await _add_versions(connection, table, [replace(item, state=state) for item in items], at, by)
            for key in keys:
                await note_action(connection, by, f"decision.{state}", key, at=at, values={})
            await make_due(connection, then)


def _agenda_of(meeting: str) -> Any:
    return select(tables.agenda).where(tables.agenda.c.meeting == meeting)


async def _last_number(connection: "AsyncConnection", body: str, year: int) -> int:
    numbered = and_(tables.agenda.c.body == body, tables.agenda.c.year == year)
    query = select(func.max(tables.agenda.c.last_number)).where(numbered)
    return int((await connection.execute(query)).scalar_one() or 0)


async def _proposals(connection: "AsyncConnection", meeting: str) -> list[Proposal]:
    table = tables.agenda_proposal
    query = select(table).where(table.c.meeting == meeting).order_by(table.c.person, table.c.number, table.c.version)
    # Later versions come later and win; the first one's moment is the proposal's.
    newest: dict[tuple[str, int], Proposal] = {}
    for row in await connection.execute(query):
        key = (row.person, row.number)
        at = newest[key].at if key in newest else row.at
        newest[key] = Proposal(
            meeting=meeting, person=row.person, number=row.number, version=row.version, at=at, **row.content
        )
    return list(newest.values())


async def _minutes(
    connection: "AsyncConnection", meeting: str, wanted: ColumnElement[bool] | None = None
) -> StoredMinutes | None:
    table = tables.minutes
    of_meeting = and_(table.c.meeting == meeting, true() if wanted is None else wanted)
    query = select(table).where(of_meeting).order_by(table.c.version.desc()).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else minutes_from(row)


def minutes_from(row: Row[Any]) -> StoredMinutes:
    """Return one version of minutes out of its row."""
    content = Minutes.from_data(row.content)
    return StoredMinutes(
        meeting=row.meeting,
        version=row.version,
        at=row.at,
        by=row.by,
        content=content,
        approved_at=row.approved_at,
        approved_by=row.approved_by,
    )


def _newest(table: Table) -> Select[Any]:
    of_body = table.c.body.in_(bindparam("of_body", expanding=True))
    last = select(table.c.key, func.max(table.c.version).label("version")).where(of_body)
    newest = last.group_by(table.c.key).subquery()
    joined = and_(newest.c.key == table.c.key, newest.c.version == table.c.version)
    begun = select(table.c.key, func.min(table.c.at).label("first")).where(of_body)
    first = begun.group_by(table.c.key).subquery()
    query = select(table).join(newest, joined).join(first, first.c.key == table.c.key)
    return query.order_by(first.c.first, table.c.key)


# Built once: everybody who answers waits for them, and the making costs more than the reading.
_DECISIONS, _ACTIONS = _newest(tables.decision), _newest(tables.action_item)


async def _newest_version(connection: "AsyncConnection", table: Table, key: str) -> Row[Any] | None:
    known = select(table).where(table.c.key == key).order_by(table.c.version.desc()).limit(1)
    return (await connection.execute(known)).one_or_none()


async def _add_versions(
    connection: "AsyncConnection", table: Table, matters: Iterable[Matter], at: datetime, by: str
) -> None:
    for item in matters:
        newest = await _newest_version(connection, table, item.key)
        if newest is not None and newest.content == item.to_data():
            continue
        version = newest.version + 1 if newest else 1
        row = {"key": item.key, "version": version, "body": item.body, "at": at, "by": by, "content": item.to_data()}
        await connection.execute(table.insert().values(**row))


def agenda_from(row: Row[Any]) -> StoredAgenda:
    """Return an agenda out of its row."""
    return StoredAgenda(
        meeting=row.meeting,
        content=Agenda.from_data(row.content),
        released_at=row.released_at,
        published=row.published,
    )
