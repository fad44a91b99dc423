"""
Every write of a rollout, met by every fault: in the end everything is as if nothing had gone wrong.

python -m tests.exhaustive.rollout_faults [--reads] [--jobs N] [part of a kind or a fault …]

The story has three chapters: a place is made; the template and the people change and it is rolled out again; the mails
leave. A combination starts from a snapshot of its call's chapter, and is played to the end of the story.
"""

import argparse
import asyncio
import gc
import json
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from integration.database.connection import create_database
from tests.support.rollout import PLACE, START, Bench, Documents, identity_of, kinds_of, small
from tests.support.sandbox import ROOT, RunningSandbox, running_sandbox

FAULTS: dict[str, dict[str, Any]] = {
    "answer lost": {"do": "lose_answer", "phase": "after"},
    "reset before": {"do": "reset", "phase": "before"},
    "reset after": {"do": "reset", "phase": "after"},
    "503": {"do": "status", "status": 503},
    "504": {"do": "status", "status": 504},
    "429": {"do": "status", "status": 429, "retry_after": 7},
    "killed before": {"do": "hold", "phase": "before"},
    "killed after": {"do": "hold", "phase": "after"},
}
END = START + timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Call:
    """The *nth* of its kind in a chapter."""

    chapter: int
    kind: str
    nth: int

    @property
    def is_write(self) -> bool:
        return not self.kind.startswith("GET ")

    def __str__(self) -> str:
        return f"{self.chapter + 1}: {self.kind} #{self.nth}"


@dataclass
class Stage:
    """One sandbox for many runs of the story."""

    sandbox: RunningSandbox
    folder: Path
    calls: list[Call] = field(default_factory=list)
    """Of the undisturbed story, in their order."""
    state: Any = None
    """The state that it ends in."""

    async def play_undisturbed(self) -> None:
        """Play the whole story, and keep how everything stands before each chapter."""
        await self.sandbox.control("POST", "clock", {"now": START.isoformat()})
        database = create_database(f"sqlite+aiosqlite:///{self._file(0)}")
        await database.migrate()
        await database.close()
        for chapter in range(len(CHAPTERS)):
            await self.sandbox.control("POST", f"snapshots/{chapter}")
            await self.sandbox.control("DELETE", "har")
            found = await self._play_chapter(chapter)
            self.calls += _numbered(chapter, found)
        self.state = await self.sandbox.state()

    async def play(self, call: Call, fault: str) -> Any:
        """The state at the end, when that call meets *fault*."""
        await self.sandbox.control("POST", f"snapshots/{call.chapter}/restore")
        await self.sandbox.control("DELETE", "har")
        shutil.copyfile(self._file(call.chapter), self._file(call.chapter, "run"))
        for chapter in range(call.chapter, len(CHAPTERS)):
            met = call if chapter == call.chapter else None
            await self._play_chapter(chapter, met, fault, name="run")
        return await self.sandbox.state()

    async def _play_chapter(
        self, chapter: int, call: Call | None = None, fault: str = "", *, name: str = "story"
    ) -> list[str]:
        """Play it with services of its own; the kinds of its calls. The next one goes on with the same database."""
        file = self.folder / f"{name}.db"
        shutil.copyfile(self._file(chapter, name), file)
        bench = Bench(self.sandbox, file)
        await bench.start()
        killed = fault.startswith("killed") and call is not None
        try:
            if call:
                await self.sandbox.control("POST", "faults", [_rule(call, FAULTS[fault])])
            if chapter < len(VERSIONS):
                await bench.import_(VERSIONS[chapter]())
            if killed and await bench.kill_at_hold(_work(bench, chapter)):
                await bench.restart()
            await _work(bench, chapter)
            if call:
                (rule,) = (await self.sandbox.control("GET", "faults"))["rules"]
                assert rule["hits"] == 1, "it was not met"
                await self.sandbox.control("DELETE", "faults")
            calls = [kind for entry in await bench.calls() for kind in kinds_of(entry["request"])] if not call else []
        finally:
            await bench.stop()
            if killed:
                _collect()
        file.replace(self._file(chapter + 1, name))
        return calls

    def _file(self, chapter: int, name: str = "story") -> Path:
        """The database as it is before a chapter."""
        return self.folder / f"{name}-{chapter}.db"


async def _work(bench: Bench, chapter: int) -> None:
    if chapter < len(VERSIONS):
        await bench.made(PLACE)
    else:
        await bench.run_all(until=END)


def _collect() -> None:
    """A killed process closes nothing. What it left open ends here, not in the middle of another test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _numbered(chapter: int, kinds: Sequence[str]) -> Iterator[Call]:
    seen: Counter[str] = Counter()
    for kind in kinds:
        seen[kind] += 1
        yield Call(chapter=chapter, kind=kind, nth=seen[kind])


def _each_kind_first(calls: Sequence[Call]) -> list[Call]:
    """The last of every kind in every chapter, then all others: a walk that is stopped early has met every kind."""
    last = {(call.chapter, call.kind): call for call in calls}
    return sorted(calls, key=lambda call: last[call.chapter, call.kind] is not call)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """A sandbox in which the story was played undisturbed."""
    with tempfile.TemporaryDirectory() as name:
        async with running_sandbox() as sandbox:
            with identity_of(sandbox):
                found = Stage(sandbox, Path(name))
                await found.play_undisturbed()
                yield found


def _changed() -> Documents:
    """Other words, one channel, tab, column and folder more or otherwise, one who comes and one who leaves."""
    documents = small()
    template = documents["template.yaml"]["places"]["municipality"]
    template["description"] = "Et nytt ord om rommet i {municipality}."
    template["landing_intro"] = "Nye ord om de unge i {municipality}."
    template["channels"][0]["tabs"][0]["name"] = "Rapport til styret"
    template["channels"].append({"key": "events", "name": "Arrangementer"})
    template["lists"][0]["columns"].append({"name": "Remark", "label": "Merknad"})
    template["folders"] = [*template["folders"][:-1], "Maler"]
    municipality = documents[f"municipalities/{PLACE}.yaml"]
    municipality["work_packages"][0]["summary"] = "Sagt på en annen måte."
    held = {item["person"] for item in municipality["assignments"]}
    new = next(person["key"] for person in municipality["people"] if person["key"] not in held)
    chief = next(item for item in municipality["assignments"] if item["role"] == "board_chair")
    chief["person"] = new
    return documents


VERSIONS: tuple[Callable[[], Documents], ...] = (small, _changed)
CHAPTERS = (*VERSIONS, "mails")


def _rule(call: Call, fault: dict[str, Any]) -> dict[str, Any]:
    method, path = call.kind.split(" ", 1)
    pattern = re.escape(path).replace(r"\{\}", "[^/]+") + "$"
    return {"match": {"method": method, "path": pattern, "nth": call.nth}, **fault}


def difference(wanted: Any, found: Any, path: str = "") -> list[str]:
    """List the differences of two states."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = sorted({*wanted, *found})
        return [line for key in keys for line in difference(wanted.get(key), found.get(key), f"{path}/{key}")]
    return [] if wanted == found else [f"{path}: {json.dumps(wanted)} became {json.dumps(found)}"]


async def walk(parts: Sequence[str], *, reads: bool, job: int, jobs: int) -> int:
    """Play this job's share of the combinations; the number that did not hold."""
    wrong = 0
    async with stage() as on:
        calls = _each_kind_first([call for call in on.calls if call.is_write or reads])
        combinations = [
            (call, fault)
            for call in calls
            for fault in FAULTS
            if not parts or any(part in str(call) or part in fault for part in parts)
        ]
        for call, fault in combinations[job::jobs]:
            try:
                found = difference(on.state, await on.play(call, fault))
            except Exception as error:  # noqa: BLE001 - Whatever it is, this combination did not hold.
                found = [f"{type(error).__name__}: {error}"]
            wrong += bool(found)
            lines = [f"{'differs' if found else 'holds':<8} {fault:<14} {call}", *found]
            sys.stdout.write("\n    ".join(lines) + "\n")
            sys.stdout.flush()
    return wrong


async def run_jobs(arguments: Sequence[str], jobs: int) -> int:
    """Share the walk among processes, and sum up."""
    began, counts = time.monotonic(), Counter[str]()

    async def run(job: int) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.exhaustive.rollout_faults", *arguments, "--jobs", str(jobs)),
            *("--job", str(job)),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        async for line in process.stdout:
            sys.stdout.write(line.decode())
            sys.stdout.flush()
            counts[line.split(maxsplit=1)[0].decode()] += not line.startswith(b" ")
        counts["broken"] += await process.wait() not in (0, 1)

    await asyncio.gather(*(run(job) for job in range(jobs)))
    minutes = (time.monotonic() - began) / 60
    sys.stdout.write(f"{counts['holds']} combinations held, {counts['differs']} differ, in {minutes:.0f} min\n")
    return int(bool(counts["differs"] or counts["broken"] or not counts["holds"]))


def main() -> int:
    """Without `--job`, start the jobs; with it, be one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--reads", action="store_true", help="every read, too")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--job", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job is None:
        arguments = [*given.parts, *(["--reads"] if given.reads else [])]
        return asyncio.run(run_jobs(arguments, given.jobs))
    return int(bool(asyncio.run(walk(given.parts, reads=given.reads, job=given.job, jobs=given.jobs))))


if __name__ == "__main__":
    sys.exit(main())
