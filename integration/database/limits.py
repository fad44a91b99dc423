"""Limits that every worker must keep together: a row holds the moment from which the next may leave."""

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
    def step(self) -> timedelta:
        """The distance between two; rounded up, so that rounding never adds one."""
        return math.ceil(self.per / MICROSECOND / self.count) * MICROSECOND


class SQLLimits:
    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def reserve(self, name: str, rate: Rate) -> datetime:
        """Take the next place under the limit *name*; returns the moment it begins: sleep until then, then send.

        A place that is not used is lost, which keeps the limit as well.
        """
        now = self._clock.now()
        async with self._database.begin() as connection:
            fresh = insert_into(connection, slot).values(name=name, free_at=now)
            await connection.execute(fresh.on_conflict_do_nothing())
            query = select(slot.c.free_at).where(slot.c.name == name).with_for_update()
            free_at: datetime = (await connection.execute(query)).scalar_one()
            start = max(free_at, now)
            await connection.execute(update(slot).where(slot.c.name == name).values(free_at=start + rate.step))
        return start
