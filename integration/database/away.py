"""Errors of a database that is away for now: work waits for it, and nothing is held against a unit."""

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from integration.database.schema import LanguageOrder, SchemaNewer, SchemaOutdated
from integration.database.sqlite import DatabaseGone

AWAY = (
    OperationalError,
    InterfaceError,
    NoConnectionFree,
    # A server that became read-only, since its disk is full or another one took its place.
    InternalError,
    # A right that is not given, or not yet; a table that is not there.
    ProgrammingError,
    DatabaseGone,
    # Between the deployment of the one and of the other. What is wrong with a value is no such error: it stays wrong.
    SchemaOutdated,
    SchemaNewer,
    LanguageOrder,
)
"""Errors of a database that says nothing, or of one that this version may not use until somebody has mended it."""
