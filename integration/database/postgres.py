"""PostgreSQL as our database: how it is connected to, as whom, and how those who write keep out of each other's way."""

import select as sockets
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Engine, event, func, make_url, select
from sqlalchemy.exc import DisconnectionError

from integration.database.driver import ask_driver


@dataclass(frozen=True)
class Connections:
    """The most connections of a process: *awaited* ones for `begin` and `read`, *plain* ones for all else."""

    plain: int
    awaited: int

    @property
    def threads(self) -> int:
        """Return how many threads keep a plain one each; what is scanned shares the last."""
        return self.plain - 1

    @property
    def total(self) -> int:
        return self.plain + self.awaited


ANSWERING = Connections(plain=4, awaited=2)
WORKING = Connections(plain=2, awaited=1)
"""For the Hands, whose units wait for the network: the host may run five of them beside three Doors (`docs/azure.md`),
and the smallest server in Azure takes 35 from all."""
CONNECT_SECONDS = 10
"""Seconds after which a server that does not answer counts as away."""
SILENT_SECONDS = 20
"""Seconds of silence after which a line shows that it lives: what stands between forgets one that says nothing."""
PROBES, PROBE_SECONDS = 3, 10
"""Times that a silent line is asked whether it lives, and the pause between two."""
SECONDS = {
    # Our transactions never wait for anything but the database: one that says nothing is a process that was frozen, or
    # a machine that is gone, and it holds the lock of all who write.
    "idle_in_transaction_session_timeout": 20,
    # Longer than that, so that who waits for such a one outlasts it. Who waits for one that works is told so.
    "lock_timeout": 30,
    # For what was sent and nobody took: a line that was cut counts as alive for a quarter of an hour by itself.
    "tcp_user_timeout": 30,
}
"""The limits that the server keeps of each connection of ours, and a line's own also at our end."""
LOOK_UP_COST = 1.1
"""
The cost of a page that is looked up, against one of many that are read in a row (`random_page_cost`).

By itself a server counts on a disk that turns, where it is four times as much, and reads tables to their end that it
has an index for. What a country's twelve rounds leave is some hundred megabytes, and stays in memory.
"""
ENCRYPTED = frozenset({"require", "verify-ca", "verify-full"})
"""The values of `sslmode` under which nothing leaves in the clear."""
WRITERS = 365_001
"""The number of the lock that every transaction which may write holds until its end."""
DATABASE_SCOPE = "https://ossrdbms-aad.database.windows.net/.default"

ALONE = select(func.pg_advisory_xact_lock(WRITERS))
"""
Waits until nobody writes, and lets nobody write until the transaction ends.

What it reads then stays true until it writes, as on SQLite, where nobody else ever writes meanwhile.
"""
BEGINNINGS = {
    True: f"BEGIN; SELECT pg_advisory_xact_lock({WRITERS})",
    False: f"BEGIN; SELECT pg_advisory_xact_lock_shared({WRITERS})",
}
"""
Beginnings of a transaction that writes alone, and of one beside others, each with its first statement: one question.

Beside others it waits until nobody writes alone, and keeps those who would waiting: for statements that hold by
themselves.
"""
MIGRATING = f"""
BEGIN;
SET LOCAL lock_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SELECT pg_advisory_xact_lock({WRITERS})
"""
"""The same for a change of the schema: it takes as long as it takes, and so does the wait for another one's."""


def engine_options(connections: int) -> dict[str, Any]:
    """Return what both of psycopg's kinds of connections are made with."""
    settings = {name: f"{seconds}s" for name, seconds in SECONDS.items()}
    probes = {"keepalives_idle": SILENT_SECONDS, "keepalives_interval": PROBE_SECONDS, "keepalives_count": PROBES}
    # By itself a server asks after two hours, and a connection of a machine that is gone counts until then.
    settings |= {f"tcp_{name}": str(number) for name, number in probes.items()}
    settings["random_page_cost"] = str(LOOK_UP_COST)
    return {
        "pool_size": connections,
        "max_overflow": 0,
        "connect_args": {
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "vareunge",
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            "tcp_user_timeout": SECONDS["tcp_user_timeout"] * 1000,
            **probes,
        },
    }


def begin_writing(connection: Connection, *, alone: bool) -> None:
    """Begin a transaction that may write, on a *connection* that begins none by itself."""
    # Several commands in one text cannot be prepared.
    ask_driver(connection, BEGINNINGS[alone], prepare=False)


def begin_migrating(connection: Connection) -> None:
    """Begin one that changes the schema, and writes alone."""
    ask_driver(connection, MIGRATING, prepare=False)


log = structlog.get_logger()


class Passwords(Protocol):
    """Gives the password of a new connection."""

    def __call__(self) -> str: ...


def signs_in_with_token(url: str) -> bool:
    """Return True when an address names a user, no password and an encrypted line: then a token is the password.

    A token is a key to the database for everybody who sees it, so it never leaves in the clear.
    """
    parsed = make_url(url)
    is_postgres = parsed.get_backend_name() == "postgresql"
    return is_postgres and bool(parsed.username) and not parsed.password and parsed.query.get("sslmode") in ENCRYPTED


def exchange_ended(engine: Engine) -> None:
    """
    Let *engine* take a new connection where a server that was restarted has ended the one they hold.

    What ends a connection can be read from its socket, on which an idle one has nothing to say. A question to the
    server before each use would cost as much as most of what is asked.
    """

    def look(_connection: Any, record: Any, _proxy: Any) -> None:
        if _has_something_to_say(record.driver_connection):
            raise DisconnectionError

    event.listen(engine, "checkout", look)


def has_ended(connection: Connection) -> bool:
    """Return True where a server has ended a *connection* that nobody uses at the moment. A file never does."""
    return connection.dialect.name == "postgresql" and _has_something_to_say(connection.connection.driver_connection)


def _has_something_to_say(driver: Any) -> bool:
    found = sockets.poll()
    found.register(driver.pgconn.socket, sockets.POLLIN)
    return bool(found.poll(0))


def sign_in_with(passwords: Passwords, engine: Engine) -> None:
    """Let each new connection of *engine* ask for its password; those that are open go on without."""

    def give_password(_dialect: Any, _record: Any, _arguments: Any, parameters: dict[str, Any]) -> None:
        parameters["password"] = passwords()

    event.listen(engine, "do_connect", give_password)


class ManagedIdentityPasswords:
    """
    Tokens for the database by managed identity: kept, and renewed in time, by azure-identity.

    It is asked while a connection is made, where nothing can be awaited; that is seldom, and the endpoint is near. One
    that gives no token is a database that is away.
    """

    def __init__(self, client_id: str) -> None:
        self._client_id = client_id
        self._credential: Any = None

    def __call__(self) -> str:
        from azure.core.exceptions import AzureError
        from psycopg import OperationalError

        if self._credential is None:
            from azure.identity import ManagedIdentityCredential

            self._credential = ManagedIdentityCredential(client_id=self._client_id, retry_total=1)
        try:
            token: str = self._credential.get_token(DATABASE_SCOPE).token
        except (AzureError, ValueError) as exc:
            log.warning("database.no_token", error=type(exc).__name__)
            # The driver's own error, as of a server that lets nobody in: whoever meets that knows this one, too.
            raise OperationalError("no token for the database") from exc
        return token


def passwords_for(url: str, client_id: str) -> Passwords | None:
    """Return what gives the passwords of a database at *url*, signed in to as *client_id*; None when it needs none."""
    return ManagedIdentityPasswords(client_id) if signs_in_with_token(url) else None
