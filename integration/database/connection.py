"""The database: SQLite in a file for embedded use, PostgreSQL in Azure. The same statements serve both."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from contextvars import copy_context
from enum import Enum, auto
from functools import cached_property, partial
from threading import get_ident
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url

from integration.database.driver import ask_driver
from integration.database.kept import KeptConnections
from integration.database.postgres import (
    ALONE,
    ANSWERING,
    Connections,
    Passwords,
    begin_migrating,
    begin_writing,
    engine_options,
    exchange_ended,
    sign_in_with,
)
from integration.database.schema import (
    LanguageOrder,
    Schema,
    SchemaNewer,
    SchemaOutdated,
    schema_of,
    sorts_by_sign,
    upgrade,
)
from integration.database.sqlite import WAIT_FOR_LOCK, CannotOpen, File, open_connection
from workflows.ports.units import DueUnit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")
U = TypeVar("U")

FEW = 10
"""Keys whose rows are read faster than a thread is started."""
SCHEMA_CHECK_INTERVAL = 5.0
"""Seconds of real time between two looks, before a write, whether another process has brought another schema."""


MADE_DUE = "made_due"
OnDue = Callable[[Sequence[DueUnit]], None]


class _Kind(Enum):
    """The kinds of transactions of one process."""

    READS = auto()
    WRITES = auto()
    WRITES_FOR_NOW = auto()


class Database:
    """Short transactions, a method for each way of reading and writing, and the schema's version."""

    def __init__(self, make_engine: Callable[[], "AsyncEngine"], plain: Engine, file: File, *, threads: int) -> None:
        self._make_engine = make_engine
        self._plain = plain
        self._file = file
        # SQLite has one writer at a time, and who finds it busy sleeps and tries again: those of a process take turns
        # instead. Its readers wait for nobody, and a thread of their own would cost more than what they read.
        self._is_file = plain.dialect.name == "sqlite"
        self._turn: AbstractAsyncContextManager[None] = asyncio.Lock() if self._is_file else nullcontext()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="database")
        # Of a file one for each kind of transaction, of a server one for each thread.
        self._kept = KeptConnections()
        self._schema_checked_at: float | None = None
        self._is_in_order = self._is_file
        """SQLite always is, and no database changes its order: asked once."""
        self.on_due: OnDue | None = None
        """Is told which units became due, after each commit that made them so."""

    @cached_property
    def _engine(self) -> "AsyncEngine":
        """The engine of `begin` and `read`. An answer needs neither, and SQLAlchemy imports its whole mapper for it."""
        return self._make_engine()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator["AsyncConnection"]:
        """A transaction that may write; committed at the end, rolled back by an exception.

        It is the only writer from its first moment, so that what it reads stays true until it writes.
        Never hold it across a call to the network.
        """
        await self._check()
        async with self._turn, self._engine.begin() as connection:
            if not self._is_file:
                await connection.execute(ALONE)
            made_due = connection.info[MADE_DUE] = []
            yield connection
        self._announce(made_due)

    @asynccontextmanager
    async def read(self) -> AsyncIterator["AsyncConnection"]:
        """A transaction that only reads: it waits for nobody and keeps nobody waiting."""
        async with self._engine.connect() as connection:
            await connection.execution_options(only_reads=True)
            async with connection.begin():
                yield connection

    async def look(self, work: Callable[[Connection], T]) -> T:
        """
        Return the result of *work*, which only reads, without a change of thread for each statement.

        With SQLite all of it reads one moment, with PostgreSQL each statement its own.

        Only for what is read quickly: with SQLite nothing else happens meanwhile.
        """
        if self._is_file:
            return self._do(work, _Kind.READS)
        return await self._in_thread(work, _Kind.READS)

    async def scan(self, work: Callable[[Connection], T]) -> T:
        """
        Return the result of *work*, which only reads, in a thread of its own; it reads moments as with `look`.

        For what is read of a whole country: neither the reading nor the making of values holds the loop.
        """
        return await asyncio.to_thread(self._scanned, work)

    async def consider(self, read: Callable[[Connection], T], work: Callable[[T], U]) -> U:
        """
        Return the result of *work* on what *read* returns, in a thread of its own; *read* reads as with `scan`.

        What was read of a country is also let go of there: giving back thousands of values holds the loop, too.
        """
        return await asyncio.to_thread(lambda: work(self._scanned(read)))

    def _scanned(self, work: Callable[[Connection], T]) -> T:
        with self._plain.connect().execution_options(only_reads=True) as connection, connection.begin():
            self._begin(connection)
            return work(connection)

    async def write(self, work: Callable[[Connection], T], *, alone: bool = False, lasting: bool = True) -> T:
        """
        Return the result of *work*, in one transaction that may write; otherwise as `look`. It is never left half-way.

        On PostgreSQL others may write meanwhile: its statements hold by themselves, or lock the rows they read. Unless
        it is *alone*: then what it reads stays true until it writes, as in `begin`.

        What is not *lasting* outlives this process, but not a power cut where the database is a file: nobody waits for
        the disk. For what means nothing once no process runs any more, such as a limit of requests a second.
        """
        await self._check()
        kind = _Kind.WRITES if lasting else _Kind.WRITES_FOR_NOW
        made_due: list[DueUnit] = []

        def noting(connection: Connection) -> T:
            connection.info[MADE_DUE] = made_due
            return work(connection)

        async with self._turn:
            result = await self._in_thread(noting, kind, alone=alone)
        self._announce(made_due)
        return result

    def _announce(self, made_due: Sequence[DueUnit]) -> None:
        """Tell of the units that a transaction made due, after its commit."""
        if made_due and self.on_due is not None:
            self.on_due(made_due)

    async def _in_thread(self, work: Callable[[Connection], T], kind: _Kind, *, alone: bool = False) -> T:
        loop = asyncio.get_running_loop()
        # The thread knows where an act comes from (`workflows/origin.py`).
        run = partial(copy_context().run, self._do, work, kind, alone=alone)
        return await loop.run_in_executor(self._threads, run)

    def _do(self, work: Callable[[Connection], T], kind: _Kind, *, alone: bool = False) -> T:
        user = kind if self._is_file else get_ident()
        connection = self._kept.of(user, partial(self._open, kind))
        with connection.begin():
            if self._is_file:
                self._begin(connection)
            elif kind is not _Kind.READS:
                begin_writing(connection, alone=alone)
            return work(connection)

    def _open(self, kind: _Kind) -> Connection:
        connection = self._plain.connect()
        if not self._is_file:
            return connection
        if kind is _Kind.WRITES_FOR_NOW:
            ask_driver(connection, "pragma synchronous=normal")
        return connection.execution_options(only_reads=kind is _Kind.READS)

    def _begin(self, connection: Connection) -> None:
        """Begin a transaction of SQLite, whose driver says nothing by itself."""
        if self._is_file:
            # Past SQLAlchemy, for which it would be a statement like any other: a tenth of what an answer costs. Nor as
            # a listener of its own: with any, each statement looks for those of every other event as well.
            ask_driver(connection, _begin(connection))

    async def migrate(self) -> None:
        """
        Bring the tables to the current schema. A repeat does nothing.

        Raises SchemaNewer, or LanguageOrder for a database of another collation than `C`, and changes nothing.
        """
        await asyncio.to_thread(self._migrate)

    def _migrate(self) -> None:
        with self._plain.begin() as connection:
            # Neither engine begins by itself. Of two that migrate at once, the second finds everything done.
            self._begin(connection)
            if not self._is_file:
                begin_migrating(connection)
            if not sorts_by_sign(connection):
                raise LanguageOrder
            found = schema_of(connection)
            if found is Schema.NEWER:
                raise SchemaNewer
            if found is Schema.OLDER:
                upgrade(connection)

    async def schema(self) -> Schema:
        """Return how the tables' schema stands to this version's."""
        return await self.look(schema_of)

    async def check_schema(self) -> None:
        """
        Raise SchemaOutdated or SchemaNewer unless the database has a schema that this version can use.

        Raise LanguageOrder for one of another collation than `C`, such as a copy that was brought back into it.
        """
        if not self._is_in_order:
            if not await self.look(sorts_by_sign):
                raise LanguageOrder
            self._is_in_order = True
        match await self.schema():
            case Schema.OLDER:
                raise SchemaOutdated
            case Schema.NEWER:
                raise SchemaNewer

    async def _check(self) -> None:
        """Raise DatabaseGone, or what `check_schema` does, where nothing may be written, and so acknowledged."""
        self._file.check()
        now = time.monotonic()
        if self._schema_checked_at is None or now - self._schema_checked_at >= SCHEMA_CHECK_INTERVAL:
            await self.check_schema()
            self._schema_checked_at = now

    def check_file(self) -> None:
        """Raise DatabaseGone when the file of the database was removed or replaced."""
        self._file.check()

    async def close(self) -> None:
        if "_engine" in self.__dict__:
            await self._engine.dispose()
        self._threads.shutdown()
        self._kept.close()
        self._plain.dispose()


async def read_named(database: Database, number: int, work: Callable[[Connection], T]) -> T:
    """Return the result of *work*, which reads what *number* keys name: by `look` for few of them, else by `scan`."""
    return await (database.look(work) if number <= FEW else database.scan(work))


def create_database(url: str, *, passwords: Passwords | None = None, connections: Connections = ANSWERING) -> Database:
    """
    Return the database at *url*; nothing is opened before the first transaction.

    *passwords*: asked for each new connection to a server, when given. *connections*: the most to a server. Raises
    CannotOpen where the driver cannot be loaded.
    """
    return _create_file(url) if url.startswith("sqlite") else _create_on_server(url, passwords, connections)


def _create_on_server(url: str, passwords: Passwords | None, connections: Connections) -> Database:
    try:
        from integration.database.described_once import DescribedOnce

        options = engine_options(connections.plain)
        options["connect_args"]["cursor_factory"] = DescribedOnce
        # Of what only reads, each statement is a transaction: each sees a moment of its own anyway, and a beginning and
        # an end would be two more questions to the server. What writes says its beginning itself. Set for the whole
        # engine, for setting it at each use costs a seventh of what an answer asks.
        plain = _watched(create_engine(url, isolation_level="AUTOCOMMIT", **options), passwords)
    except ImportError as exc:
        raise CannotOpen(make_url(url).drivername, f"its driver cannot be loaded: {exc}") from exc

    def make_engine() -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine

        # psycopg is both, asynchronous and not.
        engine = create_async_engine(url, **engine_options(connections.awaited))
        _watched(engine.sync_engine, passwords)
        return engine

    return Database(make_engine, plain, File(None), threads=connections.threads)


def _watched(engine: Engine, passwords: Passwords | None) -> Engine:
    exchange_ended(engine)
    if passwords is not None:
        sign_in_with(passwords, engine)
    return engine


def _create_file(url: str) -> Database:
    plain_url = make_url(url).set(drivername="sqlite")
    file = File(plain_url.database)

    def prepared(engine: Engine) -> Engine:
        event.listen(engine, "do_connect", lambda *_: file.prepare())
        event.listen(engine, "connect", lambda connection, _: open_connection(connection))
        return engine

    def make_engine() -> "AsyncEngine":
        from sqlalchemy.ext.asyncio import create_async_engine

        engine = create_async_engine(url, connect_args={"timeout": WAIT_FOR_LOCK})
        event.listen(prepared(engine.sync_engine), "begin", _begin_sqlite)
        return engine

    plain = create_engine(plain_url, connect_args={"timeout": WAIT_FOR_LOCK})
    return Database(make_engine, prepared(plain), file, threads=1)


def announce(connection: "AsyncConnection | Connection", units: Sequence[DueUnit]) -> None:
    """Have units told of once the transaction of *connection* is committed: the one place that all of them pass."""
    connection.info[MADE_DUE].extend(units)


def insert_into(connection: "AsyncConnection | Connection", table: Table) -> Any:
    """An insert that knows `on_conflict_do_update` and `on_conflict_do_nothing`.

    Both databases write them alike, but SQLAlchemy has one construct, without a common type, for each.
    """
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Any:
    """The same for a database known by its name."""
    # The other's dialect stays unimported: each takes a tenth as long as all of SQLAlchemy.
    if dialect == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_on_server

        return insert_on_server(table)
    from sqlalchemy.dialects.sqlite import insert

    return insert(table)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(_begin(connection))


def _begin(connection: Connection) -> str:
    # A transaction that takes the lock only at its first write fails at once when another one wrote meanwhile.
    return "BEGIN" if connection.get_execution_options().get("only_reads", False) else "BEGIN IMMEDIATE"
