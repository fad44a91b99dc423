"""The search in what packages have learned, in a browser without script: three languages, no wider than a phone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import insert

import texts
from config.programme import Programme
from config.themes import Theme
from integration.database.connection import Database
from integration.database.lessons import SQLLessons
from integration.database.paper_tables import lesson
from integration.database.sessions import SQLSessions
from tests.clocks import NOON, StillClock
from tests.e2e.test_form_for_everybody import findings
from tests.support.doors import served
from tests.workflows.status.rounds import HOME, programme
from web.access.gate import Gate
from web.app import create_app
from web.lessons.pages import PATH, LessonDoors, router
from workflows.access.sessions import Sessions
from workflows.papers.lessons.model import PAGE, Lesson

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG = "Arbeidsmarkedsopplæringstiltakssamarbeidspartnerne kommer når vi ringer dem først."


@dataclass
class Library:
    """The page, served, with more lessons than one page holds."""

    gate: Gate
    url: str
    browser: Browser

    language: str = "nb"

    async def enter(self, *, width: int, script: bool = True) -> Page:
        context = await self.browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, locale="nb-NO"
        )
        token = await self.gate.sessions.start("home-lead", issuer="test", subject="home-lead")
        await context.add_cookies([{"name": self.gate.cookie, "value": token, "url": self.url}])
        return await context.new_page()


@pytest.fixture
async def library(database: Database, browser: Browser) -> AsyncIterator[Library]:
    clock = StillClock()
    known = programme().model_copy(update={"themes": (Theme(key="overgang", name="Overganger"),)})
    rows = [
        Lesson(
            meeting=f"a-dal/{number:03}",
            work_package=HOME,
            municipality="a-dal",
            theme="overgang",
            released_at=NOON - timedelta(minutes=number),
            package="Arena",
            text=LONG if number == PAGE else f"Vi ringer først, {number}.",
        )
        for number in range(PAGE + 1)
    ]
    async with database.begin() as connection:
        await connection.execute(insert(lesson), [vars(row) for row in rows])

    async def read() -> Programme:
        people = tuple(person.model_copy(update={"language": served_at.language}) for person in known.people)
        return known.model_copy(update={"people": people})

    gate = Gate(
        sessions=Sessions(SQLSessions(database), clock), programme=read, clock=clock, public_url="http://127.0.0.1"
    )
    doors = LessonDoors(store=SQLLessons(database), clock=clock)
    async with served(create_app([router(doors)], gate=gate)) as url:
        served_at = Library(gate, url, browser)
        yield served_at


async def test_axe_finds_nothing_and_the_page_is_no_wider_than_its_window(library: Library) -> None:
    found: dict[str, list[str]] = {}
    too_wide: dict[str, int] = {}

    for language in texts.languages():
        library.language = language
        page = await library.enter(width=360)
        for query in ("", "?sok=samarbeidspartnerne", "?sok=finnesikke&tema=overgang"):
            await page.goto(f"{library.url}{PATH}{query}")
            assert await page.locator("html").get_attribute("lang") == language
            found[f"{language} {query}"] = await findings(page)
            too_wide[f"{language} {query}"] = await page.evaluate(OVERFLOW)
        await page.context.close()

    assert {where: items for where, items in found.items() if items} == {}
    assert {where: by for where, by in too_wide.items() if by} == {}


async def test_a_lead_searches_without_script_and_goes_on_to_older_ones(library: Library) -> None:
    page = await library.enter(width=360, script=False)
    await page.goto(f"{library.url}{PATH}")
    await expect(page.get_by_text(LONG)).to_have_count(0)
    await page.get_by_role("link", name="Vis eldre").click()
    await expect(page.get_by_text(LONG)).to_be_visible()

    await page.get_by_label("Søk etter").fill("RINGER DEM")
    await page.get_by_label("Tema").select_option(label="Overganger")
    await page.get_by_role("button", name="Søk").click()
    await expect(page.get_by_role("heading", level=3)).to_have_count(1)
    await expect(page.get_by_text(LONG)).to_be_visible()
    await page.get_by_role("link", name="Vis alt").click()
    await expect(page.get_by_role("heading", level=3)).to_have_count(PAGE)
