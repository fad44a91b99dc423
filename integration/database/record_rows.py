"""Every row of the record in one walk, read and rewritten by the content of its columns (`held_data`)."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from sqlalchemy import Table, and_, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from integration.database import access_tables, paper_tables, privacy_tables, register_tables
from integration.database.audit import note_action
from integration.database.connection import Database
from integration.database.held_data import HELD_DATA
from integration.database.tables import metadata
from integration.database.units import make_due
from workflows.ports.units import DueUnit
from workflows.privacy.model import Decide, PrivacyAct, RecordKind, RecordRow, RowChange

AT_ONCE = 50
"""Rows that are held at a time while a table is read."""
_MODULES = (access_tables, paper_tables, privacy_tables, register_tables)
"""Imported for their tables, which `metadata` knows only then."""


class SQLRecordRows:
    """The workflows' `RecordRows`. A table is walked by its key, parents before children, and removed the other way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, kinds: Sequence[RecordKind] = (), *, tables: Sequence[str] = ()) -> AsyncIterator[RecordRow]:
        async with self._database.read() as connection:
            for table in walked_tables():
                rule = HELD_DATA[table.name]
                if (not kinds or rule.kind in kinds) and (not tables or table.name in tables):
                    async for row in rows_of(connection, table):
                        yield row

    async def rewrite(self, decide: Decide, act: PrivacyAct, *, then: Sequence[DueUnit] = ()) -> int:
        async with self._database.begin() as connection:
            changes = 0
            # Children first: a row goes before the one that it names.
            for table in reversed(walked_tables()):
                decided = [change async for row in rows_of(connection, table) if (change := decide(row))]
                await apply_changes(connection, decided)
                changes += len(decided)
            if changes:
                await note_privacy_act(connection, act)
                await make_due(connection, then)
            return changes

    async def note(self, act: PrivacyAct) -> None:
        async with self._database.begin() as connection:
            await note_privacy_act(connection, act)


def walked_tables() -> Sequence[Table]:
    """Return the tables, parents before children."""
    return metadata.sorted_tables


async def rows_of(connection: AsyncConnection, table: Table) -> AsyncIterator[RecordRow]:
    """Give a table's rows, a few of them at a time: reports hold their files."""
    rule = HELD_DATA[table.name]
    key = tuple_(*table.primary_key.columns)
    page = select(table).order_by(*table.primary_key.columns).limit(AT_ONCE)
    rows = (await connection.execute(page)).mappings().all()
    while rows:
        for row in rows:
            yield RecordRow(rule=rule, values=dict(row))
        last = tuple(rows[-1][column.name] for column in table.primary_key.columns)
        rows = (await connection.execute(page.where(key > last))).mappings().all()


async def apply_changes(connection: AsyncConnection, changes: Iterable[RowChange]) -> None:
    """Write decided changes of rows within the caller's transaction."""
    for change in changes:
        table = metadata.tables[change.row.rule.table]
        same = and_(*(column == change.row.values[column.name] for column in table.primary_key.columns))
        if change.removed:
            await connection.execute(delete(table).where(same))
        else:
            await connection.execute(update(table).where(same).values(**change.values))


async def note_privacy_act(connection: AsyncConnection, act: PrivacyAct) -> None:
    """Add an act on personal data to the audit within the caller's transaction."""
    values: dict[str, Any] = dict(act.values)
    await note_action(connection, act.by, act.action, act.subject, at=act.at, values=values)
