"""Calendars and a person's own meetings in a country: `python -m benchmarks.own_meetings`.

As the county lead, who sits in every board, and as a local lead: the feed after a change of one meeting, the feed
asked for again without and with the mark of what the calendar holds, the page of one's own meetings, and the dates a
meeting could be moved to. The time is the processor time of the process, so that other work beside it does not count.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import httpx

from benchmarks.history import meeting_day, write_history
from benchmarks.pages import MUNICIPALITIES, ROUNDS, SLUG, counted_statements, country
from config.programme import Programme
from wiring.process import Services

TIMES = 7
READERS = ("leder-fylket", f"leder-{SLUG}")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One thing asked for as one person: milliseconds of processor time, half of them within, and statements."""

    what: str
    person: str
    milliseconds: float
    statements: int


async def measure(services: Services, programme: Programme, *, times: int = TIMES) -> list[Figure]:
    """Ask for everything as each reader."""
    figures = []
    base = services.settings.public_url
    async with httpx.AsyncClient(transport=httpx.ASGITransport(services.web), base_url=base) as client:
        for person in READERS:
            for what, ask in (await _asked(services, programme, client, person)).items():
                figures.append(await _measured(what, person, ask, times))
    return figures


Ask = Callable[[], Awaitable[object]]


async def _asked(services: Services, programme: Programme, client: httpx.AsyncClient, person: str) -> dict[str, Ask]:
    own, moves = services.jobs.meetings.personal, services.jobs.meetings.moves
    feed, page = await own.feed(person), await own.address(person)
    key = f"{programme.local_board(SLUG).key}/{meeting_day(0, services.clock.now())}"
    known = {"If-None-Match": (await client.get(feed)).headers["etag"]}

    async def changed() -> None:
        """Ask for the feed after a meeting of it has changed, so that it has to be written."""
        meeting = await services.record.meetings.find_meeting(key)
        assert meeting is not None
        changed_at = services.clock.now()
        await services.record.meetings.save(replace(meeting, sequence=meeting.sequence + 1, changed_at=changed_at))
        await client.get(feed)

    return {
        "feed that changed": changed,
        "feed, no mark sent": lambda: client.get(feed),
        "feed, not changed": lambda: client.get(feed, headers=known),
        "own page": lambda: client.get(page),
        "dates to move to": lambda: moves.options(key),
    }


async def _measured(what: str, person: str, ask: Ask, times: int) -> Figure:
    await ask()
    taken = []
    for _ in range(times):
        begun = time.process_time()
        with counted_statements() as statements:
            await ask()
        taken.append((time.process_time() - begun) * 1000)
    return Figure(what=what, person=person, milliseconds=median(taken), statements=len(statements))


async def measure_country(municipalities: int, rounds: int, folder: Path) -> list[Figure]:
    """Return the figures of a country with so many rounds behind it."""
    async with country(municipalities, folder) as (services, programme):
        await write_history(services.record.database, programme, rounds, services.clock.now())
        return await measure(services, programme)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.own_meetings", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(measure_country(options.municipalities, options.rounds, Path(folder)))
    for item in figures:
        print(f"{item.person:20} {item.what:20} {item.milliseconds:7.1f} ms {item.statements:3} statements")


if __name__ == "__main__":
    main()
