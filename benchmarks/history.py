"""A country's history in the record: for each board so many rounds with their answers, reports and messages."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from config.programme import Programme
from integration.database import tables
from integration.database.connection import Database
from workflows.messages.model import MessageState, Surface
from workflows.papers.report import ReportState
from workflows.status.model import AnswerContent, AnswerSurface, EscalationState, Light, RequestState, RoundState
from workflows.status.plan import request_id

BETWEEN = timedelta(days=42)
AHEAD = timedelta(days=14)
"""From now to the meeting that the open round is for."""
CONTENT = {"email": "", "name": "Pakkeleder", "address": "", "subject": "Status", "text": "Gi status"}
"""The content of each message."""
Row = dict[str, Any]
Rows = dict[Table, list[Row]]


async def write_history(database: Database, programme: Programme, rounds: int, now: datetime) -> None:
    """
    Write *rounds* rounds of every municipality, as far as they are not there: the newest one open, the others released.

    In each round two of three packages have answered and one asks its board something. Each place has been made.
    """
    known = await _known(database)
    async with database.begin() as connection:
        for municipality in programme.municipalities:
            slug = municipality.slug
            wanted = [number for number in range(rounds) if _meeting(programme, slug, number, now) not in known]
            rows: Rows = {}
            for table, row in chain(*(_round(programme, slug, number, now) for number in wanted)):
                rows.setdefault(table, []).append(row)
            if not known:
                rows.update(_place(slug, now))
            for table in tables.metadata.sorted_tables:
                if table in rows:
                    await connection.execute(table.insert(), rows[table])


async def _known(database: Database) -> set[str]:
    async with database.read() as connection:
        return set((await connection.execute(select(tables.meeting.c.key))).scalars())


def meeting_day(number: int, now: datetime) -> date:
    """Return the day of a board's meeting: of the one to come for 0, of earlier ones for more."""
    return (now + AHEAD - number * BETWEEN).date()


def _meeting(programme: Programme, slug: str, number: int, now: datetime) -> str:
    return f"{programme.local_board(slug).key}/{meeting_day(number, now)}"


def _round(programme: Programme, slug: str, number: int, now: datetime) -> Iterator[tuple[Table, Row]]:
    body = programme.local_board(slug).key
    day, key = meeting_day(number, now), _meeting(programme, slug, number, now)
    starts = datetime(day.year, day.month, day.day, 9, 0)  # noqa: DTZ001 - a local wall time
    meets = starts.replace(tzinfo=ZoneInfo(programme.timezone))
    yield (
        tables.meeting,
        {
            "key": key,
            "body": body,
            "state": "booked",
            "starts_local": starts,
            "ends_local": starts + timedelta(hours=2),
            "timezone": programme.timezone,
            "location": "Rådhuset",
            "booked_by_us": True,
            "changed_at": now,
        },
    )
    yield (
        tables.status_round,
        {
            "meeting": key,
            "municipality": slug,
            "state": RoundState.CLOSED if number else RoundState.OPEN,
            "opens_at": meets - timedelta(days=21),
            "reminders_at": [(meets - timedelta(days=14)).isoformat()],
            "deadline_at": meets - timedelta(days=10),
            "release_at": meets - timedelta(days=7),
        },
    )
    if number:
        yield tables.report, _report(key, meets - timedelta(days=7))
    packages = [package for package in programme.work_packages if package.municipality == slug]
    for place, package in enumerate(packages):
        leads = programme.assignments_of(f"pakke-{'abc'[place]}-{slug}")
        yield from _request(key, package.key, leads[0].person, place, meets, slug, is_open=not number)


def _request(
    meeting: str, package: str, person: str, place: int, meets: datetime, slug: str, *, is_open: bool
) -> Iterator[tuple[Table, Row]]:
    id_, answered = request_id(meeting, package), place < 2
    missing = RequestState.OPEN if is_open else RequestState.MISSING
    opened = meets - timedelta(days=21)
    yield (
        tables.status_request,
        {
            "id": id_,
            "meeting": meeting,
            "work_package": package,
            "person": person,
            "state": RequestState.ANSWERED if answered else missing,
            "opened_at": opened,
            "latest_version": int(answered),
        },
    )
    yield (
        tables.message,
        {
            "key": f"{meeting}#{package}",
            "kind": "status_request",
            "surface": Surface.PERSONAL,
            "municipality": slug,
            "person": person,
            "request": id_,
            "state": MessageState.SENT,
            "due_at": opened,
            "content": CONTENT,
            "sent_at": opened,
        },
    )
    if not answered:
        return
    content = AnswerContent(light=tuple(Light)[place], done="Vi er i rute.", indicators={"antall": 4.0 + place})
    yield (
        tables.status_answer,
        {
            "request": id_,
            "version": 1,
            "at": opened + timedelta(days=2),
            "by": person,
            "surface": AnswerSurface.CARD,
            "content": content.to_data(),
        },
    )
    if place:
        yield (
            tables.escalation,
            {
                "id": id_,
                "request": id_,
                "meeting": meeting,
                "level": "local_board",
                "question": "Kan vi få et rom til?",
                "state": EscalationState.RAISED,
                "raised_at": opened + timedelta(days=2),
            },
        )


def _report(meeting: str, at: datetime) -> Row:
    """Return a released report without its content, which only its own page reads."""
    return {
        "meeting": meeting,
        "version": 1,
        "state": ReportState.RELEASED,
        "content": {},
        "checksum": "",
        "compiled_at": at,
        "released_at": at,
    }


def _place(slug: str, now: datetime) -> Rows:
    """Return a place that was rolled out."""
    things = ("group", "team", "site", *(f"channel:{number}" for number in range(6)))
    made = [
        {"place": slug, "key": key, "external_id": key, "url": f"https://teams.example/{slug}/{key}", "made_at": now}
        for key in things
    ]
    unit = {"key": f"rollout.place:{slug}", "kind": "rollout.place", "state": "done", "due_at": now, "done_at": now}
    return {tables.resource: made, tables.unit: [unit]}
