"""The leads' acts in a browser: usable by everybody, no wider than a phone, and played from the page to the result."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

import texts
from integration.database.connection import Database
from integration.database.sessions import SQLSessions
from tests.e2e.test_form_for_everybody import findings
from tests.e2e.test_tables import overflows
from tests.support.doors import served
from tests.web.municipality.lead_site import Site
from tests.web.municipality.test_acts import plan_mails
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.status.rounds import HOME, MEETING, OPENS
from web.access.gate import Gate
from web.app import create_app
from web.municipality.pages import routers
from workflows.access.sessions import Sessions
from workflows.status.plan import request_id

LOCAL, COUNTY = "lead", "guest-lead"
PAGES = {
    "reminders": (LOCAL, "/kommune/a-dal/purring"),
    "report": (LOCAL, "/kommune/a-dal/rapport"),
    "texts": (LOCAL, "/kommune/a-dal/rapport/tekst?pakke=arena"),
    "questions": (LOCAL, "/kommune/a-dal/sporsmal"),
    "guests": (LOCAL, "/kommune/a-dal/gjester"),
    "summary": (COUNTY, "/fylket/sammendrag"),
    "links": (LOCAL, "/kommune/a-dal/lenker"),
    "minutes": (LOCAL, "/styret/a-dal/referat"),
    "outbox": (COUNTY, "/fylket/utboks"),
}
VIEWS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((1280, "light"), (360, "dark"))
BROKEN_LABELS = """() => {
    const pen = document.createElement('canvas').getContext('2d');
    return [...document.querySelectorAll('.as-cards td[data-label]')].filter(cell => {
        const columns = getComputedStyle(cell).gridTemplateColumns;
        pen.font = getComputedStyle(cell, '::before').font;
        return columns !== 'none' && cell.dataset.label.split(/\\s+/).some(
            word => pen.measureText(word).width > parseFloat(columns)
        );
    }).map(cell => cell.dataset.label);
}"""
"""The labels of a card's values that have a word with no room on a line, on a phone."""
OVERLAPS = """() => [...document.querySelectorAll('main .columns')].flatMap(columns => {
    const places = part => [...part.querySelectorAll('.panel')].map(panel => panel.getBoundingClientRect());
    const panels = [...columns.children].map(places);
    const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    return panels.flatMap((own, at) => own.filter(a => panels.slice(at + 1).flat().some(b => meet(a, b))));
}).length"""
"""The panels that lie over one of the next column."""


@dataclass
class House:
    """The pages, served."""

    site: Site
    gate: Gate
    url: str
    browser: Browser

    async def enter(self, person: str, *, width: int = 1280, theme: Literal["light", "dark"] = "light") -> Page:
        """Return a window of a person who is signed in."""
        context = await self.browser.new_context(viewport={"width": width, "height": 800}, color_scheme=theme)
        token = await self.gate.sessions.start(person, issuer="test", subject=person)
        await context.add_cookies([{"name": self.gate.cookie, "value": token, "url": self.url}])
        return await context.new_page()

    def speak(self, language: str) -> None:
        """Let everybody read *language* from now on."""
        known = self.site.world.programme
        people = tuple(person.model_copy(update={"language": language}) for person in known.people)
        self.site.world.programme = known.model_copy(update={"people": people})


@pytest.fixture
async def house(database: Database, browser: Browser) -> AsyncIterator[House]:
    world = AgendaWorld(database)
    await world.open()
    await world.run("status.send")
    world.clock.time = OPENS + timedelta(days=1)
    await world.answer(HOME, "home-lead", light="red", question="Får vi lokaler?")
    await world.report("compile")
    site = Site(world)
    await plan_mails(world, ["Rapporten er ferdig", "Referatet er ført"], "a-dal")
    await site.issue("answer", request_id(MEETING, HOME), "home-lead")
    await site.issue("papers", MEETING)
    gate = Gate(
        sessions=Sessions(SQLSessions(database), world.clock),
        programme=world.read_programme,
        clock=world.clock,
        public_url="http://127.0.0.1",
    )
    async with served(create_app(routers(site.doors), gate=gate)) as url:
        yield House(site, gate, url, browser)


@pytest.mark.parametrize("language", texts.languages())
async def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(house: House, language: str) -> None:
    house.speak(language)
    found = {}
    for number, (name, (person, path)) in enumerate(PAGES.items(), start=texts.languages().index(language)):
        # Each page in another view in another language.
        width, theme = VIEWS[number % len(VIEWS)]
        page = await house.enter(person, width=width, theme=theme)
        answer = await page.goto(house.url + path)
        assert answer is not None
        assert answer.status == 200, name
        sideways = sum(await overflows(page))
        seen = (await findings(page), sideways, await page.evaluate(OVERLAPS), await page.evaluate(BROKEN_LABELS))
        found[f"{name} {width} {theme}"] = seen
        await page.context.close()

    assert {where: problems for where, problems in found.items() if problems != ([], 0, 0, [])} == {}


async def test_a_lead_reminds_one_person_with_the_keyboard(house: House) -> None:
    page = await house.enter(LOCAL)
    await page.goto(f"{house.url}/kommune/a-dal/purring")

    await page.get_by_role("button", name="Send påminnelse til Leder bro").first.focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_text("Antall påminnelser som er på vei: 1.")).to_be_visible()
    await house.site.run_due("status.nudge")
    assert await house.site.reminded() == ["guest-lead"]


async def test_a_lead_ends_a_link_on_a_phone(house: House) -> None:
    page = await house.enter(LOCAL, width=360)
    await page.goto(f"{house.url}/kommune/a-dal/lenker")

    await page.get_by_role("button", name="Leder arena, Statusskjema").click()

    await expect(page.get_by_text("Lenken er avsluttet.")).to_be_visible()
    await expect(page.get_by_role("button", name="Leder arena, Statusskjema")).to_have_count(0)


async def test_the_county_lead_reads_a_message_and_stops_all(house: House) -> None:
    page = await house.enter(COUNTY)
    await page.goto(f"{house.url}/fylket/utboks")

    await page.get_by_text("Vis teksten").first.click()
    await expect(page.get_by_text("Teksten i Rapporten")).to_be_visible()
    await page.get_by_role("button", name="Stopp all utsending").click()

    await expect(page.get_by_text("Utsendingen er stoppet for alle.")).to_be_visible()
    assert await house.site.world.switches.list_paused() == [""]
