"""The weekly sweep over a country: `python -m benchmarks.sweep [--rounds N] [--municipalities N]`.

Each planner runs twice over 357 municipalities that were rolled out, with twelve rounds behind them. Reported are the
processor time and the SQL statements of the second time, and the steps of the event loop that took more than 5 ms. It
ends with 1 when the sweep takes more than four seconds, or sends more statements than with two municipalities.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.history import write_history
from benchmarks.loop_holds import LONGEST_HOLD, Hold, noted_holds
from benchmarks.pages import MUNICIPALITIES, ROUNDS, counted_statements, country
from config.settings import Part
from wiring.process import Services
from workflows.sweep import Planner

LONGEST_SWEEP = 4.0
"""Seconds of processor time that a sweep may take."""
FEW = 2
"""Municipalities whose sweep sends as many statements."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One planner's share of a sweep."""

    planner: str
    units: int
    seconds: float
    """Processor time."""
    statements: int
    holds: Sequence[Hold]
    """Steps that held the event loop for more than `LONGEST_HOLD`."""


async def measure(services: Services) -> list[Figure]:
    """Run each planner twice, and return the figures of the second time."""
    for planner in services.sweep.planners:
        await services.record.units.make_due(await planner())
    return [await _measured(services, planner) for planner in services.sweep.planners]


async def _measured(services: Services, planner: Planner) -> Figure:
    began = time.process_time()
    with counted_statements() as statements, noted_holds() as holds:
        units = await planner()
        await services.record.units.make_due(units)
    return Figure(
        planner=planner.__qualname__,
        units=len(units),
        seconds=time.process_time() - began,
        statements=len(statements),
        holds=holds,
    )


async def measure_country(municipalities: int, rounds: int, folder: Path) -> list[Figure]:
    """Return the figures of a country with so many rounds behind it."""
    async with country(municipalities, folder, part=Part.ALL) as (services, programme):
        await write_history(services.record.database, programme, rounds, services.clock.now())
        return await measure(services)


def total(figures: Sequence[Figure]) -> tuple[float, int]:
    """Return the seconds and the statements of a sweep."""
    return sum(item.seconds for item in figures), sum(item.statements for item in figures)


def report(figures: Sequence[Figure]) -> str:
    """Return the figures, for people."""
    lines = [f"{'planner':45}  units  seconds  statements  holds over {LONGEST_HOLD:.0f} ms, the longest"]
    for item in figures:
        longest = f"{max(hold.milliseconds for hold in item.holds):.0f} ms" if item.holds else ""
        lines.append(
            f"{item.planner:45}  {item.units:5}  {item.seconds:7.2f}  {item.statements:10}  {len(item.holds)} {longest}"
        )
    seconds, statements = total(figures)
    return "\n".join([*lines, f"{seconds:.2f} s of processor time, {statements} statements"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Returns 1 when the sweep takes too long."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        few = asyncio.run(measure_country(FEW, options.rounds, Path(small)))
        figures = asyncio.run(measure_country(options.municipalities, options.rounds, Path(large)))
    print(report(figures))
    seconds, statements = total(figures)
    print(f"{total(few)[1]} statements with {FEW} municipalities")
    return int(seconds > LONGEST_SWEEP or statements > total(few)[1])


if __name__ == "__main__":
    sys.exit(main())
