"""The bot's turns as rows, so that its limits hold across workers and restarts."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from integration.bot_limits import Turn, give_turns, names
from integration.database.connection import Database, insert_into
from integration.database.tables import slot


class SQLTurns:
    """The `Turns` of all workers on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, conversations: Sequence[str], *, now: datetime) -> Sequence[Turn]:
        """One transaction for all of *conversations*."""
        return await self._database.write(lambda connection: _take(connection, conversations, now))


def _take(connection: Connection, conversations: Sequence[str], now: datetime) -> Sequence[Turn]:
    # Sorted, so that everybody waits for the first lane, and nobody for each other.
    query = select(slot).where(slot.c.name.in_(names(conversations))).order_by(slot.c.name).with_for_update()
    before = {row.name: row.free_at for row in connection.execute(query)}
    after = dict(before)
    turns = give_turns(after, conversations, now=now)
    changed = [
        {"name": name, "free_at": moment} for name, moment in sorted(after.items()) if moment != before.get(name)
    ]
    if changed:
        insert = insert_into(connection, slot)
        update = {"free_at": insert.excluded.free_at}
        connection.execute(insert.on_conflict_do_update(index_elements=[slot.c.name], set_=update), changed)
    return turns
