"""The content of every column, for access requests, retention and redaction. A test finds a column without its line."""

from collections.abc import Mapping

from workflows.privacy.model import Holds, RecordKind, TableRule

REGISTER, ACCOUNTS, ACCESS = RecordKind.REGISTER, RecordKind.ACCOUNTS, RecordKind.ACCESS
MESSAGES, STATUS, MEETINGS = RecordKind.MESSAGES, RecordKind.STATUS, RecordKind.MEETINGS
PAPERS, ARCHIVE, PLACES = RecordKind.PAPERS, RecordKind.ARCHIVE, RecordKind.PLACES
HISTORY, AUDIT, SERVICE = RecordKind.HISTORY, RecordKind.AUDIT, RecordKind.SERVICE


def _rule(table: str, kind: RecordKind, *, follows: str = "", follows_in_case: str = "", **named: str) -> TableRule:
    """Return a table's rule; *named*: by content, the names of its columns with a blank between them."""
    columns = {column: Holds(content) for content, names in named.items() for column in names.split()}
    return TableRule(
        table=table,
        kind=kind,
        columns=columns,
        follows=tuple(follows.split()),
        follows_in_case=tuple(follows_in_case.split()),
    )


_ALL = (
    _rule("register", REGISTER, code="kind", key="key", entries="data"),
    _rule("register_change", REGISTER, code="kind section", key="document key", person="by", entries="old new"),
    # A person's accounts. The directory of Microsoft 365 is the source of all but the person.
    _rule("account", ACCOUNTS, code="kind", person="person", identifier="email object_id addresses"),
    _rule("guest", ACCOUNTS, code="roles", key="place", person="person", identifier="object_id"),
    _rule("guest_answer", ACCOUNTS, key="scope", person="person answered_by"),
    _rule("conversation", ACCOUNTS, code="service_url", identifier="object_id conversation_id"),
    _rule("look_up", ACCOUNTS, hidden="id", code="state", person="asked_by", identifier="email"),
    _rule("session", ACCESS, hidden="id", code="issuer", person="person", identifier="subject"),
    _rule("identity", ACCESS, code="issuer", person="person bound_by undone_by", identifier="subject"),
    _rule("link", ACCESS, hidden="id", code="purpose", key="subject", person="person"),
    # `content`: address and name of the reader, subject, text, HTML and card.
    _rule(
        "message",
        MESSAGES,
        code="kind surface state",
        key="key municipality request",
        person="person",
        identifier="reference",
        words="content failure",
    ),
    _rule("status_round", STATUS, code="state reminders_at", key="meeting municipality"),
    _rule("status_request", STATUS, code="state", key="id meeting work_package", person="person", follows="id"),
    _rule("status_answer", STATUS, code="surface", key="request", person="by", words="content"),
    _rule("status_draft", STATUS, key="request", person="person", words="content"),
    _rule("escalation", STATUS, code="level state", key="id request meeting", words="question proposal", follows="id"),
    _rule("question_step", STATUS, key="question", words="content"),
    # `booked` and `answers` hold the addresses of the people who are invited.
    _rule(
        "meeting",
        MEETINGS,
        code="state timezone event_id ical_uid join_url",
        key="key body",
        identifier="organizer",
        words="location why booked answers",
        follows_in_case="key",
    ),
    _rule("report", PAPERS, code="state checksum", key="meeting", words="content published", file="pdf"),
    _rule("report_review", PAPERS, key="meeting", person="by", words="content"),
    _rule("lesson", PAPERS, key="meeting work_package municipality theme", words="package text"),
    _rule("agenda", PAPERS, key="meeting body", words="content published"),
    _rule("agenda_order", PAPERS, key="meeting", person="by", words="content"),
    _rule("agenda_proposal", PAPERS, key="meeting", person="person", words="content"),
    _rule("minutes", PAPERS, key="meeting", person="by approved_by", words="content"),
    _rule("decision", PAPERS, key="key body", person="by", words="content"),
    _rule("action_item", PAPERS, key="key body", person="by", words="content"),
    _rule("archive_handover", ARCHIVE, code="checksum state", key="key name", words="answer"),
    _rule("resource", PLACES, code="fingerprint", key="place key", identifier="external_id", words="url details"),
    _rule("unit", HISTORY, code="kind state lease_owner", key="key", words="note"),
    _rule("event", HISTORY, code="what", key="unit", words="details"),
    _rule("intent", HISTORY, key="key"),
    # No words in it: what is hashed is never rewritten.
    _rule(
        "audit",
        AUDIT,
        code="action surface sign_in details",
        key="subject",
        person="actor on_behalf",
        hidden="previous_hash hash",
    ),
    # What was taken out is not in it; `basis` is people's words.
    _rule("redaction", HISTORY, code="found left", key="papers steps", person="by", words="basis"),
    _rule("slot", SERVICE, key="name"),
    _rule("switch", SERVICE, key="name", hidden="value"),
    _rule("klass_municipality", SERVICE, code="number name"),
)

HELD_DATA: Mapping[str, TableRule] = {rule.table: rule for rule in _ALL}
"""The rule of each table."""
