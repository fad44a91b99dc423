"""
A worker in a process of its own: our triggers, and the part of the host that reads queues. Its units make steps.

A step waits as for the network, then stands as a row; a unit reads which stand and makes the others. Run as a program
with the addresses of a database and a queue, its name, and the steps and seconds of a unit; it goes on until it is
killed.
"""

import asyncio
import sys
from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from sqlalchemy import Column, DateTime, Integer, MetaData, String, Table, insert, select

from config.settings import Part, Settings
from engine.logs import configure_logs
from engine.units import Engine, Handler
from integration.database.connection import Database
from tests.support.azurite import POISON, UNITS, QueueHost
from wiring import triggers
from wiring.process import Services
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome

KIND = "test.steps"
AT_ONCE = 6
"""Units at once, as `host.json` has it: `batchSize` and `newBatchThreshold`."""
LEASE = timedelta(seconds=3)
HIDDEN = 4
"""Seconds after which the message of a killed worker is seen again; longer than the lease, as with the host."""
EMPTY_PAUSE = 0.2

# No unique index: a step that was made twice is to be seen.
step = Table(
    "test_step",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("unit", String(80), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("worker", String(40), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


class QuickServices(Services):
    """Services whose leases end sooner, so that a kill is got over in seconds."""

    def create_engine(self) -> Engine:
        return Engine(self.record.units, self.clock, self.handlers, owner=self.outside.name, lease=LEASE)


async def make_steps(
    database: Database, clock: Clock, worker: str, steps: int, seconds: float, unit: DueUnit, history: History
) -> Outcome:
    """Make the steps that do not stand yet."""
    async with database.read() as connection:
        made = set((await connection.execute(select(step.c.number).where(step.c.unit == unit.key))).scalars())
    for number in set(range(steps)) - made:
        await asyncio.sleep(seconds)  # As long as a call to Graph may take; the time is real here.
        row = insert(step).values(unit=unit.key, number=number, worker=worker, at=clock.now())
        async with database.begin() as connection:
            await connection.execute(row)
    return Done()


async def work(database_url: str, queue_url: str, worker: str, steps: int, seconds: float) -> None:
    """Work until the process ends."""
    configure_logs("ERROR")
    services = QuickServices(Settings(database_url=database_url, queue_url=queue_url, part=Part.HANDS), name=worker)
    handler = partial(make_steps, services.record.database, services.clock, worker, steps, seconds)
    handlers: Mapping[str, Handler] = {KIND: handler}
    services.__dict__["handlers"] = handlers
    functions = {UNITS: partial(triggers.run_named, services), POISON: partial(triggers.set_aside, services)}
    host = QueueHost(queue_url, functions, hidden=HIDDEN)

    async def read() -> None:
        while True:
            if not await host.deliver_one():
                await asyncio.sleep(EMPTY_PAUSE)

    await asyncio.gather(*(read() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    address, queue, name, steps, seconds = sys.argv[1:]
    asyncio.run(work(address, queue, name, int(steps), float(seconds)))
