"""The tables, but for those of access (`access_tables`), the register (`register_tables`) and papers (`paper_tables`).

Moments are UTC; local wall times are named so. Keys are natural wherever there is one.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UTCDateTime(TypeDecorator[datetime]):
    """A timezone-aware moment, kept as UTC (SQLite has no zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value}: a moment needs its zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

account = Table(
    "account",
    metadata,
    Column("email", String(254), primary_key=True),
    Column("object_id", String(36), nullable=False, unique=True),
    Column("kind", String(10), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("redeemed", Boolean, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("person", String(60), nullable=True, index=True),
    Column("addresses", JSON, nullable=False, server_default="[]"),
)
"""`person`: whose it is by the register; it outlives a change of the address. `addresses`: all that the directory has
for it, in lower case."""

guest = Table(
    "guest",
    metadata,
    Column("person", String(60), primary_key=True),
    Column("object_id", String(36), nullable=False),
    Column("invited", Boolean, nullable=False),
    Column("since", UTCDateTime, nullable=False),
    Column("place", String(60), nullable=False),
    Column("roles", JSON, nullable=False),
)
"""Guests from other organisations: by our invitation or not, since when, and the place and roles it was for."""

guest_answer = Table(
    "guest_answer",
    metadata,
    Column("scope", String(60), primary_key=True),
    Column("person", String(60), primary_key=True),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("answered_at", UTCDateTime, nullable=True),
    Column("keeps", Boolean, nullable=True),
    Column("answered_by", String(60), nullable=False, default=""),
)
"""The half-yearly question whether a guest goes on, one row per municipality (or programme) and guest."""

resource = Table(
    "resource",
    metadata,
    Column("place", String(60), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("external_id", String(400), nullable=False),
    Column("url", Text, nullable=False, default=""),
    Column("fingerprint", String(64), nullable=False, default=""),
    Column("details", JSON, nullable=False, default=dict),
    Column("made_at", UTCDateTime, nullable=False),
    Index("ix_resource_key", "key"),
)
"""Things that a rollout made or adopted. Keys: `group`, `team`, `channel:board`, `tab:board/report`, `site` …"""

unit = Table(
    "unit",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("state", String(10), nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("lease_until", UTCDateTime, nullable=True),
    Column("lease_owner", String(40), nullable=True),
    Column("runs", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("note", Text, nullable=False, default=""),
    Column("again_at", UTCDateTime, nullable=True),
    Column("done_at", UTCDateTime, nullable=True),
    Index("ix_unit_due", "state", "due_at"),
    Index("ix_unit_kind", "kind", "due_at"),
)
"""Work: state waiting, done or failed; somebody holds it while it has a lease owner. `again_at`: when it is due once
more, because it became due while somebody held it."""

event = Table(
    "event",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("unit", String(200), nullable=False, index=True),
    Column("at", UTCDateTime, nullable=False),
    Column("what", String(80), nullable=False),
    Column("details", JSON, nullable=False, default=dict),
)

intent = Table(
    "intent",
    metadata,
    Column("key", String(300), primary_key=True),
    Column("begun_at", UTCDateTime, nullable=False),
)

slot = Table(
    "slot",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("free_at", UTCDateTime, nullable=False),
)
"""Limits that hold across workers: the moment from which the next send may leave."""

switch = Table(
    "switch",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("set_at", UTCDateTime, nullable=False),
    Column("value", Text, nullable=False, default=""),
)
"""Flags people set: `pause` (everything), `pause:<municipality>`; and small facts such as the links' key."""

meeting = Table(
    "meeting",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("body", String(60), nullable=False),
    Column("state", String(12), nullable=False),
    Column("starts_local", DateTime(timezone=False), nullable=False),
    Column("ends_local", DateTime(timezone=False), nullable=False, index=True),
    Column("timezone", String(40), nullable=False),
    Column("location", Text, nullable=False, default=""),
    Column("booked_by_us", Boolean, nullable=False),
    Column("why", JSON, nullable=False, default=dict),
    Column("organizer", String(254), nullable=False, default=""),
    Column("event_id", String(400), nullable=False, default=""),
    Column("ical_uid", String(400), nullable=False, default=""),
    Column("join_url", Text, nullable=False, default=""),
    Column("sequence", Integer, nullable=False, default=0),
    Column("booked", JSON, nullable=False, default=dict),
    Column("answers", JSON, nullable=False, default=dict, server_default="{}"),
    Column("changed_at", UTCDateTime, nullable=False),
    # All that a calendar's mark is made of: a feed that did not change reads no row.
    Index("ix_meeting_body", "body", "starts_local", "changed_at", "sequence"),
    Index("ix_meeting_starts_local", "starts_local"),
)
"""Key `<body>/<date first announced>`; state planned, booked or cancelled. `booked`: what was last written there."""

status_round = Table(
    "status_round",
    metadata,
    Column("meeting", String(120), ForeignKey("meeting.key"), primary_key=True),
    Column("municipality", String(60), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("opens_at", UTCDateTime, nullable=False),
    Column("reminders_at", JSON, nullable=False),
    Column("deadline_at", UTCDateTime, nullable=False, index=True),
    Column("release_at", UTCDateTime, nullable=False),
    Index("ix_status_round_state", "state", "deadline_at"),
    Index("ix_status_round_newest", "municipality", "deadline_at", "meeting"),
)
"""State planned, open or closed."""

status_request = Table(
    "status_request",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("meeting", String(120), ForeignKey("status_round.meeting"), nullable=False, index=True),
    Column("work_package", String(60), nullable=False, index=True),
    Column("person", String(60), nullable=False, index=True),
    Column("state", String(10), nullable=False),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("latest_version", Integer, nullable=False, default=0),
)
"""One per package and round; id is derived from both. State open, answered, missing or waived."""

status_answer = Table(
    "status_answer",
    metadata,
    Column("request", String(32), ForeignKey("status_request.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("by", String(60), nullable=False),
    Column("surface", String(10), nullable=False),
    Column("on_behalf", Boolean, nullable=False, default=False),
    Column("content", JSON, nullable=False),
)

status_draft = Table(
    "status_draft",
    metadata,
    Column("request", String(32), ForeignKey("status_request.id"), primary_key=True),
    Column("person", String(60), primary_key=True),
    Column("content", JSON, nullable=False),
)

escalation = Table(
    "escalation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("request", String(32), ForeignKey("status_request.id"), nullable=False, index=True),
    Column("meeting", String(120), nullable=False, index=True),
    Column("level", String(12), nullable=False),
    Column("question", Text, nullable=False),
    Column("proposal", Text, nullable=False, default=""),
    Column("state", String(10), nullable=False),
    Column("raised_at", UTCDateTime, nullable=False),
    Index("ix_escalation_state", "state", "raised_at"),
    Index("ix_escalation_waiting", "state", "meeting", "level"),
)

message = Table(
    "message",
    metadata,
    Column("key", String(250), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("surface", String(10), nullable=False),
    Column("municipality", String(60), nullable=True, index=True),
    Column("person", String(60), nullable=True),
    Column("request", String(32), nullable=True, index=True),
    Column("state", String(10), nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("content", JSON, nullable=False),
    Column("reference", JSON, nullable=False, default=dict),
    Column("in_doubt", Boolean, nullable=False, default=False),
    Column("failure", Text, nullable=False, default=""),
    Column("sent_at", UTCDateTime, nullable=True),
    Index("ix_message_state", "state", "due_at"),
    Index("ix_message_kind", "kind", "state", "due_at"),
    Index("ix_message_person", "person", "kind"),
)
"""The outbox: every message to people. Surface personal, channel or email; state planned, sending, sent, failed, held
or dropped. `reference`: where it ended up (conversation and activity, or message id)."""

report = Table(
    "report",
    metadata,
    Column("meeting", String(120), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", String(10), nullable=False),
    Column("content", JSON, nullable=False),
    Column("checksum", String(64), nullable=False),
    Column("compiled_at", UTCDateTime, nullable=False),
    Column("released_at", UTCDateTime, nullable=True),
    Column("published", JSON, nullable=False, default=dict),
    # Last: SQLite passes by what stands before a column to reach it.
    Column("pdf", LargeBinary, nullable=True),
)
"""State draft, released or published. `published`: addresses and checksum of the copy in SharePoint."""

report_review = Table(
    "report_review",
    metadata,
    Column("meeting", String(120), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("by", String(60), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("content", JSON, nullable=False),
)
"""The local lead's review of a report: assessment, edited sentences, hold and early release. `by`: its last writer."""

agenda = Table(
    "agenda",
    metadata,
    Column("meeting", String(120), primary_key=True),
    Column("body", String(60), nullable=False, index=True),
    Column("year", Integer, nullable=False),
    Column("last_number", Integer, nullable=False),
    Column("content", JSON, nullable=False),
    Column("released_at", UTCDateTime, nullable=False),
    Column("published", JSON, nullable=False, default=dict),
)
"""Agendas that were sent, each fixed. `last_number`: the highest of its items, which are counted through the year."""

agenda_proposal = Table(
    "agenda_proposal",
    metadata,
    Column("meeting", String(120), primary_key=True),
    Column("person", String(60), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("content", JSON, nullable=False),
)
"""Items that people ask to have put on an agenda, every version."""

minutes = Table(
    "minutes",
    metadata,
    Column("meeting", String(120), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("by", String(60), nullable=False),
    Column("content", JSON, nullable=False),
    Column("approved_at", UTCDateTime, nullable=True),
    Column("approved_by", String(60), nullable=False, default="", server_default=""),
)


def _matter(name: str) -> Table:
    return Table(
        name,
        metadata,
        Column("key", String(140), primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("body", String(60), nullable=False, index=True),
        Column("at", UTCDateTime, nullable=False),
        Column("by", String(60), nullable=False),
        Column("content", JSON, nullable=False),
    )


decision, action_item = _matter("decision"), _matter("action_item")
"""Decisions and action items of bodies: every version, the newest counts."""

conversation = Table(
    "conversation",
    metadata,
    Column("object_id", String(36), primary_key=True),
    Column("conversation_id", Text, nullable=False),
    Column("service_url", Text, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
)
"""Personal chats with the bot, as Teams told us or as we opened them."""

link = Table(
    "link",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("subject", String(200), nullable=False, index=True),
    Column("person", String(60), nullable=True),
    Column("expires_at", UTCDateTime, nullable=True),
    Column("revoked_at", UTCDateTime, nullable=True),
    Column("issued_at", UTCDateTime, nullable=True),
    Column("used_at", UTCDateTime, nullable=True),
)
"""Addresses given to people, for one purpose each (`workflows.ports.links`). The token is the id, signed."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", UTCDateTime, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("action", String(80), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("details", JSON, nullable=False, default=dict),
    Column("surface", String(20), nullable=False, server_default=""),
    Column("sign_in", String(200), nullable=False, server_default=""),
    Column("on_behalf", String(60), nullable=False, server_default=""),
    Column("previous_hash", String(64), nullable=False, server_default=""),
    Column("hash", String(64), nullable=False, server_default=""),
)
"""Acts of people as a hash chain without a gap (`workflows/operations/audit.py`); triggers refuse to change or delete
a row. Ids only, never a person's words."""
