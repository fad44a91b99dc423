"""The log of the register: who changed which entry when, from what to what. Append-only, and without a gap."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, func, insert, or_, select

from integration.database.audit import note_action
from integration.database.connection import Database
from integration.database.register_tables import register_change
from workflows.register.importing import IMPORT
from workflows.register.model import Act, Change, EntryAddress, LoggedAct
from workflows.register.rendering import MOST_LINES

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

ORDER = (register_change.c.version, register_change.c.id)


async def log_changes(connection: "AsyncConnection", version: int, act: Act, changes: Sequence[Change]) -> None:
    """Write an act down within the transaction that stores it. An act without changes makes no version."""
    rows = [
        {
            "version": version,
            "at": act.at,
            "by": act.by,
            "kind": act.kind,
            "document": change.address.document,
            "section": change.address.section,
            "key": change.address.key,
            "position": change.position,
            "old": change.old,
            "new": change.new,
            "undoes": act.undoes,
        }
        for change in changes
    ]
    await connection.execute(insert(register_change), rows)
    values: dict[str, int] = {"version": version, "entries": len(rows)}
    subject = min({change.address.document for change in changes})
    await note_action(connection, act.by, f"register.{act.kind}", subject, at=act.at, values=values)


class SQLRegisterLog:
    """Reads the log."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def since(self, version: int) -> Sequence[LoggedAct]:
        """Return the acts that made later versions, the first one first."""
        return await self._acts(select(register_change).where(register_change.c.version > version))

    async def find(self, version: int) -> LoggedAct | None:
        """Return the act that made that version."""
        found = await self._acts(select(register_change).where(register_change.c.version == version))
        return found[0] if found else None

    async def latest(self, *, document: str | None, before: int | None, most: int) -> Sequence[LoggedAct]:
        """
        Return the latest acts, the last one first. Of one document: those that touched it, with all they changed.

        Of an import the first changes are read: a country's has thousands, which nobody reads in a list.
        """
        versions = select(register_change.c.version).distinct()
        if document is not None:
            versions = versions.where(register_change.c.document == document)
        if before is not None:
            versions = versions.where(register_change.c.version < before)
        last = versions.order_by(register_change.c.version.desc()).limit(most).scalar_subquery()
        of_act = register_change.c.version
        counted = (
            select(
                register_change.c.id,
                func.row_number().over(partition_by=of_act, order_by=register_change.c.id).label("number"),
                func.count().over(partition_by=of_act).label("changes"),
            )
            .where(register_change.c.version.in_(last))
            .subquery()
        )
        query = (
            select(register_change, counted.c.changes)
            .join(counted, counted.c.id == register_change.c.id)
            .where(or_(counted.c.number <= MOST_LINES, register_change.c.kind != IMPORT))
        )
        rows = await self._rows(query)
        changes = {row.version: row.changes for row in rows}
        acts = [replace(act, more=changes[act.version] - len(act.changes)) for act in _acts_of(rows)]
        return acts[::-1]

    async def since_import(self, kind: str) -> Sequence[LoggedAct]:
        """Return the acts since the last one of *kind*, the first one first."""
        last = select(register_change.c.version).where(register_change.c.kind == kind)
        last = last.order_by(register_change.c.version.desc()).limit(1)
        async with self._database.read() as connection:
            version = (await connection.execute(last)).scalar_one_or_none() or 0
        return await self.since(version)

    async def _acts(self, query: Select[Any]) -> list[LoggedAct]:
        return list(_acts_of(await self._rows(query)))

    async def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        async with self._database.read() as connection:
            rows: Sequence[Row[Any]] = (await connection.execute(query.order_by(*ORDER))).all()
        return rows


def _acts_of(rows: Iterable[Any]) -> Iterable[LoggedAct]:
    for version, group in groupby(rows, key=attrgetter("version")):
        mine = list(group)
        first = mine[0]
        yield LoggedAct(
            version=version,
            act=Act(by=first.by, kind=first.kind, at=first.at, undoes=first.undoes),
            changes=tuple(_change(row) for row in mine),
        )


def _change(row: Any) -> Change:
    address = EntryAddress(row.document, row.section, row.key)
    return Change(address=address, old=row.old, new=row.new, position=row.position)
