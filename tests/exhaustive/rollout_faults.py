"""Every kind of write of a rollout, met by every fault: in the end everything is as if nothing had gone wrong.

python -m tests.exhaustive.rollout_faults [part of a kind or a fault …]
"""

import asyncio
import gc
import json
import re
import shutil
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from integration.database.connection import create_database
from tests.support.rollout import PLACE, START, Bench, Documents, identity_of, kinds_of, small, writes
from tests.support.sandbox import RunningSandbox, running_sandbox

FAULTS: dict[str, dict[str, Any]] = {
    "answer lost": {"do": "lose_answer", "phase": "after"},
    "reset before": {"do": "reset", "phase": "before"},
    "reset after": {"do": "reset", "phase": "after"},
    "unavailable": {"do": "status", "status": 503},
    "throttled": {"do": "status", "status": 429, "retry_after": 7},
    "killed before": {"do": "hold", "phase": "before"},
    "killed after": {"do": "hold", "phase": "after"},
}


@dataclass(frozen=True)
class Stage:
    """One sandbox for many runs, each from the start."""

    sandbox: RunningSandbox
    empty: Path
    folder: Path

    async def play(self, kind: str | None = None, fault: str | None = None) -> tuple[Any, list[str]]:
        """Roll out, change the template, roll out again, send the welcomes; the state at the end and all writes."""
        await self.sandbox.control("POST", "reset")
        await self.sandbox.control("POST", "clock", {"now": START.isoformat()})
        for path in self.folder.glob("run.db*"):
            path.unlink()
        file = self.folder / "run.db"
        shutil.copyfile(self.empty, file)
        bench = Bench(self.sandbox, file)
        await bench.start()
        try:
            if kind and fault:
                await self.sandbox.control("POST", "faults", [_rule(kind, FAULTS[fault])])
            for documents in (small(), _changed()):
                await bench.import_(documents)
                await self._roll_out(bench, held=fault is not None and fault.startswith("killed"))
            await bench.run_all(until=START + timedelta(days=30))
            if kind and fault:
                (rule,) = (await self.sandbox.control("GET", "faults"))["rules"]
                assert rule["hits"] == 1, f"{kind} was not met"
            calls = await bench.calls()
        finally:
            await bench.stop()
            with warnings.catch_warnings():
                # A killed process closes nothing. What it left open ends here, not in the middle of another test.
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()
        return await self.sandbox.state(), writes([kind for call in calls for kind in kinds_of(call["request"])])

    async def _roll_out(self, bench: Bench, *, held: bool) -> None:
        if held and await bench.kill_at_hold(PLACE):
            await bench.restart()
        await bench.made(PLACE)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A sandbox and an empty database to start from."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = create_database(f"sqlite+aiosqlite:///{folder / 'empty.db'}")
        await database.migrate()
        await database.close()
        async with running_sandbox() as sandbox:
            with identity_of(sandbox):
                yield Stage(sandbox, folder / "empty.db", folder)


def _changed() -> Documents:
    documents = small()
    template = documents["template.yaml"]["places"]["municipality"]
    template["description"] = "Et nytt ord om rommet i {municipality}."
    template["landing_intro"] = "Nye ord om de unge i {municipality}."
    documents[f"municipalities/{PLACE}.yaml"]["work_packages"][0]["summary"] = "Sagt på en annen måte."
    return documents


def _rule(kind: str, fault: dict[str, Any]) -> dict[str, Any]:
    method, path = kind.split(" ", 1)
    pattern = re.escape(path).replace(r"\{\}", "[^/]+") + "$"
    return {"match": {"method": method, "path": pattern, "nth": 1}, **fault}


def difference(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Where two states differ."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = sorted({*wanted, *found})
        return [line for key in keys for line in difference(wanted.get(key), found.get(key), f"{path}/{key}")]
    return [] if wanted == found else [f"{path}: {json.dumps(wanted)} became {json.dumps(found)}"]


async def walk(parts: list[str]) -> int:
    """Play every combination whose kind or fault holds one of *parts*; the number that did not hold."""
    wrong = 0
    async with stage() as on:
        state, made = await on.play()
        for kind in dict.fromkeys(made):
            for fault in FAULTS:
                if parts and not any(part in kind or part in fault for part in parts):
                    continue
                try:
                    found = difference(state, (await on.play(kind, fault))[0])
                except AssertionError as error:
                    found = [str(error)]
                wrong += bool(found)
                lines = [f"{'differs' if found else 'holds':<8} {fault:<14} {kind}", *found]
                sys.stdout.write("\n    ".join(lines) + "\n")
    return wrong


if __name__ == "__main__":
    sys.exit(bool(asyncio.run(walk(sys.argv[1:]))))
