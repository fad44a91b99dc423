"""Plans of the statements that ask for a country's history: `python -m benchmarks.plans [--database URL]`.

An invented country: 357 municipalities with three packages each, twelve rounds of status in the record, and in every
table that grows as many rows as these would leave. Every page behind sign-in, an answer and the looks of the engine are
asked for once; the database explains each statement, and PostgreSQL counts the rows that those which change nothing
read. One that reads too much of a table which grows is named, and the exit code is 1. A few may: they stand in
`ACCEPTED`.
"""

import argparse
import asyncio
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text

from benchmarks.history import write_history
from benchmarks.pages import ROUNDS, asked_of, country, signed_in
from benchmarks.statements import watched_statements
from benchmarks.traces import write_traces
from config.programme import Programme
from integration.database.connection import Database
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
    "link": ("count(*) AS count_1 FROM link WHERE link.revoked_at IS NULL",),
    "minutes": (ENTRIES,),
    "register_change": (NEWEST,),
    "report": (ENTRIES,),
    "status_round": ("status_round.release_at FROM status_round WHERE status_round.meeting IN",),
}
"""
Words of the statements, by table, that may read all of it.

`agenda`, `minutes`, `report`, `archive_handover` and `link`: the page of the programme's end counts what the archive
has not yet of all that was ever made, and the links that still open something. `audit`, `lesson` and `register_change`:
the newest of all, along their index and no further than a page or a window. `status_round`: the rounds before the next
meeting of every board, for the page of what will leave; with twelve rounds behind them PostgreSQL finds reading the
table cheaper than 357 look-ups, with 24 it looks them up.
"""
EXPLAINED = ("SELECT", "UPDATE", "DELETE", "WITH")
CARRIED_OUT = ("SELECT", "WITH RECURSIVE")
"""Beginnings of statements that change nothing: PostgreSQL carries them out and counts the rows that it reads."""
MOST_OF_A_TABLE = 0.75
"""
Share of a growing table's rows that a statement may read by whatever way: of twelve rounds, nine.

An index may lead to nearly every row, and then it spares nothing.
"""


@dataclass(frozen=True)
class Scan:
    """A statement that reads all of a growing table, or *share* of it by an index."""

    table: str
    statement: str
    share: float = 1.0


@dataclass
class Noted:
    """The statements that were explained, and those among them that read too much of a growing table."""

    sizes: Mapping[str, int]
    """Rows, by table, where PostgreSQL explains: it counts what it reads of them."""
    statements: set[str] = field(default_factory=set)
    scans: list[Scan] = field(default_factory=list)


@contextmanager
def noted_scans(sizes: Mapping[str, int]) -> Iterator[Noted]:
    """Note the plan of each statement that databases of this process carry out meanwhile; *sizes*: from `filled`."""
    noted = Noted(sizes)

    def explain(connection: Connection, statement: str, values: Any) -> None:
        if statement in noted.statements or not statement.startswith(EXPLAINED):
            return
        noted.statements.add(statement)
        looker = connection.connection.cursor()
        of_postgres = connection.dialect.name == "postgresql"
        counts = of_postgres and statement.startswith(CARRIED_OUT)
        try:
            looker.execute(f"{EXPLAIN[of_postgres, counts]} {statement}", values)
            rows = looker.fetchall()
        finally:
            looker.close()
        if of_postgres:
            found = read_on_postgres(rows[0][0], sizes)
        else:
            found = dict.fromkeys(scanned_on_sqlite([row[3] for row in rows]), 1.0)
        noted.scans += [
            Scan(table, statement, share)
            for table, share in sorted(found.items())
            if table in GROWING and not _accepted(table, statement)
        ]

    with watched_statements(explain):
        yield noted


def _accepted(table: str, statement: str) -> bool:
    flat = " ".join(statement.split())
    return any(words in flat for words in ACCEPTED.get(table, ()))


EXPLAIN = {
    (False, False): "EXPLAIN QUERY PLAN",
    (True, False): "EXPLAIN (FORMAT JSON)",
    (True, True): "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON)",
}
"""By whether it is PostgreSQL, and whether it may carry the statement out."""


def scanned_on_sqlite(steps: Sequence[str]) -> set[str]:
    """Return the tables that a plan of SQLite reads from end to end."""
    found = (re.match(r"SCAN (\w+?)(_\d+)?( USING .*)?$", step) for step in steps)
    return {match[1] for match in found if match}


def read_on_postgres(plan: Any, sizes: Mapping[str, int]) -> dict[str, float]:
    """
    Return the tables of which a plan of PostgreSQL reads too much, and how much.

    From end to end in the order of its pages; by an index more than `MOST_OF_A_TABLE`, where it was carried out; by
    an index that narrows nothing, where it was not.
    """
    nodes = json.loads(plan) if isinstance(plan, str) else plan
    found: dict[str, float] = {}
    for node in _nodes(nodes[0]["Plan"]):
        if (table := node.get("Relation Name")) in sizes:
            found[table] = max(found.get(table, 0.0), _share(node, sizes[table]))
    return {table: share for table, share in found.items() if share > MOST_OF_A_TABLE}


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _share(node: Any, size: int) -> float:
    if node["Node Type"] == "Seq Scan":
        return 1.0
    if "Actual Rows" in node:
        read = node["Actual Rows"] + sum(node.get(f"Rows Removed by {why}", 0) for why in PASSED_BY)
        return float(read * node["Actual Loops"] / size)
    return float(node["Node Type"] in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node)


PASSED_BY = ("Filter", "Index Recheck")
"""Reasons for which a row that was read is none of the result."""


async def filled(database: Database, now: datetime) -> Mapping[str, int]:
    """Fill the tables that grow beside a history, and return how many rows each has then, as the planner knows, too."""
    await write_traces(database, now)

    def count(connection: Connection) -> dict[str, int]:
        if connection.dialect.name != "postgresql":
            # Nobody analyses the tables of a file in use: SQLite plans without looking at how many rows there are.
            return {}
        connection.execute(text("ANALYZE")).close()
        growing = [table for table in walked_tables() if table.name in GROWING]
        return {item.name: connection.execute(select(func.count()).select_from(item)).scalar_one() for item in growing}

    return await database.look(count)


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


async def measure(municipalities: int, rounds: int, folder: Path, database_url: str = "") -> Noted:
    """Return what was noted about a country."""
    now = datetime.now(UTC)
    async with country(municipalities, folder, database_url) as (services, programme):
        await write_history(services.record.database, programme, rounds, now)
        with noted_scans(await filled(services.record.database, now)) as noted:
            await ask_everything(services, programme, now)
    return noted


def report(noted: Noted) -> str:
    """Return what was noted, for people."""
    lines = [f"reads {scan.share:.0%} of {scan.table}: {' '.join(scan.statement.split())}" for scan in noted.scans]
    return "\n".join([*lines, f"{len(lines)} of {len(noted.statements)} statements read too much of a growing table"])


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
