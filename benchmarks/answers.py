"""Time that a country's answers take, and proof that nothing acknowledged is lost: `python -m benchmarks.answers`.

Two Doors on one database. Answers arrive at fixed times, whether earlier ones were answered or not: half of them from
the form, half from a card as signed invokes. With `--kill` a Door is killed every few seconds; afterwards the client's
own log is held against the database. `--price` measures the disk's part: runs with every commit synchronised, and
without, in turn. `--postgres` measures on a PostgreSQL of the run's own. `--queue` has each answer send its message, as
in Azure. `--bare N` has the same client send N answers to two fresh Doors, N bare inserts of the same row, and N
answers to what somebody would write by hand with the same checks (neither sends a message), in turns of a second, so
that all meet the same neighbours: an answer should cost no more than BARE and CHECKED of the others.
`--feeds` has each Door write the county lead's calendar every three seconds meanwhile, twelve rounds behind it.
"""

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from benchmarks.answers_bare import BareClient, create_bare, create_checked, prepare_bare
from benchmarks.answers_client import WARM_UP, Client, Job, QueueServer, door_settings, published_keys_server
from benchmarks.answers_feeds import prepare_feed, read_feeds
from benchmarks.answers_figures import FEEDS_TARGET, POSTGRES_TARGET, TARGET, Figures, faults, report
from benchmarks.status_rounds_stage import MEETING_DAY, OPENS, ShiftedClock, prepare
from integration.database import sqlite, tables
from integration.database.connection import create_database
from tests.support import postgres

ROOT = Path(__file__).parent.parent
DURABLE = ("fsync=on", "full_page_writes=on")
"""Settings of a PostgreSQL that has every commit on the disk before it is acknowledged, as in service."""
EVERY = 5.0
"""Seconds between two kills."""
KINDS: Mapping[str, type[Client]] = {"answer": Client, "bare": BareClient, "checked": Client}
"""What costs something, and who sends it; a fresh Door's answers, too."""
Beside = Callable[[Sequence["Door"]], Awaitable[None]]


async def measure(
    municipalities: int,
    rate: int,
    seconds: int,
    folder: Path,
    *,
    kill: bool = False,
    synchronous: str = sqlite.SYNCHRONOUS,
    database_url: str = "",
    bare: int = 0,
    feeds: bool = False,
    queue: bool = False,
) -> Figures:
    """
    Send answers for that long. *folder* takes programme, database and notes; *synchronous*: as SQLite's pragma.

    *database_url*: another database, empty as yet. *bare*: number of bare inserts, and of answers with the same checks,
    that are measured afterwards. *feeds*: let each Door write a calendar now and then. *queue*: let each send messages.
    """
    url = database_url or f"sqlite+aiosqlite:///{folder / 'vareunge.db'}"
    await (await _start("prepare", str(municipalities), str(folder), url, "feeds" if feeds else "")).wait()
    jobs = [Job(**item) for item in json.loads((folder / "jobs.json").read_text("utf-8"))]
    async with published_keys_server() as teams, QueueServer().serving() as taker:
        own_settings = {"VAREUNGE_DATABASE_URL": url, "VAREUNGE_QUEUE_URL": taker.url if queue else ""}
        env = {**os.environ, **door_settings(teams), **own_settings}
        doors = [Door(folder, env, number, synchronous) for number in range(2)]
        client = Client(doors, jobs, f"{teams}/connector")
        began = time.process_time()
        looks: list[float] = []
        beside = _kill_now_and_then if kill else None
        if feeds:
            feed = json.loads((folder / "feed.json").read_text("utf-8"))
            clock = ShiftedClock(OPENS + timedelta(days=1) - datetime.now(UTC))
            beside = partial(read_feeds, **feed, database_url=url, clock=clock, times=looks)
        await _send(client, doors, rate, seconds, beside=beside)
        own = time.process_time() - began
        messages = taker.messages if queue else None
        missing = len(set(client.log) - await stored_answers(url))
        notes = _notes(folder, "door")
        prices = {"answer": _price(notes)}
        if bare:
            await prepare_bare(url)
            crews = {kind: [Door(folder, env, number, synchronous, kind=kind) for number in range(2)] for kind in KINDS}
            clients = [
                make(crews[kind], jobs, f"{teams}/connector", sent=len(client.log)) for kind, make in KINDS.items()
            ]
            await _send_in_turns(clients, list(crews.values()), rate, max(1, bare // rate))
            prices = {kind: _price(_notes(folder, kind)) for kind in KINDS}
    return Figures(
        answers=rate * seconds,
        rate=rate,
        server=sorted(item for note in notes for item in note["times"][WARM_UP:]),
        client=sorted(client.times),
        acknowledged=len(client.log),
        lost=rate * seconds - len(client.times),
        missing=missing,
        messages=messages,
        kills=sum(door.kills for door in doors),
        processor=sum(note["processor"] for note in notes),
        own=own,
        **prices,
        feeds=sorted(looks),
        target=FEEDS_TARGET if feeds else POSTGRES_TARGET if url.startswith("postgresql") else TARGET,
    )


async def _send(
    client: Client, doors: Sequence["Door"], rate: int, seconds: int, *, beside: Beside | None = None
) -> None:
    """Start *doors*, have *client* send what it sends, and stop them. *beside*: what goes on until it has."""
    meanwhile: asyncio.Future[None] | None = None
    try:
        for door in doors:
            await door.start()
            await client.warm_up(door)
        if beside is not None:
            meanwhile = asyncio.ensure_future(beside(doors))
        await client.run(rate, seconds)
    finally:
        if meanwhile is not None:
            meanwhile.cancel()
            await asyncio.wait([meanwhile])
        await client.close()
        for door in doors:
            await door.stop()
    if meanwhile is not None and not meanwhile.cancelled():
        # It ended before its time, and this says why.
        meanwhile.result()


async def _send_in_turns(clients: Sequence[Client], crews: Sequence[Sequence["Door"]], rate: int, seconds: int) -> None:
    """Have each of *clients* send to its crew for a second, one after another, so often."""
    try:
        for client, crew in zip(clients, crews, strict=True):
            for door in crew:
                await door.start()
                await client.warm_up(door)
        for _ in range(seconds):
            for client in clients:
                await client.run(rate, 1)
    finally:
        for client, crew in zip(clients, crews, strict=True):
            await client.close()
            for door in crew:
                await door.stop()


def _price(notes: Sequence[Mapping[str, Any]]) -> float:
    """Return the milliseconds of a processor that one answer cost, the start of the processes left out."""
    timed = [note for note in notes if note["warm"]]
    answers = sum(len(note["times"]) - WARM_UP for note in timed)
    seconds: float = sum(note["processor"] - note["warm"] for note in timed)
    return 1000 * seconds / max(answers, 1)


def _notes(folder: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text("utf-8")) for path in folder.glob(f"{kind}-*.json")]


async def stored_answers(url: str) -> set[tuple[str, str]]:
    """Return every version that is stored, as its request and its text."""
    database = create_database(url)
    answer = tables.status_answer
    async with database.read() as connection:
        rows = (await connection.execute(select(answer.c.request, answer.c.content))).all()
    await database.close()
    return {(row.request, row.content["done"]) for row in rows}


# -------------------------------------------------------------------------------------------------------- the Doors


@dataclass
class Door:
    """A process that takes answers. Its socket is ours, so that nothing is refused while another takes its place."""

    folder: Path
    env: Mapping[str, str]
    number: int
    synchronous: str
    kind: str = "door"
    """What answers: the service, or one of what it is held against (`benchmarks.answers_bare`)."""
    kills: int = 0
    process: asyncio.subprocess.Process | None = None
    listener: socket.socket = field(init=False)
    stopped: bool = False
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while its process is exchanged or ended, so that none is started behind the back of the last stop."""

    def __post_init__(self) -> None:
        from sandbox.serve import listening

        self.listener = listening()

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    async def start(self) -> None:
        name = f"{self.kind}-{self.number}-{self.kills}"
        file = self.listener.fileno()
        arguments = (self.kind, name, str(self.folder), str(file), self.synchronous)
        self.process = await _start(*arguments, env=self.env, files=[file])

    async def kill(self) -> None:
        """End it at once, and start another in its place; a Door that is stopped stays so."""
        async with self._turn:
            if self.stopped:
                return
            assert self.process is not None
            self.process.kill()
            await self.process.wait()
            self.kills += 1
            await self.start()

    async def stop(self) -> None:
        async with self._turn:
            self.stopped = True
            if self.process is not None:
                self.process.terminate()
                await self.process.wait()
            self.listener.close()


async def _kill_now_and_then(doors: Sequence[Door]) -> None:
    dice = random.Random(365)  # noqa: S311 - which Door, and when
    while True:
        await asyncio.sleep(EVERY * dice.uniform(0.5, 1.5))
        # To its end, or a Door would be left without a process.
        await asyncio.shield(dice.choice(list(doors)).kill())


async def _start(
    *arguments: str, env: Mapping[str, str] | None = None, files: Sequence[int] = ()
) -> asyncio.subprocess.Process:
    command = (sys.executable, "-m", "benchmarks.answers", "--as", *arguments)
    return await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=env, pass_fds=files)


@asynccontextmanager
async def _application(kind: str, name: str, synchronous: str) -> AsyncIterator[Any]:
    """Give what a process answers with."""
    shift, url = OPENS + timedelta(days=1) - datetime.now(UTC), os.environ["VAREUNGE_DATABASE_URL"]
    if kind == "bare":
        yield create_bare(url)
    elif kind == "checked":
        yield await create_checked(url, shift, f"{os.environ['VAREUNGE_AUTHORITY_URL']}/keys")
    else:
        from config.settings import Settings
        from wiring.process import create_services

        sqlite.SYNCHRONOUS = synchronous
        services = create_services(Settings(), name=name, log_level="ERROR")
        services.outside.__dict__["clock"] = ShiftedClock(shift)
        yield services.web
        await services.close()


async def _serve(kind: str, name: str, folder: Path, file: int, synchronous: str) -> None:
    import uvicorn

    times, warm = list[float](), 0.0

    async def timed(scope: Any, receive: Any, send: Any) -> None:
        nonlocal warm
        began = time.perf_counter()
        if len(times) == WARM_UP:
            warm = time.process_time()
        await app(scope, receive, send)
        if not scope["path"].startswith("/kalender/"):
            times.append((time.perf_counter() - began) * 1000)

    config = uvicorn.Config(timed, log_config=None, access_log=False, server_header=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    # The server stops at the signal, and then sends it to us once more.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    async with _application(kind, name, synchronous) as app:
        await server.serve(sockets=[socket.socket(fileno=file)])
    note = {"times": times, "warm": warm, "processor": time.process_time()}
    (folder / f"{name}.json").write_text(json.dumps(note), "utf-8")


async def _prepare(municipalities: int, folder: Path, url: str, *, feeds: bool) -> None:
    """
    Prepare a country whose rounds are open, with a link or a card for each of its requests.

    *feeds*: with twelve rounds behind it, too, and the address of a calendar.
    """
    from benchmarks.country import write_country
    from integration.database.links import SQLLinks
    from integration.database.register import SQLRegister
    from integration.database.status import SQLStatus
    from sandbox.app import create_sandbox
    from workflows.ports.accounts import Account, AccountKind
    from workflows.status import plan
    from workflows.status.model import RoundState, StatusRound

    write_country(folder / "programme", municipalities, at_home=10)
    users = create_sandbox(folder=folder / "programme").tenant.directory.users.values()
    accounts = [Account(id=user.id, email=user.mail, kind=AccountKind.MEMBER) for user in users]
    await prepare(folder / "programme", url, accounts)
    ids = {account.email.lower(): account.id for account in accounts}
    database = create_database(url)
    programme = await SQLRegister(database, ShiftedClock(timedelta())).programme()
    store, links, jobs = SQLStatus(database), SQLLinks(database, ShiftedClock(timedelta())), list[dict[str, str]]()
    for place in programme.municipalities:
        meeting = f"{programme.local_board(place.slug).key}/{MEETING_DAY}"
        status_round = StatusRound(
            meeting=meeting,
            municipality=place.slug,
            state=RoundState.OPEN,
            opens_at=OPENS,
            reminders_at=(),
            deadline_at=OPENS + timedelta(days=10),
            release_at=OPENS + timedelta(days=14),
        )
        requests = plan.new_requests(programme, meeting, place.slug, OPENS)
        await store.open_round(status_round, requests, [])
        for number, request in enumerate(requests):
            account, token = ids[programme.person(request.person).email.lower()], ""
            if number % 2:
                token = await links.issue("answer", request.id, request.person)
            jobs.append({"request": request.id, "token": token, "account": account})
    if feeds:
        path = await prepare_feed(database, programme, ShiftedClock(OPENS - datetime.now(UTC)))
        (folder / "feed.json").write_text(json.dumps({"path": path, "meeting": meeting}), "utf-8")
    await database.close()
    random.Random(365).shuffle(jobs)  # noqa: S311 - who answers when
    (folder / "jobs.json").write_text(json.dumps(jobs), "utf-8")


def main() -> int:
    """Print the figures of one run, and return 1 when one is not as it should be. `--as`: the processes it starts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("municipalities", nargs="?", type=int, default=357)
    parser.add_argument("--rate", type=int, default=200, help="answers a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kill", action="store_true", help="kill a Door every few seconds")
    parser.add_argument("--price", action="store_true", help="measure with and without a synchronised disk, in turn")
    parser.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database, instead of a file")
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL of the run's own, instead of a file")
    parser.add_argument(
        "--bare", type=int, default=0, metavar="N", help="measure N bare inserts, and N with our checks"
    )
    parser.add_argument("--queue", action="store_true", help="let each answer send its message, too, as in Azure")
    parser.add_argument("--feeds", action="store_true", help="let each Door write the county lead's calendar, too")
    parser.add_argument("--as", dest="part", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    match arguments.part:
        case ["prepare", municipalities, folder, url, feeds]:
            asyncio.run(_prepare(int(municipalities), Path(folder), url, feeds=bool(feeds)))
        case [kind, name, folder, file, synchronous]:
            asyncio.run(_serve(kind, name, Path(folder), int(file), synchronous))
        case _ if arguments.postgres:
            with postgres.running_server(DURABLE) as server, postgres.new_database(server.url) as url:
                arguments.database = url
                return _print_run(arguments, sqlite.SYNCHRONOUS)
        case _:
            kinds = ("full", "normal") * 2 if arguments.price else (sqlite.SYNCHRONOUS,)
            return max(_print_run(arguments, synchronous) for synchronous in kinds)
    return 0


def _print_run(arguments: argparse.Namespace, synchronous: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        where, kill = Path(folder), arguments.kill
        run = measure(
            arguments.municipalities,
            arguments.rate,
            arguments.seconds,
            where,
            kill=kill,
            synchronous=synchronous,
            database_url=arguments.database,
            bare=arguments.bare,
            feeds=arguments.feeds,
            queue=arguments.queue,
        )
        about = arguments.database.partition(":")[0] or f"synchronous={synchronous}"
        figures = asyncio.run(run)
        print(f"{about}\n{report(figures)}\n")
    # While Doors are killed, some answers are not acknowledged, and others wait for a new Door.
    found = [] if kill and not figures.missing else faults(figures)
    print("".join(f"NOT as it should be: {line}\n" for line in found), end="")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
