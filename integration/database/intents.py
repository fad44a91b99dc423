"""Writes that have no key at the service: noted before they start, so that a lost answer is looked into."""

from datetime import datetime

from sqlalchemy import delete, select

from integration.database.connection import Database, insert_into
from integration.database.tables import intent
from workflows.ports import Clock


class SQLIntents:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, key: str) -> datetime | None:
        """Note that the write *key* starts now. Returns when it was begun before, if it was and never ended; that
        moment stays until it ends."""
        async with self._database.begin() as connection:
            insert = insert_into(connection, intent).values(key=key, begun_at=self._clock.now())
            if (await connection.execute(insert.on_conflict_do_nothing())).rowcount == 1:
                return None
            query = select(intent.c.begun_at).where(intent.c.key == key)
            begun_at: datetime = (await connection.execute(query)).scalar_one()
        return begun_at

    async def end(self, key: str) -> None:
        """The write's outcome is known. A repeat is harmless."""
        async with self._database.begin() as connection:
            await connection.execute(delete(intent).where(intent.c.key == key))
