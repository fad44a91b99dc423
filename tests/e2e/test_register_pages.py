"""A municipality's register in a browser: every table and form for everybody, and an edit with the keyboard alone."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from config.programme import Programme
from integration.database.connection import Database
from integration.database.sessions import SQLSessions
from tests.e2e.keyboard import press
from tests.e2e.test_form_for_everybody import findings
from tests.e2e.test_overviews import OVERFLOW
from tests.e2e.views import views_of
from tests.support.doors import served
from tests.web.register.desk import HERE, LEAD, Pages, imported
from web.access.gate import Gate
from web.app import create_app
from web.register.forms.registry import MUNICIPALITY_FORMS
from workflows.access.sessions import Sessions

TABLES = ("folk", "arbeidspakker", "moteplan", "samarbeid", "okonomi", "plan", "kalender", "malen", "logg")
FEWEST_FORMS = 15
"""Kinds of forms that the shipped programme leads a local lead to, at least."""


@dataclass
class House:
    """The register's pages, served to one local lead."""

    pages: Pages
    gate: Gate
    url: str
    browser: Browser
    language: str = "nb"

    async def programme(self) -> Programme:
        """Return the register, where everybody reads the language of this view."""
        known = await self.pages.register.programme()
        people = tuple(person.model_copy(update={"language": self.language}) for person in known.people)
        return known.model_copy(update={"people": people})

    async def enter(self) -> Page:
        """Return a window of the local lead, who is signed in."""
        context = await self.browser.new_context()
        token = await self.gate.sessions.start(LEAD, issuer="test", subject=LEAD)
        await context.add_cookies([{"name": self.gate.cookie, "value": token, "url": self.url}])
        return await context.new_page()

    async def list_forms(self, page: Page) -> list[str]:
        """Return an address of each kind of form that the tables lead to."""
        found: dict[str, str] = {}
        for table in TABLES:
            await page.goto(f"{self.url}{HERE}/{table}")
            links = await page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
            for link in links:
                if match := re.match(rf"{HERE}/rediger/([a-z-]+)", link or ""):
                    found.setdefault(match[1], link)
        assert set(found) <= set(MUNICIPALITY_FORMS)
        return list(found.values())


@pytest.fixture
async def house(database: Database, browser: Browser) -> AsyncIterator[House]:
    pages = await imported(database)

    async def programme() -> Programme:
        return await made.programme()

    gate = Gate(
        sessions=Sessions(SQLSessions(database), pages.clock),
        programme=programme,
        clock=pages.clock,
        public_url="http://127.0.0.1",
    )
    made = House(pages, gate, "", browser)
    async with served(create_app(pages.routers(), gate=gate)) as url:
        made.url = url
        yield made


async def test_every_table_and_form_is_for_everybody_and_no_wider_than_its_window(house: House) -> None:
    page = await house.enter()
    forms = await house.list_forms(page)
    assert len(forms) >= FEWEST_FORMS
    paths = [*(f"{HERE}/{table}" for table in TABLES), *forms]
    found: dict[str, list[str]] = {}
    too_wide: dict[str, int] = {}

    for (language, width, theme), seen in views_of(paths):
        house.language = language
        await page.set_viewport_size({"width": width, "height": 800})
        await page.emulate_media(color_scheme=theme)
        for path in seen:
            answer = await page.goto(f"{house.url}{path}")
            assert answer is not None
            assert answer.status == 200, path
            assert await page.locator("html").get_attribute("lang") == language
            view = f"{path}, {language}, {width}, {theme}"
            found[view] = await findings(page)
            too_wide[view] = await page.evaluate(OVERFLOW)

    assert {view: items for view, items in found.items() if items} == {}
    assert {view: by for view, by in too_wide.items() if by > 0} == {}


@pytest.mark.parametrize("width", [1280, 360])
async def test_a_person_is_looked_up_and_added_with_the_keyboard_alone(house: House, width: int) -> None:
    page = await house.enter()
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(f"{house.url}{HERE}/folk")

    await press(page, page.get_by_role("link", name="Legg til person"))
    await page.get_by_label("Navn", exact=True).focus()
    await page.keyboard.type("Rådgiver NAV")
    await page.keyboard.press("Tab")
    await page.keyboard.type("radgiver@horten.example")
    await press(page, page.get_by_role("button", name="Slå opp adressen"))
    await expect(page.get_by_text("slås opp")).to_be_visible()
    await expect(page.get_by_label("Lenke å sende til en gjest")).to_have_value(re.compile("/logg-inn$"))
    await page.get_by_label("Navn", exact=True).focus()
    # Enter in a field stores; it does not look up again.
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", level=1)).to_have_text("Folk og roller")
    await expect(page.get_by_text("radgiver@horten.example", exact=True)).to_be_visible()
