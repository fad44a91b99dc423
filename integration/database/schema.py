"""The schema of the database against this version's: which of them may be used, and how an older one is brought up."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect

MIGRATIONS = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"
OLDEST_BESIDE = "SELECT value FROM switch WHERE name = 'schema:oldest'"
"""Asks for the oldest version that may go on, by revision; no row while no migration has taken anything away."""


class Schema(StrEnum):
    """A database's schema against this version's."""

    CURRENT = "current"
    OLDER = "older"
    AHEAD = "ahead"
    """Newer, and everything that this version uses is still there: it goes on until its successor is deployed."""
    NEWER = "newer"


USABLE = (Schema.CURRENT, Schema.AHEAD)
"""Schemas that this version reads and writes."""


class SchemaNewer(RuntimeError):
    """This version does not know the database's schema, which no longer has what it uses, and leaves it alone."""

    def __init__(self) -> None:
        super().__init__("the database was made by a newer version of the service: install that version")


class SchemaOutdated(RuntimeError):
    """The database must be migrated first; at deployment, not by whoever comes first."""

    def __init__(self) -> None:
        super().__init__("the database has an older schema than this version: vareunge migrate")


class LanguageOrder(RuntimeError):
    """The database sorts text by a language's rules: what lies below a key is no range of keys there."""

    def __init__(self) -> None:
        super().__init__("the database sorts text by a language's rules: expected a database of the collation C")


def sorts_by_sign(connection: Connection) -> bool:
    """Return True where text is in the order of its signs, as SQLite has it and a PostgreSQL of the collation `C`."""
    # Under en_US, "board/2026-09-08" comes behind "board0", and a board would have no questions.
    asked = "SELECT 'a/1' > 'a/' AND 'a/1' < 'a0' AND 'a-b' < 'ab' AND 'Z' < 'a'"
    return bool(connection.exec_driver_sql(asked).scalar())


def schema_of(connection: Connection) -> Schema:
    """Return how a database's schema stands to this version's."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return Schema.OLDER
    found = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar()  # noqa: S608 - a constant
    if found == newest_revision():
        return Schema.CURRENT
    if found is None or found < newest_revision():
        return Schema.OLDER
    oldest = connection.exec_driver_sql(OLDEST_BESIDE).scalar()
    return Schema.AHEAD if oldest is None or oldest <= newest_revision() else Schema.NEWER


@cache
def newest_revision() -> str:
    """Return this version's revision: the number that its last migration's file begins with."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def upgrade(connection: Connection) -> None:
    """Bring the tables to this version's schema."""
    # Alembic costs a third of a second to import, so only who migrates pays for it.
    from alembic import command

    command.upgrade(_alembic(connection), "head")


def _alembic(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
