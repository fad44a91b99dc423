"""The whole site over the shipped programme, walked by its links, with an address for every page of the route table."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from httpx import ASGITransport
from sqlalchemy import insert, select

from benchmarks.history import meeting_day, write_history
from config.loading import load_documents
from config.programme import Programme
from config.settings import Settings
from integration.database import tables
from integration.database.connection import Database
from integration.database.privacy_tables import redaction
from tests.clocks import StillClock
from tests.documents.test_word import AGENDA
from tests.support.signed_in import PUBLIC, Browser
from tools.authorisation import routes_of
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from wiring.web import create_web
from workflows.messages.model import Content, Message, Surface
from workflows.status.plan import package_leads, request_id

SHIPPED = Path(__file__).parents[2] / "config" / "vestfold"
ROUNDS = 2
FILE = re.compile(r"\.[a-z]{2,4}$")
COUNTY, LOCAL, CHAIR, MEMBER, PACKAGE_LEAD = (
    "leder-vestfold",
    "leder-horten",
    "oppvekstsjef-tonsberg",
    "rektor-notteroy",
    "pakkeleder-tonsberg",
)
PEOPLE = (COUNTY, LOCAL, CHAIR, MEMBER, PACKAGE_LEAD)
PLACE, PACKAGE, BODY = "horten", "tonsberg-norsk-og-arbeid", "tonsberg"
SEEN_ELSEWHERE = {
    "/logg-inn/venter": "tests/e2e/test_sign_in.py",
    "/logg-inn/ukjent": "tests/e2e/test_sign_in.py",
    "/logg-inn/knytt": "tests/e2e/test_sign_in.py",
    "/logg-inn/knytt/{token}": "tests/e2e/test_sign_in.py",
    "/fylket/utboks/melding/innhold": "a mail as it will look, within a frame of /fylket/utboks/melding",
}
"""Pages that only a browser on its way through sign-in sees, and what is no page by itself: where it is looked at."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An address of a page, and the person who opens it; nobody for a page that needs no sign-in."""

    address: str
    person: str | None
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Site:
    """The application as it is wired, with rounds, reports and questions behind it."""

    app: FastAPI
    programme: Programme
    outside: Outside
    jobs: Jobs


@asynccontextmanager
async def whole_site(database_url: str, public_url: str = PUBLIC) -> AsyncIterator[Site]:
    """Give the whole application over the programme as it is shipped, at an empty database of the current schema."""
    settings = Settings(
        database_url=database_url, public_url=public_url, tenant_id="tenant", bot_id="bot", app_id="app", door_id="door"
    )
    outside = Outside(settings, name="test")
    clock = vars(outside)["clock"] = StillClock()
    programme = await outside.record.register.save(load_documents(SHIPPED))
    await write_history(outside.record.database, programme, ROUNDS, clock.now())
    jobs = Jobs(outside)
    yield Site(app=create_web(outside, jobs, around=nullcontext), programme=programme, outside=outside, jobs=jobs)
    await outside.close()


class Walk:
    """The pages a reader gets to from the start page by following links."""

    def __init__(self, site: Site, person: str) -> None:
        self._app, programme = site.app, site.programme
        self._public = site.outside.settings.public_url
        self.person = person
        self._names = {
            **{item.key: "PACKAGE" for item in programme.work_packages},
            **{item.key: "BODY" for item in programme.bodies},
            # A local board has its municipality's slug.
            **{item.slug: "MUNICIPALITY" for item in programme.municipalities},
        }
        self._followed: set[str] = set()
        self.pages: list[Shown] = []
        """The pages that were reached."""
        self.dead: list[str] = []

    @property
    def kinds(self) -> int:
        """The kinds of pages that were reached."""
        return len(self._followed)

    async def everywhere(self) -> "Walk":
        gate = self._app.state.gate
        async with Browser(transport=ASGITransport(self._app), base_url=self._public, follow_redirects=True) as browser:
            browser.sign_in(gate, await gate.sessions.start(self.person, issuer="test", subject=self.person))
            ahead = [("/", "")]
            while ahead:
                address, came_from = ahead.pop()
                answer = await browser.get(address)
                if answer.status_code != 200:
                    self.dead.append(f"{came_from} → {address}: {answer.status_code}")
                elif answer.headers["content-type"].startswith("text/html"):
                    self.pages.append(Shown(address=address.removeprefix(self._public), person=self.person))
                    ahead += [(link, address) for link in self._links(answer.text, str(answer.url))]
        return self

    def _links(self, page: str, here: str) -> list[str]:
        """Return the page's links to pages of ours of a kind that was not followed yet."""
        found = []
        for link in re.findall(r'<a [^>]*href="([^"#]+)', page):
            address = urljoin(here, unescape(link))
            if not address.startswith(f"{self._public}/") or FILE.search(urlsplit(address).path):
                continue
            kind = self._kind(address)
            if kind not in self._followed:
                self._followed.add(kind)
                found.append(address)
        return found

    def _kind(self, address: str) -> str:
        """Return the address with placeholders for all that differs between pages of one kind."""
        parts = urlsplit(address)
        named = [self._names.get(step, step) for step in parts.path.split("/")]
        steps = [re.sub(r"^(\d{4}-.*|[\w-]+\.[\w-]{20,})$", "DAY-OR-LINK", step) for step in named]
        return "/".join(steps) + "?" + ",".join(sorted(re.findall(r"(?:^|&)(\w+)=", parts.query)))


# ------------------------------------------------------------------------------------------------------ every page


async def every_page(site: Site) -> list[Shown]:
    """Return an address of every page that links lead to, as several roles, and of those that no link leads to."""
    prepared = [*await pages_without_links(site), *[item async for item in pages_of_errors(site)]]
    walks = [await Walk(site, person).everywhere() for person in (COUNTY, LOCAL, CHAIR, PACKAGE_LEAD)]
    return [*prepared, *(page for walk in walks for page in walk.pages)]


async def pages_without_links(site: Site) -> list[Shown]:
    """Return the pages that no link of another page leads to, each with what it shows written first."""
    return [*[item async for item in _of_the_programme(site)], *[item async for item in _of_a_board(site)]]


async def pages_of_errors(site: Site) -> AsyncIterator[Shown]:
    """Give the pages that say what went wrong: an unknown address, somebody else's, and links that were ended."""
    record, now = site.outside.record, site.outside.clock.now()
    ahead, held = (f"{BODY}/{meeting_day(number, now)}" for number in (0, 1))
    lead = package_leads(site.programme, PACKAGE, now.date())[0].key
    answer = await record.links.issue("answer", request_id(ahead, PACKAGE), lead)
    report = await record.links.issue("report", held)
    for token in (answer, report):
        await record.held_links.end(token.rpartition(".")[0], by=COUNTY)
    for person in (None, LOCAL):
        yield Shown(address="/finnes-ikke", person=person, status=404)
        yield Shown(address=f"/svar/{answer}", person=person, status=410)
        yield Shown(address=f"/rapport/{report}", person=person, status=404)
    yield Shown(address="/kommune/larvik", person=LOCAL, status=404)


def pages_without_address(app: FastAPI, shown: Sequence[Shown]) -> list[str]:
    """Return the pages of the route table that none of the addresses is of."""
    routes = [route for route in routes_of(app) if isinstance(route, APIRoute) and "GET" in (route.methods or ())]
    seen = {_path_of(routes, item.address) for item in shown}
    pages = [route.path for route in routes if _is_page(route)]
    return [path for path in pages if path not in seen and path not in SEEN_ELSEWHERE]


def _is_page(route: APIRoute) -> bool:
    return route.response_class is HTMLResponse


def _path_of(routes: Sequence[APIRoute], address: str) -> str:
    path = urlsplit(address).path
    return next((route.path for route in routes if route.path_regex.match(path)), "")


async def _of_the_programme(site: Site) -> AsyncIterator[Shown]:
    """Give the pages of acts, look-ups, a redaction and a message that waits, and those that need no sign-in."""
    record, now = site.outside.record, site.outside.clock.now()
    for path in ("/logg-inn", "/logg-inn/teams", "/logg-ut", "/fane", "/fane/oppsett"):
        yield Shown(address=path, person=None)
    await record.register.set_language(LOCAL, "nb")
    acts = await site.jobs.register.desk.log(document=None, before=None, most=1)
    for base, person in (("/fylket", COUNTY), (f"/kommune/{PLACE}", LOCAL)):
        yield Shown(address=f"{base}/logg/{acts[0].version}/angre", person=person)
        asked = await site.jobs.register.look_up_desk.ask("noen@horten.example", by=person)
        yield Shown(address=f"{base}/konto?{urlencode({'id': asked.id})}", person=person)
    yield Shown(address="/fylket/ny-kommune/kontoer", person=COUNTY)
    async with record.database.begin() as connection:
        values = {"number": 1, "at": now, "by": COUNTY, "basis": "Artikkel 17", "found": {"report": 2}}
        await connection.execute(insert(redaction).values(**values, papers=[], steps=[], left={"backups": 1}))
    yield Shown(address="/fylket/sladding/1", person=COUNTY)
    content = Content(email="leder@horten.example", name="Leder", address="", subject="Status", text="Hei")
    await record.messages.plan([Message(key="m", kind="status", surface=Surface.EMAIL, due_at=now, content=content)])
    yield Shown(address="/fylket/utboks/melding?nokkel=m", person=COUNTY)


async def _of_a_board(site: Site) -> AsyncIterator[Shown]:
    """Give the pages of a draft report and of minutes, and those that a link of their own opens."""
    links, programme, now = site.outside.record.links, site.programme, site.outside.clock.now()
    ahead, held = (f"{BODY}/{meeting_day(number, now)}" for number in (0, 1))
    lead = package_leads(programme, PACKAGE, now.date())[0].key
    await _write_papers(site, ahead, held, now)
    yield Shown(address=f"/kommune/{BODY}/rapport/tekst?pakke={PACKAGE}", person=COUNTY)
    yield Shown(address=f"/styret/{BODY}/moter/{meeting_day(1, now)}/referat", person=CHAIR)
    yield Shown(address=f"/svar/{await links.issue('answer', request_id(ahead, PACKAGE), lead)}", person=None)
    yield Shown(address=f"/rapport/{await links.issue('report', held)}", person=None)
    yield Shown(address=f"/referat/{await links.issue('record_minutes', held, CHAIR)}", person=None)
    yield Shown(address=f"/gjester/{await links.issue('confirm_guests', f'guests:{PLACE}', LOCAL)}", person=None)
    yield Shown(address=f"/fane/{await links.issue('tab', f'{PLACE}/plan')}", person=None)


async def _write_papers(site: Site, ahead: str, held: str, now: datetime) -> None:
    """Write the draft of the next report, and the agenda that minutes are written to."""
    agenda = tables.agenda
    await write_draft(site.outside.record.database, ahead, held, now)
    async with site.outside.record.database.begin() as connection:
        facts = replace(AGENDA.meeting, key=held, body=BODY)
        sent = {"meeting": held, "body": BODY, "year": now.year, "last_number": 9, "released_at": now, "published": {}}
        await connection.execute(insert(agenda).values(**sent, content=replace(AGENDA, meeting=facts).to_data()))


async def write_draft(database: Database, ahead: str, held: str, now: datetime) -> None:
    """Write a draft for the meeting *ahead*, in the words of the report for the meeting *held*."""
    report = tables.report
    async with database.begin() as connection:
        content = (await connection.execute(select(report.c.content).where(report.c.meeting == held))).scalar_one()
        draft = {"meeting": ahead, "version": 1, "state": "draft", "content": content, "checksum": "", "published": {}}
        await connection.execute(insert(report).values(**draft, compiled_at=now))
