"""Sessions of people on our pages."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, select, update

from integration.database.access_tables import session
from integration.database.audit import note_act
from integration.database.connection import Database
from workflows.access.model import Session

_SESSION = select(session).where(session.c.id == bindparam("of"))


@dataclass(frozen=True)
class SQLSessions:
    """Keeps sessions by the hash of their token."""

    database: Database

    async def add(self, item: Session) -> None:
        values: dict[str, Any] = dict(vars(item))

        def begin(connection: Connection) -> None:
            connection.execute(insert(session).values(**values))
            issuer = {"issuer": item.issuer}
            note_act(connection, item.person, "session.started", item.person, at=item.started_at, values=issuer)

        await self.database.write(begin)

    async def find(self, session_id: str) -> Session | None:
        row = await self.database.look(
            lambda connection: connection.execute(_SESSION, {"of": session_id}).mappings().one_or_none()
        )
        return None if row is None else Session(**row)

    async def mark_seen(self, session_id: str, at: datetime) -> None:
        seen = update(session).where(session.c.id == session_id).values(seen_at=at)
        await self.database.write(lambda connection: connection.execute(seen))

    async def end(self, session_id: str) -> None:
        """End a session. A repeat is harmless."""
        await self._delete(session.c.id == session_id)

    async def sign_out(self, person: str, session_id: str | None, *, at: datetime) -> int:
        """End a session of a person, or all of theirs, and note it as the person's act; return how many ended."""
        theirs = session.c.person == person
        ended = delete(session).where(theirs if session_id is None else and_(theirs, session.c.id == session_id))

        def end(connection: Connection) -> int:
            count: int = connection.execute(ended).rowcount
            if count:
                note_act(connection, person, "session.ended", person, at=at, values={"sessions": count})
            return count

        return await self.database.write(end)

    async def forget_before(self, moment: datetime) -> int:
        """Delete the sessions whose end lies before *moment*; return how many there were."""
        return await self._delete(session.c.ends_at < moment)

    async def _delete(self, *conditions: ColumnElement[bool]) -> int:
        ended = delete(session).where(*conditions)
        return await self.database.write(lambda connection: connection.execute(ended).rowcount)
