"""The register: the programme's documents as they were imported, and the programme they make."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from config.loading import programme_from
from config.programme import Programme
from integration.database.connection import Database, insert_into
from integration.database.tables import register
from integration.database.units import make_due
from workflows.ports.units import DueUnit

DOCUMENT, VERSION, OWN = "document", "version", "own"
"""Kinds of rows. `own`: what a person said of themselves, by their key; it stays when a file is imported again."""
VERSION_NOW = select(register.c.position).where(register.c.kind == VERSION)


class SQLRegister:
    """One row for each document, and one that says how often the register was changed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: tuple[int, Programme] | None = None
        self._reading = asyncio.Lock()

    async def save(self, documents: Mapping[str, Any], *, then: tuple[DueUnit, ...] = ()) -> Programme:
        """Replace the register, and make *then* due with it. What people said of themselves goes before the documents.

        Raises InvalidInput, and changes nothing, when the documents make no programme.
        """
        programme = programme_from(documents)
        rows: list[dict[str, Any]] = [
            {"kind": DOCUMENT, "key": path, "position": position, "data": _plain(data)}
            for position, (path, data) in enumerate(documents.items())
        ]
        async with self._database.begin() as connection:
            version = await _version(connection) + 1
            query = select(register.c.key, register.c.data).where(register.c.kind == OWN)
            own = {row.key: row.data for row in (await connection.execute(query)).all()}
            for row in rows:
                for person in _people(row["data"]):
                    person |= own.get(person.get("key"), {})
            await connection.execute(delete(register).where(register.c.kind != OWN))
            rows.append({"kind": VERSION, "key": "", "position": version, "data": None})
            await connection.execute(insert(register), rows)
            await make_due(connection, then)
        self._known = None if own else (version, programme)
        return await self.programme() if own else programme

    async def set_language(self, person: str, language: str) -> bool:
        """Write to *person* in *language* from now on; False when nobody has that key."""
        async with self._database.begin() as connection:
            return await _change_person(connection, person, {"language": language})

    async def set_blocked_dates(self, person: str, days: Sequence[date], *, then: Sequence[DueUnit] = ()) -> bool:
        """From now on *person* can come to no meeting on *days*, and on no others; False when nobody has that key."""
        async with self._database.begin() as connection:
            known = await _change_person(connection, person, {"blocked_dates": [day.isoformat() for day in days]})
            if known:
                await make_due(connection, then)
            return known

    async def documents(self) -> dict[str, Any]:
        """Path → plain data, as imported; empty before the first import."""
        query = select(register.c.key, register.c.data).where(register.c.kind == DOCUMENT).order_by(register.c.position)
        async with self._database.read() as connection:
            return {row.key: row.data for row in (await connection.execute(query)).all()}

    async def is_empty(self) -> bool:
        """Tell whether nothing was imported yet."""
        async with self._database.read() as connection:
            return await _version(connection) == 0

    async def find_programme(self) -> Programme | None:
        """Return the imported programme, if there is one."""
        return None if await self.is_empty() else await self.programme()

    async def programme(self) -> Programme:
        """The programme as it stands now, in whichever process it was changed."""
        version = await self._database.look(
            lambda connection: connection.execute(VERSION_NOW).scalar_one_or_none() or 0
        )
        async with self._reading:
            # Everybody waits for the one who reads: a country's programme takes seconds.
            if self._known is None or self._known[0] != version:
                self._known = (version, programme_from(await self.documents()))
            return self._known[1]


async def _version(connection: AsyncConnection) -> int:
    version: int = (await connection.execute(VERSION_NOW)).scalar_one_or_none() or 0
    return version


async def _change_person(connection: AsyncConnection, person: str, values: Mapping[str, Any]) -> bool:
    """Give *person* other *values*, as they said themselves, in the document where they stand; False if in none."""
    query = select(register.c.key, register.c.data).where(register.c.kind == DOCUMENT).with_for_update()
    for path, data in (await connection.execute(query)).all():
        found = next((item for item in _people(data) if item.get("key") == person), None)
        if found is None:
            continue
        found |= values
        ours = (register.c.kind == DOCUMENT, register.c.key == path)
        await connection.execute(update(register).where(*ours).values(data=data))
        newer = update(register).where(register.c.kind == VERSION)
        await connection.execute(newer.values(position=register.c.position + 1))
        await _remember(connection, person, values)
        return True
    return False


async def _remember(connection: AsyncConnection, person: str, values: Mapping[str, Any]) -> None:
    mine = (register.c.kind == OWN, register.c.key == person)
    before = (await connection.execute(select(register.c.data).where(*mine))).scalar_one_or_none() or {}
    row = {"kind": OWN, "key": person, "position": 0, "data": {**before, **values}}
    statement = insert_into(connection, register).values(**row)
    keys = [register.c.kind, register.c.key]
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"data": row["data"]}))


def _people(document: Any) -> Sequence[dict[str, Any]]:
    """The people that stand in a document."""
    return (document.get("people") or ()) if isinstance(document, dict) else ()


def _plain(data: Any) -> Any:
    """As JSON holds it: dates and times as text, which the loader reads as well."""
    return json.loads(json.dumps(data, default=_text))


def _text(value: Any) -> str:
    if isinstance(value, (date, time)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a document")
