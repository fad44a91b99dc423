"""The traces of a country beside its rounds: papers, links and stays, the steps of units, and the logs."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    FromClause,
    Integer,
    String,
    Table,
    cast,
    column,
    extract,
    func,
    insert,
    literal,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from integration.database import tables
from integration.database.access_tables import session
from integration.database.audit import HEAD
from integration.database.connection import Database
from integration.database.paper_tables import agenda_order, archive_handover, question_step
from integration.database.register_tables import register_change
from integration.database.units import UnitState
from workflows.operations.audit import ChainHead
from workflows.papers.agendas.model import Agenda, AgendaItem, ItemKind
from workflows.papers.archive.model import HandoverState
from workflows.papers.archive.plan import entry_key
from workflows.papers.minutes.model import ActionItem, Decision, MatterState, Minutes, MinutesItem
from workflows.papers.questions.model import QuestionStep
from workflows.papers.record import PaperKind
from workflows.papers.reports.model import MeetingFacts
from workflows.papers.reports.review import Review
from workflows.status.model import EscalationState, Level, RequestState

PERSON = "leder-fylket"
WORDS = "Vi går videre med det som styret bestemte."
YEAR = timedelta(days=365)
UNITS = ("status.open", "status.send", "status.close", "report.compile", "report.publish")
"""Kinds of the units of each meeting."""
STEPS = 3
"""Of each unit, and of each question."""
MATTERS = 3
"""Decisions of each meeting, and action items."""
ACTS = 4
"""Acts of people about each request."""
CHANGES = 3
"""Changes of the register since each meeting."""
STAYS = 12
"""Sessions of each person who was ever asked."""
TIMES = column("times", Integer)
"""Which of its several rows one is."""
_meeting, _request, _unit = tables.meeting, tables.status_request, tables.unit
_held = select(_meeting).where(_meeting.c.booked_by_us, _meeting.c.key.in_(select(tables.report.c.meeting))).subquery()
"""The meetings that were held."""


async def write_traces(database: Database, now: datetime) -> None:
    """Write what stands beside the rounds that `write_history` wrote; once."""
    await database.write(lambda connection: _write(connection, now), alone=True)


def _write(connection: Connection, now: datetime) -> None:
    _papers(connection, now)
    _matters(connection, now)
    _links_and_stays(connection, now)
    _units_and_logs(connection, now)


def _papers(connection: Connection, now: datetime) -> None:
    facts = MeetingFacts(key="", body="", starts_local=now, ends_local=now, location="Rådhuset")
    item = AgendaItem(key="orientering", kind=ItemKind.STANDING, title="Orientering", number=1, text=WORDS)
    agenda = Agenda(meeting=facts, name="Styret", year=now.year, items=(item,))
    line = MinutesItem(number=1, title="Orientering", decision=WORDS)
    minutes = Minutes(meeting=facts, name="Styret", year=now.year, attendance=(), items=(line,))
    year = cast(extract("year", _held.c.starts_local), Integer)
    of_meeting = {"meeting": _held.c.key, "at": now, "by": PERSON}
    sent = {"meeting": _held.c.key, "body": _held.c.body, "year": year, "last_number": 1, "released_at": now}
    _fill(connection, tables.agenda, _held, {**sent, "content": agenda.to_data(), "published": {}})
    _fill(connection, agenda_order, _held, {**of_meeting, "version": 1, "content": []})
    review = Review(meeting="").to_data()
    _fill(connection, tables.report_review, _held, {**of_meeting, "version": 1, "content": review})
    wish = {"title": WORDS, "text": "", "proposal": "", "withdrawn": False}
    put_in = {"meeting": _held.c.key, "person": PERSON, "number": TIMES, "version": 1, "at": now, "content": wish}
    _fill(connection, tables.agenda_proposal, _held, put_in, times=2)
    approved = {"version": TIMES, "content": minutes.to_data(), "approved_at": now, "approved_by": PERSON}
    _fill(connection, tables.minutes, _held, {**of_meeting, **approved}, times=2)
    for kind in (PaperKind.REPORT, PaperKind.AGENDA, PaperKind.MINUTES):
        key = literal(entry_key("", 0)) + _held.c.key + f"/{kind}/1"
        kept = {"key": key, "name": key, "checksum": "", "state": HandoverState.KEPT, "sent_at": now, "answer": {}}
        _fill(connection, archive_handover, _held, kept)


def _matters(connection: Connection, now: datetime) -> None:
    of_body: dict[str, Any] = {"key": "styret/2026/1", "meeting": "", "body": "styret", "year": now.year, "number": 1}
    decision = Decision(**of_body, title="Orientering", text=WORDS, state=MatterState.DONE)
    action = ActionItem(**of_body, person=PERSON, what=WORDS, state=MatterState.DONE)
    row = {"key": _held.c.key + "/" + cast(TIMES, String), "version": 1, "body": _held.c.body, "at": now, "by": PERSON}
    _fill(connection, tables.decision, _held, {**row, "content": decision.to_data()}, times=MATTERS)
    _fill(connection, tables.action_item, _held, {**row, "content": action.to_data()}, times=MATTERS)
    step = QuestionStep(at=now, by=PERSON, state=EscalationState.CLOSED, level=Level.LOCAL, words=WORDS).to_data()
    taken = {"question": tables.escalation.c.id, "number": TIMES, "at": tables.escalation.c.raised_at, "content": step}
    _fill(connection, question_step, tables.escalation, taken, times=STEPS)
    missed = select(_request).where(_request.c.state == RequestState.MISSING).subquery()
    draft = {"request": missed.c.id, "person": missed.c.person, "content": {}}
    _fill(connection, tables.status_draft, missed, draft)


def _links_and_stays(connection: Connection, now: datetime) -> None:
    used = {"issued_at": now - YEAR, "used_at": now - YEAR}
    to_form = {"id": literal("answer:") + _request.c.id, "purpose": "answer", "subject": _request.c.id}
    ended = {"person": _request.c.person, "expires_at": _request.c.opened_at, **used}
    _fill(connection, tables.link, _request, {**to_form, **ended})
    for purpose in ("papers", "report", "agenda"):
        to_paper = {"id": literal(f"{purpose}:") + _numbered(_held.c.key), "purpose": purpose, "subject": _held.c.key}
        _fill(connection, tables.link, _held, {**to_paper, "expires_at": now + YEAR, **used})
    people = select(_request.c.person).distinct().subquery()
    person = people.c.person
    who = {"id": person + ":" + cast(TIMES, String), "person": person, "issuer": "benchmark", "subject": person}
    stay = {**who, "started_at": now, "seen_at": now, "ends_at": now + timedelta(hours=12)}
    _fill(connection, session, people, stay, times=STAYS)


def _units_and_logs(connection: Connection, now: datetime) -> None:
    for kind in UNITS:
        done = {"state": UnitState.DONE, "due_at": now, "runs": 1, "failures": 0, "note": "", "done_at": now}
        _fill(connection, _unit, _held, {"key": literal(f"{kind}:") + _held.c.key, "kind": kind, **done})
    step = {"unit": _unit.c.key, "at": now, "what": "unit.started", "details": {"run": 1}}
    _fill(connection, tables.event, _unit, step, times=STEPS)
    version = connection.execute(select(func.max(register_change.c.version))).scalar_one()
    changed = {"version": version + _number(_held.c.key), "at": now, "by": PERSON, "kind": "edit"}
    entry = {"document": "kommuner/" + _held.c.body, "section": "assignments", "key": cast(TIMES, String)}
    _fill(connection, register_change, _held, {**changed, **entry, "old": None, "new": None}, times=CHANGES)
    head = connection.execute(select(func.max(tables.audit.c.id))).scalar_one()
    act = {"id": head + _number(_request.c.id), "at": now, "actor": PERSON, "action": "status.answered"}
    _fill(connection, tables.audit, _request, {**act, "subject": _request.c.id, "details": {}}, times=ACTS)
    last = connection.execute(select(func.max(tables.audit.c.id))).scalar_one()
    connection.execute(
        update(tables.switch).where(tables.switch.c.name == HEAD).values(value=str(ChainHead(number=last)))
    )


def _number(key: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the number of a row in the order of *key*."""
    return func.row_number().over(order_by=(key, TIMES))


def _numbered(key: ColumnElement[Any]) -> ColumnElement[str]:
    return cast(_number(key), String)


def _fill(connection: Connection, table: Table, source: FromClause, row: dict[str, Any], *, times: int = 1) -> None:
    """Add *times* rows for each of *source*; *row*: by column, a value or what is made of the source."""
    numbers = union_all(*(select(literal(number, Integer).label("times")) for number in range(1, times + 1)))
    given = [
        value if isinstance(value, ColumnElement) else literal(value, table.c[name].type) for name, value in row.items()
    ]
    rows = select(*given).select_from(source.join(numbers.subquery(), true()))
    connection.execute(insert(table).from_select(list(row), rows))
