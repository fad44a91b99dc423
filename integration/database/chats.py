"""Personal chats with the bot, as Teams told us of them or as we opened them."""

from datetime import datetime
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


def chat_of(connection: Connection, object_id: str) -> Conversation | None:
    """Return the chat of *object_id* with the bot, within the caller's transaction."""
    row = connection.execute(_CHAT_OF, {"of": object_id}).one_or_none()
    return Conversation(id=row.conversation_id, service_url=row.service_url) if row else None


def remember_chat(connection: Connection, object_id: str, chat: Conversation, *, at: datetime) -> None:
    """Remember a chat within the caller's transaction."""
    values = {"object_id": object_id, "conversation_id": chat.id, "service_url": chat.service_url, "changed_at": at}
    connection.execute(_remember_statement(connection.dialect.name), values)


class SQLChats:
    """The table of conversations: the workflows' `Chats`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find(self, object_id: str) -> Conversation | None:
        return await self._database.look(lambda connection: chat_of(connection, object_id))

    async def find_owner(self, conversation_id: str) -> str | None:
        """Return the object id of the person whose chat it is."""
        query = select(conversation.c.object_id).where(conversation.c.conversation_id == conversation_id)
        return await self._database.look(lambda connection: connection.execute(query).scalars().first())

    async def remember(self, object_id: str, chat: Conversation) -> None:
        now = self._clock.now()
        await self._database.write(lambda connection: remember_chat(connection, object_id, chat, at=now))

    async def forget(self, object_id: str) -> None:
        async with self._database.begin() as connection:
            await connection.execute(delete(conversation).where(conversation.c.object_id == object_id))
