"""
Kills workers at random while they play a whole programme: `python -m tests.exhaustive.workers [--kills N] [--seed N]`.

Three Hands and a Door, each a process of its own, on a PostgreSQL and an Azurite of this run: the rollout of all
municipalities, meetings, status rounds and their answers, reports, and the owner board with its minutes. What comes of
it is held against the demo that one process plays undisturbed on SQLite: every check, the canonical state of the
tenant, the record of people's answers. Cards too many are excused where the service itself names them as in doubt.
One play takes so many kills as fit between its beginning and its end; there are as many plays as the kills need.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from config.loading import load_programme
from config.settings import Part, Settings, variable
from demo.any_story import story_for
from demo.evidence import Evidence
from demo.people import Story, load_story
from demo.run import STORY, perform
from demo.stage import START_LIMIT, Stage, raised_stage
from integration.clock import ServiceClock
from integration.database.connection import create_database
from tests.exhaustive.kill import Run, alongside, keep, problems
from tests.exhaustive.kill import play as play_undisturbed
from tests.support import azurite, postgres
from tests.support.parts import Timer
from wiring.process import Services

HANDS = ("hands-1", "hands-2", "hands-3")
DOOR = "service"
BETWEEN_KILLS = (0.5, 3.0)
"""Seconds between two kills: some come while a worker is still starting."""
LONGEST_PLAY = 3600
"""Seconds after which a play is given up: a machine with much other work takes its time."""
LOOK = 0.1
"""Seconds between two looks whether the Hands are up."""


@dataclass
class Crew(Stage):
    """A stage whose service is a Door and three Hands."""

    raised: asyncio.Event = field(default_factory=asyncio.Event)
    killed: Counter[str] = field(default_factory=Counter)
    _platform: AsyncExitStack = field(default_factory=AsyncExitStack)
    _clock: ServiceClock = field(init=False)
    _timer: Timer = field(init=False)

    async def stop_service(self) -> None:
        """Let all of them end in their order."""
        async with self._changing:
            for name in (*HANDS, DOOR):
                await self._end(name)
                await self._let_time_pass_without(name)
            await self._platform.aclose()

    async def stop(self) -> None:
        """End what still runs, and the platform's own timer."""
        await self._platform.aclose()
        await super().stop()

    async def kill(self, name: str) -> None:
        """
        Kill one of them and start it anew.

        Time goes on without one of the Hands, so that others take over, but first to the end of its leases: nobody
        else knows when those end. It stands still without the Door, since people wait for their page, and without the
        last of the Hands that is up. Who has ended with the story is not killed.
        """
        async with self._changing:
            process = self._processes.pop(name, None)
            if process is None:
                return
            process.kill()
            await process.wait()
            self.killed[name] += 1
            if name == DOOR:
                await self._raise_door()
                return
            if await self._hands_at_work() - {name}:
                async with self._clock.busy():
                    self._timer.look()
                    await self._let_time_pass_without(name)
            await self._start_part(name, "hands", name)

    async def _raise_service(self) -> None:
        await self._platform.enter_async_context(self._running_timer())
        for name in HANDS:
            await self._start_part(name, "hands", name)
        await self._raise_door()
        async with asyncio.timeout(START_LIMIT.total_seconds()):
            while not await self._hands_at_work():  # noqa: ASYNC110 - They are other processes.
                await asyncio.sleep(LOOK)
        self.raised.set()

    @asynccontextmanager
    async def _running_timer(self) -> AsyncIterator[None]:
        """Run the platform's own timer, which nobody kills."""
        given = {name: self.environment[variable(name)] for name in ("clock_url", "database_url", "queue_url")}
        services = Services(Settings(part=Part.HANDS, **given), name="timer")
        self._clock, self._timer = services.clock, Timer(services)
        await services.clock.join()
        running = asyncio.create_task(self._timer.run())
        yield
        running.cancel()
        await asyncio.wait([running])
        await services.clock.leave()
        await services.close()
        if not running.cancelled():
            running.result()

    async def _raise_door(self) -> None:
        await self._start_part(DOOR, "door", self.service_url.rpartition(":")[2])
        await self._answers(DOOR, f"{self.service_url}/healthz")

    async def _start_part(self, name: str, part: str, value: str) -> None:
        await self._start(name, sys.executable, "-m", "tests.support.parts", part, value)

    async def _hands_at_work(self) -> set[str]:
        """Return the names of the Hands whose time passes with everybody's."""
        return set(HANDS) & set((await self.control("GET", "clock"))["participants"])

    async def _let_time_pass_without(self, name: str) -> None:
        await self.control("POST", "clock/leave", json={"name": name})


@dataclass
class Play(Run):
    """One play of several workers. *wanted*: the kills that it was to take."""

    wanted: int = 0
    killed: Counter[str] = field(default_factory=Counter)


async def play(
    story: Story, *, kills: int = 0, seed: int = 0, expected: Evidence | None = None, keep_in: Path | None = None
) -> Play:
    """
    Play the story with several workers, up to *kills* of them killed; a failure is told in the play.

    *keep_in*: gets the logs, the record and the tenant of a play that failed or did not end as *expected*.
    """
    run = Play((), wanted=kills)
    with (
        tempfile.TemporaryDirectory(prefix="vareunge-workers-") as folder,
        postgres.running_server() as server,
        postgres.new_database(server.url) as url,
        azurite.running_azurite() as queue,
    ):
        host = azurite.QueueHost(queue.url, {})
        await host.create_queues()
        await host.close()
        database = create_database(url)
        await database.migrate()
        await database.close()
        settings = {"VAREUNGE_DATABASE_URL": url, "VAREUNGE_QUEUE_URL": queue.url}
        try:
            async with asyncio.timeout(LONGEST_PLAY):
                await _play(run, story, Path(folder), settings, seed)
        except Exception as error:  # noqa: BLE001 - Whatever it is belongs into the verdict.
            run.failure = f"{type(error).__name__}: {error}"
        if keep_in is not None and (run.failure or (expected is not None and problems(expected, run))):
            await asyncio.to_thread(_keep, Path(folder), url, run, keep_in)
    return run


def _keep(folder: Path, url: str, run: Play, target: Path) -> None:
    """Keep everything by which a play can be looked into."""
    keep(folder, target)
    if run.evidence is not None:
        (target / "tenant.json").write_text(json.dumps(run.evidence.state, ensure_ascii=False, indent=1), "utf-8")
    address = url.replace("+psycopg", "")
    dump = [postgres.program_path("pg_dump"), "-Fc", "-f", str(target / "record.dump"), address]
    subprocess.run(dump, check=True)


async def _play(run: Play, story: Story, folder: Path, settings: Mapping[str, str], seed: int) -> None:
    starts_at = story.starts.replace(tzinfo=ZoneInfo(load_programme(story.programme).timezone))
    stage = raised_stage(folder, story.programme, starts_at=starts_at, overrides=settings, kind=Crew)
    async with stage as crew:
        assert isinstance(crew, Crew)
        with alongside(_kill(crew, run.wanted, random.Random(seed))) as problem:
            run.evidence = await perform(crew, story, lambda when, line: None)
        run.killed = crew.killed
        if error := problem():
            raise error


async def _kill(crew: Crew, kills: int, chance: random.Random) -> None:
    """Kill one after another, the Door never twice in a row: people whose page is away ask again a few times."""
    await crew.raised.wait()
    last = DOOR
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(*BETWEEN_KILLS))
        last = chance.choice([name for name in (*HANDS, DOOR) if name != DOOR or last != DOOR])
        await crew.kill(last)


async def run_all(console: Console, *, kills: int, seed: int, programme: Path | None, keep_in: Path | None) -> int:
    """Play until so many were killed; returns the exit code."""
    story = load_story(STORY) if programme is None else story_for(load_programme(programme), programme)
    undisturbed = await play_undisturbed(programme=programme)
    expected = undisturbed.evidence
    if expected is None or undisturbed.failed:
        console.print("The undisturbed demo did not hold:", undisturbed.failure, *undisturbed.failed)
        return 1
    killed, sound, number = Counter[str](), True, 0
    while killed.total() < kills or not number:
        began = time.monotonic()
        folder = keep_in / f"play-{number + 1}" if keep_in else None
        left = kills - killed.total()
        run = await play(story, kills=left, seed=seed + number, expected=expected, keep_in=folder)
        number += 1
        killed += run.killed
        found = problems(expected, run)
        sound = sound and not found
        for line in found:
            console.print(line, style="red", markup=False)
        who = ", ".join(f"{name} {count}" for name, count in sorted(run.killed.items())) or "nobody"
        console.print(f"play {number}: killed {who}; {len(run.doubtful)} in doubt; {time.monotonic() - began:.0f} s")
        if not run.killed and kills:
            break
    verdict = "every play ended as the undisturbed one" if sound else "NOT every play ended as the undisturbed one"
    console.print(
        f"{datetime.now().astimezone():%Y-%m-%d}: seed {seed}, {killed.total()} kills, {number} plays: {verdict}"
    )
    return 0 if sound and killed.total() >= kills else 1


def main(argv: Sequence[str] | None = None) -> int:
    """The command; exit code 0 only if every play ended as the undisturbed one."""
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive.workers", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=365)
    parser.add_argument("--programme", type=Path, help="the folder of another programme than the demo's")
    parser.add_argument(
        "--keep-in", type=Path, help="where logs, record and tenant of a play that ended badly are kept"
    )
    given = parser.parse_args(argv)
    console = Console(soft_wrap=True, highlight=False)
    if missing := postgres.why_missing() or azurite.why_missing():
        console.print(missing)
        return 2
    work = run_all(console, kills=given.kills, seed=given.seed, programme=given.programme, keep_in=given.keep_in)
    return asyncio.run(work)


if __name__ == "__main__":
    sys.exit(main())
