"""A PostgreSQL server of this run's own, from Debian's package `postgresql`, and databases on it.

Run as a program it starts one for a command: `python -m tests.support.postgres ./run test tests/integration/database`.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from tests.support.patience import PATIENCE

TEST_DATABASE_URL = "VAREUNGE_TEST_DATABASE_URL"
"""The variable that aims the suite's tests of the store at a PostgreSQL server that runs: the address of a database on
it, whose user may create others."""
OWNER = "vareunge"
SYSTEM_USER = "postgres"
"""The user that Debian's package makes: the server refuses to run as root."""
QUICK = ("fsync=off", "full_page_writes=off", "max_connections=200", "listen_addresses=127.0.0.1")
"""Settings of a server whose data nobody needs after the run."""


def server_programs() -> Path | None:
    """Return the folder of the newest server's programs; None where no server is installed."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    found = shutil.which("initdb")
    folders += [Path(found).parent] if found else []
    return max(folders, key=lambda folder: (folder.parent.name.zfill(3), str(folder)), default=None)


def program_path(name: str) -> str:
    """Return the path of the newest client program *name*; its bare name where Debian's packages did not bring it."""
    found = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return str(max(found, key=lambda path: path.parts[-3].zfill(3), default=name))


def why_missing() -> str:
    """Return why no server can be started here, for a skipped test; empty when one can."""
    if server_programs() is None:
        return "no PostgreSQL server is installed: apt-get install postgresql"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "a PostgreSQL server does not run as root, and runuser was not found"
    return ""


installed = pytest.mark.skipif(bool(why_missing()), reason=why_missing() or "a server is installed")
"""Marks a test that needs a server; the run that decides has one (`.ci/run` installs it)."""


class Server:
    """A server in a folder of its own. *settings* are added to those of every server here."""

    def __init__(self, folder: Path, settings: Sequence[str] = ()) -> None:
        self.folder = folder
        self.port = free_port()
        self._settings = [*QUICK, f"unix_socket_directories={folder}", *settings]
        programs = server_programs()
        assert programs is not None, why_missing()
        self._programs = programs

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{OWNER}@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        """Make the server's files."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, SYSTEM_USER, SYSTEM_USER)
        options = ["--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", f"--username={OWNER}"]
        self._run("initdb", "-D", str(self.data), *options)

    def start(self) -> None:
        """Start, and return when the server takes connections."""
        options = " ".join(f"-c {setting}" for setting in self._settings)
        log = str(self.folder / "log")
        self._run("pg_ctl", "start", "-w", "-D", str(self.data), "-l", log, "-o", f"-p {self.port} {options}")

    def stop(self) -> None:
        """Stop at once, as in a crash: connections break."""
        self._run("pg_ctl", "stop", "-w", "-D", str(self.data), "-m", "immediate")

    def _run(self, program: str, *arguments: str) -> None:
        as_owner = ["runuser", "-u", SYSTEM_USER, "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_owner, str(self._programs / program), *arguments],
            check=True,
            timeout=PATIENCE,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            # The server would keep a pipe open for as long as it runs.
            stderr=subprocess.DEVNULL,
        )


@contextmanager
def running_server(settings: Sequence[str] = ()) -> Iterator[Server]:
    """Give a new server, and take it away again."""
    with tempfile.TemporaryDirectory(prefix="vareunge-postgres-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder), settings)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def new_database(server_url: str, *, like: str = "template1") -> Iterator[str]:
    """Give the address of a new database on a server, made *like* another one there, and drop it again."""
    name = f"vareunge_{uuid.uuid4().hex}"
    create = sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(like))
    execute(server_url, create)
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        execute(server_url, sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def execute(url: str, statement: sql.SQL | sql.Composed) -> None:
    """Execute a statement outside a transaction."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    limit = f"-c statement_timeout={PATIENCE}s"
    with psycopg.connect(plain, autocommit=True, connect_timeout=PATIENCE, options=limit) as connection:
        connection.execute(statement)


def free_port() -> int:
    """Return a port of this machine that nobody listens to now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def main(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run *command* with the address of a new server in its environment; returns its exit code."""
    with running_server() as server:
        return subprocess.run(command, env={**environment, TEST_DATABASE_URL: server.url}, check=False).returncode


if __name__ == "__main__":
    if reason := why_missing():
        sys.exit(reason)
    sys.exit(main(sys.argv[1:], os.environ))
