"""No page leads its reader to a page that is not there for them: every kind of link is followed, as every role."""

import re
from collections.abc import AsyncIterator
from contextlib import nullcontext
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from fastapi import FastAPI
from httpx import ASGITransport

from benchmarks.history import write_history
from config.loading import load_documents
from config.programme import Programme
from config.settings import Settings
from tests.clocks import StillClock
from tests.support.signed_in import PUBLIC, Browser
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from wiring.web import create_web

SHIPPED = Path(__file__).parents[2] / "config" / "vestfold"
ROUNDS = 2
FILE = re.compile(r"\.[a-z]{2,4}$")


class Walk:
    """The pages a reader gets to from the start page by following links."""

    def __init__(self, app: FastAPI, programme: Programme, person: str) -> None:
        self._app = app
        self._person = person
        self._names = {
            **{item.key: "PACKAGE" for item in programme.work_packages},
            **{item.key: "BODY" for item in programme.bodies},
            # A local board has its municipality's slug.
            **{item.slug: "MUNICIPALITY" for item in programme.municipalities},
        }
        self._followed: set[str] = set()
        self.dead: list[str] = []

    @property
    def kinds(self) -> int:
        """The kinds of pages that were reached."""
        return len(self._followed)

    async def everywhere(self) -> "Walk":
        gate = self._app.state.gate
        async with Browser(transport=ASGITransport(self._app), base_url=PUBLIC, follow_redirects=True) as browser:
            browser.sign_in(gate, await gate.sessions.start(self._person, issuer="test", subject=self._person))
            ahead = [("/", "")]
            while ahead:
                address, came_from = ahead.pop()
                answer = await browser.get(address)
                if answer.status_code != 200:
                    self.dead.append(f"{came_from} → {address}: {answer.status_code}")
                elif answer.headers["content-type"].startswith("text/html"):
                    ahead += [(link, address) for link in self._links(answer.text, str(answer.url))]
        return self

    def _links(self, page: str, here: str) -> list[str]:
        """Return the page's links to pages of ours of a kind that was not followed yet."""
        found = []
        for link in re.findall(r'<a [^>]*href="([^"#]+)', page):
            address = urljoin(here, unescape(link))
            if not address.startswith(f"{PUBLIC}/") or FILE.search(urlsplit(address).path):
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


@pytest.fixture
async def app(database_url: str) -> AsyncIterator[tuple[FastAPI, Programme]]:
    """The whole application over the programme as it is shipped, with rounds, reports and questions behind it."""
    settings = Settings(
        database_url=database_url, public_url=PUBLIC, tenant_id="tenant", bot_id="bot", app_id="app", door_id="door"
    )
    outside = Outside(settings, name="test")
    clock = vars(outside)["clock"] = StillClock()
    programme = await outside.record.register.save(load_documents(SHIPPED))
    await write_history(outside.record.database, programme, ROUNDS, clock.now())
    yield create_web(outside, Jobs(outside), around=nullcontext), programme
    await outside.close()


@pytest.mark.parametrize(
    ("person", "kinds"),
    [
        pytest.param("leder-vestfold", 60, id="county lead"),
        pytest.param("leder-horten", 30, id="local lead"),
        pytest.param("oppvekstsjef-tonsberg", 10, id="board chair"),
        pytest.param("rektor-notteroy", 10, id="board member"),
        pytest.param("pakkeleder-tonsberg", 10, id="package lead"),
        pytest.param("kommunedirektor-horten", 8, id="owner board member"),
        pytest.param("programradgiver", 5, id="IT"),
        pytest.param("juridisk-radgiver", 4, id="adviser"),
    ],
)
async def test_no_link_is_a_dead_end(app: tuple[FastAPI, Programme], person: str, kinds: int) -> None:
    walk = await Walk(*app, person).everywhere()

    assert walk.dead == []
    assert walk.kinds >= kinds
