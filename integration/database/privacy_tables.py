"""The table of redactions."""

from sqlalchemy import JSON, Column, Integer, String, Table, Text

from integration.database.tables import UTCDateTime, metadata

redaction = Table(
    "redaction",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UTCDateTime, nullable=False),
    Column("by", String(60), nullable=False),
    Column("basis", Text, nullable=False),
    Column("found", JSON, nullable=False),
    Column("papers", JSON, nullable=False),
    Column("steps", JSON, nullable=False),
    Column("left", JSON, nullable=False),
    Column("finished_at", UTCDateTime, nullable=True),
)
"""Markers of texts that were taken out, never the texts: who, when, on which legal basis. `found`: times by table.
`steps`: copies outside that are brought in order. `left`: those that nobody here reaches."""
