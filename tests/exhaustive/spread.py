"""
Kills workers at random while they share units: `python -m tests.exhaustive.spread [--kills N] [--seed N]`.

Several workers, each a process of its own, on a PostgreSQL and an Azurite of this run. In the end every step of every
unit stands once, whoever was killed. Then it measures how work is spread, how much more workers do, and how long a due
unit waits.
"""

import argparse
import asyncio
import random
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from sqlalchemy import select

from integration.clock import SystemClock
from integration.database.connection import Database, create_database
from integration.database.units import SQLUnits, UnitState
from integration.unit_queue import UnitQueue
from tests.support import azurite, postgres
from tests.support.worker import KIND, step
from workflows.errors import Transient
from workflows.ports.units import DueUnit

ROOT = Path(__file__).parents[2]
WORKERS = 3
BETWEEN_KILLS = (0.3, 1.2)
"""Seconds between two kills: some come while a worker is still starting."""
START, AT_EACH_KILL = 12, 6
"""Units that become due at first, and before each kill."""
RATE_UNITS = 480
"""Units that the rate is taken from: twenty times what four workers do at once, so that the last few count little."""
LOOK = 0.1
TIMER_PERIOD = 5
"""Seconds between two turns of the timer, which comes every five minutes in Azure."""
PATIENCE = 120
"""Seconds that the units may take after the last kill."""


@dataclass(frozen=True)
class Made:
    """A step that stands."""

    unit: str
    number: int
    worker: str
    at: datetime


class Team:
    """Workers on one database and one queue."""

    def __init__(self, database: Database, database_url: str, queue_url: str, *, steps: int, seconds: float) -> None:
        self.units = SQLUnits(database)
        self._database = database
        self._queue = UnitQueue(queue_url, "", SystemClock())
        database.on_due = self._queue.announce
        self._arguments = (database_url, queue_url)
        self._work = (str(steps), str(seconds))
        self._workers: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start a worker, or start it anew."""
        command = [sys.executable, "-m", "tests.support.worker", *self._arguments, name, *self._work]
        self._workers[name] = subprocess.Popen(command, cwd=ROOT)

    def kill(self, name: str) -> None:
        self._workers[name].kill()
        self._workers[name].wait()

    async def order(self, count: int, *, prefix: str) -> None:
        """Make units due now, and send their messages."""
        now = datetime.now(UTC)
        await self.units.make_due([DueUnit(key=f"{KIND}:{prefix}-{number:04}", due_at=now) for number in range(count)])
        await self._queue.settle()

    async def finished(self, prefix: str, *, within: float = PATIENCE) -> float:
        """Wait until all units of *prefix* are done; returns how many seconds that took. Raises TimeoutError."""
        began = looked = time.monotonic()
        async with asyncio.timeout(within):
            while await self.unfinished(prefix):
                if time.monotonic() - looked > TIMER_PERIOD:
                    looked = time.monotonic()
                    await self._find_lost()
                await asyncio.sleep(LOOK)
        return time.monotonic() - began

    async def _find_lost(self) -> None:
        """Do the timer's work, as it does it every five minutes."""
        now, period = datetime.now(UTC), timedelta(seconds=TIMER_PERIOD)
        with suppress(Transient):
            await self._queue.send(await self.units.list_lost(now=now, grace=period, ahead=period, limit=1_000))

    async def unfinished(self, prefix: str) -> list[str]:
        """List the units of *prefix* that are not done."""
        found = await self.units.list_units(states=[UnitState.WAITING, UnitState.FAILED])
        return [unit.key for unit in found if unit.key.startswith(f"{KIND}:{prefix}-")]

    async def made(self, prefix: str) -> list[Made]:
        """List the steps of *prefix* that stand."""
        query = select(step).where(step.c.unit.startswith(f"{KIND}:{prefix}-"))
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [Made(row.unit, row.number, row.worker, row.at) for row in rows]

    async def close(self) -> None:
        for name in self._workers:
            self.kill(name)
        await self._queue.close()


@asynccontextmanager
async def team(*, steps: int, seconds: float) -> AsyncIterator[Team]:
    """Give a team on a server and a queue of its own, nobody at work yet."""
    with (
        postgres.running_server() as server,
        postgres.new_database(server.url) as url,
        azurite.running_azurite() as queue,
    ):
        database = create_database(url)
        await database.migrate()
        async with database.begin() as connection:
            await connection.run_sync(step.metadata.create_all)
        host = azurite.QueueHost(queue.url, {})
        await host.create_queues()
        found = Team(database, url, queue.url, steps=steps, seconds=seconds)
        try:
            yield found
        finally:
            await found.close()
            await host.close()
            await database.close()


def problems(made: Sequence[Made], units: int, steps: int, unfinished: Sequence[str]) -> list[str]:
    """List what is not as in an undisturbed run: each of *steps* of each of *units* stands once."""
    times = Counter((item.unit, item.number) for item in made)
    found = [f"{key} is not done" for key in unfinished]
    found += [f"{unit} step {number} stands {count} times" for (unit, number), count in times.items() if count > 1]
    missing = units * steps - len(times)
    return found + ([f"{missing} steps are missing"] if missing else [])


async def play(kills: int, seed: int, *, steps: int = 5, seconds: float = 0.05) -> list[str]:
    """Let WORKERS share units while they are killed; returns what went wrong."""
    chance = random.Random(seed)
    async with team(steps=steps, seconds=seconds) as workers:
        names = [f"worker-{number}" for number in range(WORKERS)]
        for name in names:
            workers.start(name)
        await workers.order(START, prefix="kill-0")
        for number in range(1, kills + 1):
            await workers.order(AT_EACH_KILL, prefix=f"kill-{number}")
            await asyncio.sleep(chance.uniform(*BETWEEN_KILLS))
            unlucky = chance.choice(names)
            workers.kill(unlucky)
            workers.start(unlucky)
        unfinished: list[str] = []
        try:
            await workers.finished("kill")
        except TimeoutError:
            unfinished = await workers.unfinished("kill")
        return problems(await workers.made("kill"), START + kills * AT_EACH_KILL, steps, unfinished)


async def spread(units: int = 600) -> Counter[str]:
    """Return how many of *units* each of WORKERS did."""
    async with team(steps=1, seconds=0.1) as workers:
        await warm(workers, WORKERS)
        await workers.order(units, prefix="spread")
        await workers.finished("spread")
        return Counter(item.worker for item in await workers.made("spread"))


async def rate(count: int, *, units: int, seconds: float = 1.0) -> float:
    """Return the units a second that *count* workers do, each of which waits for the network."""
    async with team(steps=1, seconds=seconds) as workers:
        await warm(workers, count)
        began = time.monotonic()
        await workers.order(units, prefix="rate")
        await workers.finished("rate")
        return units / (time.monotonic() - began)


async def delays(count: int = 40) -> list[float]:
    """Return the seconds between due and done of single units whose step takes no time, while workers are warm."""
    async with team(steps=1, seconds=0) as workers:
        await warm(workers, WORKERS)
        found = []
        for number in range(count):
            due_at = datetime.now(UTC) + timedelta(seconds=random.Random(number).uniform(0, 0.5))
            await workers.units.make_due([DueUnit(key=f"{KIND}:delay-{number}", due_at=due_at)])
            await workers.finished("delay")
            (made,) = [item for item in await workers.made("delay") if item.unit.endswith(f"-{number}")]
            found.append((made.at - due_at).total_seconds())
        return found


async def warm(workers: Team, count: int) -> None:
    """Start *count* workers, and wait until each has done something."""
    for number in range(count):
        workers.start(f"worker-{number}")
    ordered = 0
    async with asyncio.timeout(PATIENCE):
        while len({item.worker for item in await workers.made("warm")}) < count:
            await workers.order(count, prefix=f"warm-{ordered}")
            await workers.finished("warm")
            ordered += 1


async def measure(console: Console) -> bool:
    """Print how work is spread; True when it is as it should be."""
    shares = await spread()
    console.print(f"600 units, {WORKERS} workers: {dict(sorted(shares.items()))}")
    two, four = await rate(2, units=RATE_UNITS), await rate(4, units=RATE_UNITS)
    console.print(f"{RATE_UNITS} units of 1 s: {two:.1f}/s with 2 workers, {four:.1f}/s with 4: {four / two:.2f} times")
    waited = await delays()
    console.print(f"due to done while warm: median {statistics.median(waited):.2f} s, longest {max(waited):.2f} s")
    return max(shares.values()) <= 300 and four >= 1.7 * two and max(waited) <= 5


def main(argv: Sequence[str] | None = None) -> int:
    """The command; exit code 0 only if all steps stand once and work was spread as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive.spread", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="0: only how work is spread")
    parser.add_argument("--seed", type=int, default=365)
    given = parser.parse_args(argv)
    console = Console(soft_wrap=True, highlight=False)
    if missing := postgres.why_missing() or azurite.why_missing():
        console.print(missing)
        return 2
    began = time.monotonic()
    found = asyncio.run(play(given.kills, given.seed))
    for line in found:
        console.print(line)
    verdict = "every step stands once" if not found else "NOT every step stands once"
    console.print(f"seed {given.seed}, {given.kills} kills, {time.monotonic() - began:.0f} s: {verdict}")
    return 0 if asyncio.run(measure(console)) and not found else 1


if __name__ == "__main__":
    sys.exit(main())
