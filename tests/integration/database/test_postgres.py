"""PostgreSQL: the same code and migrations, writers beside each other, and sign-in by a token."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import pytest
from psycopg import sql
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import OperationalError

from engine.units import LEASE
from integration.database.connection import create_database
from integration.database.postgres import ANSWERING, WORKING, Connections, ManagedIdentityPasswords, passwords_for
from integration.database.schema import Schema
from integration.database.units import SQLUnits, UnitState
from tests.clocks import NOON
from tests.integration.test_identity import Endpoint, served
from tests.support.postgres import Server, execute, installed, new_database, running_server, why_missing
from workflows.ports.units import DueUnit

UNITS = [DueUnit(key=f"kind:{number:03}", due_at=NOON) for number in range(60)]


@installed
async def test_two_that_migrate_at_once_make_one_schema(postgres_server: str) -> None:
    with new_database(postgres_server) as url:
        one, other = create_database(url), create_database(url)
        assert await one.schema() is Schema.OLDER

        await asyncio.gather(one.migrate(), other.migrate())

        assert await other.schema() is Schema.CURRENT
        await one.close()
        await other.close()


@installed
async def test_a_writer_that_reads_first_is_alone_even_beside_single_statements(postgres_url: str) -> None:
    database = create_database(postgres_url)
    async with database.begin() as connection:
        await connection.execute(text("create table counter (value integer)"))
        await connection.execute(text("insert into counter values (0)"))
    add = text("update counter set value = value + 1")

    async def read_and_add() -> None:
        async with database.begin() as connection:
            value = (await connection.execute(text("select value from counter"))).scalar_one()
            await connection.execute(text("update counter set value = :value"), {"value": value + 1})

    await asyncio.gather(
        *(read_and_add() for _ in range(10)),
        *(database.write(lambda connection: connection.execute(add).close()) for _ in range(10)),
    )

    found = await database.look(lambda connection: connection.execute(text("select value from counter")).scalar_one())
    assert found == 20
    await database.close()


@installed
async def test_a_column_of_another_type_is_read_as_what_it_is_now(postgres_url: str) -> None:
    database = create_database(postgres_url)
    read = text("select value from thing")

    async def value_after(*changes: str) -> object:
        async with database.begin() as connection:
            for change in changes:
                await connection.execute(text(change))
        return await database.look(lambda connection: connection.execute(read).mappings().one()["value"])

    assert await value_after("create table thing (value integer)", "insert into thing values (1)") == 1
    assert await value_after("alter table thing alter value type text", "update thing set value = 'en'") == "en"
    await database.close()


@installed
async def test_workers_that_claim_at_once_get_each_unit_once(postgres_url: str) -> None:
    databases = [create_database(postgres_url) for _ in range(3)]
    workers = [SQLUnits(database) for database in databases]
    await workers[0].make_due(UNITS)

    async def take_all(number: int) -> list[str]:
        taken: list[str] = []
        while claims := await workers[number].claim(f"w{number}", now=NOON, lease_until=NOON + LEASE, limit=4):
            taken += [claim.unit.key for claim in claims]
        return taken

    taken = await asyncio.gather(*(take_all(number) for number in range(3)))

    assert sorted(key for keys in taken for key in keys) == [unit.key for unit in UNITS]
    for database in databases:
        await database.close()


@installed
async def test_a_server_that_comes_back_is_used_again(postgres_server: str) -> None:
    with running_server() as server, new_database(server.url) as url:
        database = create_database(url)
        await database.migrate()
        units = SQLUnits(database)
        await units.make_due(UNITS[:1])

        server.stop()
        with pytest.raises(OperationalError):
            await units.claim("worker", now=NOON, lease_until=NOON + LEASE, limit=1)
        server.start()

        claims = await units.claim("worker", now=NOON, lease_until=NOON + LEASE, limit=1)
        assert [claim.unit.key for claim in claims] == [UNITS[0].key]
        assert (await units.list_units(states=[UnitState.WAITING]))[0].held
        await database.close()


@installed
async def test_nobody_notices_a_server_that_was_restarted_while_nobody_asked(postgres_server: str) -> None:
    with running_server() as server, new_database(server.url) as url:
        database = create_database(url)
        await database.migrate()
        units = SQLUnits(database)
        await units.make_due(UNITS[:1])
        assert await units.next_moment() == NOON

        server.stop()
        server.start()

        assert await units.next_moment() == NOON
        await units.make_due(UNITS[:2])
        assert [unit.key for unit in await units.list_units()] == [unit.key for unit in UNITS[:2]]
        await database.close()


@installed
@pytest.mark.parametrize("connections", [ANSWERING, WORKING], ids=["answering", "working"])
async def test_each_thread_keeps_its_connection_and_leaves_one_to_what_is_scanned(
    postgres_url: str, connections: Connections
) -> None:
    threads = connections.threads
    database, all_there = create_database(postgres_url, connections=connections), threading.Barrier(threads)

    def backend(connection: Connection) -> int:
        return int(connection.exec_driver_sql("select pg_backend_pid()").scalar_one())

    def backend_of_each(connection: Connection) -> int:
        all_there.wait(timeout=10)
        return backend(connection)

    async def awaited() -> int:
        async with database.read() as connection:
            return int((await connection.execute(text("select pg_backend_pid()"))).scalar_one())

    kept = await asyncio.gather(*(database.look(backend_of_each) for _ in range(threads)))
    again = await asyncio.gather(*(database.write(backend_of_each) for _ in range(threads)))
    scanned = await asyncio.gather(*(database.scan(backend) for _ in range(2 * threads)))
    others = await asyncio.gather(*(awaited() for _ in range(2 * connections.total)))

    assert len(set(kept)) == threads
    assert len({*kept, *scanned, *others}) <= connections.total
    assert set(again) == set(kept)
    assert not set(scanned) & set(kept)
    await database.close()


@installed
async def test_a_connection_that_broke_while_it_wrote_is_exchanged(postgres_url: str) -> None:
    database = create_database(postgres_url)

    with pytest.raises(OperationalError):
        await database.write(
            lambda connection: connection.exec_driver_sql("select pg_terminate_backend(pg_backend_pid())")
        )

    assert await database.look(lambda connection: connection.exec_driver_sql("select 1").scalar_one()) == 1
    await database.close()


# ------------------------------------------------------------------------------------------------------ sign-in


@pytest.mark.parametrize(
    ("url", "by_token"),
    [
        pytest.param("postgresql+psycopg://hands@server/name?sslmode=require", True, id="a user and no password"),
        pytest.param("postgresql+psycopg://hands@server/name?sslmode=verify-full", True, id="with a checked server"),
        pytest.param("postgresql+psycopg://hands:secret@server/name?sslmode=require", False, id="a password"),
        pytest.param("postgresql+psycopg://hands@server/name", False, id="in the clear, perhaps"),
        pytest.param("postgresql+psycopg://hands@server/name?sslmode=prefer", False, id="in the clear, if need be"),
        pytest.param("postgresql+psycopg:///name?sslmode=require", False, id="no user"),
        pytest.param("sqlite+aiosqlite:///file.db", False, id="a file"),
    ],
)
def test_a_token_is_the_password_only_where_nothing_leaves_in_the_clear(url: str, *, by_token: bool) -> None:
    assert (passwords_for(url, "hands") is not None) is by_token


@pytest.fixture(scope="module")
def guarded() -> Iterator[Server]:
    """Give a server that asks `hands` for a password."""
    if reason := why_missing():
        pytest.skip(reason)
    with running_server() as server:
        execute(server.url, sql.SQL("create role hands login superuser"))
        access = server.data / "pg_hba.conf"
        access.write_text(f"host all hands 127.0.0.1/32 scram-sha-256\n{access.read_text()}")
        execute(server.url, sql.SQL("select pg_reload_conf()"))
        yield server


class Tokens:
    """Passwords that change, as tokens do."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.asked = 0
        self.renew("first")

    def renew(self, token: str) -> None:
        """Let only *token* open a new connection."""
        self._token = token
        execute(self._server.url, sql.SQL("alter role hands password {}").format(sql.Literal(token)))

    def __call__(self) -> str:
        self.asked += 1
        return self._token


async def test_each_new_connection_asks_for_its_token_and_open_ones_outlast_it(guarded: Server) -> None:
    tokens = Tokens(guarded)
    url = make_url(guarded.url).set(username="hands").render_as_string()
    database = create_database(url, passwords=tokens)

    async def user() -> object:
        return await database.look(lambda connection: connection.exec_driver_sql("select user").scalar_one())

    assert await user() == "hands"
    tokens.renew("second")
    assert await user() == "hands"
    assert tokens.asked == 1
    async with database.read() as connection:
        assert (await connection.execute(text("select user"))).scalar_one() == "hands"
    assert tokens.asked == 2
    await database.close()


@contextmanager
def on_a_thread(endpoint: Endpoint) -> Iterator[str]:
    """Serve the token endpoint beside this thread, which asks it without leaving its own place."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    address: Future[str] = Future()

    async def serve() -> None:
        async with served(endpoint) as url:
            address.set_result(url)
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        yield address.result(timeout=10)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def test_a_token_that_does_not_open_is_an_error_that_does_not_show_it(guarded: Server) -> None:
    Tokens(guarded)
    url = make_url(guarded.url).set(username="hands").render_as_string()
    database = create_database(url, passwords=lambda: "forged-token")

    with pytest.raises(OperationalError) as refused:
        await database.schema()

    assert "forged-token" not in str(refused.value)
    await database.close()


async def test_the_database_s_tokens_are_those_of_a_managed_identity(
    guarded: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "secret")
    execute(guarded.url, sql.SQL("alter role hands password 'token-1'"))
    url = make_url(guarded.url).set(username="hands").render_as_string()
    endpoint = Endpoint()

    with on_a_thread(endpoint) as address:
        monkeypatch.setenv("IDENTITY_ENDPOINT", address)
        database = create_database(url, passwords=ManagedIdentityPasswords("client-of-hands"))
        users = [
            await database.look(lambda connection: connection.exec_driver_sql("select user").scalar_one())
            for _ in range(2)
        ]
        async with database.read() as connection:
            users.append((await connection.execute(text("select user"))).scalar_one())
        await database.close()

    assert users == ["hands"] * 3
    asked = [(ask["resource"], ask["client_id"], ask["header"]) for ask in endpoint.asked]
    assert asked == [("https://ossrdbms-aad.database.windows.net", "client-of-hands", "secret")]
