"""Flags people set (pause, resume), and the few values the service makes for itself once."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, select

from integration.database.audit import note_action
from integration.database.connection import Database, insert_into
from integration.database.messages import PAUSE, pause_name, write_instead
from integration.database.tables import switch
from workflows.ports.units import Clock

if TYPE_CHECKING:
    from workflows.messages.resumption import Resumption

CLOSED = "closed"
"""Set when the programme has ended: no link is issued any more."""
IS_CLOSED = select(switch.c.name).where(switch.c.name == CLOSED).exists()
"""To be asked within another question."""
_ANY_OF = select(switch.c.name).where(switch.c.name.in_(bindparam("names", expanding=True))).limit(1)


class SQLSwitches:
    """Pauses: all sending, or one municipality's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def pause(self, municipality: str | None = None, *, by: str = "") -> None:
        """
        Stop sending; for everybody when *municipality* is None. A repeat is harmless.

        *by*: the person who does it on a page; empty at the terminal.
        """
        async with self._database.begin() as connection:
            insert = insert_into(connection, switch).values(name=pause_name(municipality), set_at=self._clock.now())
            # By the row that came back: PostgreSQL counts none.
            done = await connection.execute(insert.on_conflict_do_nothing().returning(switch.c.name))
            if done.first() is not None:
                await note_action(connection, by, "sending.paused", municipality or "", at=self._clock.now(), values={})

    async def resume(
        self, municipality: str | None = None, *, by: str = "", instead: "Resumption | None" = None
    ) -> None:
        """
        Undo the pause of the same scope: resuming everybody leaves a municipality's own pause in place, and opens a
        programme again that was closed.

        *by*: as for `pause`. *instead*: what leaves in place of what piled up, stored in the same transaction.
        """
        async with self._database.begin() as connection:
            if instead is not None:
                await write_instead(connection, instead, at=self._clock.now())
            done = await connection.execute(delete(switch).where(switch.c.name == pause_name(municipality)))
            if municipality is None:
                await connection.execute(delete(switch).where(switch.c.name == CLOSED))
            if done.rowcount:
                await note_action(
                    connection, by, "sending.resumed", municipality or "", at=self._clock.now(), values={}
                )

    async def secret(self, name: str) -> str:
        """Return the secret *name* of this service, made at its first use."""
        return await secret(self._database, name, now=self._clock.now())

    async def is_paused(self, municipality: str | None = None) -> bool:
        """Tell whether sending is stopped there; messages of no municipality stop only with everybody."""
        names = {"names": [pause_name(None), pause_name(municipality)]}
        return await self._database.look(lambda connection: connection.execute(_ANY_OF, names).first()) is not None

    async def list_paused(self) -> Sequence[str]:
        """The paused municipalities; the empty string stands for everybody."""
        async with self._database.read() as connection:
            names = (await connection.execute(select(switch.c.name).order_by(switch.c.name))).scalars().all()
        return [name.partition(":")[2] for name in names if name.partition(":")[0] == PAUSE]


async def secret(database: Database, name: str, *, now: datetime) -> str:
    """Return the secret *name*, made at its first use; whoever makes it first, all get the same."""
    ours = f"secret:{name}"

    def read(connection: Connection) -> str | None:
        return connection.execute(select(switch.c.value).where(switch.c.name == ours)).scalar_one_or_none()

    def make(connection: Connection) -> str | None:
        insert = insert_into(connection, switch).values(name=ours, set_at=now, value=secrets.token_urlsafe(32))
        connection.execute(insert.on_conflict_do_nothing())
        return read(connection)

    found = await database.look(read) or await database.write(make)
    assert found is not None
    return found
