"""Every address of the web, taken from its routes: whose it is, and what it does for somebody whose role has ended."""

from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_args

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import SecretStr
from sqlalchemy import select

from config.programme import Programme
from config.settings import Settings
from integration.database import tables
from integration.database.connection import Database
from integration.database.guests import SQLGuests
from tests.workflows.papers.agendas.agenda_world import MEETING_DAY, AgendaWorld
from tests.workflows.status.rounds import HOME, MEETING, PUBLIC, STARTS
from web import pages
from web.access.gate import rule_of
from web.information import pages as information
from wiring.jobs.rooms import Jobs
from wiring.outside import Outside
from wiring.web import create_web, web_routers
from workflows.messages.short_links import LINK_LIFE
from workflows.ports.links import LinkPurpose
from workflows.ports.people import Guest
from workflows.ports.units import DueUnit
from workflows.status.plan import request_id

LATER = "a-dal/2027-02-02"
MOVE_LATER = "?mote=a-dal%2F2027-02-02"
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Address:
    """A person's address. *shows*: words that only those who may see the page read there; empty for a POST alone."""

    path: str
    purpose: LinkPurpose
    subject: str
    person: str
    shows: str = ""
    form: dict[str, str] | None = None
    """A form that does something for a person in office; None where the address takes none."""
    query: str = ""


RULES = (
    Address(
        path="/svar/{token}",
        purpose="answer",
        subject=request_id(LATER, HOME),
        person="home-lead",
        shows="Pakken arena",
        form={"light": "green"},
    ),
    Address(
        path="/saksliste/{token}",
        purpose="agenda",
        subject=LATER,
        person="lead",
        shows="Godkjenning av saksliste",
        form={"title": "Skyss"},
    ),
    Address(
        path="/referat/{token}",
        purpose="record_minutes",
        subject=MEETING,
        person="chair",
        shows="Godkjenning av saksliste",
        form={"version": "0", "present:chair": "1", "decision:1": "Godkjent."},
    ),
    Address(path="/referat/{token}", purpose="minutes", subject=MEETING, person="chair", shows="17. november", form={}),
    Address(
        path="/mine-moter/{token}",
        purpose="own_meetings",
        subject="own_meetings:chair",
        person="chair",
        shows="Styret i a-dal",
    ),
    Address(
        path="/mine-moter/{token}/dager",
        purpose="own_meetings",
        subject="own_meetings:chair",
        person="chair",
        form={"first": "2027-03-01"},
    ),
    Address(
        path="/mine-moter/{token}/ny-adresse",
        purpose="own_meetings",
        subject="own_meetings:chair",
        person="chair",
        form={},
    ),
    Address(
        path="/mine-moter/{token}/flytt",
        purpose="own_meetings",
        subject="own_meetings:chair",
        person="chair",
        shows="2. februar",
        form={},
        query=MOVE_LATER,
    ),
    Address(
        path="/mine-moter/{token}/flytt",
        purpose="move_meeting",
        subject=LATER,
        person="chair",
        shows="2. februar",
        form={"choice": "other", "day": "2027-02-03", "time": "09:00", "reason": "Rådhuset er stengt", "step": "move"},
        query=MOVE_LATER,
    ),
    Address(
        path="/gjester/{token}", purpose="guests", subject="guests:a-dal", person="lead", shows="Gjester i", form={}
    ),
    Address(
        path="/gjester/{token}",
        purpose="confirm_guests",
        subject="guests:a-dal",
        person="lead",
        shows="Leder bro",
        form={"guest-lead": "ends"},
    ),
    Address(
        path="/logg-inn/knytt/{token}",
        purpose="bind_identity",
        subject="bind_identity:chair",
        person="chair",
        shows="Rolle chair",
    ),
)
HELD_BY_ANYBODY = {
    "/moter/{token}": "papers",
    "/moter/{token}/mine-moter": "papers",
    "/rapport/{token}": "report",
    "/rapport/{token}.pdf": "report",
    "/kalender/{token}.ics": "feed",
    "/fane/{token}": "tab",
}
"""They name no person, and show what their group may read. A person's own feed is tried below."""
WITHOUT_LINK = {
    "/tilgjengelighet",
    "/personvern",
    "/hjelp",
    "/fane",
    "/fane/oppsett",
    "/api/messages",
    "/logg-inn",
    "/logg-inn/venter",
    "/logg-inn/ukjent",
    "/logg-inn/knytt",
    "/logg-inn/{provider}",
    "/logg-inn/{provider}/retur",
    "/logg-ut",
}


class Register:
    """The world's programme, and what pages change in it."""

    def __init__(self, world: AgendaWorld) -> None:
        self._world = world
        self.changes: list[str] = []

    async def programme(self, version: int | None = None) -> Programme:
        del version
        return self._world.programme

    async def find_programme(self) -> Programme:
        return await self.programme()

    async def set_blocked_dates(self, person: str, days: Sequence[date], *, then: Sequence[DueUnit] = ()) -> bool:
        del days, then
        self.changes.append(person)
        return True


class House:
    """The web as it is wired, over a world in which everything can be seen and done."""

    def __init__(self, world: AgendaWorld, outside: Outside, register: Register) -> None:
        self.world = world
        self.register = register
        jobs = Jobs(outside)
        routers = [*web_routers(outside, jobs), pages.router(), information.router()]
        found = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
        # Pages behind sign-in ask the register at each request; tests/web/access tries them.
        open_ = [route for route in found if rule_of(route) is None]
        self.routes = {(route.path, method) for route in open_ for method in route.methods or ()}
        transport = httpx.ASGITransport(create_web(outside, jobs, around=nullcontext))
        self.client = httpx.AsyncClient(transport=transport, base_url=PUBLIC)

    async def url(self, address: Address) -> str:
        until = self.world.clock.now() + LINK_LIFE
        token = await self.world.links.issue(address.purpose, address.subject, address.person, until)
        return address.path.format(token=token) + address.query

    async def rows(self) -> dict[str, list[Any]]:
        found = {}
        async with self.world.database.read() as connection:
            for table in tables.metadata.sorted_tables:
                # That a link was used is noted whoever uses it: those who look after a place see it there.
                kept = [column for column in table.columns if column is not tables.link.c.used_at]
                found[table.name] = sorted(map(repr, await connection.execute(select(*kept))))
        return found

    def end_roles(self, person: str, *, removed: bool) -> None:
        """End the person's roles the day before, or take them out of the register."""
        known, yesterday = self.world.programme, self.world.clock.now().date() - DAY
        kept = [item for item in known.assignments if item.person != person or not removed]
        changed = {"until": yesterday}
        assignments = tuple(item.model_copy(update=changed) if item.person == person else item for item in kept)
        people = tuple(item for item in known.people if item.key != person or not removed)
        self.world.programme = known.model_copy(update={"assignments": assignments, "people": people})


@pytest.fixture
async def house(database: Database, database_url: str) -> AsyncIterator[House]:
    world = AgendaWorld(database)
    await world.at_the_meeting()
    assert await world.next_meeting() == LATER
    await world.move_meeting(STARTS + timedelta(days=77), key=LATER, state="booked")
    guest = Guest(
        person="guest-lead",
        object_id="guest-id",
        invited=True,
        since=MEETING_DAY - DAY,
        place="a-dal",
        roles=("work_package_lead",),
    )
    await SQLGuests(database).note(guest)
    settings = Settings(
        database_url=database_url,
        public_url=PUBLIC,
        tenant_id="tenant",
        bot_id="bot",
        ansattporten_url="https://ansattporten.example",
        ansattporten_client_id="client",
        ansattporten_key=SecretStr("{}"),
    )
    outside, register = Outside(settings, name="test"), Register(world)
    vars(outside)["clock"] = world.clock
    vars(outside.record)["register"] = register
    yield House(world, outside, register)
    await outside.close()


def test_every_address_has_a_rule_and_every_purpose_an_address(house: House) -> None:
    """Add a route with a link to RULES, with what its page shows, or say here that anybody may hold it."""
    there = {path for path, _ in house.routes}
    ruled = {rule.path for rule in RULES}

    assert there == ruled | HELD_BY_ANYBODY.keys() | WITHOUT_LINK
    assert {rule.purpose for rule in RULES} | set(HELD_BY_ANYBODY.values()) == set(get_args(LinkPurpose))


def test_every_method_of_a_person_s_address_is_tried(house: House) -> None:
    ruled = {rule.path for rule in RULES}
    tried = {(rule.path, "GET") for rule in RULES if rule.shows}
    tried |= {(rule.path, "POST") for rule in RULES if rule.form is not None}

    assert {route for route in house.routes if route[0] in ruled} == tried


BY_NAME = [pytest.param(rule, id=f"{rule.path} {rule.purpose}") for rule in RULES]


@pytest.mark.parametrize("rule", BY_NAME)
async def test_in_office_a_person_sees_the_page_and_does_what_it_is_for(house: House, rule: Address) -> None:
    """Without this the next test would prove nothing."""
    url = await house.url(rule)

    if rule.shows:
        shown = await house.client.get(url)
        assert shown.status_code == 200
        assert rule.shows in shown.text
    if rule.form is not None:
        before = await house.rows()
        sent = await house.client.post(url, data=rule.form)
        assert sent.status_code == 200
        assert await house.rows() != before or house.register.changes


@pytest.mark.parametrize("removed", [False, True], ids=["role has ended", "removed from the register"])
async def test_once_the_role_has_ended_no_address_shows_or_does_anything(house: House, removed: bool) -> None:
    in_office = house.world.programme
    for rule in RULES:
        url = await house.url(rule)
        house.end_roles(rule.person, removed=removed)
        before = await house.rows()

        for method in ("GET", "POST"):
            answer = await house.client.request(method, url, data=rule.form if method == "POST" else None)
            assert answer.status_code in (403, 404, 405), (rule, method)
            assert not rule.shows or rule.shows not in answer.text, (rule, method)
        assert await house.rows() == before, rule
        assert house.register.changes == [], rule
        house.world.programme = in_office


@pytest.mark.parametrize("removed", [False, True], ids=["role has ended", "removed from the register"])
async def test_a_person_s_feed_ends_with_their_roles(house: House, removed: bool) -> None:
    token = await house.world.links.issue("feed", "person:chair")
    before = await house.client.get(f"/kalender/{token}.ics")
    house.end_roles("chair", removed=removed)

    after = await house.client.get(f"/kalender/{token}.ics")

    assert before.text.count("BEGIN:VEVENT") == 2
    assert "SUMMARY" not in after.text or "20270202" not in after.text
    assert after.status_code == (404 if removed else 200)
