"""
Faults at single calls of a story: in the end everything is as if nothing had gone wrong.

A story has chapters, each with a snapshot of the sandbox and of the database before it. A combination of a call and a
fault starts from the snapshot of its call's chapter, and is played to the end of the story. `rollout_faults` and
`work_faults` are such stories, and commands.
"""

import argparse
import asyncio
import gc
import re
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo.ledger import Ledger, read_ledger
from integration.database.connection import create_database
from tests.exhaustive.verdict import differing_cards, differing_states, record_of
from tests.support.rollout import START, Bench, identity_of, kinds_of
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


async def nothing(bench: Bench) -> None:
    """Do nothing: for a chapter that needs nothing before its work."""
    del bench


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """
    A part of a story.

    *before*: what people do first, which meets no fault. *work*: of the service, begun anew after a kill.
    """

    work: Callable[[Bench], Awaitable[object]]
    before: Callable[[Bench], Awaitable[object]] = nothing
    walked: bool = True
    """False for a chapter that only leads up to the others."""


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


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The state of Microsoft 365 and the service's record at the end of a story."""

    state: Mapping[str, Any]
    ledger: Ledger


@dataclass
class Stage:
    """One sandbox for many runs of a story."""

    sandbox: RunningSandbox
    folder: Path
    chapters: Sequence[Chapter]
    calls: list[Call] = field(default_factory=list)
    """Of the undisturbed story, in their order."""
    ending: Ending | None = None
    """The end of the undisturbed story."""

    async def play_undisturbed(self) -> None:
        """Play the whole story, and keep how everything stands before each chapter."""
        await self.sandbox.control("POST", "clock", {"now": START.isoformat()})
        database = create_database(f"sqlite+aiosqlite:///{self._file(0)}")
        await database.migrate()
        await database.close()
        for chapter in range(len(self.chapters)):
            await self.sandbox.control("POST", f"snapshots/{chapter}")
            await self.sandbox.control("DELETE", "har")
            found = await self._play_chapter(chapter)
            self.calls += _numbered(chapter, found) if self.chapters[chapter].walked else ()
        self.ending = await self._read_ending("story")

    async def play(self, call: Call, fault: str) -> list[str]:
        """Play the story with *fault* at that call; list what differs from the undisturbed end."""
        await self.sandbox.control("POST", f"snapshots/{call.chapter}/restore")
        await self.sandbox.control("DELETE", "har")
        shutil.copyfile(self._file(call.chapter), self._file(call.chapter, "run"))
        for chapter in range(call.chapter, len(self.chapters)):
            met = call if chapter == call.chapter else None
            await self._play_chapter(chapter, met, fault, name="run")
        assert self.ending is not None
        return differences(self.ending, await self._read_ending("run"))

    async def _play_chapter(
        self, number: int, call: Call | None = None, fault: str = "", *, name: str = "story"
    ) -> list[str]:
        """Play it with services of its own; the kinds of its calls. The next one goes on with the same database."""
        file, chapter = self.folder / f"{name}.db", self.chapters[number]
        shutil.copyfile(self._file(number, name), file)
        bench = Bench(self.sandbox, file)
        await bench.start()
        killed = fault.startswith("killed") and call is not None
        try:
            await chapter.before(bench)
            if call:
                await self.sandbox.control("POST", "faults", [_rule(call, FAULTS[fault])])
            if killed and await bench.kill_at_hold(_doing(chapter.work(bench))):
                await bench.restart()
            await chapter.work(bench)
            if call:
                (rule,) = (await self.sandbox.control("GET", "faults"))["rules"]
                assert rule["hits"] == 1, "it was not met"
                await self.sandbox.control("DELETE", "faults")
            calls = await self._calls() if not call else []
        finally:
            await bench.stop()
            if killed:
                _collect()
        file.replace(self._file(number + 1, name))
        return calls

    async def _calls(self) -> list[str]:
        """Return the kinds of all calls to Graph and to the connector since the last look."""
        entries = (await self.sandbox.control("GET", "har"))["log"]["entries"]
        return [
            kind
            for entry in entries
            if "/v1.0/" in entry["request"]["url"] or "/connector/v3/" in entry["request"]["url"]
            for kind in kinds_of(entry["request"])
        ]

    async def _read_ending(self, name: str) -> Ending:
        database = create_database(f"sqlite+aiosqlite:///{self._file(len(self.chapters), name)}")
        ledger = await read_ledger(database)
        await database.close()
        return Ending(state=await self.sandbox.state(), ledger=ledger)

    def _file(self, chapter: int, name: str = "story") -> Path:
        """The database as it is before a chapter."""
        return self.folder / f"{name}-{chapter}.db"


async def _doing(work: Awaitable[object]) -> None:
    await work


def differences(expected: Ending, found: Ending) -> list[str]:
    """List what differs between two ends, but for cards that the service itself names as in doubt."""
    before, after = dict(expected.state), dict(found.state)
    cards = differing_cards(before.pop("chats"), after.pop("chats"), found.ledger.doubted)
    record = differing_states("/record", record_of(expected.ledger), record_of(found.ledger))
    return [*differing_states("", before, after), *record, *cards]


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


def last_of_each_kind(calls: Sequence[Call]) -> list[Call]:
    """Return the last of every kind in every chapter, when most is there that could be doubled."""
    return list({(call.chapter, call.kind): call for call in calls}.values())


@asynccontextmanager
async def stage(chapters: Sequence[Chapter]) -> AsyncIterator[Stage]:
    """Yield a sandbox in which the story was played undisturbed."""
    with tempfile.TemporaryDirectory() as name:
        async with running_sandbox() as sandbox:
            with identity_of(sandbox):
                found = Stage(sandbox, Path(name), chapters)
                await found.play_undisturbed()
                yield found


def _rule(call: Call, fault: dict[str, Any]) -> dict[str, Any]:
    method, path = call.kind.split(" ", 1)
    pattern = re.escape(path).replace(r"\{\}", "[^/]+") + "$"
    return {"match": {"method": method, "path": pattern, "nth": call.nth}, **fault}


# --------------------------------------------------------------------------------------------------------- the commands


async def walk(chapters: Sequence[Chapter], given: argparse.Namespace) -> int:
    """Play this job's share of the combinations; the number that did not hold."""
    wrong, parts = 0, given.parts
    async with stage(chapters) as on:
        calls = [call for call in on.calls if call.is_write or given.reads]
        first = last_of_each_kind(calls)
        # A walk that is stopped early has met every kind.
        calls = first if given.one_each else [*first, *(call for call in calls if call not in first)]
        combinations = [
            (call, fault)
            for call in calls
            for fault in FAULTS
            if not parts or any(part in str(call) or part in fault for part in parts)
        ]
        for call, fault in combinations[given.job :: given.jobs]:
            try:
                found = await on.play(call, fault)
            except Exception as error:  # noqa: BLE001 - Whatever it is, this combination did not hold.
                found = [f"{type(error).__name__}: {error}"]
            wrong += bool(found)
            lines = [f"{'differs' if found else 'holds':<8} {fault:<14} {call}", *found]
            sys.stdout.write("\n    ".join(lines) + "\n")
            sys.stdout.flush()
    return wrong


async def run_jobs(module: str, arguments: Sequence[str], jobs: int) -> int:
    """Share the walk among processes, and sum up."""
    began, counts = time.monotonic(), Counter[str]()

    async def run(job: int) -> None:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, *arguments, "--jobs", str(jobs), "--job", str(job)),
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


def main(chapters: Sequence[Chapter], *, module: str, description: str | None) -> int:
    """Be the command of a story. Without `--job`, start the jobs; with it, be one."""
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("parts", nargs="*", help="part of a kind or a fault")
    parser.add_argument("--reads", action="store_true", help="every read, too")
    parser.add_argument("--one-each", action="store_true", help="one call of every kind, the last")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--job", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job is None:
        flags = [flag for flag, on in (("--reads", given.reads), ("--one-each", given.one_each)) if on]
        return asyncio.run(run_jobs(module, [*given.parts, *flags], given.jobs))
    return int(bool(asyncio.run(walk(chapters, given))))
