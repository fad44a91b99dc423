"""The drill of `docs/store.md`: a copy made while the service works, brought back, and what it holds."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from integration.database.audit import SQLAudit
from integration.database.connection import create_database
from integration.database.schema import Schema
from integration.database.switches import SQLSwitches
from integration.database.units import SQLUnits
from tests.clocks import NOON, StillClock
from tests.support.postgres import installed, new_database, program_path
from workflows.operations.audit import verify
from workflows.ports.units import DueUnit

UNIT = DueUnit(key="kind:known", due_at=NOON)


async def fill(url: str) -> None:
    database = create_database(url)
    await SQLUnits(database).make_due([UNIT], by="fylkesleder")
    await SQLSwitches(database, StillClock()).pause("a-dal")
    await database.close()


async def assert_brought_back(url: str) -> None:
    """Hold that a copy is whole, and that one can go on working with it."""
    database = create_database(url)
    assert await database.schema() is Schema.CURRENT
    units, switches = SQLUnits(database), SQLSwitches(database, StillClock())
    assert [unit.key for unit in await units.list_units()] == [UNIT.key]
    assert await switches.list_paused() == ["a-dal"]
    # As `vareunge audit --verify` does after a restore, and again once the log goes on.
    audit = SQLAudit(database)
    assert (await verify(audit)).broken is None
    head = await audit.head()
    assert head.number == 2  # the order and the pause
    await units.make_due([DueUnit(key="kind:ordered", due_at=NOON)], by="fylkesleder")
    assert (await verify(audit, kept=head)).broken is None
    await switches.resume("a-dal")
    await units.make_due([DueUnit(key="kind:new", due_at=NOON)])
    assert len(await units.list_units()) == 3
    await database.close()


def copy_by_command(path: Path, copy: Path) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("the command sqlite3 is not installed")
    run("sqlite3", str(path), f".backup {copy}")


def copy_by_python(path: Path, copy: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


@pytest.mark.parametrize("make_copy", [copy_by_command, copy_by_python])
async def test_a_file_is_copied_while_somebody_writes_and_holds_what_was_committed(
    make_copy: Callable[[Path, Path], None], database_file: Path, tmp_path: Path
) -> None:
    await fill(f"sqlite+aiosqlite:///{database_file}")
    copy = tmp_path / "copy.db"
    with closing(sqlite3.connect(database_file)) as writer:
        writer.execute("delete from unit")
        make_copy(database_file, copy)
        writer.rollback()

    await assert_brought_back(f"sqlite+aiosqlite:///{copy}")


@installed
async def test_a_dump_of_postgresql_is_restored_into_an_empty_database(
    postgres_url: str, postgres_server: str, tmp_path: Path
) -> None:
    await fill(postgres_url)
    dump = str(tmp_path / "vareunge.dump")

    with new_database(postgres_server) as restored:
        run("pg_dump", "-Fc", "-f", dump, plain(postgres_url))
        run("pg_restore", "--exit-on-error", "--no-owner", "-d", plain(restored), dump)

        await assert_brought_back(restored)


def run(program: str, *arguments: str) -> None:
    subprocess.run([program_path(program), *arguments], check=True)


def plain(url: str) -> str:
    """Return the address as PostgreSQL's own programs read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
