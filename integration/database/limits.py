"""Limits that every worker must keep together, and that a restart must not forget."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from integration.database.connection import Database, insert_into
from integration.database.tables import slot
from workflows.ports import Clock

MICROSECOND = timedelta(microseconds=1)


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

    async def take(self, name: str, rate: Rate, count: int = 1) -> datetime | None:
        """
        Take *count* places under the limit *name*. Returns None when they were taken, else when there is room.

        A row holds the moment at which everything taken has flowed back. Places that are not used are lost, which
        keeps the limit as well. More than half of a rate's count cannot be taken at once.
        """
        if count > rate.at_once:
            raise ValueError(f"{count} at once under {name}: expected at most {rate.at_once}")
        now = self._clock.now()
        async with self._database.begin() as connection:
            fresh = insert_into(connection, slot).values(name=name, free_at=now)
            await connection.execute(fresh.on_conflict_do_nothing())
            query = select(slot.c.free_at).where(slot.c.name == name).with_for_update()
            free_at: datetime = (await connection.execute(query)).scalar_one()
            free_at = max(free_at, now) + count * rate.step
            room_at = free_at - rate.at_once * rate.step
            if room_at > now:
                return room_at
            await connection.execute(update(slot).where(slot.c.name == name).values(free_at=free_at))
        return None
