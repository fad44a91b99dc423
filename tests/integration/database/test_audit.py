"""The audit in both databases: a chain without a gap, whoever writes at once, and whatever stops them."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, bindparam, insert, select, text
from sqlalchemy.exc import DatabaseError

from integration.database.audit import HEAD, SQLAudit, note_act, note_action
from integration.database.connection import Database, create_database
from integration.database.sessions import SQLSessions
from integration.database.switches import SQLSwitches
from integration.database.tables import switch
from integration.database.together import Write
from tests.clocks import NOON, StillClock
from tests.integration.database.test_migrations import upgrade
from tests.support.patience import waiting_for
from tests.support.postgres import installed
from workflows.access.sessions import Sessions
from workflows.operations.audit import Break, BrokenAt, ChainHead, verify
from workflows.origin import ActOrigin, ActSurface, coming_from

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from integration.database.audit import note_act
from integration.database.connection import create_database

async def write():
    database = create_database(sys.argv[1])
    for number in range(10_000):
        at = datetime(2026, 9, 8, tzinfo=UTC)
        await database.write(lambda c: note_act(c, "lead", "test", str(number), at=at, values={}))
        print(number + 1, flush=True)

asyncio.run(write())
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=installed)])
def url(request: pytest.FixtureRequest) -> str:
    """Return the address of a database of this test's own, of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{request.getfixturevalue('database_file')}"


@pytest.fixture
async def each(url: str) -> AsyncIterator[Database]:
    database = create_database(url)
    yield database
    await database.close()


async def act(database: Database, subject: str) -> None:
    async with database.begin() as connection:
        await note_action(connection, "lead", "test.acted", subject, at=NOON, values={"b": 1, "a": "æ"})


_NOTED = insert(switch).values(name=bindparam("noted"), value="1", set_at=NOON)


async def beside(database: Database, subject: str) -> None:
    """Act within a transaction beside others, as an answer does."""
    await database.write(lambda connection: note_act(connection, "lead", "test", subject, at=NOON, values={}))


async def beside_with_a_write(database: Database, subject: str) -> None:
    """Do the same with something written just before, as an answer's rows are."""
    written = Write(_NOTED, {"noted": f"noted:{subject}"})
    await database.write(
        lambda connection: note_act(connection, "lead", "test", subject, at=NOON, values={}, after=[written])
    )


async def broken_off(database: Database) -> None:
    async with database.begin() as connection:
        await note_action(connection, "lead", "test", "b", at=NOON, values={})
        raise ZeroDivisionError


async def execute(database: Database, statement: str) -> None:
    async with database.begin() as connection:
        await connection.execute(text(statement))


async def test_acts_of_many_at_once_make_one_chain_without_a_gap(url: str) -> None:
    databases = [create_database(url) for _ in range(3)]

    await asyncio.gather(
        *(act(database, f"a{number}") for database in databases for number in range(5)),
        *(beside(database, f"b{number}") for database in databases for number in range(5)),
    )

    audit = SQLAudit(databases[0])
    verified = await verify(audit)
    assert (verified.broken, verified.head.number) == (None, 30)
    assert await audit.head() == verified.head
    for database in databases:
        await database.close()


async def test_of_acts_with_something_written_before_each_is_written_once_and_none_breaks_the_chain(url: str) -> None:
    """On PostgreSQL the write and the wait for the chain's head are one statement, which goes on with what came
    meanwhile."""
    databases = [create_database(url) for _ in range(3)]
    await act(databases[0], "first")

    await asyncio.gather(
        *(
            beside_with_a_write(database, f"{place}-{number}")
            for place, database in enumerate(databases)
            for number in range(12)
        )
    )

    verified = await verify(SQLAudit(databases[0]))
    assert (verified.broken, verified.head.number) == (None, 37)
    noted = select(switch.c.name).where(switch.c.name.like("noted:%"))
    async with databases[0].read() as connection:
        assert len((await connection.execute(noted)).all()) == 36
    for database in databases:
        await database.close()


async def test_a_first_act_with_something_written_before_begins_the_chain(each: Database) -> None:
    await execute(each, f"delete from switch where name = '{HEAD}'")

    await beside_with_a_write(each, "a")

    assert (await verify(SQLAudit(each))).head.number == 1
    async with each.read() as connection:
        assert (await connection.execute(select(switch.c.value).where(switch.c.name == "noted:a"))).scalar_one() == "1"


async def test_an_act_is_written_down_with_where_it_came_from(each: Database) -> None:
    with coming_from(ActOrigin(surface=ActSurface.TEAMS_TAB, sign_in="https://login.example", on_behalf="a-dal")):
        await beside(each, "x")
        await act(each, "y")
    await act(each, "z")

    found = [entry.act for entry in await SQLAudit(each).latest(before=None, most=9)]

    assert [(item.subject, item.surface, item.sign_in, item.on_behalf) for item in found] == [
        ("z", "service", "", ""),
        ("y", "teams_tab", "https://login.example", "a-dal"),
        ("x", "teams_tab", "https://login.example", "a-dal"),
    ]
    assert (found[0].details, found[0].at) == ({"a": "æ", "b": 1}, NOON)


async def test_older_entries_are_read_from_a_number_on(each: Database) -> None:
    for subject in "abc":
        await act(each, subject)

    assert [entry.number for entry in await SQLAudit(each).latest(before=3, most=1)] == [2]


async def test_an_act_that_is_rolled_back_leaves_no_gap(each: Database) -> None:
    await act(each, "a")
    with pytest.raises(ZeroDivisionError):
        await broken_off(each)
    await act(each, "c")

    verified = await verify(SQLAudit(each))

    assert (verified.broken, verified.head.number) == (None, 2)


@pytest.mark.parametrize("statement", ["update audit set actor = 'x'", "delete from audit"])
async def test_the_database_refuses_to_change_or_delete_an_entry(each: Database, statement: str) -> None:
    await act(each, "a")

    with pytest.raises(DatabaseError, match="append-only"):
        await execute(each, statement)

    assert (await verify(SQLAudit(each))).broken is None


async def without_triggers(database: Database) -> None:
    """Do as somebody who runs the database may."""
    on = " on audit" if "postgresql" in str(database._engine.url) else ""
    for name in ("update", "delete"):
        await execute(database, f"drop trigger audit_{name}{on}")


async def test_what_somebody_changes_past_the_service_is_found_and_named(each: Database) -> None:
    for subject in "abcd":
        await act(each, subject)
    await without_triggers(each)

    await execute(each, "update audit set actor = 'another' where id = 3")

    assert (await verify(SQLAudit(each))).broken == BrokenAt(number=3, why=Break.CHANGED)


async def test_an_end_that_is_deleted_past_the_service_is_found(each: Database) -> None:
    for subject in "abcd":
        await act(each, subject)
    await without_triggers(each)

    await execute(each, "delete from audit where id > 2")

    assert (await verify(SQLAudit(each))).broken == BrokenAt(number=3, why=Break.CUT_OFF)


async def test_without_the_note_of_its_end_the_chain_goes_on_and_the_check_says_so(each: Database) -> None:
    await act(each, "a")
    await execute(each, f"delete from switch where name = '{HEAD}'")
    audit = SQLAudit(each)
    assert (await verify(audit)).broken == BrokenAt(number=1, why=Break.NOTE_BEHIND)

    await act(each, "b")

    assert (await verify(audit)).head.number == 2


async def test_a_first_act_without_any_note_begins_the_chain(each: Database) -> None:
    await execute(each, f"delete from switch where name = '{HEAD}'")

    await act(each, "a")

    assert (await verify(SQLAudit(each))).broken is None


async def test_a_process_that_is_killed_while_it_writes_leaves_a_whole_chain(url: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITER, url, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    seen = 0
    async with waiting_for("five acts"):
        while seen < 5:
            seen = int(await process.stdout.readline())
    process.kill()
    await process.wait()

    database = create_database(url)
    await beside(database, "after")

    verified = await verify(SQLAudit(database))
    assert verified.broken is None
    assert verified.head.number > seen
    await database.close()


async def test_a_pause_and_a_sign_in_are_acts(each: Database) -> None:
    switches = SQLSwitches(each, StillClock())
    with coming_from(ActOrigin(surface=ActSurface.TERMINAL)):
        await switches.pause("a-dal")
        await switches.pause("a-dal")
        await switches.resume("a-dal")
    await Sessions(SQLSessions(each), StillClock()).start("lead", issuer="https://login.example", subject="s")

    found = [entry.act async for entry in SQLAudit(each).entries()]

    assert [(item.actor, item.action, item.subject, item.surface) for item in found] == [
        ("", "sending.paused", "a-dal", "terminal"),
        ("", "sending.resumed", "a-dal", "terminal"),
        ("lead", "session.started", "lead", "service"),
    ]
    assert found[2].details == {"issuer": "https://login.example"}


async def test_acts_of_before_the_chain_get_their_hashes(tmp_path: Path) -> None:
    path = tmp_path / "early.db"
    upgrade(path, "0015")
    with sqlite3.connect(path) as connection:
        columns = "id, at, actor, action, subject, details"
        connection.execute(f"insert into audit ({columns}) values (2, '2026-09-07 08:00:00', 'a', 'b', 'c', '{{}}')")
        connection.execute(
            f"insert into audit ({columns}) values (5, '2026-09-07 08:00:00.5', 'a', 'b', 'd', '{{\"n\": 1}}')"
        )
    connection.close()
    database = create_database(f"sqlite+aiosqlite:///{path}")

    await database.migrate()
    await act(database, "later")

    verified = await verify(SQLAudit(database))
    assert (verified.broken, verified.head.number) == (None, 3)
    assert [entry.act.subject async for entry in SQLAudit(database).entries()] == ["c", "d", "later"]
    await database.close()


async def test_a_chain_that_was_restored_from_a_backup_is_held_against_a_head_from_before(each: Database) -> None:
    await act(each, "a")
    backup = await SQLAudit(each).head()
    await act(each, "b")
    lost = await SQLAudit(each).head()
    await without_triggers(each)

    def restore(connection: Connection) -> None:
        connection.execute(text("delete from audit where id > 1"))
        connection.execute(
            text("update switch set value = :head where name = :name"), {"head": str(backup), "name": HEAD}
        )

    await each.write(restore)

    assert (await verify(SQLAudit(each))).broken is None
    assert (await verify(SQLAudit(each), kept=lost)).broken == BrokenAt(number=2, why=Break.CUT_OFF)


async def test_a_database_without_any_act_holds(each: Database) -> None:
    verified = await verify(SQLAudit(each))

    assert (verified.broken, verified.head) == (None, ChainHead())
