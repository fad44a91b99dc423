"""The authorisation matrix, asked of the running application: every route, every role, own places and others'."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import nullcontext

import pytest
from fastapi import FastAPI
from httpx import ASGITransport
from starlette.types import Receive, Scope, Send

from config.loading import programme_from
from config.programme import Programme
from config.settings import Settings
from config.values import Role
from tests.clocks import StillClock
from tests.support.signed_in import OURS, PUBLIC, Browser
from tools.authorisation import (
    MATRIX,
    ON,
    Place,
    Row,
    create_app,
    matrix_of,
    passing,
    places_of,
    render,
    routes_of,
    routes_without_reason,
    specimen,
    specimen_documents,
)
from web.access.gate import Gate
from web.access.open_routes import BY_LINK
from web.access.open_routes import PUBLIC as OPEN
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from wiring.web import create_web
from workflows.access.model import Right

NOT_THERE = "/finnes-ikke"


class House:
    """The application as it is wired, over a database with the specimens' programme; it notes whom a route let in."""

    def __init__(self, app: FastAPI, programme: Programme) -> None:
        self.rows = matrix_of(app, programme)
        self.gate: Gate = app.state.gate
        self._app = app
        self.admitted = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)
        self.admitted = "visit" in scope.get("state", {})

    async def browser(self, role: Role | None) -> Browser:
        browser = Browser(transport=ASGITransport(self), base_url=PUBLIC)
        if role is not None:
            person = specimen(role)
            browser.sign_in(self.gate, await self.gate.sessions.start(person, issuer="test", subject=person))
        return browser


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    settings = Settings(
        database_url=database_url, public_url=PUBLIC, tenant_id="tenant", bot_id="bot", app_id="app", door_id="door"
    )
    outside = Outside(settings, name="test")
    vars(outside)["clock"] = StillClock(ON)
    programme = await outside.record.register.save(specimen_documents())
    yield House(create_web(outside, Jobs(outside), around=nullcontext), programme)
    await outside.close()


# ---------------------------------------------------------------------------------------------------- the rules as data

COUNTY, LEAD, PACKAGE_LEAD = Role.COUNTY_LEAD, Role.LOCAL_LEAD, Role.WORK_PACKAGE_LEAD
HERE, BESIDE, COMMON = {Place.OWN}, {Place.OWN, Place.BESIDE}, {Place.COMMON}
ALL_IN_PROGRAMME = {role: {Place.PROGRAMME} for role in Role}
EXPECTED: Mapping[Right, tuple[set[str], Mapping[Role, set[Place]]]] = {
    Right.TAKE_PART: (set(), ALL_IN_PROGRAMME),
    Right.SEE_COUNTY: (set(), {COUNTY: {Place.PROGRAMME}}),
    Right.RUN_PROGRAMME: (set(), {COUNTY: {Place.PROGRAMME}}),
    Right.SEE_LESSONS: (set(), {LEAD: {Place.PROGRAMME}, PACKAGE_LEAD: {Place.PROGRAMME}}),
    Right.SEE_IT: (set(), {COUNTY: {Place.PROGRAMME}, Role.TEAM_OWNER: {Place.PROGRAMME}}),
    Right.LOOK_AFTER: ({"slug"}, {LEAD: HERE}),
    Right.SEE_MUNICIPALITY: (
        {"slug"},
        {
            LEAD: HERE,
            PACKAGE_LEAD: HERE,
            Role.BOARD_CHAIR: HERE,
            Role.BOARD_MEMBER: HERE,
            Role.CONTRIBUTOR: HERE,
            Role.ADVISER: HERE,
        },
    ),
    Right.SEE_PACKAGE: ({"package"}, {LEAD: BESIDE | {Place.SHARED}, PACKAGE_LEAD: HERE, Role.CONTRIBUTOR: HERE}),
    Right.LEAD_PACKAGE: ({"package"}, {LEAD: BESIDE, PACKAGE_LEAD: HERE}),
    Right.SEE_BOARD: (
        {"body"},
        {
            LEAD: HERE,
            Role.BOARD_CHAIR: HERE,
            Role.BOARD_MEMBER: HERE,
            Role.OWNER_BOARD_CHAIR: COMMON,
            Role.OWNER_BOARD_MEMBER: COMMON,
        },
    ),
}
"""Written by hand from the programme's plan: by right the parameters of a path, and the places of each role."""


@pytest.mark.parametrize("right", list(Right))
def test_each_role_has_the_rights_of_the_plan_and_no_others(right: Right) -> None:
    names, expected = EXPECTED[right]
    programme = programme_from(specimen_documents())
    everywhere = {place for place, _ in places_of(programme, names)}

    found = passing(programme, right, names)

    assert found == {role: everywhere if role is COUNTY else expected.get(role, set()) for role in Role}


# ------------------------------------------------------------------------------------------------------ the route table


def test_every_route_has_a_rule_or_a_reason_to_be_open() -> None:
    assert routes_without_reason(create_app()) == []


def test_no_reason_is_left_of_a_route_that_is_gone() -> None:
    there = {route.path for route in routes_of(create_app())}

    assert (OPEN.keys() | BY_LINK.keys()) - there == set()


def test_a_route_without_a_rule_is_found() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/glemt")
    async def forgotten() -> str:
        return ""

    assert routes_without_reason(app) == ["/glemt"]


def test_the_document_is_current() -> None:
    """Run `uv run python -m tools.authorisation` when a route or a rule has changed."""
    assert MATRIX.read_text("utf-8") == render(create_app(), programme_from(specimen_documents()))


# ------------------------------------------------------------------------------------------------------------ over HTTP


async def test_each_role_opens_what_the_matrix_says_and_no_more(house: House) -> None:
    wrong = [line for role in Role async for line in misread(house, role)]

    assert wrong == []


async def misread(house: House, role: Role) -> AsyncIterator[str]:
    """Give each address that a role reads against the matrix, or that fails, or that tells who may not that it is."""
    browser = await house.browser(role)
    unknown = (await browser.get(NOT_THERE)).text
    for row, place, address in cases(house.rows, reading=True):
        answer = await browser.get(address)
        passes = place in row.passes[role]
        silent = answer.status_code == 404 and (answer.text == unknown or row.path.startswith("/api/"))
        if house.admitted != passes or answer.status_code >= 500 or not (passes or silent):
            yield f"{role} {address}: {answer.status_code}"


async def test_each_role_may_write_where_the_matrix_says_and_never_from_elsewhere(house: House) -> None:
    """A form without the session's word gets past the rule and no further, so nothing is written here."""
    wrong = []
    for role in Role:
        browser = await house.browser(role)
        for row, place, address in cases(house.rows, reading=False):
            answer = await browser.request(row.method, address, headers=OURS)
            if answer.status_code != (403 if place in row.passes[role] else 404):
                wrong.append(f"{role} {row.method} {address}: {answer.status_code}")

    assert wrong == []


async def test_signed_out_nothing_is_opened(house: House) -> None:
    nobody = await house.browser(None)
    wrong = []
    for row in house.rows:
        answer = await nobody.request(row.method, next(iter(row.places.values())), headers=OURS)
        to_sign_in = answer.status_code == 303 and answer.headers["location"].startswith("/logg-inn?til=")
        if house.admitted or not (answer.status_code == 401 or (row.method == "GET" and to_sign_in)):
            wrong.append(f"{row.method} {row.path}: {answer.status_code}")

    assert house.rows
    assert wrong == []


def cases(rows: Sequence[Row], *, reading: bool) -> Iterator[tuple[Row, Place, str]]:
    """Give each place of each route that reads, or that writes."""
    for row in rows:
        if (row.method == "GET") is reading:
            yield from ((row, place, address) for place, address in row.places.items())
