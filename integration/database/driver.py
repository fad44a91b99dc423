"""Questions that we ask the driver ourselves, past SQLAlchemy, and its errors as SQLAlchemy raises them."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def ask_driver(connection: Connection, text: str, **how: Any) -> None:
    """Carry out *text*, which SQLAlchemy need not know of. Raises DBAPIError as SQLAlchemy."""
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(text, **how)
    except connection.dialect.loaded_dbapi.Error as error:
        raise as_raised(error, text, connection) from error


def as_raised(error: Exception, text: str, connection: Connection) -> Exception:
    """Return what SQLAlchemy raises for a driver's error, without the values, and give an ended connection up."""
    dialect: Any = connection.dialect
    ended = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if ended:
        connection.invalidate(error)
    return DBAPIError.instance(
        text, {}, error, dialect.loaded_dbapi.Error, hide_parameters=True, connection_invalidated=ended, dialect=dialect
    )
