"""Speed of a country's status rounds under the bot's published limits: `python -m benchmarks.status_rounds`.

One round a municipality, all on the same morning, each package led by somebody of the home tenant: a chat to open and a
card to post for everyone. The sandbox plays Teams in a process of its own; one or more workers on one database send.
Real time, moved to a morning on which people may be written to. With `--kill` a worker is killed again and again.
With `--bare` a plain client then posts the same cards into the same chats: the floor of a card's processor time.
"""

import argparse
import asyncio
import importlib
import json
import os
import platform
import random
import signal
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

import texts
from benchmarks.country import write_country
from benchmarks.status_rounds_stage import OPENS, ShiftedClock, count_calls, count_cards, prepare, with_app
from integration.bot import SCOPE, quiet_sdk
from integration.database import tables
from integration.database.connection import Database, create_database
from workflows.working_days import WorkCalendar

ROOT = Path(__file__).parent.parent
PERMITTED = 50
"""Requests a second of one bot in one tenant."""
TARGET = 0.95
LEASE = timedelta(seconds=5)
WARM_UP = timedelta(seconds=8)
"""Time before the opening at which the workers start: a service is there before its rounds are."""
KILLS = 40
"""Kills in a run, one each time that such a share of its cards has been sent: speed does not matter."""


@dataclass(kw_only=True)
class Figures:
    """Figures of one run."""

    requests: int
    """Status requests."""
    workers: int
    calls: int
    """Requests to the connector, and how many seconds lie between the first and the last."""
    seconds: float
    refused: int
    missed: int
    doubled: int
    kills: int = 0
    in_flight: int = 0
    """Cards that were on their way when their worker was killed."""
    processor: dict[str, float] = field(default_factory=dict)
    """Seconds by process; of the workers once without their start."""
    bare: float | None = None
    """Seconds of a plain client that sent the same."""

    @property
    def card(self) -> float:
        """Return the processor time of a card, in milliseconds, without the workers' start."""
        return 1_000 * self.processor["workers, started"] / self.requests

    @property
    def share(self) -> float:
        """Return the share of the permitted rate."""
        return self.calls / self.seconds / PERMITTED


async def measure(
    municipalities: int,
    packages: int,
    workers: int,
    folder: Path,
    *,
    kill: bool = False,
    bare: bool = False,
    warm_up: timedelta = WARM_UP,
    lease: timedelta = LEASE,
) -> Figures:
    """
    Send that many rounds. *folder* takes programme, database and notes.

    *lease*: the time after which a worker is taken for dead; on a full machine a short one is lost by the living, too.
    """
    url = f"sqlite+aiosqlite:///{folder / 'vareunge.db'}"
    teams = await _start("teams", str(municipalities), str(packages), str(folder), url)
    env = await _environment(teams)
    opens_in = f"{time.time() + warm_up.total_seconds()}"
    own = {**os.environ, **env, "VAREUNGE_DATABASE_URL": url, "VAREUNGE_CLOCK_URL": ""}
    run = _Run(folder, own, [opens_in, str(folder), f"{lease.total_seconds()}"])
    for _ in range(workers):
        await run.start_worker()
    database = create_database(url)
    try:
        await _until_sent(database, municipalities * packages, run, kill=kill)
        # Whoever was killed last is taken over, and everything else has ended.
        await asyncio.sleep(0.5)
        await run.stop()
        floor = await _send_plainly(url, env) if bare else None
    finally:
        await run.stop()
        teams.send_signal(signal.SIGTERM)
        await teams.wait()
    asked = await _requests(database)
    await database.close()
    seen = json.loads((folder / "teams.json").read_text("utf-8"))
    # The plain client's come last, and go into the same chats.
    plain = 1 if bare else 0
    calls = len(seen["calls"]) - plain * 2 * len(asked)
    cards: Mapping[str, int] = seen["cards"]
    return Figures(
        requests=len(asked),
        workers=workers,
        calls=calls,
        seconds=seen["calls"][calls - 1] - seen["calls"][0],
        refused=seen["refused"],
        missed=sum(cards.get(request, 0) <= plain for request in asked),
        doubled=sum(count - 1 - plain for count in cards.values()),
        kills=run.kills,
        in_flight=run.in_flight,
        processor={"Teams": seen["processor"], **run.processor()},
        bare=floor,
    )


def report(figures: Figures) -> str:
    """Return the figures, for people."""
    workers = f"{figures.workers} worker{'s' if figures.workers > 1 else ''}"
    lines = [
        f"{figures.requests} status requests, {workers}",
        f"connector requests  {figures.calls} in {figures.seconds:.1f} s",
        f"permitted rate      {figures.share:.1%} of {PERMITTED} a second (target: {TARGET:.0%})",
        f"throttled (429)     {figures.refused}",
        f"missed, doubled     {figures.missed}, {figures.doubled}",
        "processor time      " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in figures.processor.items()),
        f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores",
    ]
    if not figures.kills:
        # Who is killed writes down nothing of their processor time.
        lines.insert(-1, f"of a card           {figures.card:.1f} ms" + _beside(figures))
    if figures.kills:
        lines.insert(5, f"killed              {figures.kills} times, {figures.in_flight} cards on their way")
    return "\n".join(lines)


def _beside(figures: Figures) -> str:
    if figures.bare is None:
        return ""
    floor = 1_000 * figures.bare / figures.requests
    return f"; a plain client {floor:.1f} ms ({figures.card / floor:.1f} times)"


# ----------------------------------------------------------------------------------------------------------- the run


class _Run:
    """The workers of one run."""

    def __init__(self, folder: Path, env: Mapping[str, str], arguments: Sequence[str]) -> None:
        self._folder = folder
        self._env = {name: value for name, value in env.items() if value}
        self._arguments = arguments
        self._workers: dict[str, asyncio.subprocess.Process] = {}
        self._random = random.Random(365)  # noqa: S311 - which worker, and when
        self.kills = 0
        self.in_flight = 0

    async def start_worker(self) -> None:
        name = f"worker-{self.kills + len(self._workers)}"
        self._workers[name] = await _start("worker", name, *self._arguments, env=self._env, quiet=True)

    async def kill_one(self, database: Database) -> None:
        """Kill a worker, look at its cards on their way, and start another in its place."""
        name = self._random.choice(sorted(self._workers))
        process = self._workers.pop(name)
        process.kill()
        await process.wait()
        self.kills += 1
        self.in_flight += await _on_their_way(database, name)
        await self.start_worker()

    def check(self) -> None:
        """Raise when a worker ended that nobody killed."""
        if ended := [name for name, process in self._workers.items() if process.returncode is not None]:
            raise RuntimeError(f"{', '.join(ended)} ended by itself")

    async def stop(self) -> None:
        for process in self._workers.values():
            with suppress(ProcessLookupError):
                process.terminate()
        for process in self._workers.values():
            await process.wait()

    def processor(self) -> dict[str, float]:
        notes = [json.loads(path.read_text("utf-8")) for path in self._folder.glob("worker-*.json")]
        whole = sum(note["processor"] for note in notes)
        return {"workers": whole, "workers, started": whole - sum(note["start"] for note in notes)}


async def _send_plainly(url: str, env: Mapping[str, str]) -> float:
    """Let a plain client send what the workers sent; returns its processor time, in seconds."""
    process = await _start("bare", url, env={**os.environ, **env})
    assert process.stdout is not None
    printed = await process.stdout.read()
    if await process.wait():
        raise RuntimeError("the plain client did not end well")
    return float(printed)


async def _until_sent(database: Database, expected: int, run: _Run, *, kill: bool) -> None:
    """Wait until all has been sent; with *kill*, end a worker now and then."""
    message = tables.message
    query = select(func.count()).select_from(message).where(message.c.state == "sent", message.c.kind == KIND)
    next_kill = 1
    while True:
        await asyncio.sleep(0.5)
        run.check()
        async with database.read() as connection:
            sent = (await connection.execute(query)).scalar_one()
        if sent >= expected:
            break
        if kill and sent >= next_kill:
            next_kill = sent + max(MIN_BETWEEN_KILLS, expected // KILLS)
            await run.kill_one(database)


MIN_BETWEEN_KILLS = 20
"""Cards: a worker that is killed before it has begun proves nothing."""
KIND = "status_request"


async def _on_their_way(database: Database, owner: str) -> int:
    """Return the cards that left or may have left when *owner* died."""
    message, request, unit = tables.message, tables.status_request, tables.unit
    query = (
        select(func.count())
        .select_from(message)
        .join(request, request.c.id == message.c.request)
        .join(unit, unit.c.key == "status.send:" + request.c.meeting)
        .where(message.c.state == "sending", unit.c.lease_owner == owner)
    )
    async with database.read() as connection:
        return int((await connection.execute(query)).scalar_one())


async def _requests(database: Database) -> Sequence[str]:
    async with database.read() as connection:
        return (await connection.execute(select(tables.status_request.c.id))).scalars().all()


# ------------------------------------------------------------------------------------------------- the other processes


async def _start(
    *arguments: str, env: Mapping[str, str] | None = None, quiet: bool = False
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.status_rounds", "--as", *arguments),
        cwd=ROOT,
        env=env,
        stdout=asyncio.subprocess.DEVNULL if quiet else asyncio.subprocess.PIPE,
    )


async def _environment(process: asyncio.subprocess.Process) -> dict[str, str]:
    """Return the settings that the sandbox prints for a service once it listens."""
    assert process.stdout is not None
    found: dict[str, str] = {}
    while line := (await process.stdout.readline()).decode().strip():
        name, _, value = line.partition("=")
        found[name] = value
    if not found:
        raise RuntimeError("the sandbox did not start")
    return found


def _teams(municipalities: int, packages: int, folder: Path, url: str) -> None:
    """Write the programme and the database, and play Teams until told to stop; then write down what came."""
    import uvicorn

    from sandbox.app import create_sandbox
    from sandbox.serve import environment, listening

    programme = folder / "programme"
    write_country(programme, municipalities, at_home=packages)
    sandbox = create_sandbox(folder=programme)
    sandbox.cloud.traffic.is_on = False
    asyncio.run(prepare(programme, url, with_app(sandbox)))
    calls = count_calls(sandbox)
    with listening() as listener:
        env = environment(sandbox, listener.getsockname()[1])
        sys.stdout.write("".join(f"{name}={value}\n" for name, value in env.items()) + "\n")
        sys.stdout.flush()
        config = uvicorn.Config(sandbox, log_level="error", access_log=False, http="h11", ws="none", lifespan="off")
        # The server stops at the signal, and then sends it to us once more.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        uvicorn.Server(config).run(sockets=[listener])
    note = {
        "calls": calls,
        "refused": sandbox.tenant.throttle.refused,
        "cards": count_cards(sandbox),
        "processor": time.process_time(),
    }
    (folder / "teams.json").write_text(json.dumps(note), "utf-8")


async def _work(name: str, opens_in: float, folder: Path, lease: timedelta) -> None:
    from config.settings import Settings
    from engine.units import Engine
    from wiring.process import create_services

    services = create_services(Settings(), name=name, log_level="ERROR")
    clock = ShiftedClock(OPENS - datetime.fromtimestamp(opens_in, UTC))
    services.outside.__dict__["clock"] = clock
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    rounds = services.jobs.status.rounds
    handlers = rounds.handlers
    engine = Engine(services.record.units, clock, handlers, owner=name, lease=lease, poll=timedelta(milliseconds=500))
    await services.outside.identities.token(services.settings.bot_id, SCOPE)
    programme = await services.record.register.find_programme()
    assert programme is not None
    # Read with a worker's first card, once in its life: the SDK, the texts and the calendar of holidays.
    with quiet_sdk():
        importlib.import_module("microsoft_teams.api.clients.conversation")
    texts.keys(programme.language)
    WorkCalendar(programme, None).next_sendable(OPENS)
    started = time.process_time()
    await engine.run_forever(stop)
    await services.close()
    note = {"start": started, "processor": time.process_time()}
    (folder / f"{name}.json").write_text(json.dumps(note), "utf-8")


def main() -> None:
    """Print the figures of one run; `--as` is what the processes it starts are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("municipalities", nargs="?", type=int, default=357)
    parser.add_argument("--packages", type=int, default=10)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kill", action="store_true", help="kill a worker again and again")
    parser.add_argument("--bare", action="store_true", help="let a plain client send the same cards afterwards")
    parser.add_argument("--as", dest="part", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    match arguments.part:
        case ["teams", municipalities, packages, folder, url]:
            _teams(int(municipalities), int(packages), Path(folder), url)
        case ["worker", name, opens_in, folder, lease]:
            asyncio.run(_work(name, float(opens_in), Path(folder), timedelta(seconds=float(lease))))
        case ["bare", url]:
            from benchmarks.status_rounds_bare import send

            print(asyncio.run(send(url, KIND, SCOPE, PERMITTED)))
        case _:
            with tempfile.TemporaryDirectory() as folder:
                run = measure(
                    arguments.municipalities,
                    arguments.packages,
                    arguments.workers,
                    Path(folder),
                    kill=arguments.kill,
                    bare=arguments.bare,
                )
                print(report(asyncio.run(run)))


if __name__ == "__main__":
    main()
