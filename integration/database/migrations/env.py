"""Alembic's way in: migrates the connection it is given, so there is no alembic.ini and no second address."""

from typing import Any, Literal

from alembic import context

from integration.database.tables import UTCDateTime, metadata


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own type as what it is in the database: a migration stays what it was when the code moves on."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most things in place; batches copy the table instead.
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
