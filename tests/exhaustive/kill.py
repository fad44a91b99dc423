"""Kills the service at seeded moments of the demo and compares what comes of it: `python -m tests.exhaustive.kill`.

A moment is a write to Graph or the connector, every kind of them chosen as often as the others, and whether the service
is killed before that write takes effect or after. Simulated time stands still until it runs again. Several moments
share one demo, and lie far apart.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from config.loading import load_programme
from demo.any_story import story_for
from demo.checks import check_all
from demo.evidence import Check, Evidence
from demo.people import Story, load_story
from demo.run import STORY, perform
from demo.stage import Stage, raised_stage
from tests.exhaustive.moments import Kind, Moment, choose, deal, writes_in
from tests.exhaustive.verdict import differing_cards, differing_states, record_of

LOOK = 0.05
"""Seconds between two looks whether the request is held: real time, while the simulated one stands still."""
LONGEST_RUN = 2400
"""Seconds after which a demo is given up."""


@dataclass
class Cut:
    """A moment that came, and the request that was held then."""

    moment: Moment
    request: str


@dataclass
class Run:
    """One demo with its power cuts."""

    moments: Sequence[Moment]
    cuts: list[Cut] = field(default_factory=list)
    evidence: Evidence | None = None
    kinds: Sequence[Kind] = ()
    """The kinds of requests that came by."""
    failure: str = ""

    @property
    def failed(self) -> list[Check]:
        return [check for check in check_all(self.evidence) if not check.held] if self.evidence else []

    @property
    def doubtful(self) -> tuple[str, ...]:
        return self.evidence.played.ledger.doubtful if self.evidence else ()


async def play(
    moments: Sequence[Moment] = (),
    *,
    settings: Mapping[str, str] | None = None,
    programme: Path | None = None,
    keep_in: Path | None = None,
) -> Run:
    """Play the demo with a power cut at each of *moments*; a failure is told in the run.

    *settings* are the service's, *programme* the folder of another programme than the demo's own.
    """
    run = Run(moments)
    story = load_story(STORY) if programme is None else story_for(load_programme(programme), programme)
    with tempfile.TemporaryDirectory(prefix="vareunge-kill-") as folder:
        try:
            async with asyncio.timeout(LONGEST_RUN):
                await _play(run, story, Path(folder), settings or {})
        except Exception as error:  # noqa: BLE001 - Whatever it is belongs into the table.
            run.failure = f"{type(error).__name__}: {error}"
            if keep_in is not None:
                await asyncio.to_thread(keep, Path(folder), keep_in)
    return run


async def _play(run: Run, story: Story, folder: Path, settings: Mapping[str, str]) -> None:
    starts_at = story.starts.replace(tzinfo=ZoneInfo(load_programme(story.programme).timezone))
    async with raised_stage(folder, story.programme, starts_at=starts_at, overrides=settings) as stage:
        with alongside(_cut_power(stage, run)) as problem:
            run.evidence = await perform(stage, story, lambda when, line: None)
        if error := problem():
            raise error
        run.kinds = list(await _seen(stage))


async def _cut_power(stage: Stage, run: Run) -> None:
    """Kill the service at each moment, while the write is held, and start it again."""
    upcoming = iter(run.moments)
    moment = next(upcoming, None)
    await _hold(stage, moment)
    while moment is not None:
        while not (held := (await stage.control("GET", "faults"))["held"]):  # noqa: ASYNC110 - It is another process.
            await asyncio.sleep(LOOK)
        run.cuts.append(Cut(moment, f"{held[0]['method']} {held[0]['path']}"))
        moment = next(upcoming, None)
        # The next one is named while nothing runs, so that it cannot slip by.
        await stage.cut_power(partial(_hold, stage, moment))


async def _hold(stage: Stage, moment: Moment | None) -> None:
    """Let go what is held, and hold the write of *moment* when it comes."""
    await stage.control("POST", "faults", json={"release": True})
    if moment is not None:
        # What was held is made once more after the restart, and counted twice: then a later one of its kind will do.
        left = max(1, moment.nth - (await _seen(stage))[moment.kind])
        hold = {"hold_at": left, "method": moment.method, "template": moment.template, "phase": moment.phase}
        await stage.control("POST", "faults", json=hold)


async def _seen(stage: Stage) -> Counter[Kind]:
    """Return how often each kind of request has come by."""
    kinds = (await stage.control("GET", "faults"))["kinds"]
    return Counter({(kind["method"], kind["template"]): kind["count"] for kind in kinds})


@contextmanager
def alongside(work: Any) -> Iterator[Callable[[], BaseException | None]]:
    """Let *work* go on beside the body; what went wrong with it can be asked for."""
    task = asyncio.ensure_future(work)
    try:
        yield lambda: task.exception() if task.done() and not task.cancelled() else None
    finally:
        task.cancel()


def keep(folder: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.*"):
        shutil.copyfile(file, target / file.name)


# ------------------------------------------------------------------------------------------------------ what came of it


def differences(expected: Evidence, found: Evidence) -> list[str]:
    """List the differences of canonical states, but for the messages that the service itself names as in doubt."""
    before, after, ledger = dict(expected.state), dict(found.state), found.played.ledger
    cards = differing_cards(before.pop("chats"), after.pop("chats"), ledger.doubted)
    record = differing_states("/record", record_of(expected.played.ledger), record_of(ledger))
    return [*differing_states("", before, after), *record, *cards]


def problems(expected: Evidence, run: Run) -> list[str]:
    """Everything that did not hold in a run."""
    found = [run.failure] if run.failure else []
    found += [f"{len(run.moments) - len(run.cuts)} moments did not come"] if len(run.cuts) < len(run.moments) else []
    found += [f"{check.what}: {check.found}" for check in run.failed]
    return found + (differences(expected, run.evidence) if run.evidence else [])


# ---------------------------------------------------------------------------------------------------------- the command


async def run_all(console: Console, *, count: int, seed: int, per_run: int, at_once: int, keep_in: Path | None) -> int:
    """Play everything and print the table; returns the exit code."""
    began = time.monotonic()
    quiet = await play(keep_in=keep_in / "undisturbed" if keep_in else None)
    if quiet.evidence is None or quiet.failed:
        console.print("The undisturbed demo did not hold:", quiet.failure, *quiet.failed)
        return 1
    writes = writes_in(quiet.evidence.traffic, quiet.kinds)
    kinds = len({write.kind for write in writes})
    console.print(f"Undisturbed: {len(writes)} writes of {kinds} kinds, every check held.")
    turns = asyncio.Semaphore(at_once)

    async def in_turn(number: int, moments: Sequence[Moment]) -> Run:
        async with turns:
            run = await play(moments, keep_in=keep_in / f"run-{number}" if keep_in else None)
        for line in problems(expected, run):
            console.print(f"run {number}: {line}", style="red", markup=False)
        return run

    expected, dealt = quiet.evidence, deal(choose(writes, count, seed), per_run)
    runs = await asyncio.gather(*(in_turn(number, moments) for number, moments in enumerate(dealt, start=1)))
    console.print(_table(quiet.evidence, runs))
    doubtful = [key for run in runs for key in run.doubtful]
    killed, sound = sum(len(run.cuts) for run in runs), not any(problems(quiet.evidence, run) for run in runs)
    console.print(
        f"{datetime.now().astimezone():%Y-%m-%d}: seed {seed}, {killed} kills in {len(runs)} demos,"
        f" {len(doubtful)} messages in doubt, {time.monotonic() - began:.0f} s:"
        f" {'every run ended as the undisturbed one' if sound else 'NOT every run ended as the undisturbed one'}."
    )
    for key in doubtful:
        console.print(f"  in doubt: {key}")
    return 0 if sound and killed == count else 1


def _table(expected: Evidence, runs: Sequence[Run]) -> Table:
    table = Table(title="Kills", title_justify="left")
    for name in ("demo", "kind", "nth", "phase", "in doubt", "ended as undisturbed"):
        table.add_column(name)
    for number, run in enumerate(runs, start=1):
        verdict = "NO" if problems(expected, run) else "yes"
        for cut in run.cuts:
            moment = cut.moment
            kind, doubtful = f"{moment.method} {moment.template}", len(run.doubtful)
            table.add_row(str(number), kind, str(moment.nth), moment.phase, str(doubtful), verdict)
    return table


def main(argv: Sequence[str] | None = None) -> int:
    """The command; exit code 0 only if every run ended as the undisturbed one."""
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive.kill", description=__doc__)
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=365)
    parser.add_argument("--per-run", type=int, default=5, help="how many moments one demo takes")
    parser.add_argument("--at-once", type=int, default=1, help="how many demos run at the same time")
    parser.add_argument("--keep-in", type=Path, help="where database and logs of a run that ended badly are kept")
    given = parser.parse_args(argv)
    console = Console(soft_wrap=True, highlight=False)
    work = run_all(
        console,
        count=given.moments,
        seed=given.seed,
        per_run=given.per_run,
        at_once=given.at_once,
        keep_in=given.keep_in,
    )
    return asyncio.run(work)


if __name__ == "__main__":
    sys.exit(main())
