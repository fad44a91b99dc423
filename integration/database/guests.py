"""Guests: whom we let in and why, and what the local leads said about them since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from integration.database.audit import note_action
from integration.database.connection import Database, insert_into
from integration.database.tables import guest, guest_answer
from integration.database.units import make_due
from workflows.ports.people import Guest, GuestAnswer
from workflows.ports.units import DueUnit


@dataclass(frozen=True)
class SQLGuests:
    """The record of guests in the database."""

    database: Database

    async def known(self, people: Sequence[str]) -> Mapping[str, Guest]:
        """Those of *people* who are noted."""
        return {item.person: item for item in await self._guests(guest.c.person.in_(people))}

    async def all(self) -> Sequence[Guest]:
        """Everybody who was ever let in, the first one first."""
        return await self._guests()

    async def note(self, item: Guest) -> None:
        """Keep it; of one who is noted already only the account is new."""
        values: dict[str, Any] = {**vars(item), "roles": list(item.roles)}
        async with self.database.begin() as connection:
            insert = insert_into(connection, guest).values(**values)
            new = {"object_id": insert.excluded.object_id}
            await connection.execute(insert.on_conflict_do_update(index_elements=[guest.c.person], set_=new))

    async def forget(self, person: str) -> None:
        """Note no longer. A repeat is harmless."""
        async with self.database.begin() as connection:
            await connection.execute(delete(guest).where(guest.c.person == person))

    # ---------------------------------------------------------------------------------------------------- confirmations

    async def answers(self, scope: str | None = None) -> Sequence[GuestAnswer]:
        """Return the last question and answer about each guest of *scope*; of every scope when none is named."""
        query = select(guest_answer).order_by(guest_answer.c.scope, guest_answer.c.person)
        if scope is not None:
            query = query.where(guest_answer.c.scope == scope)
        async with self.database.read() as connection:
            rows = (await connection.execute(query)).mappings()
            return [GuestAnswer(**row) for row in rows]

    async def ask(self, scope: str, people: Sequence[str], at: datetime, *, then: Sequence[DueUnit] = ()) -> None:
        """Note that *people* were asked about; one whose question is open stays as it is. *then* becomes due too."""
        async with self.database.begin() as connection:
            for person in people:
                insert = insert_into(connection, guest_answer).values(scope=scope, person=person, asked_at=at)
                again = insert.on_conflict_do_update(
                    index_elements=[guest_answer.c.scope, guest_answer.c.person],
                    set_={"asked_at": at, "answered_at": None, "keeps": None, "answered_by": ""},
                    where=guest_answer.c.answered_at.is_not(None),
                )
                await connection.execute(again)
            await make_due(connection, then)

    async def answer(
        self, scope: str, keeps: Mapping[str, bool], *, by: str, at: datetime, then: Sequence[DueUnit] = ()
    ) -> None:
        """Store what was answered about each person who was asked about; *then* becomes due together with it."""
        async with self.database.begin() as connection:
            for person, keep in keeps.items():
                asked = (guest_answer.c.scope == scope, guest_answer.c.person == person)
                values = {"answered_at": at, "keeps": keep, "answered_by": by}
                await connection.execute(update(guest_answer).where(*asked).values(**values))
                await note_action(connection, by, "guests.answered", person, at=at, values={"keeps": int(keep)})
            await make_due(connection, then)

    async def _guests(self, *conditions: Any) -> Sequence[Guest]:
        query = select(guest).where(*conditions).order_by(guest.c.since, guest.c.person)
        return await self.database.scan(
            lambda connection: [
                Guest(**{**row, "roles": tuple(row["roles"])}) for row in connection.execute(query).mappings()
            ]
        )
