"""The tables of a board's papers, as far as they are not in `tables`."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

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

archive_handover = Table(
    "archive_handover",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("name", String(200), nullable=False, index=True),
    Column("checksum", String(64), nullable=False),
    Column("state", String(10), nullable=False),
    Column("sent_at", UTCDateTime, nullable=False),
    Column("answered_at", UTCDateTime, nullable=True),
    Column("answer", JSON, nullable=False, default=dict),
)
"""Messages handed over to the archive, by our key, with its answer. State sent, kept or refused."""

lesson = Table(
    "lesson",
    metadata,
    Column("meeting", String(120), primary_key=True),
    Column("work_package", String(60), primary_key=True),
    Column("municipality", String(60), nullable=False),
    Column("theme", String(60), nullable=False),
    Column("released_at", UTCDateTime, nullable=False),
    Column("package", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_lesson_released_at", "released_at", "meeting", "work_package"),
    Index("ix_lesson_theme", "theme", "released_at", "meeting", "work_package"),
    Index("ix_lesson_municipality", "municipality", "theme", "released_at", "meeting", "work_package"),
)
"""What packages have learned and meant for others, out of released reports: the newest version's alone."""

agenda_order = Table(
    "agenda_order",
    metadata,
    Column("meeting", String(120), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("content", JSON, nullable=False),
)
"""The order and the minutes of an agenda's items that a recorder wants, until the agenda is fixed."""
