"""Browsers that are signed in, without an identity provider: the session is put straight into the database."""

from collections.abc import Sequence

import httpx
from fastapi import APIRouter

from config.programme import Programme
from integration.database.connection import Database
from integration.database.sessions import SQLSessions
from web.access.gate import Gate
from web.app import create_app
from workflows.access.sessions import Sessions, csrf_token
from workflows.ports.units import Clock

PUBLIC = "https://vareunge.example"
OURS = {"sec-fetch-site": "same-origin"}
"""The header with which a browser sends a form of our own page."""


class Browser(httpx.AsyncClient):
    """A client of the application; signed in, it sends each form with its session's word, as our pages do."""

    csrf = ""

    def sign_in(self, gate: Gate, token: str) -> None:
        self.cookies.set(gate.cookie, token)
        self.csrf = csrf_token(token)

    async def send_form(self, url: str, form: dict[str, str] | None = None) -> httpx.Response:
        """Send a form as a page of ours does."""
        return await self.post(url, data={**(form or {}), "csrf": self.csrf}, headers=OURS)


def create_gate(database: Database, programme: Programme, clock: Clock) -> Gate:
    """Return the gate to *programme*."""

    async def read() -> Programme:
        return programme

    return Gate(sessions=Sessions(SQLSessions(database), clock), programme=read, clock=clock, public_url=PUBLIC)


async def signed_in(gate: Gate, routers: Sequence[APIRouter], person: str | None) -> Browser:
    """Return *person*'s browser before an application with *routers*; nobody's without one."""
    app = create_app(routers, gate=gate)
    browser = Browser(transport=httpx.ASGITransport(app), base_url=gate.public_url)
    if person is not None:
        browser.sign_in(gate, await gate.sessions.start(person, issuer="test", subject=person))
    return browser
