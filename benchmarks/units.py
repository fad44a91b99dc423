"""Statements of every kind of unit and every call of the bot: `python -m benchmarks.units [--database URL]`.

An invented country with one place that was rolled out in a sandbox. There a unit of each kind runs in the order of a
board's year, and everything is written and pressed that the bot knows: in six municipalities with twelve rounds behind
them, in 357 with twelve, and in 357 with 27. Counted are the statements, and the steps that SQLite takes for them. It
ends with 1 when one sends more statements, or statements with more work, in the country or after the years, or when one
reads all of a table that grows. Those that must go through everything stand in `GOES_THROUGH_ALL`.

With an empty PostgreSQL database the plans of all statements are looked at, in 357 municipalities with 27 rounds.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from benchmarks.pages import MUNICIPALITIES, ROUNDS
from benchmarks.plans import Noted, filled, noted_scans, report
from benchmarks.statements import watched_statements
from benchmarks.unit_stage import NOW, play, stage
from integration.database import tables
from integration.database.schema import VERSION_TABLE

FEW, LONG = 6, 27
STEPS = 50
"""Instructions of SQLite's machine that count as one step."""
SCHEMA = "SELECT name FROM sqlite_master"
SLACK = 10
"""Steps that a unit may take more: pages of an index split elsewhere."""
GOES_THROUGH_ALL: Mapping[str, str] = {
    "sweep.all": "looks once a week for all that should be due; its statements do not grow (benchmarks.sweep)",
    "drift.look": "looks once a night at every place that was made",
    "doctor.look": "looks at every place and everything that waits",
    "programme.close": "goes through every place once, when the programme is over",
    "report.owner": "sums up every municipality, twice a year",
}
"""Kinds of units that must look at the whole country, and the rule that says so."""
MAY_DO_MORE: Mapping[str, str] = {
    "guests.end": "has every place look whom to let out, since a role may reach into several; twice a year",
}
"""Kinds of units whose statements, in the same number, do more in a larger country, and the rule that says so."""


@dataclass
class Work:
    """Statements of one unit or call, and the steps that each took."""

    statements: int = 0
    steps: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.steps.total()


class _Meter:
    """Counts what any database of this process does, for the work that is measured now."""

    def __init__(self) -> None:
        self.work = Work()
        self._statement = ""

    def note(self, _connection: Any, statement: str, _values: Any) -> None:
        """Count a statement."""
        self._statement = statement
        if not self._is_apart():
            self.work.statements += 1

    def step(self) -> int:
        """Count a step of the statement that began last; zero lets SQLite go on."""
        if not self._is_apart():
            self.work.steps[self._statement] += 1
        return 0

    def _is_apart(self) -> bool:
        """Return True for starts of transactions, looks at the schema, and turns at limits, which go by the moment."""
        return self._statement.startswith("BEGIN") or any(
            name in self._statement for name in (VERSION_TABLE, tables.slot.name)
        )

    def watch(self, connection: Any, _record: Any) -> None:
        """Count the steps of a new connection, but for reading the schema, which its first statement would do."""

        async def watch_there(there: Any) -> None:
            await there.execute_fetchall(SCHEMA)
            await there.set_progress_handler(self.step, STEPS)

        if hasattr(connection, "run_async"):
            connection.run_async(watch_there)
        elif hasattr(connection, "set_progress_handler"):
            connection.execute(SCHEMA).fetchall()
            connection.set_progress_handler(self.step, STEPS)


@contextmanager
def _metered() -> Iterator[_Meter]:
    """Meter the databases that are opened meanwhile."""
    meter = _Meter()
    event.listen(Pool, "connect", meter.watch)
    try:
        with watched_statements(meter.note):
            yield meter
    finally:
        event.remove(Pool, "connect", meter.watch)


async def measure(
    municipalities: int, rounds: int, folder: Path, *, leave_out: Collection[str] = frozenset(GOES_THROUGH_ALL)
) -> tuple[dict[str, Work], Noted]:
    """
    Return the work of each kind of unit and each call of the bot in a country with so many rounds behind it, and the
    plans of all their statements.
    """
    found: dict[str, Work] = {}
    with _metered() as meter:

        @contextmanager
        def metered(name: str) -> Iterator[None]:
            meter.work = found[name] = Work()
            yield
            meter.work = Work()

        async with stage(municipalities, rounds, folder) as made:
            with noted_scans({}) as noted:
                await play(made, metered, leave_out=leave_out)
    return found, noted


def grown(few: Mapping[str, Work], many: Mapping[str, Work]) -> list[str]:
    """Return what sends more statements, or lets them do more, in the larger country, for people."""
    found = []
    for name, work in many.items():
        before = few[name]
        if work.statements > before.statements:
            found.append(f"{name}: {before.statements} statements, and then {work.statements}")
        if work.total > before.total + SLACK and name not in MAY_DO_MORE:
            dearest = (work.steps - before.steps).most_common(3)
            found.append(f"{name}: {before.total} steps, and then {work.total}")
            found += [f"    {steps} more: {' '.join(statement.split())}" for statement, steps in dearest]
    return found


async def look_at_plans(municipalities: int, rounds: int, folder: Path, database_url: str = "") -> Noted:
    """Return what was noted of the plans of all statements, but for those that must go through everything."""
    async with stage(municipalities, rounds, folder, database_url) as made:
        with noted_scans(await filled(made.services.record.database, NOW)) as noted:
            await play(made, lambda _: nullcontext(), leave_out=frozenset(GOES_THROUGH_ALL))
    return noted


def table(figures: Sequence[Mapping[str, Work]]) -> str:
    """Return the figures of several countries side by side, for people."""
    width = max(map(len, figures[0]))
    rows = [f"{'':{width}}" + "  statements   steps" * len(figures)]
    rows += [
        f"{name:{width}}" + "".join(f"{item[name].statements:12}{item[name].total:8}" for item in figures)
        for name in figures[0]
    ]
    return "\n".join(rows)


async def _measure_all(municipalities: int) -> list[dict[str, Work]]:
    found: list[dict[str, Work]] = []
    for country, rounds in ((FEW, ROUNDS), (municipalities, ROUNDS), (municipalities, LONG)):
        with tempfile.TemporaryDirectory() as folder:
            found.append((await measure(country, rounds, Path(folder)))[0])
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Returns 1 when something grows, or a statement reads all of a growing table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.units", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--plans", action="store_true", help="look at the plans of all statements, and count nothing")
    parser.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database, for --plans")
    options = parser.parse_args(arguments)
    if options.plans or options.database:
        with tempfile.TemporaryDirectory() as folder:
            noted = asyncio.run(look_at_plans(options.municipalities, LONG, Path(folder), options.database))
        print(report(noted))
        return int(bool(noted.scans))
    few, country, years = asyncio.run(_measure_all(options.municipalities))
    print(table((few, country, years)))
    faults = [*grown(few, country), *grown(country, years)]
    print("\n".join(faults) or "nothing grows")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
