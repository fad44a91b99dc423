"""Personal chats with the bot, as Teams told us of them or as we opened them."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from integration.database.connection import Database, insert_for
from integration.database.tables import conversation
from workflows.ports.bot import Conversation
from workflows.ports.units import Clock

# Built once: every card that leaves waits for them.
_CHAT_OF = select(conversation).where(conversation.c.object_id == bindparam("of"))


@cache
def _remember_statement(dialect: str) -> Any:
    insert = insert_for(dialect, conversation)
    newer = {name: insert.excluded[name] for name in ("conversation_id", "service_url", "changed_at")}
    return insert.on_conflict_do_update(index_elements=[conversation.c.object_id], set_=newer)


class SQLChats:
    """The table of conversations: the workflows' `Chats`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find(self, object_id: str) -> Conversation | None:
        row = await self._database.look(
            lambda connection: connection.execute(_CHAT_OF, {"of": object_id}).one_or_none()
        )
        return Conversation(id=row.conversation_id, service_url=row.service_url) if row else None

    async def find_owner(self, conversation_id: str) -> str | None:
        """Return the object id of the person whose chat it is."""
        query = select(conversation.c.object_id).where(conversation.c.conversation_id == conversation_id)
        return await self._database.look(lambda connection: connection.execute(query).scalars().first())

    async def remember(self, object_id: str, chat: Conversation) -> None:
        values = {
            "object_id": object_id,
            "conversation_id": chat.id,
            "service_url": chat.service_url,
            "changed_at": self._clock.now(),
        }

        def remember(connection: Connection) -> None:
            connection.execute(_remember_statement(connection.dialect.name), values)

        await self._database.write(remember)

    async def forget(self, object_id: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(delete(conversation).where(conversation.c.object_id == object_id))
