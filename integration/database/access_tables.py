"""The tables of access: sessions and identities."""

from sqlalchemy import Column, Index, Integer, String, Table, text

from integration.database.tables import UTCDateTime, metadata

session = Table(
    "session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", String(60), nullable=False, index=True),
    Column("issuer", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False, index=True),
)
"""Stays of people on our pages. `id`: the hash of the token in the browser's cookie, which is kept nowhere."""

identity = Table(
    "identity",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("issuer", String(200), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("person", String(60), nullable=False),
    Column("bound_at", UTCDateTime, nullable=False),
    Column("bound_by", String(60), nullable=False),
    Column("undone_at", UTCDateTime, nullable=True),
    Column("undone_by", String(60), nullable=False, default=""),
    Index(
        "uq_identity_bound",
        "issuer",
        "subject",
        unique=True,
        sqlite_where=text("undone_at IS NULL"),
        postgresql_where=text("undone_at IS NULL"),
    ),
    Index(
        "uq_identity_person",
        "person",
        unique=True,
        sqlite_where=text("undone_at IS NULL"),
        postgresql_where=text("undone_at IS NULL"),
    ),
)
"""Identities of other issuers than Entra ID (which names accounts), each bound to one person until that is undone."""
