"""Writes that have no key at the service: noted before they start, so that a lost answer is looked into."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from integration.database.connection import Database, insert_into
from integration.database.tables import intent
from workflows.ports.units import Clock


class SQLIntents:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, key: str) -> datetime | None:
        """Note that the write *key* starts now. Returns when it was begun before, if it was and never ended; that
        moment stays until it ends."""
        return (await self.begin_all([key])).get(key)

    async def begin_all(self, keys: Sequence[str]) -> Mapping[str, datetime]:
        """As `begin` for each of *keys*, in one go: when those were begun that never ended, by key."""
        if not keys:
            return {}
        async with self._database.begin() as connection:
            query = select(intent.c.key, intent.c.begun_at).where(intent.c.key.in_(keys))
            begun = {row.key: row.begun_at for row in await connection.execute(query)}
            new = [{"key": key, "begun_at": self._clock.now()} for key in keys if key not in begun]
            if new:
                await connection.execute(insert_into(connection, intent).on_conflict_do_nothing(), new)
        return begun

    async def end(self, key: str) -> None:
        """The write's outcome is known. A repeat is harmless."""
        await self.end_all([key])

    async def end_all(self, keys: Sequence[str]) -> None:
        """As `end` for each of *keys*, in one go."""
        async with self._database.begin() as connection:
            await connection.execute(delete(intent).where(intent.c.key.in_(keys)))
