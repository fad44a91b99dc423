"""Plans of the statements that ask for a country's history: `python -m benchmarks.plans [--database URL]`.

An invented country: 357 municipalities with three packages each, and twelve rounds of status in the record. Every page
behind sign-in, an answer and the looks of the engine are asked for once; the database explains each statement. One that
reads all of a table which grows with every round is named, and the exit code is 1. A few may: they stand in `ACCEPTED`.
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.history import write_history
from benchmarks.pages import ROUNDS, asked_of, country, signed_in
from benchmarks.statements import watched_statements
from config.programme import Programme
from integration.database.record_rows import walked_tables
from wiring.process import Services
from workflows.messages.model import MessageState
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface, RoundState
from workflows.status.plan import request_id

MUNICIPALITIES = 357
STANDING = {
    "account": "a row a person",
    "conversation": "a row a person",
    "guest": "a row a person",
    "guest_answer": "a row a guest of a municipality; the next question takes its place",
    "identity": "a row a person, and one for each that was undone",
    "intent": "rows are taken away when the write has ended",
    "klass_municipality": "a row a municipality of Norway",
    "look_up": "rows are taken away after a day",
    "redaction": "a row for each text that was redacted",
    "register": "a row a document of the programme",
    "resource": "a row for each thing of a place in Microsoft 365",
    "slot": "a row for each limit",
    "switch": "a row for each municipality whose sending is stopped",
}
"""Tables that do not grow with rounds, with the reason: those may be read from end to end."""
GROWING = frozenset(table.name for table in walked_tables()) - STANDING.keys()
"""Tables that get rows with every round, meeting or act and lose none. A new table is one until it is named above."""
NEWEST = "LIMIT"
ENTRIES = "AS entry"
ACCEPTED = {
    "agenda": (ENTRIES,),
    "archive_handover": (ENTRIES,),
    "audit": (NEWEST,),
    "lesson": (NEWEST,),
    "link": ("LIKE", "link.revoked_at IS NULL AND (link.expires_at IS NULL"),
    "minutes": (ENTRIES,),
    "register_change": (NEWEST,),
    "report": (ENTRIES,),
}
"""
Words of the statements, by table, that may read all of it.

`agenda`, `minutes`, `report`, `archive_handover` and the second of `link`: the page of the programme's end counts what
the archive has not yet of all that was ever made, and the links that still open something. `audit`, `lesson` and
`register_change`: the newest of all, along their index and no further than a page or a window. The first of `link`: a
lead's page of the links to their place, by the beginnings of what links lead to.
"""
EXPLAINED = ("SELECT", "UPDATE", "DELETE", "WITH")
NO_SCAN_WHERE_AN_INDEX_SERVES = "SET enable_seqscan = off"
"""Makes PostgreSQL plan for a handful of rows as it would for very many."""


@dataclass(frozen=True)
class Scan:
    """A statement that reads all of a growing table."""

    table: str
    statement: str


@dataclass
class Noted:
    """The statements that were explained, and those among them that read all of a growing table."""

    statements: set[str] = field(default_factory=set)
    scans: list[Scan] = field(default_factory=list)


@contextmanager
def noted_scans(*, few_rows: bool) -> Iterator[Noted]:
    """
    Note the plan of each statement that any database of this process carries out meanwhile.

    *few_rows*: PostgreSQL is to plan as for many rows. SQLite always does, as long as nobody analyses its tables.
    """
    noted = Noted()

    def explain(connection: Connection, statement: str, values: Any) -> None:
        if statement in noted.statements or not statement.startswith(EXPLAINED):
            return
        noted.statements.add(statement)
        looker = connection.connection.cursor()
        try:
            of_postgres = connection.dialect.name == "postgresql"
            if of_postgres and few_rows:
                looker.execute(NO_SCAN_WHERE_AN_INDEX_SERVES)
            looker.execute(f"{EXPLAIN[of_postgres]} {statement}", values)
            rows = looker.fetchall()
        finally:
            looker.close()
        found = scanned_on_postgres(rows[0][0]) if of_postgres else scanned_on_sqlite([row[3] for row in rows])
        noted.scans += [Scan(table, statement) for table in sorted(found & GROWING) if not _accepted(table, statement)]

    with watched_statements(explain):
        yield noted


def _accepted(table: str, statement: str) -> bool:
    return any(words in statement for words in ACCEPTED.get(table, ()))


EXPLAIN = {False: "EXPLAIN QUERY PLAN", True: "EXPLAIN (FORMAT JSON)"}


def scanned_on_sqlite(steps: Sequence[str]) -> set[str]:
    """Return the tables that a plan of SQLite reads from end to end."""
    found = (re.match(r"SCAN (\w+?)(_\d+)?( USING .*)?$", step) for step in steps)
    return {match[1] for match in found if match}


def scanned_on_postgres(plan: Any) -> set[str]:
    """Return the tables that a plan of PostgreSQL reads from end to end, by an index that narrows nothing, too."""
    nodes = json.loads(plan) if isinstance(plan, str) else plan
    return {node["Relation Name"] for node in _nodes(nodes[0]["Plan"]) if _reads_all(node)}


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _reads_all(node: Any) -> bool:
    by_index = node["Node Type"] in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node
    return "Relation Name" in node and (by_index or node["Node Type"] == "Seq Scan")


async def ask_everything(services: Services, programme: Programme, now: datetime) -> None:
    """Ask for each page behind sign-in, for what the engine looks for, and give an answer."""
    app = services.web
    async with signed_in(app, services.settings.public_url) as browsers:
        for asked in asked_of(app, programme, now):
            await browsers[asked.person].get(asked.address)
    await _look_as_the_engine(services, now)
    await _answer(services, programme, now)


async def _look_as_the_engine(services: Services, now: datetime) -> None:
    record, minute = services.record, timedelta(minutes=1)
    await record.units.claim("plans", now=now, lease_until=now + minute, limit=4)
    await record.units.next_moment()
    await record.units.list_lost(now=now, grace=minute, ahead=minute, limit=100)
    await record.units.wake_overdue(now=now, longest=minute)
    await record.messages.list_messages(states=[MessageState.PLANNED, MessageState.SENDING])
    for status_round in (await record.rounds.list_rounds(state=RoundState.OPEN))[:1]:
        requests = [item.id for item in await record.rounds.list_requests(status_round.meeting)]
        await record.rounds.list_open_requests([status_round.meeting])
        await record.rounds.newest_answers(requests)
        await record.rounds.previous_answers(status_round)
        await record.rounds.list_escalations(status_round.meeting)
        await record.messages.list_messages(requests=requests)
        await record.reports.newest(status_round.meeting)


async def _answer(services: Services, programme: Programme, now: datetime) -> None:
    """Answer a request twice: the second time it is asked what the first one lifted."""
    (status_round, *_) = await services.record.rounds.list_rounds(state=RoundState.OPEN)
    package = next(item for item in programme.work_packages if item.municipality == status_round.municipality)
    request = await services.record.rounds.find_request(request_id(status_round.meeting, package.key))
    assert request is not None
    link = await services.record.links.issue("answer", request.id, request.person)
    assert await services.record.links.resolve(link, "answer") is not None
    for words in ("Kurset er i gang.", "Kurset er ferdig."):
        await services.jobs.status.answering.answer(
            request.id,
            sender=ByLink(request.person),
            content={"light": "green", "done": words, "next": "Vi går videre.", "numbers_asked": "1"},
            surface=AnswerSurface.FORM,
        )


async def measure(
    municipalities: int, rounds: int, folder: Path, database_url: str = "", *, few_rows: bool = False
) -> Noted:
    """Return what was noted about a country; `few_rows` as for `noted_scans`."""
    now = datetime.now(UTC)
    async with country(municipalities, folder, database_url) as (services, programme):
        await write_history(services.record.database, programme, rounds, now)
        if database_url and not few_rows:
            await services.record.database.look(lambda connection: connection.execute(text("ANALYZE")).close())
        with noted_scans(few_rows=few_rows) as noted:
            await ask_everything(services, programme, now)
    return noted


def report(noted: Noted) -> str:
    """Return what was noted, for people."""
    lines = [f"reads all of {scan.table}: {' '.join(scan.statement.split())}" for scan in noted.scans]
    return "\n".join([*lines, f"{len(lines)} of {len(noted.statements)} statements read all of a growing table"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Explain and report. Returns 1 when a statement reads all of a growing table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plans", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--database", default="", metavar="URL", help="an empty PostgreSQL database, instead of a file")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        noted = asyncio.run(measure(options.municipalities, options.rounds, Path(folder), options.database))
    print(report(noted))
    return int(bool(noted.scans))


if __name__ == "__main__":
    sys.exit(main())
