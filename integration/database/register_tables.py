"""The tables of the register: its documents, their changes, look-ups of people, and the municipalities there are."""

from sqlalchemy import JSON, Column, Index, Integer, String, Table

from integration.database.tables import UTCDateTime, metadata

register = Table(
    "register",
    metadata,
    Column("kind", String(40), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("data", JSON, nullable=False),
)
"""The programme as it is now, one row a document; `config.loading` builds the Programme from it."""

register_change = Table(
    "register_change",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("version", Integer, nullable=False, index=True),
    Column("at", UTCDateTime, nullable=False),
    Column("by", String(60), nullable=False),
    Column("kind", String(60), nullable=False),
    Column("document", String(200), nullable=False),
    Column("section", String(60), nullable=False),
    Column("key", String(400), nullable=False),
    Column("position", Integer, nullable=True),
    Column("old", JSON(none_as_null=True), nullable=True),
    Column("new", JSON(none_as_null=True), nullable=True),
    Column("undoes", Integer, nullable=True),
    Index("ix_register_change_document", "document", "version"),
)
"""Every change of the register, append-only: one row an entry, the rows of one act with its version. The register is
the sum of them."""

look_up = Table(
    "look_up",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("email", String(254), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("asked_by", String(60), nullable=False),
    Column("state", String(20), nullable=False),
    Column("answered_at", UTCDateTime, nullable=True),
)
"""Questions from pages whether an address has an account, with their answers; forgotten after a day."""

klass_municipality = Table(
    "klass_municipality",
    metadata,
    Column("number", String(4), primary_key=True),
    Column("name", String(200), nullable=False),
)
"""The register of municipalities (Klass 131), once one was imported."""
