"""PostgreSQL and who says nothing any more: a frozen writer, a wait that is ended, a line that was cut."""

import asyncio
import os
import signal
import socket
import sys
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from engine.units import LEASE
from integration.database.connection import create_database
from integration.database.postgres import SECONDS
from integration.database.units import SQLUnits
from tests.clocks import NOON
from tests.support.patience import output_of, waiting_for
from tests.support.postgres import installed
from tests.support.sandbox import ROOT
from workflows.ports.units import DueUnit

UNIT = DueUnit(key="kind:one", due_at=NOON)
FROZEN = """
import asyncio, os, signal, sys
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from integration.database import postgres
from integration.database.connection import create_database

async def write(database):
    async with database.begin() as connection:
        await connection.execute(text("insert into switch values ('frozen', now(), '')"))
        os.kill(os.getpid(), signal.SIGSTOP)

async def main(database):
    try:
        await write(database)
    except DBAPIError:
        print("it was told")
    # What it holds now is a connection that lives.
    async with database.begin() as connection:
        await connection.execute(text("insert into switch values ('thawed', now(), '')"))
    await database.close()

# The limit itself is 20 seconds.
postgres.SECONDS["idle_in_transaction_session_timeout"] = 1
asyncio.run(main(create_database(sys.argv[1])))
"""


@installed
async def test_a_writer_that_is_frozen_loses_its_turn_and_learns_of_it(postgres_url: str) -> None:
    database = create_database(postgres_url)
    units = SQLUnits(database)
    await units.make_due([UNIT])
    code = [sys.executable, "-c", FROZEN, postgres_url]
    frozen = await asyncio.create_subprocess_exec(*code, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    try:
        # Stopped, not ended.
        await asyncio.to_thread(os.waitid, os.P_PID, frozen.pid, os.WSTOPPED | os.WNOWAIT)
        async with waiting_for("the frozen writer's turn"):
            claims = await units.claim("worker", now=NOON, lease_until=NOON + LEASE, limit=1)
    finally:
        frozen.send_signal(signal.SIGCONT)
    said, _ = await output_of(frozen, "the frozen writer")

    assert [claim.unit.key for claim in claims] == [UNIT.key]
    assert (frozen.returncode, said) == (0, b"it was told\n")
    written = text("select name from switch where name in ('frozen', 'thawed')")
    assert await database.look(lambda connection: connection.execute(written).scalars().all()) == ["thawed"]
    await database.close()


CANCEL_WAITING = """
select count(pg_cancel_backend(pid)) from pg_stat_activity
where wait_event_type = 'Lock' and datname = current_database()
"""


@installed
@pytest.mark.parametrize("how", ["begin", "write"])
async def test_a_wait_for_a_writer_ends_as_an_error_of_the_database(postgres_url: str, how: str) -> None:
    one, other = create_database(postgres_url), create_database(postgres_url)
    await one.schema()

    async def wait() -> None:
        if how == "write":
            await one.write(lambda _: None)
        else:
            async with one.begin():
                pass

    async with other.begin():
        waiting = asyncio.create_task(wait())
        while not await other.look(lambda connection: connection.exec_driver_sql(CANCEL_WAITING).scalar_one()):
            pass
        with pytest.raises(OperationalError):
            await waiting

    await wait()
    await one.close()
    await other.close()


@installed
async def test_both_ends_of_a_connection_find_out_when_the_other_one_is_gone(postgres_url: str) -> None:
    database = create_database(postgres_url)
    names = [*SECONDS, "tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count"]
    asked = "select " + ", ".join(f"current_setting('{name}')" for name in names)
    ours = [socket.TCP_USER_TIMEOUT, socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT]

    def of_the_line(connection: Connection) -> list[int]:
        driver: Any = connection.connection.driver_connection
        with socket.socket(fileno=os.dup(driver.pgconn.socket)) as line:
            return [line.getsockopt(socket.IPPROTO_TCP, option) for option in ours]

    server = ["20s", "30s", "30000", "20", "10", "3"]
    assert await database.look(lambda connection: list(connection.exec_driver_sql(asked).one())) == server
    assert await database.look(of_the_line) == [30_000, 20, 10, 3]
    async with database.begin() as connection:
        assert list((await connection.execute(text(asked))).one()) == server
        assert await connection.run_sync(of_the_line) == [30_000, 20, 10, 3]
    await database.close()
