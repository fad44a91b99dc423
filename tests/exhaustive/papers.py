"""
Kills the service between a round's close and its papers' copies: `python -m tests.exhaustive.papers [--every N]`.

A moment is just before each commit of the database, and just before and after each write to Teams, Exchange or the
site: every state that a crash can leave. The process, a fork of this one, ends there at once, and another one goes on,
on SQLite or PostgreSQL. On SQLite the power is cut as well, at each step that it takes on its files
(`tests/support/power.py`). Whatever was cut: one report, complete, with one copy and one announcement to each.
"""

import argparse
import asyncio
import logging
import os
import pickle
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, event, make_url

from benchmarks.statements import watched_statements
from tests.exhaustive.paper_world import Ending, World, ending_of, problems
from tests.support import postgres
from tests.support.power import recorded_disk

FILE = "vareunge.db"
READS = ("select", "pragma", "begin", "set ", "show ")
"""The beginnings of statements that write nothing."""


# ---------------------------------------------------------------------------------------------------------------- kills


@dataclass
class Moments:
    """Counts the moments of a process, and ends it at the one that is named."""

    end_at: int | None = None
    count: int = 0
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)

    def come(self) -> None:
        # Commits come from threads of their own, several at once on PostgreSQL.
        with self._one_at_a_time:
            self.count += 1
            if self.count == self.end_at:
                os._exit(0)

    @contextmanager
    def of_commits(self) -> Iterator[None]:
        """Let each commit of something written be a moment, just before it."""

        def note(connection: Connection, statement: str, _values: Any) -> None:
            connection.info["wrote"] = connection.info.get("wrote") or not statement.lower().startswith(READS)

        def commit(connection: Any) -> None:
            if connection.info.pop("wrote", False):
                self.come()

        event.listen(Engine, "commit", commit)
        try:
            with watched_statements(note):
                yield
        finally:
            event.remove(Engine, "commit", commit)


def in_a_process(work: Callable[[], Any]) -> None:
    """Do *work* in a process of its own. Raises RuntimeError when that does not end well."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - Whatever it is, this process ends here.
            sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        raise RuntimeError("a process ended badly")


@dataclass(frozen=True)
class Place:
    """A place of one story: its database, and files for what stands outside it."""

    url: str
    folder: Path

    @property
    def stands(self) -> bytes:
        return (self.folder / "outside").read_bytes()

    def note_outside(self, world: World) -> None:
        """Write down what stands outside, all of it or nothing: another thread may end the process meanwhile."""
        new = self.folder / "outside.new"
        new.write_bytes(world.outside())
        new.replace(self.folder / "outside")

    def live(self, moments: Moments) -> None:
        """Let a process go on from how everything stands, until *moments* end it or all is done."""

        async def life() -> None:
            world = World(self.url, self.stands)

            def wrote() -> None:
                self.note_outside(world)
                moments.come()

            world.watch(before=moments.come, after=wrote)
            with moments.of_commits():
                await world.go_on()
            (self.folder / "moments").write_text(str(moments.count))
            (self.folder / "ending").write_bytes(pickle.dumps(await ending_of(world)))
            await world.database.close()

        asyncio.run(life())

    def ending(self) -> Ending:
        found: Ending = pickle.loads((self.folder / "ending").read_bytes())
        return found

    def prepare(self) -> None:
        """Bring a new database to the moment before the round closes."""

        async def life() -> None:
            world = World(self.url)
            await world.database.migrate()
            await world.answered()
            self.note_outside(world)
            await world.database.close()

        asyncio.run(life())


Places = Callable[[], AbstractContextManager[Place]]
"""Gives new places, all as the first was before its round closed."""


@contextmanager
def sqlite_places() -> Iterator[Places]:
    """Give places whose databases are files."""
    with tempfile.TemporaryDirectory(prefix="vareunge-papers-") as top:
        first = _file_place(Path(top) / "first")
        in_a_process(first.prepare)

        @contextmanager
        def place() -> Iterator[Place]:
            folder = Path(tempfile.mkdtemp(dir=top))
            shutil.copytree(first.folder, folder, dirs_exist_ok=True)
            yield _file_place(folder)
            shutil.rmtree(folder)

        yield place


def _file_place(folder: Path) -> Place:
    folder.mkdir(exist_ok=True)
    return Place(f"sqlite+aiosqlite:///{folder / FILE}", folder)


@contextmanager
def postgres_places() -> Iterator[Places]:
    """Give places whose databases are on a server of this run's own."""
    with ExitStack() as stack:
        top = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vareunge-papers-")))
        server = stack.enter_context(postgres.running_server())
        url = stack.enter_context(postgres.new_database(server.url))
        first = Place(url, top / "first")
        first.folder.mkdir()
        in_a_process(first.prepare)

        @contextmanager
        def place() -> Iterator[Place]:
            folder = Path(tempfile.mkdtemp(dir=top))
            shutil.copytree(first.folder, folder, dirs_exist_ok=True)
            with postgres.new_database(server.url, like=str(make_url(url).database)) as own:
                yield Place(own, folder)
            shutil.rmtree(folder)

        yield place


def walk_kills(places: Places, every: int) -> tuple[int, list[str]]:
    """Kill at every *every*th moment, each on a new place out of *places*; return how many, and what did not hold."""
    with places() as place:
        in_a_process(lambda: place.live(Moments()))
        moments, expected = int((place.folder / "moments").read_text()), place.ending()
    wrong, kills = list[str](), range(1, moments + 1, every)
    for moment in kills:
        with places() as place:
            in_a_process(lambda: place.live(Moments(end_at=moment)))  # noqa: B023 - It is done before the next.
            in_a_process(lambda: place.live(Moments()))
            wrong += [f"moment {moment}: {line}" for line in problems(expected, place.ending())]
    return len(kills), wrong


# ----------------------------------------------------------------------------------------------------------- power cuts


def record(place: Place) -> None:
    """Let a process go on from how everything stands, and keep each step of its disk and all that stood outside."""

    async def life() -> None:
        stood = [place.stands]
        with recorded_disk() as disk:
            world = World(place.url, place.stands)

            def wrote() -> None:
                stood.append(world.outside())
                disk.mark("")

            world.watch(before=lambda: None, after=wrote)
            await world.go_on()
            ending = await ending_of(world)
            await world.database.close()
        (place.folder / "recorded").write_bytes(pickle.dumps((disk, stood, ending)))

    asyncio.run(life())


def walk_cuts(places: Places, every: int, seed: int) -> tuple[int, list[str]]:
    """Cut the power at every *every*th step on the files of SQLite, and let a process go on with what the disk held."""
    wrong, tried = list[str](), 0
    with places() as place:
        in_a_process(lambda: record(place))
        disk, stood, expected = pickle.loads((place.folder / "recorded").read_bytes())
        for number, cut in enumerate(islice(disk.cuts(random.Random(seed)), 0, None, every)):
            cut.save(place.folder)
            (place.folder / "outside").write_bytes(stood[len(cut.seen)])
            in_a_process(lambda: place.live(Moments()))
            wrong += [f"cut {number * every}: {line}" for line in problems(expected, place.ending())]
            tried += 1
    return tried, wrong


# ---------------------------------------------------------------------------------------------------------- the command


def main(argv: Sequence[str] | None = None) -> int:
    """The command; exit code 0 only if every story ended as the undisturbed one."""
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive.papers", description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="which of the moments and cuts are tried")
    parser.add_argument("--seed", type=int, default=365)
    parser.add_argument("--without", choices=("postgres", "power"), action="append", default=[])
    given = parser.parse_args(argv)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    wrong = _walk("kills on SQLite", sqlite_places, partial(walk_kills, every=given.every))
    if "postgres" not in given.without:
        wrong += _walk("kills on PostgreSQL", postgres_places, partial(walk_kills, every=given.every))
    if "power" not in given.without:
        wrong += _walk("power cuts on SQLite", sqlite_places, partial(walk_cuts, every=given.every, seed=given.seed))
    return int(bool(wrong))


def _walk(
    what: str,
    prepared: Callable[[], AbstractContextManager[Places]],
    walk: Callable[[Places], tuple[int, list[str]]],
) -> list[str]:
    began = time.monotonic()
    with prepared() as places:
        count, wrong = walk(places)
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    sys.stdout.write(f"{count} {what}: {len(wrong)} did not hold, in {time.monotonic() - began:.0f} s\n")
    sys.stdout.flush()
    return wrong


if __name__ == "__main__":
    sys.exit(main())
