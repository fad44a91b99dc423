"""A country's history in the record: for each board so many rounds with their answers, reports and messages."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select

from config.programme import Programme
from config.values import Place, WorkPackage
from integration.database import tables
from integration.database.connection import Database
from integration.database.paper_tables import lesson
from workflows.messages.model import MessageState, Surface
from workflows.papers.reports.model import BoardReport, MeetingFacts, ReportState
from workflows.papers.reports.package_report import MISSING, PackageReport
from workflows.status.model import (
    AnswerContent,
    AnswerSurface,
    EscalationState,
    Level,
    Light,
    RequestState,
    RoundState,
)
from workflows.status.plan import package_leads, request_id

BETWEEN = timedelta(days=42)
AHEAD = timedelta(days=14)
"""From now to the meeting that the open round is for."""
INVITED_BEFORE = timedelta(days=400)
"""From the invitation of guests to now."""
ANSWER_OF_THREE = 2
"""Packages that answer in each round, of three."""
CONTENT = {"email": "", "name": "Pakkeleder", "address": "", "subject": "Status", "text": "Gi status"}
"""The content of each message."""
QUESTIONS = (
    "Kan vi få et rom til fra nyttår?",
    "Kan kommunen dekke skyss til bedriftene?",
    "Hvem svarer ungdommene i sommerferien?",
)
AT_ONCE = 40
"""Municipalities whose rows are written in one go for each table."""
Row = dict[str, Any]


async def write_history(
    database: Database, programme: Programme, rounds: int, now: datetime, *, unmade: Collection[str] = ()
) -> None:
    """
    Write *rounds* rounds of every municipality, as far as they are not there: the newest one open, the others released.

    In each round two of three packages have answered and one asks its board something, which the last closed one passed
    on to the owner board and earlier ones settled. Each place of ours has been made, but *unmade* ones.
    """
    known = await _known(database)
    packages: dict[str, list[WorkPackage]] = {municipality.slug: [] for municipality in programme.municipalities}
    for package in programme.work_packages:
        packages[package.municipality].append(package)
    municipalities = programme.municipalities
    async with database.begin() as connection:
        for start in range(0, len(municipalities), AT_ONCE):
            rows: dict[Table, list[Row]] = {}
            for municipality in municipalities[start : start + AT_ONCE]:
                wanted = [n for n in range(rounds) if _meeting(programme, municipality.slug, n, now) not in known]
                history = chain(*(_round(programme, municipality.slug, packages, number, now) for number in wanted))
                is_new = len(wanted) == rounds and municipality.place is Place.OURS and municipality.slug not in unmade
                for table, row in chain(history, _place(programme, municipality.slug, now) if is_new else ()):
                    rows.setdefault(table, []).append(row)
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


def _round(
    programme: Programme, slug: str, packages_of: Mapping[str, Sequence[WorkPackage]], number: int, now: datetime
) -> Iterator[tuple[Table, Row]]:
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
            "deadline_at": meets - timedelta(days=8),
            "release_at": meets - timedelta(days=7),
        },
    )
    packages = packages_of[slug]
    if number:
        lines = tuple(_line(package, place, number) for place, package in enumerate(packages))
        yield tables.report, _report(_content(programme, key, starts, lines), meets - timedelta(days=7))
        yield from _lessons(key, packages, meets - timedelta(days=7))
    for place, package in enumerate(packages):
        leads = package_leads(programme, package.key, day)
        asked = _Asked(
            meeting=key, package=package, person=leads[0].key if leads else "", place=place, number=number, meets=meets
        )
        yield from _request(asked)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A package in a round."""

    meeting: str
    package: WorkPackage
    person: str
    place: int
    """Its place among the packages of its municipality."""
    number: int
    """The round's number; 0 is open."""
    meets: datetime


def _request(asked: _Asked) -> Iterator[tuple[Table, Row]]:
    id_, answered = request_id(asked.meeting, asked.package.key), asked.place < ANSWER_OF_THREE
    missing = RequestState.MISSING if asked.number else RequestState.OPEN
    opened = asked.meets - timedelta(days=21)
    yield (
        tables.status_request,
        {
            "id": id_,
            "meeting": asked.meeting,
            "work_package": asked.package.key,
            "person": asked.person,
            "state": RequestState.ANSWERED if answered else missing,
            "opened_at": opened,
            "latest_version": int(answered),
        },
    )
    yield (
        tables.message,
        {
            "key": f"{asked.meeting}#{asked.package.key}",
            "kind": "status_request",
            "surface": Surface.PERSONAL,
            "municipality": asked.package.municipality,
            "person": asked.person,
            "request": id_,
            "state": MessageState.SENT,
            "due_at": opened,
            "content": CONTENT,
            "sent_at": opened,
        },
    )
    if answered:
        yield from _answer(asked, id_, opened + timedelta(days=2))


def _answer(asked: _Asked, request: str, at: datetime) -> Iterator[tuple[Table, Row]]:
    """Give an answer whose numbers grow from round to round, and the question of every second package."""
    question = QUESTIONS[asked.number % len(QUESTIONS)]
    numbers = {item.key: (item.baseline or 0) + max(0, 6 - asked.number) for item in asked.package.indicators}
    content = AnswerContent(
        light=_light(asked.place, asked.number),
        done="Vi er i rute.",
        question=question if asked.place else "",
        indicators=numbers,
    )
    yield (
        tables.status_answer,
        {
            "request": request,
            "version": 1,
            "at": at,
            "by": asked.person,
            "surface": AnswerSurface.CARD,
            "content": content.to_data(),
        },
    )
    if asked.place:
        level, state = _standing(asked.number)
        yield (
            tables.escalation,
            {
                "id": request,
                "request": request,
                "meeting": asked.meeting,
                "level": level,
                "question": question,
                "state": state,
                "raised_at": at,
            },
        )


def _standing(number: int) -> tuple[Level, EscalationState]:
    """Return how the question of a round stands: the older they are, the more is done about them."""
    if number == 1:
        return Level.OWNER, EscalationState.PASSED_ON
    return Level.LOCAL, EscalationState.CLOSED if number else EscalationState.RAISED


def _lessons(meeting: str, packages: Sequence[WorkPackage], at: datetime) -> Iterator[tuple[Table, Row]]:
    """Give the lesson that the first package of a released report shares."""
    for package in packages[:1]:
        yield (
            lesson,
            {
                "meeting": meeting,
                "work_package": package.key,
                "municipality": package.municipality,
                "theme": package.theme or "",
                "released_at": at,
                "package": package.name,
                "text": "Det hjelper å ringe før vi skriver.",
            },
        )


def _content(programme: Programme, meeting: str, starts: datetime, packages: tuple[PackageReport, ...]) -> BoardReport:
    body = programme.body(meeting.rpartition("/")[0])
    municipality = programme.municipality(body.municipality or "")
    return BoardReport(
        meeting=MeetingFacts(
            key=meeting, body=body.key, starts_local=starts, ends_local=starts + timedelta(hours=2), location="Rådhuset"
        ),
        municipality=municipality.slug,
        municipality_name=municipality.name,
        name=programme.local_name,
        packages=packages,
    )


def _line(package: WorkPackage, place: int, number: int) -> PackageReport:
    light = _light(place, number) if place < ANSWER_OF_THREE else MISSING
    return PackageReport(key=package.key, name=package.name, lead="Pakkeleder", light=light, done="Vi er i rute.")


def _light(place: int, number: int) -> Light:
    return tuple(Light)[(place + number) % 3]


def _report(content: BoardReport, at: datetime) -> Row:
    """Return a released report without a PDF."""
    return {
        "meeting": content.meeting.key,
        "version": 1,
        "state": ReportState.RELEASED,
        "content": content.to_data(),
        "checksum": "",
        "compiled_at": at,
        "released_at": at,
    }


def _place(programme: Programme, slug: str, now: datetime) -> Iterator[tuple[Table, Row]]:
    """Give a place that was rolled out, with its members; its lists hold another record than today's."""
    members = programme.place_people(programme.place(slug), programme.today(now))
    channels = (f"channel:{number}" for number in range(6))
    things = ("group", "team", "site", "copies", *channels, *(f"member:{person.key}" for person in members))
    for key in things:
        url = f"https://teams.example/{slug}/{key}"
        yield tables.resource, {"place": slug, "key": key, "external_id": key, "url": url, "made_at": now}
    unit = {"key": f"rollout.place:{slug}", "kind": "rollout.place", "state": "done", "due_at": now, "done_at": now}
    yield tables.unit, unit
    for person in members:
        if programme.is_guest(person):
            invited = {"invited": True, "since": now - INVITED_BEFORE}
            yield tables.guest, {"person": person.key, "object_id": person.key, "place": slug, "roles": [], **invited}
