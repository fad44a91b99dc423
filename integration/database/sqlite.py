"""SQLite as our database: how a file is opened, who may read it, and how its loss is noticed."""

import os
import sqlite3
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from workflows.errors import Transient

OWNER_ONLY = 0o600
WAIT_FOR_LOCK = 30
"""Seconds a transaction waits for another process's to end."""
SYNCHRONOUS = "full"
"""How a commit is synchronised with the disk: `full` before it returns, so that what is acknowledged outlasts a power
cut. `normal` would leave it to the operating system until the next checkpoint."""
CACHE_KIB = 256
"""Pages of the file that each connection keeps, instead of 2,000 KiB: a process has a dozen connections, and the
operating system keeps the same pages once for all. No page of ours takes longer by it."""
RETRY_PAUSE = 0.02
"""Seconds between two tries at what SQLite refuses at once, however long its timeout."""


class DatabaseGone(Transient):
    """The file was taken away or replaced while it was open: what is written there is lost."""

    def __init__(self, path: str) -> None:
        super().__init__("use the database", f"{path} was removed or replaced since it was opened")


class CannotOpen(RuntimeError):
    """The setting of the database leads to nothing that can be opened."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"cannot open the database {name}: {reason}")
        self.name = name
        self.reason = reason


class File:
    """The file of a database. In memory there is none, and nothing to look after."""

    def __init__(self, path: str | None) -> None:
        self.path = None if path in (None, "", ":memory:") else path
        self._opened: int | None = None

    def prepare(self) -> None:
        """Create the file, and let its owner alone read it: it holds people's words. A repeat is harmless.

        SQLite gives the files beside it (`-wal`, `-shm`) the same mode. Raises CannotOpen.
        """
        if self.path is None:
            return
        try:
            # A file that is there is never opened here: closing it again would end the locks that this process's own
            # connections hold on it (POSIX), and another process would then write into the middle of their work.
            with suppress(FileExistsError):
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
            found = os.stat(self.path)
        except OSError as exc:
            raise CannotOpen(self.path, exc.strerror or "unreadable") from exc
        # Before any mode is changed: a folder must not be shut to everybody else.
        if not stat.S_ISREG(found.st_mode):
            raise CannotOpen(self.path, "Not a file")
        if not os.access(self.path, os.R_OK | os.W_OK):
            raise CannotOpen(self.path, "Permission denied")
        if self._opened is None:
            self._opened = found.st_ino
        # Another user's file that we may write in stays as its owner has it.
        with suppress(PermissionError):
            os.chmod(self.path, OWNER_ONLY)

    def check(self) -> None:
        """Raise DatabaseGone when the file is not the one that was opened: no answer may be acknowledged then."""
        if self.path is None or self._opened is None:
            return
        try:
            same = os.stat(self.path).st_ino == self._opened
        except FileNotFoundError:
            same = False
        if not same:
            raise DatabaseGone(Path(self.path).name)


def open_connection(connection: Any) -> None:
    """Set a new connection up."""
    # We say BEGIN ourselves: the driver's own would leave what we read outside the transaction.
    connection.isolation_level = None
    _use_write_ahead_log(connection)
    for pragma in (f"synchronous={SYNCHRONOUS}", f"cache_size=-{CACHE_KIB}", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def _use_write_ahead_log(connection: Any) -> None:
    """Switch to a write-ahead log. SQLite does not wait for another process that is just doing the same."""
    until = time.monotonic() + WAIT_FOR_LOCK
    while True:
        try:
            if connection.execute("pragma journal_mode").fetchone()[0] != "wal":
                connection.execute("pragma journal_mode=wal")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(RETRY_PAUSE)
        else:
            return
