"""Time and SQL statements of every page and API address behind sign-in: `python -m benchmarks.pages [--quick]`.

An invented country: 357 municipalities with three packages each, and twelve rounds of status in the record. Every
address that reads is asked as the county lead and as a local lead, one request after another, within this process: the
time is the processor time of the process, so that other work beside it does not count. Statements are counted with two
rounds of history and again with twelve. «load kB» is a first
visit: the page and all that its head asks for, compressed.
"""

import argparse
import asyncio
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Connection

from benchmarks.country import write_country
from benchmarks.history import meeting_day, write_history
from benchmarks.statements import watched_statements
from config.loading import load_documents
from config.programme import Programme
from config.settings import Part, Settings
from integration.database.schema import VERSION_TABLE
from tools.authorisation import routes_of
from web.access.gate import Gate, rule_of
from web.assets import FOLDER, packed
from wiring.process import Services, create_services
from workflows.access.model import Reader, Where
from workflows.access.rules import may, reader_of

MUNICIPALITIES, ROUNDS, FEW_ROUNDS = 357, 12, 2
REQUESTS, QUICK_REQUESTS = 200, 30
MEDIAN, P99 = 50.0, 200.0
"""Milliseconds that a page may take."""
HEAD = re.compile(r'(?:href|src)="/static/([^"?]+)')
"""Names of the files that a page asks for."""
STATEMENTS = 12
"""Statements that a page may send."""
FIRST_LOAD = 100.0
"""Kilobytes that a first visit to a page may load, compressed."""
LARGEST = 150.0
"""Kilobytes of a page before it is compressed: a longer list is better read page by page."""
SLUG = "kommune-002"
PAPER = "07-trusselmodell"
"""The longest of the governance papers."""
READERS = ("leder-fylket", f"leder-{SLUG}")
"""The county lead, and a local lead who is a guest."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An address and the person who asks for it."""

    route: str
    address: str
    person: str


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of one address."""

    asked: Asked
    status: int
    few_statements: int
    """Statements with little history."""
    statements: int
    milliseconds: Sequence[float]
    size: float
    """Kilobytes before it is compressed."""
    load: float
    """Kilobytes of a first visit, compressed."""

    @property
    def p50(self) -> float:
        return median(self.milliseconds)

    @property
    def p99(self) -> float:
        return sorted(self.milliseconds)[ceil(len(self.milliseconds) * 0.99) - 1]

    @property
    def excess(self) -> list[str]:
        """The limits that it is over."""
        over = {
            f"median over {MEDIAN:.0f} ms": self.p50 > MEDIAN,
            f"p99 over {P99:.0f} ms": self.p99 > P99,
            f"over {STATEMENTS} statements": self.statements > STATEMENTS,
            "grows with history": self.statements > self.few_statements,
            f"first load over {FIRST_LOAD:.0f} kB": self.load > FIRST_LOAD,
            f"over {LARGEST:.0f} kB": self.size > LARGEST,
            "fails": self.status >= 500,
        }
        return [name for name, is_over in over.items() if is_over]


async def measure(municipalities: int, rounds: int, requests: int, folder: Path) -> list[Figures]:
    """Return the figures of every address behind sign-in that reads."""
    now = datetime.now(UTC)
    async with country(municipalities, folder) as (services, programme):
        app = services.web
        addresses = asked_of(app, programme, now)
        await write_history(services.record.database, programme, FEW_ROUNDS, now)
        async with signed_in(app, services.settings.public_url) as browsers:
            few = [(await _count(browsers[asked.person], asked.address))[1] for asked in addresses]
            await write_history(services.record.database, programme, rounds, now)
            return [
                await _measure(browsers[asked.person], asked, before, requests)
                for asked, before in zip(addresses, few, strict=True)
            ]


async def _measure(browser: httpx.AsyncClient, asked: Asked, few: int, requests: int) -> Figures:
    answer, statements = await _count(browser, asked.address)
    times = []
    for _ in range(requests):
        began = time.process_time()
        await browser.get(asked.address)
        times.append((time.process_time() - began) * 1000)
    return Figures(
        asked=asked,
        status=answer.status_code,
        few_statements=few,
        statements=statements,
        milliseconds=times,
        size=len(answer.content) / 1000,
        load=first_load(answer) / 1000,
    )


async def _count(browser: httpx.AsyncClient, address: str) -> tuple[httpx.Response, int]:
    """Return an answer and the number of its statements. It is asked for once before, to fill caches."""
    await browser.get(address)
    with counted_statements() as counted:
        answer = await browser.get(address)
    return answer, len(counted)


def first_load(answer: httpx.Response) -> int:
    """Return the bytes that a first visit loads: the answer and, of a page, all that its head asks for."""
    names = set(HEAD.findall(answer.text)) if answer.headers.get("content-type", "").startswith("text/html") else set()
    return len(packed(answer.content)) + sum(len(packed((FOLDER / name).read_bytes())) for name in names)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """
    Note the statements that any database of this process carries out meanwhile.

    The start of transactions is left out, and the look at the schema that a write takes every few seconds.
    """
    noted: list[str] = []

    def note(_connection: Connection, statement: str, _values: Any) -> None:
        if not statement.startswith("BEGIN") and VERSION_TABLE not in statement:
            noted.append(statement)

    with watched_statements(note):
        yield noted


def asked_of(app: FastAPI, programme: Programme, now: datetime) -> list[Asked]:
    """Return every address behind sign-in that reads, for each of the readers who may open it."""
    package = next(item.key for item in programme.work_packages if item.municipality == SLUG)
    names = {"slug": SLUG, "package": package, "body": programme.local_board(SLUG).key}
    samples = {**names, "day": str(meeting_day(0, now)), "version": "1", "place": SLUG, "paper": PAPER}
    where = Where(municipality=SLUG, work_package=package, body=names["body"])
    readers = [_reader(programme, person, now) for person in READERS]
    found = []
    for route in routes_of(app):
        right = rule_of(route) if isinstance(route, APIRoute) else None
        if right is None or "GET" not in (route.methods or ()):
            continue
        values = {name: samples.get(name, "finnes-ikke") for name in route.param_convertors}
        address = str(route.url_path_for(route.name, **values))
        place = where if set(values) & set(names) else Where()
        found += [
            Asked(route=route.path, address=address, person=reader.person)
            for reader in readers
            if may(reader, right, place)
        ]
    return found


def _reader(programme: Programme, person: str, now: datetime) -> Reader:
    reader = reader_of(programme, person, programme.today(now))
    assert reader is not None
    return reader


@asynccontextmanager
async def country(
    municipalities: int, folder: Path, database_url: str = "", *, part: Part = Part.DOOR
) -> AsyncIterator[tuple[Services, Programme]]:
    """
    Import the country into a database of its own: a file, or the empty one at *database_url*.

    *part*: the service that it is given to.
    """
    write_country(folder / "programme", municipalities, with_owner_board=True)
    url = database_url or f"sqlite+aiosqlite:///{folder / 'vareunge.db'}"
    settings = Settings(part=part, database_url=url, bot_id="bot", tenant_id="tenant")
    if part is not Part.DOOR:
        # No call leaves: they are asked what to do, and do none of it.
        ours = {"hands_id": "hands", "builder_id": "builder", "organizer": ("moter@fylket.example",)}
        settings = settings.model_copy(update=ours)
    services = create_services(settings, log_level="ERROR")
    try:
        await services.record.database.migrate()
        yield services, await services.record.register.save(load_documents(folder / "programme"))
    finally:
        await services.close()


@asynccontextmanager
async def signed_in(app: FastAPI, public_url: str) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """Sign the readers in."""
    gate: Gate = app.state.gate
    browsers = {}
    for person in READERS:
        browsers[person] = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=public_url)
        browsers[person].cookies.set(gate.cookie, await gate.sessions.start(person, issuer="benchmark", subject=person))
    yield browsers
    for browser in browsers.values():
        await browser.aclose()


def report(figures: Sequence[Figures]) -> str:
    """Return the figures, for people."""
    width = max(len(item.asked.route) for item in figures)
    lines = [f"{'address':{width}}  {'reader':18}  status  p50 ms  p99 ms  statements  page kB  load kB"]
    lines += [
        f"{item.asked.route:{width}}  {item.asked.person:18}  {item.status:6}  {item.p50:6.1f}  {item.p99:6.1f}  "
        f"{item.statements:10}  {item.size:7.1f}  {item.load:7.1f}  {', '.join(item.excess)}".rstrip()
        for item in figures
    ]
    over = sum(bool(item.excess) for item in figures)
    lines += [
        f"{over} of {len(figures)} over {MEDIAN:.0f} ms (median), {P99:.0f} ms (p99) or {STATEMENTS} statements",
        f"or over {FIRST_LOAD:.0f} kB (first load) or {LARGEST:.0f} kB (page)",
        f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Returns 1 when an address is over a limit."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_REQUESTS} requests each, not {REQUESTS}")
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        requests = QUICK_REQUESTS if options.quick else REQUESTS
        figures = asyncio.run(measure(options.municipalities, options.rounds, requests, Path(folder)))
    print(report(figures))
    return int(any(item.excess for item in figures))


if __name__ == "__main__":
    sys.exit(main())
