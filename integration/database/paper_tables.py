"""The tables of a board's papers, as far as they are not in `tables`."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from integration.database.tables import UTCDateTime, metadata

question_step = Table(
    "question_step",
    metadata,
    Column("question", String(32), ForeignKey("escalation.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("content", JSON, nullable=False),
)
"""The steps of a lifted question after it was asked, append-only. The newest one's state is the escalation's."""
