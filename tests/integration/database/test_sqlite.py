"""A database file: its readers, its loss, power cuts, and processes that meet at its birth."""

import asyncio
import multiprocessing
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from integration.database.connection import Database, create_database
from integration.database.schema import Schema, SchemaNewer, newest_revision
from integration.database.sqlite import CACHE_KIB, CannotOpen, DatabaseGone, File, open_connection
from integration.database.switches import SQLSwitches
from integration.database.units import SQLUnits
from tests.clocks import NOON, StillClock
from tests.support.schema import TAKEN_AWAY
from workflows.ports.units import DueUnit


async def written(path: Path) -> Database:
    database = create_database(f"sqlite+aiosqlite:///{path}")
    await database.migrate()
    await SQLSwitches(database, StillClock()).pause()
    return database


def modes_in(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()}


async def test_only_its_owner_reads_the_file_and_those_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    path.touch(0o644)
    database = await written(path)

    modes = modes_in(tmp_path)
    await database.close()
    assert modes.keys() >= {"own.db", "own.db-wal", "own.db-shm"}
    assert set(modes.values()) == {0o600}


def test_a_file_that_we_may_not_write_in_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The superuser, as whom tests may run, may write in every file: the answer is played."""
    path = tmp_path / "another_s.db"
    path.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(CannotOpen, match=r"another_s\.db: Permission denied"):
        File(str(path)).prepare()


async def test_a_further_connection_leaves_the_locks_of_those_before_it(tmp_path: Path) -> None:
    """Another process that closes the file must see that it is not the last: else it removes the log beside it."""
    path = tmp_path / "shared.db"
    first = await written(path)
    async with first.begin() as connection:
        await connection.execute(text("select * from switch"))
        second = create_database(f"sqlite+aiosqlite:///{path}")
        assert await SQLSwitches(second, StillClock()).is_paused(None)
        other = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('select * from switch'); c.close()"
        await asyncio.to_thread(subprocess.run, [sys.executable, "-c", other, str(path)], check=True)

        assert (tmp_path / "shared.db-wal").exists()
    await second.close()
    await first.close()


async def test_a_commit_is_on_the_disk_before_it_is_acknowledged(database_file: Path) -> None:
    """2 is `full`: the write-ahead log is synchronised at each commit."""
    database = create_database(f"sqlite+aiosqlite:///{database_file}")
    query = text("pragma synchronous"), text("pragma journal_mode")
    plain = await database.look(lambda connection: [connection.execute(each).scalar_one() for each in query])
    written = await database.write(lambda connection: [connection.execute(each).scalar_one() for each in query])
    async with database.begin() as connection:
        pooled = [(await connection.execute(each)).scalar_one() for each in query]

    assert plain == written == pooled == [2, "wal"]
    await database.close()


async def test_no_connection_keeps_much_of_the_file_for_itself(database_file: Path) -> None:
    """A process has a dozen, and SQLite's own measure is two mebibytes each."""
    database = create_database(f"sqlite+aiosqlite:///{database_file}")
    query = text("pragma cache_size")
    plain = await database.look(lambda connection: connection.execute(query).scalar_one())
    async with database.read() as connection:
        pooled = (await connection.execute(query)).scalar_one()

    assert plain == pooled == -CACHE_KIB
    await database.close()


async def test_what_a_power_cut_may_take_waits_for_no_disk(database_file: Path) -> None:
    """1 is `normal`: the log is synchronised with the next commit that is to last."""
    database = create_database(f"sqlite+aiosqlite:///{database_file}")
    query = text("pragma synchronous")

    for_now = await database.write(lambda connection: connection.execute(query).scalar_one(), lasting=False)
    lasting = await database.write(lambda connection: connection.execute(query).scalar_one())

    assert (for_now, lasting) == (1, 2)
    await database.close()


@pytest.mark.parametrize("loss", ["removed", "replaced"])
async def test_nothing_is_acknowledged_into_a_file_that_is_gone(tmp_path: Path, loss: str) -> None:
    path = tmp_path / "gone.db"
    database = await written(path)
    path.rename(tmp_path / "elsewhere.db")
    if loss == "replaced":
        shutil.copy(tmp_path / "elsewhere.db", path)

    with pytest.raises(DatabaseGone, match=r"gone\.db was removed or replaced"):
        await SQLSwitches(database, StillClock()).pause("a-dal")
    with pytest.raises(DatabaseGone):
        async with database.begin():
            pass
    await database.close()


async def test_nothing_is_written_once_another_process_has_brought_a_newer_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integration.database.connection.SCHEMA_CHECK_INTERVAL", 0)
    database = await written(tmp_path / "newer.db")
    async with database.begin() as connection:
        await connection.execute(text("update alembic_version set version_num = '9999'"))
        await connection.execute(text(TAKEN_AWAY), {"revision": "9999"})

    with pytest.raises(SchemaNewer, match="install that version"):
        await SQLSwitches(database, StillClock()).pause("a-dal")
    with pytest.raises(SchemaNewer):
        async with database.begin():
            pass
    await database.close()


async def test_a_newer_schema_is_left_alone(tmp_path: Path) -> None:
    database = await written(tmp_path / "newer.db")
    newer = f"{int(newest_revision()) + 1:04}"
    async with database.begin() as connection:
        await connection.execute(text("update alembic_version set version_num = :newer"), {"newer": newer})
        await connection.execute(text(TAKEN_AWAY), {"revision": newer})

    assert await database.schema() is Schema.NEWER
    with pytest.raises(SchemaNewer, match="newer version"):
        await database.migrate()
    async with database.read() as connection:
        assert (await connection.execute(text("select version_num from alembic_version"))).scalar_one() == newer
    await database.close()


def _open_at_once(path: str, together: Any) -> None:
    async def open_it() -> None:
        database = create_database(f"sqlite+aiosqlite:///{path}")
        together.wait(timeout=20)
        await database.migrate()
        await SQLSwitches(database, StillClock()).pause("a-dal")
        await database.close()

    asyncio.run(open_it())


def test_processes_that_open_a_fresh_file_together_all_get_in(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(3)
    processes = [context.Process(target=_open_at_once, args=(str(tmp_path / "fresh.db"), together)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)

    assert [process.exitcode for process in processes] == [0, 0, 0]


async def test_a_unit_parked_beyond_reason_is_woken(database: Database) -> None:
    units, far = SQLUnits(database), NOON + timedelta(days=26_000)
    await units.make_due([DueUnit(key="rollout.place:a", due_at=NOON), DueUnit(key="status.open:b", due_at=far)])
    (claim,) = await units.claim("me", now=NOON, lease_until=NOON + timedelta(minutes=2), limit=1)
    await units.park(claim, now=NOON, until=far, note="the service said 2099", failures=1)

    woken = await units.wake_overdue(now=NOON, longest=timedelta(days=2))

    moments = {view.key: view.due_at for view in await units.list_units()}
    assert woken == 1
    assert moments == {"rollout.place:a": NOON, "status.open:b": far}


class BusyConnection:
    """A connection that another process keeps from switching to a write-ahead log, *times* times."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.said: list[str] = []

    def execute(self, statement: str) -> "BusyConnection":
        self.said.append(statement)
        if statement == "pragma journal_mode=wal" and self.left:
            self.left -= 1
            raise sqlite3.OperationalError("database is locked")
        return self

    def fetchone(self) -> tuple[str]:
        return ("delete",)


def test_a_switch_to_the_log_is_tried_until_the_other_process_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.database.sqlite.RETRY_PAUSE", 0)
    connection = BusyConnection(times=3)

    open_connection(connection)

    assert connection.said.count("pragma journal_mode=wal") == 4
    assert connection.said[-1] == "pragma foreign_keys=on"


def test_a_switch_that_never_succeeds_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.database.sqlite.WAIT_FOR_LOCK", -1)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        open_connection(BusyConnection(times=1))


async def test_a_database_in_memory_has_no_file_to_look_after() -> None:
    database = create_database("sqlite+aiosqlite:///:memory:")

    await database.migrate()
    database.check_file()
    await database.close()


async def test_two_that_migrate_a_file_at_once_make_one_schema(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'vareunge.db'}"
    databases = [create_database(url) for _ in range(2)]

    await asyncio.gather(*(database.migrate() for database in databases))

    assert [await database.schema() for database in databases] == [Schema.CURRENT, Schema.CURRENT]
    for database in databases:
        await database.close()
