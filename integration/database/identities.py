"""Identities of other issuers than our tenant, each bound to one person."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update

from integration.database.access_tables import identity, session
from integration.database.audit import note_action
from integration.database.connection import Database, insert_into
from workflows.access.identities import BoundIdentity

_BOUND = identity.c.undone_at.is_(None)


@dataclass(frozen=True)
class SQLIdentities:
    """Keeps bindings. One that is undone stays as a row, so that it can be told later whose it was."""

    database: Database

    async def find(self, issuer: str, subject: str) -> BoundIdentity | None:
        """Return the identity while it is bound."""
        return next(iter(await self._list(identity.c.issuer == issuer, identity.c.subject == subject)), None)

    async def of_person(self, person: str) -> BoundIdentity | None:
        return next(iter(await self._list(identity.c.person == person)), None)

    async def list_bound(self) -> list[BoundIdentity]:
        """Return every identity that is bound, the latest first."""
        return await self._list()

    async def bind(self, item: BoundIdentity) -> bool:
        """Bind an identity; False, and nothing changed, when it or its person is bound already."""
        row: dict[str, Any] = {**vars(item), "undone_at": None, "undone_by": ""}
        async with self.database.begin() as connection:
            # Of two at the same moment the database lets one in, by its indexes of what is bound.
            bind = insert_into(connection, identity).values(**row).on_conflict_do_nothing().returning(identity.c.id)
            if (await connection.execute(bind)).first() is None:
                return False
            await note_action(
                connection,
                item.bound_by,
                "identity_bound",
                item.person,
                at=item.bound_at,
                values={"issuer": item.issuer},
            )
        return True

    async def undo(self, issuer: str, subject: str, *, at: datetime, by: str) -> bool:
        """Undo a binding and end its sessions; False when there was none."""
        same = (identity.c.issuer == issuer, identity.c.subject == subject)
        async with self.database.begin() as connection:
            person = (await connection.execute(select(identity.c.person).where(_BOUND, *same))).scalar_one_or_none()
            if person is None:
                return False
            undone = update(identity).where(_BOUND, *same).values(undone_at=at, undone_by=by)
            await connection.execute(undone)
            await connection.execute(delete(session).where(session.c.issuer == issuer, session.c.subject == subject))
            await note_action(connection, by, "identity_undone", person, at=at, values={"issuer": issuer})
        return True

    async def _list(self, *conditions: ColumnElement[bool]) -> list[BoundIdentity]:
        query = select(identity).where(_BOUND, *conditions).order_by(identity.c.bound_at.desc(), identity.c.id)
        rows = await self.database.look(lambda connection: connection.execute(query).all())
        return [
            BoundIdentity(
                issuer=row.issuer,
                subject=row.subject,
                person=row.person,
                bound_at=row.bound_at,
                bound_by=row.bound_by,
            )
            for row in rows
        ]
