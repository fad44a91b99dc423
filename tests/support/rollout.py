"""Rollouts through the sandbox: real wiring over real HTTP, simulated time, a database file of the test's own."""

import asyncio
import json
import pickle
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Never
from urllib.parse import unquote, urlsplit

import pytest

from config.loading import load_documents
from config.settings import Settings
from engine.units import LEASE
from integration.database.units import UnitState, UnitView
from sandbox.tenant.snapshots import Snapshot
from tests.support.patience import waiting_for
from tests.support.sandbox import ROOT, RunningSandbox, running_sandbox
from wiring.process import Services, create_services
from workflows.ports.units import DueUnit
from workflows.rollout.plan import Item, PlacePlan, State

VESTFOLD = ROOT / "config" / "vestfold"
START = datetime(2026, 8, 3, 7, 0, tzinfo=UTC)
LONGEST_WAIT = timedelta(hours=6)
"""Time that a rollout may wait for something before a test calls it stuck."""
_ID = re.compile(
    r"[0-9a-f-]{36}(,[0-9a-f-]{36})*|[\w.-]+,[0-9a-f-]{36},[0-9a-f-]{36}|19:[^/]+|b![\w-]+|'[^']+'"
    r"|(?<=items/)(?!root)[0-9A-Z]+|(?<=messages/)[^/]+|(?<=events/)[^/]+|(?<=activities/)[^/]+"
)
_UNIT = re.compile(r"[a-z]+\.[a-z]+:")
"""The name of a task that runs a unit."""
Documents = dict[str, Any]


def vestfold() -> Documents:
    """Return the programme's documents, to be changed by the test."""
    documents: Documents = pickle.loads(_loaded())
    return documents


@cache
def _loaded() -> bytes:
    # Quicker to read again than the documents are to copy.
    return pickle.dumps(load_documents(VESTFOLD))


def kind_of(method: str, url: str) -> str:
    """Return method and path template of a call."""
    path = unquote(urlsplit(url).path).removeprefix("/v1.0")
    return f"{method} {_ID.sub('{}', path)}"


def kinds_of(request: Mapping[str, Any]) -> list[str]:
    """Return the kind of a call in a HAR; of a batch, those of its parts."""
    if not request["url"].endswith("/v1.0/$batch"):
        return [kind_of(request["method"], request["url"])]
    parts = json.loads(request["postData"]["text"])["requests"]
    return [kind_of(part["method"], f"/v1.0{part['url']}") for part in parts]


class Bench:
    """A sandbox and the services that speak to it; `restart` gives new services on the same database."""

    def __init__(self, sandbox: RunningSandbox, database: Path, **settings: Any) -> None:
        self.sandbox = sandbox
        self.database = database
        self._settings = settings
        self._number = 0
        self._services: Services | None = None

    @property
    def services(self) -> Services:
        assert self._services is not None
        return self._services

    async def start(self) -> None:
        """Start new services, as after a restart; time goes on from the sandbox's."""
        self._number += 1
        env = {name.removeprefix("VAREUNGE_").lower(): value for name, value in self.sandbox.env.items()}
        given = {name: value for name, value in env.items() if name in Settings.model_fields}
        url = f"sqlite+aiosqlite:///{self.database}"
        settings = Settings(**{**given, "database_url": url, **self._settings})
        self._services = create_services(settings, name=f"bench-{self._number}", log_level="CRITICAL")
        # Nobody here answers as the bot; the sandbox would try several times, and time would stand still.
        await self.sandbox.control("PUT", "bot", {"endpoint": ""})
        await self.services.clock.join()

    async def stop(self) -> None:
        services, self._services = self._services, None
        if services is not None:
            await services.clock.leave()
            await services.close()

    async def restart(self, *, lose: Path | None = None, **settings: Any) -> None:
        """Stop, and start again; *lose*: with this empty database instead."""
        await self.stop()
        self._settings |= settings
        if lose is not None:
            for path in self.database.parent.glob(f"{self.database.name}*"):
                path.unlink()
            shutil.copyfile(lose, self.database)
        await self.start()

    async def import_(self, documents: Documents) -> None:
        await self.services.record.register.save(documents)

    async def rollout(self, *places: str, patience: timedelta = LONGEST_WAIT) -> list[UnitView]:
        """Order the places and run until nothing waits any more, or for longer than *patience*."""
        services = self.services
        keys = [f"rollout.place:{place}" for place in places]
        async with services.clock.busy():
            now = services.clock.now()
            await services.record.units.make_due([DueUnit(key=key, due_at=now) for key in keys])
            while True:
                await services.engine.run_due(keys)
                units = [unit for unit in await services.record.units.list_units() if unit.key in keys]
                # What a killed process held comes free when its lease ends.
                lease_ends = services.clock.now() + LEASE
                waiting = [
                    lease_ends if unit.held else unit.due_at for unit in units if unit.state is UnitState.WAITING
                ]
                if not waiting or min(waiting) > now + patience:
                    return units
                await services.clock.sleep_until(min(waiting))

    async def made(self, place: str) -> UnitView:
        """Roll the place out, and have its guests come in; fails unless it gets done."""
        (unit,) = await self.rollout(place)
        assert unit.state is UnitState.DONE, unit
        self.redeem()
        return unit

    async def run_all(self, *, until: datetime) -> None:
        """Run whatever becomes due up to then."""
        services = self.services
        async with services.clock.busy():
            while True:
                await services.engine.run_due()
                moment = await services.record.units.next_moment()
                if moment is None or moment > until:
                    return
                await services.clock.sleep_until(moment)

    async def mailed(self) -> dict[str, int]:
        """Return the number of e-mails in each mailbox."""
        mailboxes = (await self.sandbox.state())["exchange"]
        counts = {
            address: sum(mail[-1] == "mail" for mail in box.get("inbox", ())) for address, box in mailboxes.items()
        }
        return {address: count for address, count in counts.items() if count}

    def redeem(self) -> None:
        """Let every guest sign in and take the invitation."""
        assert self.sandbox.app is not None
        for user in self.sandbox.app.tenant.directory.users.values():
            user.redeemed = True

    async def plan(self, place: str) -> PlacePlan:
        async with self.services.clock.busy():
            return await self.services.jobs.rollout.handlers.plan(place)

    async def kill_at_hold(self, work: Coroutine[Any, Any, Any]) -> bool:
        """Do *work* until the sandbox holds a request, and end it there as a killed process does; False: none was."""
        running = asyncio.create_task(work)
        held = False
        async with waiting_for("a request that is held, or the end of the work"):
            while not held and not running.done():
                await asyncio.wait([running], timeout=0.02)
                held = bool((await self.sandbox.control("GET", "faults"))["held"])
        if held:
            # Nothing is written any more, not even that a unit was given up.
            # Not in the middle of a write: here nobody would free its lock, as the end of a process does.
            async with self.services.record.database._turn:
                self.services.record.database.begin = _killed  # type: ignore[method-assign]
                self.services.record.database.write = _killed  # type: ignore[method-assign, assignment]
                killed = [task for task in asyncio.all_tasks() if task is running or _UNIT.match(task.get_name())]
                for task in killed:
                    task.cancel()
                async with waiting_for("the end of what was killed"):
                    await asyncio.wait(killed)
        else:
            running.result()
        await self.sandbox.control("POST", "faults", {"release": True})
        return held

    # --------------------------------------------------------------------------------------------------- what happened

    async def calls(self) -> list[Mapping[str, Any]]:
        """Return every call to Graph since the last reset, as HAR entries."""
        entries = (await self.sandbox.control("GET", "har"))["log"]["entries"]
        return [entry for entry in entries if "/v1.0/" in entry["request"]["url"]]

    @asynccontextmanager
    async def watching(self) -> AsyncIterator["Asked"]:
        """Yield the kinds of call made in the block, parts of batches among them; filled when it ends."""
        kinds = Asked()
        before = len(await self.calls())
        yield kinds
        later = (await self.calls())[before:]
        kinds.round_trips = len(later)
        kinds.extend(kind for entry in later for kind in kinds_of(entry["request"]))


def _killed(*_: object) -> Never:
    raise RuntimeError("the process is gone")


class Asked(list[str]):
    """Kinds of calls, and in how many round trips they were made."""

    round_trips = 0


def writes(kinds: Sequence[str]) -> list[str]:
    return [kind for kind in kinds if not kind.startswith("GET ")]


def in_state(plan: PlacePlan, *states: State) -> dict[str, Item]:
    return {item.key: item for item in plan.items if item.state in states}


@asynccontextmanager
async def bench(
    database: Path, *, seed: Path | None = None, documents: Documents | None = None, **settings: Any
) -> AsyncIterator[Bench]:
    """Yield a bench on a fresh sandbox, with the programme imported."""
    async with running_sandbox(seed=seed) as sandbox:
        with identity_of(sandbox):
            await sandbox.control("POST", "clock", {"now": START.isoformat()})
            made = Bench(sandbox, database, **settings)
            await made.start()
            try:
                await made.import_(documents or vestfold())
                yield made
            finally:
                await made.stop()


@asynccontextmanager
async def rolled_out(database: Path) -> AsyncIterator[Bench]:
    """Yield a bench with the small place rolled out: the first time in earnest, then from what was kept of it."""
    if not _kept:
        async with bench(database, documents=small()) as first:
            await first.made(PLACE)
            await first.stop()
            first.sandbox.here.cloud.put_aside(PLACE)
            _kept[PLACE] = (first.sandbox.here.cloud.snapshots[PLACE], taken_out(database))
    snapshot, rows = _kept[PLACE]
    put_in(database, rows)
    async with running_sandbox() as sandbox:
        with identity_of(sandbox):
            cloud = sandbox.here.cloud
            cloud.snapshots[PLACE] = snapshot
            cloud.put_back(PLACE)
            made = Bench(sandbox, database)
            await made.start()
            try:
                yield made
            finally:
                await made.stop()


_kept: dict[str, tuple[Snapshot, bytes]] = {}
"""The tenant and the database after the rollout of a place."""


def taken_out(database: Path) -> bytes:
    """Return an SQLite database that nobody has open as one file, with what its log still holds, and remove it."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = database.read_bytes()
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()
    return found


def put_in(database: Path, content: bytes) -> None:
    """Put a database that was taken out where it was."""
    for path in database.parent.glob(f"{database.name}*"):
        path.unlink()
    database.write_bytes(content)


@contextmanager
def identity_of(sandbox: RunningSandbox) -> Iterator[None]:
    """Set the variables by which azure-identity finds tokens."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER"):
            patch.setenv(name, sandbox.env[name])
        yield


PLACE = "sandefjord"


def small() -> Documents:
    """Return the programme with one small place: two owners, a county lead, three guests, one work package."""
    documents = vestfold()
    municipality = documents[f"municipalities/{PLACE}.yaml"]
    kept = {"kommunalsjef-sandefjord", "leder-sandefjord", "pakkeleder-sandefjord"}
    municipality["assignments"] = [item for item in municipality["assignments"] if item["person"] in kept]
    municipality["work_packages"] = municipality["work_packages"][:1]
    return documents


PLACES = ("faerder", "holmestrand", "horten", "sandefjord", "tonsberg")


def few() -> Documents:
    """Return the programme with all five places of municipalities, each with a chair, a lead and one work package."""
    documents = vestfold()
    for place in PLACES:
        municipality = documents[f"municipalities/{place}.yaml"]
        municipality["work_packages"] = municipality["work_packages"][:1]
        kept = {"board_chair", "local_lead", municipality["work_packages"][0]["key"]}
        municipality["assignments"] = [
            item for item in municipality["assignments"] if kept & {item["role"], item.get("work_package")}
        ]
    return documents
