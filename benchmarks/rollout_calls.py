"""Calls that a municipality takes: `python -m benchmarks.rollout_calls [N] [--kinds]`.

Rolls out N invented municipalities in a sandbox with real delays and limits, then looks at them again twice: in a new
process right afterwards, and in another one an hour later. Microsoft counts each part of a `$batch` as an operation, so
both are counted, and told for each municipality. It ends with 1 when a figure is over. The only municipality of `1` is
one of the twenty whose site takes an hour.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rollout import START, child
from tests.support.rollout import kinds_of
from tests.support.sandbox import RunningSandbox, sandbox_process

MOST_ROUND_TRIPS, MOST_OPERATIONS = 60, 170
"""Of a first rollout."""
MOST_TO_CHECK = 4
"""Round trips of a look at a place that stands as it should."""


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Calls of one run. *operations*: of all municipalities by identity and kind, batches by their parts."""

    municipalities: int
    requests: int
    operations: Counter[str]
    throttled: int
    simulated: float

    @property
    def round_trips(self) -> float:
        """Return the requests for each municipality."""
        return self.requests / self.municipalities

    @property
    def total(self) -> float:
        """Return the operations for each municipality."""
        return self.operations.total() / self.municipalities

    @property
    def reads(self) -> float:
        """Return the operations that only read, for each municipality."""
        reads = sum(count for kind, count in self.operations.items() if kind.split()[1] == "GET")
        return reads / self.municipalities

    def within(self, *, round_trips: float, operations: float | None = None) -> bool:
        """Tell whether nothing was put off, and no more was asked than that."""
        return not self.throttled and self.round_trips <= round_trips and self.total <= (operations or self.total)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Calls of the first rollout, of a look right afterwards and of a later one, each in a process of its own."""

    first: Calls
    right_after: Calls
    later: Calls

    @property
    def is_within(self) -> bool:
        looks = all(look.within(round_trips=MOST_TO_CHECK) for look in (self.right_after, self.later))
        return looks and self.first.within(round_trips=MOST_ROUND_TRIPS, operations=MOST_OPERATIONS)


async def measure(municipalities: int, folder: Path) -> Figures:
    """Count the calls of so many municipalities; *folder* takes the programme and the database."""
    programme, database = folder / "programme", f"sqlite+aiosqlite:///{folder / 'vareunge.db'}"
    await child("write", str(municipalities), str(programme), database)
    async with sandbox_process(latency="real", seed=programme) as sandbox:
        await sandbox.control("PUT", "bot", {"endpoint": ""})
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        env = {**sandbox.env, "VAREUNGE_DATABASE_URL": database}
        first, right_after, later = [await _calls(sandbox, env, municipalities, wait) for wait in ("0", "0", "3600")]
    return Figures(first=first, right_after=right_after, later=later)


async def _calls(sandbox: RunningSandbox, env: dict[str, str], municipalities: int, wait: str) -> Calls:
    await sandbox.control("DELETE", "har")
    throttled = (await sandbox.control("GET", "calls"))["throttled"]
    run = await child("once", wait, env=env)
    entries = _of_rollout((await sandbox.control("GET", "har"))["log"]["entries"])
    return Calls(
        municipalities=municipalities,
        requests=len(entries),
        operations=Counter(f"{entry['_app']:8}{kind}" for entry in entries for kind in kinds_of(entry["request"])),
        throttled=(await sandbox.control("GET", "calls"))["throttled"] - throttled,
        simulated=run["simulated"],
    )


def _of_rollout(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["_app"] in ("hands", "builder") and "/v1.0/" in entry["request"]["url"]]


def report(figures: Figures, *, kinds: bool) -> str:
    """Return the figures, for people."""
    runs = {"first rollout": figures.first, "look right after": figures.right_after, "look later": figures.later}
    lines = []
    for name, calls in runs.items():
        lines.append(
            f"{name:18}{calls.round_trips:6.1f} round trips, {calls.total:6.1f} operations ({calls.reads:.1f} reads), "
            f"{calls.throttled} times 429, {calls.simulated:.0f} s simulated"
        )
        if kinds:
            each = [(kind, count / calls.municipalities) for kind, count in sorted(calls.operations.items())]
            lines += [f"  {count:6.1f} {kind}" for kind, count in each]
    return "\n".join(lines)


def main() -> None:
    """Print the figures of one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("municipalities", nargs="?", type=int, default=6)
    parser.add_argument("--kinds", action="store_true", help="list the operations by kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = asyncio.run(measure(arguments.municipalities, Path(name)))
    print(report(figures, kinds=arguments.kinds))
    raise SystemExit(not figures.is_within)


if __name__ == "__main__":
    main()
