"""A record with something in every table: a whole loop of one board, with one person and one text everywhere."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, Integer, LargeBinary, Table

from integration.clock import SystemClock
from integration.database import tables
from integration.database.audit import note_action
from integration.database.connection import Database
from integration.database.held_data import HELD_DATA
from integration.database.register import SQLRegister
from tests.documents.test_word import AGENDA, MINUTES
from tests.support.rollout import small
from tests.workflows.papers.reports import report_samples as samples
from workflows.papers.minutes.model import Decision
from workflows.papers.reports.model import BoardReport, checksum
from workflows.privacy.model import Holds

AT = datetime(2026, 9, 1, 12, tzinfo=UTC)
BODY, PACKAGE = "sandefjord", "sandefjord-trygg-overgang"
MEETING = f"{BODY}/2026-09-08"
PERSON, NAME, EMAIL, ACCOUNT = (
    "kari-vik",
    "Kari Vik",
    "kari.vik@sandefjord.example",
    "0a1b2c3d-0000-4000-8000-00000000aaaa",
)
MAILBOX = "moter@vestfoldfylke.example"
"""Every mail is sent from it."""
PUPIL = "Ola Elevsen"
"""The name that slipped into every text."""
WORDS = f"Vi har snakket med {PUPIL} og {NAME}."
FACTS = replace(samples.FULL.meeting, key=MEETING, body=BODY, location=f"Hos {PUPIL}")

VALUES = (
    (Boolean, True),
    (Integer, 1),
    (LargeBinary, f"%PDF {WORDS}".encode()),
    (tables.UTCDateTime, AT),
    (DateTime, FACTS.starts_local),
)
"""The value of a column by its type, where it holds no text."""


def documents() -> dict[str, Any]:
    """Return a small programme with the person in it, whose last role ended in June 2026."""
    found = small()
    people = found[f"municipalities/{BODY}.yaml"]
    people["people"].append({"key": PERSON, "name": NAME, "email": EMAIL, "organisation": "sandefjord-kommune"})
    people["assignments"].append(
        {"person": PERSON, "role": "contributor", "work_package": PACKAGE, "until": "2026-06-30"}
    )
    return found


def report() -> BoardReport:
    """Return a report whose packages and assessment hold the words."""
    first, *others = samples.FULL.packages
    packages = (replace(first, key=PACKAGE, done=WORDS, lead=NAME), *others)
    return replace(samples.FULL, meeting=FACTS, municipality=BODY, packages=packages, assessment=WORDS)


async def write_whole_record(database: Database) -> None:
    """Import the programme, and write a row into each table that it leaves empty."""
    await SQLRegister(database, SystemClock()).save(documents())
    async with database.begin() as connection:
        for table in tables.metadata.sorted_tables:
            if table.name not in ("register", "register_change", "klass_municipality", "audit"):
                await connection.execute(table.insert().values(**_row(table)))
        await note_action(connection, PERSON, "meetings.moved", MEETING, at=AT, values={}, on_behalf=PERSON)


def _row(table: Table) -> dict[str, Any]:
    plain = {column.name: _value(table, column) for column in table.columns if column.autoincrement is not True}
    return {**plain, **_special(table.name)}


def _value(table: Table, column: Column[Any]) -> Any:
    holds = HELD_DATA[table.name].columns.get(column.name)
    if isinstance(column.type, JSON):
        return {"text": WORDS, "person": PERSON} if holds is Holds.WORDS else [EMAIL]
    for kind, value in VALUES:
        if isinstance(column.type, kind):
            return value
    match holds:
        case Holds.PERSON:
            return PERSON
        case Holds.IDENTIFIER:
            return ACCOUNT if "id" in column.name else EMAIL
        case Holds.WORDS:
            return WORDS
        case Holds.KEY:
            return {"meeting": MEETING, "body": BODY, "municipality": BODY}.get(column.name, f"{MEETING}/{PERSON}")
    return f"{table.name}-{column.name}"[:10]


def _special(table: str) -> dict[str, Any]:
    """Return the values that other code reads, in its shape."""
    content = {"email": EMAIL, "name": NAME, "address": EMAIL, "subject": WORDS, "text": WORDS, "card": {"a": WORDS}}
    decision = Decision(
        key=f"{BODY}/2026/12", meeting=MEETING, body=BODY, number=12, year=2026, title="Sak", text=WORDS
    )
    found: dict[str, dict[str, Any]] = {
        "meeting": {"key": MEETING, "location": f"Hos {PUPIL}", "state": "booked", "timezone": "Europe/Oslo"}
        | {"why": {"words": WORDS}, "answers": {EMAIL: "accepted"}},
        "status_round": {"state": "closed", "reminders_at": [], "deadline_at": AT, "release_at": AT},
        "status_request": {"id": "request-1", "work_package": PACKAGE, "state": "answered"},
        "status_answer": {"request": "request-1", "content": {"light": "green", "done": WORDS, "indicators": {}}},
        "status_draft": {"request": "request-1", "content": {"light": "green", "done": WORDS, "indicators": {}}},
        "escalation": {"id": "request-1", "request": "request-1", "level": "board", "state": "raised"},
        "question_step": {"question": "request-1"},
        "message": {"surface": "email", "state": "sent", "content": content, "request": "request-1"}
        | {"reference": {"sender": MAILBOX}},
        "report": {"state": "published", "content": report().to_data(), "checksum": checksum(report())},
        "agenda": {"content": replace(AGENDA, meeting=FACTS, name=f"Styret, {PUPIL}").to_data()},
        "minutes": {"content": replace(MINUTES, meeting=FACTS, others=WORDS).to_data(), "approved_at": AT},
        "decision": {"key": decision.key, "content": decision.to_data()},
        "link": {"revoked_at": AT - timedelta(days=400)},
        "session": {"ends_at": AT - timedelta(days=400)},
        "archive_handover": {"state": "sent", "answer": {"key": "a", "state": "sent", "problem": WORDS}},
        "redaction": {"found": {"report": 1}, "papers": [], "steps": [], "left": {"backups": 1}},
        "switch": {"name": "secret:test"},
        "unit": {"state": "done"},
    }
    return found.get(table, {})
