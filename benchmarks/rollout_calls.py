"""Calls that one municipality takes: `python -m benchmarks.rollout_calls [--kinds]`.

Rolls out an invented municipality in a sandbox with real delays and limits, then looks at it again twice: in a new
process right afterwards, and in another one an hour later. Microsoft counts each part of a `$batch` as an operation, so
both are counted. It ends with 1 when a figure is over.
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
    """Calls of one run. *operations*: by identity and kind, the parts of each batch by themselves."""

    round_trips: int
    operations: Counter[str]
    throttled: int
    simulated: float

    @property
    def total(self) -> int:
        return self.operations.total()

    def within(self, *, round_trips: int, operations: int | None = None) -> bool:
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


async def measure(folder: Path) -> Figures:
    """Count the calls of one municipality; *folder* takes the programme and the database."""
    programme, database = folder / "programme", f"sqlite+aiosqlite:///{folder / 'vareunge.db'}"
    await child("write", "1", str(programme), database)
    async with sandbox_process(latency="real", seed=programme) as sandbox:
        await sandbox.control("PUT", "bot", {"endpoint": ""})
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        env = {**sandbox.env, "VAREUNGE_DATABASE_URL": database}
        first, right_after, later = [await _calls(sandbox, env, wait) for wait in ("0", "0", "3600")]
    return Figures(first=first, right_after=right_after, later=later)


async def _calls(sandbox: RunningSandbox, env: dict[str, str], wait: str) -> Calls:
    await sandbox.control("DELETE", "har")
    throttled = (await sandbox.control("GET", "calls"))["throttled"]
    run = await child("once", wait, env=env)
    entries = _of_rollout((await sandbox.control("GET", "har"))["log"]["entries"])
    return Calls(
        round_trips=len(entries),
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
        reads = sum(count for kind, count in calls.operations.items() if kind.split()[1] == "GET")
        lines.append(
            f"{name:18}{calls.round_trips:4} round trips, {calls.total:4} operations ({reads} reads), "
            f"{calls.throttled} times 429, {calls.simulated:.0f} s simulated"
        )
        if kinds:
            lines += [f"  {count:4} {kind}" for kind, count in sorted(calls.operations.items())]
    return "\n".join(lines)


def main() -> None:
    """Print the figures of one municipality."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kinds", action="store_true", help="list the operations by kind")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = asyncio.run(measure(Path(name)))
    print(report(figures, kinds=arguments.kinds))
    raise SystemExit(not figures.is_within)


if __name__ == "__main__":
    main()
