"""Limits that every worker must keep together, and that a restart must not forget."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from integration.database.connection import Database, insert_into
from integration.database.tables import slot
from integration.pace import Places
from workflows.ports.units import Clock

MICROSECOND = timedelta(microseconds=1)
SOON = timedelta(milliseconds=20)


@dataclass(frozen=True)
class Rate:
    """At most *count* in any stretch of *per*."""

    count: int
    per: timedelta

    @property
    def at_once(self) -> int:
        """How many may go together after a quiet time. With what flows back meanwhile, that makes the whole."""
        return self.count // 2

    @property
    def step(self) -> timedelta:
        """The time after which one flows back; rounded up, so that rounding never adds one."""
        return math.ceil(self.per / MICROSECOND / self.at_once) * MICROSECOND


class SQLLimits:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: set[str] = set()
        """Names whose places have their rows."""

    async def take(self, name: str, rate: Rate, count: int = 1) -> datetime | None:
        """
        Take *count* places under the limit *name*. Returns None when they were taken, else when there is room.

        A row holds the moment at which everything taken has flowed back. Places that are not used are lost, which
        keeps the limit as well. More than half of a rate's count cannot be taken at once.
        """
        if count > rate.at_once:
            raise ValueError(f"{count} at once under {name}: expected at most {rate.at_once}")
        now = self._clock.now()

        def take(connection: Connection) -> datetime | None:
            fresh = insert_into(connection, slot).values(name=name, free_at=now)
            connection.execute(fresh.on_conflict_do_nothing())
            query = select(slot.c.free_at).where(slot.c.name == name).with_for_update()
            free_at: datetime = connection.execute(query).scalar_one()
            free_at = max(free_at, now) + count * rate.step
            room_at = free_at - rate.at_once * rate.step
            if room_at > now:
                return room_at
            connection.execute(update(slot).where(slot.c.name == name).values(free_at=free_at))
            return None

        return await self._database.write(take)

    async def occupy(self, wanted: Mapping[str, Places]) -> Mapping[str, datetime]:
        """
        Occupy the wanted places under each name, all in one transaction.

        Returns the names under which not enough were free, where none was occupied, and when there will be. What was
        occupied is never given back: it comes free by itself, so that a worker that dies holds nobody up for long.
        """

        def occupy(connection: Connection) -> Mapping[str, datetime]:
            # In one order for everybody: two workers cannot lock each other out.
            found = {name: self._occupy(connection, name, places) for name, places in sorted(wanted.items())}
            return {name: free_at for name, free_at in found.items() if free_at is not None}

        full = await self._database.write(occupy)
        self._known.update(wanted)
        return full

    def _occupy(self, connection: Connection, name: str, places: Places) -> datetime | None:
        now, rows = self._clock.now(), [f"{name}#{number}" for number in range(places.number)]
        if name not in self._known:
            fresh = insert_into(connection, slot).on_conflict_do_nothing()
            connection.execute(fresh, [{"name": row, "free_at": now} for row in rows])
        ours = slot.c.name.in_(rows)
        free = select(slot.c.name).where(ours, slot.c.free_at <= now).limit(places.wanted)
        # PostgreSQL only; on SQLite we are the only writer anyhow.
        found = connection.execute(free.with_for_update(skip_locked=True)).scalars().all()
        if len(found) == places.wanted:
            connection.execute(update(slot).where(slot.c.name.in_(found)).values(free_at=now + places.hold))
            return None
        enough = select(slot.c.free_at).where(ours).order_by(slot.c.free_at).offset(places.wanted - 1).limit(1)
        free_at: datetime = connection.execute(enough).scalar_one()
        # Free ones that another worker is just taking: they are looked for again in a moment.
        return max(free_at, now + SOON)
