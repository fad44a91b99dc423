"""Look-ups among all messages that were ever sent: `python -m benchmarks.messages [--database URL]`.

A country of 357 municipalities with twelve rounds behind it, and as many messages again ten times over: 141,372. Looked
up is what an answer, a page and a unit ask for of one board's open round. Beside each stands, in the same run, one row
found by its key: the floor. It ends with 1 when a look-up takes more than 2 ms of processor time.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, func, select

from benchmarks.history import write_history
from benchmarks.pages import MUNICIPALITIES, ROUNDS, country
from config.settings import Part
from integration.database.tables import message
from wiring.process import Services
from workflows.messages.model import MessageState
from workflows.status.model import RoundState
from workflows.status.plan import REQUEST
from workflows.status.ports import REMEMBERED

COPIES, TIMES = 10, 51
LONGEST = 2.0
"""Milliseconds of processor time that a look-up may take."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One look-up: milliseconds of processor time, half of them within."""

    what: str
    milliseconds: float


async def measure(services: Services, *, times: int = TIMES) -> tuple[float, list[Figure]]:
    """Return the floor, and the figures of the look-ups for one open round."""
    rounds, messages = services.record.rounds, services.record.messages
    (status_round, *_) = await rounds.list_rounds(state=RoundState.OPEN)
    requests = await rounds.list_requests(status_round.meeting)
    ids, people = [item.id for item in requests], [item.person for item in requests if item.person]
    keys = [item.key for item in await messages.list_messages(requests=ids)]
    overview = services.jobs.status.rounds.results.overview
    sent, since = [MessageState.SENT], services.clock.now() - REMEMBERED
    asked: dict[str, Callable[[], Awaitable[object]]] = {
        "surfaces that reached people": lambda: messages.reached(people, kind=REQUEST, since=since),
        "messages of requests": lambda: messages.list_messages(requests=ids, states=sent),
        "notices by their keys": lambda: messages.list_messages(keys=keys, states=sent),
        "messages that wait": lambda: messages.list_messages(states=[MessageState.PLANNED, MessageState.SENDING]),
        "who owes what in a round": lambda: overview(status_round.meeting),
    }
    floor = await _median(lambda: rounds.find_round(status_round.meeting), times)
    return floor, [Figure(what=what, milliseconds=await _median(ask, times)) for what, ask in asked.items()]


async def _median(ask: Callable[[], Awaitable[object]], times: int) -> float:
    await ask()
    taken = []
    for _ in range(times):
        began = time.process_time()
        await ask()
        taken.append((time.process_time() - began) * 1000)
    return median(taken)


def multiply(connection: Connection, copies: int) -> None:
    """Add each message so many times more, as other people's in other rounds."""
    rows = [dict(row) for row in connection.execute(select(message)).mappings()]
    for number in range(copies):
        changed = dict.fromkeys(("key", "request", "person"), f"~{number}")
        connection.execute(
            message.insert(),
            [row | {name: f"{row[name]}{end}" for name, end in changed.items() if row[name]} for row in rows],
        )


async def measure_country(
    municipalities: int, rounds: int, copies: int, folder: Path, database_url: str = "", *, times: int = TIMES
) -> tuple[int, float, list[Figure]]:
    """Return the number of messages in a country, the floor, and the figures."""
    async with country(municipalities, folder, database_url, part=Part.ALL) as (services, programme):
        database = services.record.database
        await write_history(database, programme, rounds, datetime.now(UTC))
        await database.write(lambda connection: multiply(connection, copies))
        number = select(func.count()).select_from(message)
        found = await database.look(lambda connection: connection.execute(number).scalar_one())
        return found, *await measure(services, times=times)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Returns 1 when a look-up takes too long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.messages", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database, instead of a file")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        number, floor, figures = asyncio.run(
            measure_country(options.municipalities, options.rounds, COPIES, Path(folder), options.database)
        )
    print(f"{number} messages; one row by its key: {floor:.2f} ms")
    for item in figures:
        print(f"{item.what:30} {item.milliseconds:6.2f} ms")
    return int(any(item.milliseconds > LONGEST for item in figures))


if __name__ == "__main__":
    sys.exit(main())
