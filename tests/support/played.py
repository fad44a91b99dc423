"""A loop that was played once, and given back as it was to each test: the tenant and its time, and the record."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.support.loop import Loop, loop_documents
from tests.support.postgres import new_database
from tests.support.rollout import PLACE, START, Bench, identity_of
from tests.support.sandbox import RunningSandbox, running_sandbox

PLAYED = "played"
"""Name of the sandbox's snapshot."""


@dataclass(frozen=True)
class SQLiteFiles:
    """Databases as files of a folder, with the current schema. *migrated*: an empty one."""

    migrated: Path
    folder: Path

    @contextmanager
    def new(self, like: str = "") -> Iterator[str]:
        """Give the address of a new one, with all that is in the one *like* which it is made."""
        path = self.folder / f"{len(list(self.folder.iterdir()))}.db"
        shutil.copyfile(make_url(like).database or "" if like else self.migrated, path)
        yield f"sqlite+aiosqlite:///{path}"


@dataclass(frozen=True)
class PostgresDatabases:
    """Databases of a server, with the current schema. *migrated*: the name of an empty one."""

    server: str
    migrated: str

    @contextmanager
    def new(self, like: str = "") -> Iterator[str]:
        """Give the address of a new one, with all that is in the one *like* which it is made, and drop it again."""
        with new_database(self.server, like=make_url(like).database or "" if like else self.migrated) as url:
            yield url


@dataclass(frozen=True)
class PlayedLoop:
    """A loop as it stood at its end. Each `again` has a record and a tenant of its own, on the same sandbox."""

    sandbox: RunningSandbox
    databases: SQLiteFiles | PostgresDatabases
    record: str
    """Address of the record that is copied."""
    meeting: str

    @asynccontextmanager
    async def again(self) -> AsyncIterator[Loop]:
        await self.sandbox.control("POST", f"snapshots/{PLAYED}/restore")
        with self.databases.new(self.record) as url:
            bench = Bench(self.sandbox, Path(), database_url=url)
            await bench.start()
            loop = Loop(bench)
            loop.meeting = self.meeting
            try:
                yield loop
            finally:
                await bench.stop()


@asynccontextmanager
async def played_loop(databases: SQLiteFiles | PostgresDatabases) -> AsyncIterator[PlayedLoop]:
    """Play the loop, and yield it for as many tests as there are."""
    async with running_sandbox() as sandbox:
        with identity_of(sandbox), databases.new() as url:
            await sandbox.control("POST", "clock", {"now": START.isoformat()})
            bench = Bench(sandbox, Path(), database_url=url)
            await bench.start()
            try:
                await bench.import_(loop_documents())
                await bench.made(PLACE)
                loop = Loop(bench)
                await loop.play()
            finally:
                await bench.stop()
            await sandbox.control("POST", f"snapshots/{PLAYED}")
            yield PlayedLoop(sandbox, databases, url, loop.meeting)
