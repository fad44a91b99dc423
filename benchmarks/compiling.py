"""Reports compiled from the record of a country: `python -m benchmarks.compiling [--rounds N] [--municipalities N]`.

The unit of a local board's open round runs again and again, which reads everything and keeps no new version: in a
programme of six municipalities and in one of 357. It ends with 1 when a run takes more than 5 ms of processor time in
the country, or more statements than in the small programme.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.history import meeting_day, write_history
from benchmarks.pages import MUNICIPALITIES, ROUNDS, SLUG, counted_statements, country
from config.programme import Programme
from config.settings import Part
from wiring.process import Services
from workflows.ports.units import DueUnit

FEW, TIMES = 6, 51
LONGEST = 5.0
"""Milliseconds of processor time that a report may take to be read and compiled."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """The cost of one report: milliseconds of processor time, half of them within, and statements."""

    municipalities: int
    milliseconds: float
    statements: int


class _NoHistory:
    async def note(self, what: str, **values: str | int) -> None:
        """Keep nothing of it."""


async def measure(services: Services, programme: Programme, *, times: int = TIMES) -> Figure:
    """Compile the same report again and again."""
    board = programme.local_board(SLUG).key
    key = f"{board}/{meeting_day(0, services.clock.now())}"
    unit = DueUnit(key=f"report.compile:{key}", due_at=services.clock.now())
    compiled = services.jobs.papers.reports.compile
    await compiled(unit, _NoHistory())
    assert await services.record.reports.newest(key) is not None
    with counted_statements() as statements:
        await compiled(unit, _NoHistory())
    taken = []
    for _ in range(times):
        began = time.process_time()
        await compiled(unit, _NoHistory())
        taken.append((time.process_time() - began) * 1000)
    return Figure(municipalities=len(programme.municipalities), milliseconds=median(taken), statements=len(statements))


async def measure_country(municipalities: int, rounds: int, folder: Path, *, times: int = TIMES) -> Figure:
    """Return the figure of a country with so many rounds behind it."""
    async with country(municipalities, folder, part=Part.ALL) as (services, programme):
        await write_history(services.record.database, programme, rounds, services.clock.now())
        return await measure(services, programme, times=times)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Returns 1 when a report takes too long, or more statements in a country."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compiling", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        few = asyncio.run(measure_country(FEW, options.rounds, Path(small)))
        many = asyncio.run(measure_country(options.municipalities, options.rounds, Path(large)))
    for item in (few, many):
        print(f"{item.municipalities:4} municipalities {item.milliseconds:6.2f} ms {item.statements:3} statements")
    return int(many.milliseconds > LONGEST or many.statements > few.statements)


if __name__ == "__main__":
    sys.exit(main())
