"""Pages behind sign-in in a browser: usable by everybody in three languages, light and dark, no wider than a phone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from integration.database.connection import Database
from integration.database.findings import SQLFindings
from tests.e2e.test_form_for_everybody import findings
from tests.e2e.views import Theme, views_of
from tests.support.doors import served
from tests.web.overview.stage import CHAIR, COUNTY, IT, LEAD, LOCAL, MEMBER, Stage
from tests.workflows.status.rounds import GUEST, HOME
from web.access.gate import Gate
from web.app import create_app
from web.overview.pages import routers
from workflows.access.sessions import Sessions
from workflows.operations.examination import KeptFindings
from workflows.operations.findings import Finding, Verdict

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SEND = "status.send:a-dal/2026-11-17"
LONG_NAME = "Samarbeidsprosjektet for arbeidsmarkedsopplæringstiltak"


@dataclass
class House:
    """The pages, served; and a browser's context for each person who comes."""

    stage: Stage
    gate: Gate
    url: str
    browser: Browser

    async def enter(self, person: str, *, width: int = 1280, theme: Theme = "light") -> Page:
        """Return a window of a person who is signed in."""
        window = {"width": width, "height": 800}
        context: BrowserContext = await self.browser.new_context(viewport=window, color_scheme=theme, locale="nb-NO")  # type: ignore[arg-type]
        token = await self.gate.sessions.start(person, issuer="test", subject=person)
        await context.add_cookies([{"name": self.gate.cookie, "value": token, "url": self.url}])
        return await context.new_page()

    def speak(self, language: str) -> None:
        """Let everybody read *language* from now on."""
        known = self.stage.world.programme
        people = tuple(person.model_copy(update={"language": language}) for person in known.people)
        self.stage.world.programme = known.model_copy(update={"people": people})


@pytest.fixture
async def house(database: Database, browser: Browser) -> AsyncIterator[House]:
    stage = await Stage(database).begin()
    packages = [
        item.model_copy(update={"name": LONG_NAME}) if item.key == HOME else item
        for item in stage.world.programme.work_packages
    ]
    stage.world.programme = stage.world.programme.model_copy(update={"work_packages": tuple(packages)})
    await stage.fail_a_mail()
    await stage.set_aside(SEND)
    await stage.set_aside("rollout.place:a-dal", note="could not add a member: 403 Forbidden (request-id 7c1f)")
    await stage.set_aside("access.account:somebody", note="unexpected KeyError")
    found = (
        Finding(verdict=Verdict.OK, rule="settings_whole"),
        Finding(
            verdict=Verdict.MISSING,
            rule="role_missing",
            values={"identity": "Hands", "role": "User.Invite.All"},
            command="m365 entra approleassignment add --appId 1",
        ),
    )
    await SQLFindings(database).keep(KeptFindings(at=stage.world.clock.time, findings=found))
    gate = Gate(
        sessions=Sessions(stage.sessions, stage.world.clock),
        programme=stage.world.read_programme,
        clock=stage.world.clock,
        public_url="http://127.0.0.1",
    )
    async with served(create_app(routers(stage.overviews), gate=gate)) as url:
        yield House(stage, gate, url, browser)


PAGES = {
    "start of the county lead": (COUNTY, "/"),
    "start of a local lead": (LOCAL, "/"),
    "start of a package lead": (LEAD, "/"),
    "start of a chair": (CHAIR, "/"),
    "start of a member": (MEMBER, "/"),
    "county": (COUNTY, "/fylket"),
    "county, nothing found": (COUNTY, "/fylket?q=xyz"),
    "municipality": (LOCAL, "/kommune/a-dal"),
    "municipality without a round": (COUNTY, "/kommune/b-vik"),
    "municipality, reduced": (LEAD, "/kommune/a-dal"),
    "package that owes": (LEAD, f"/pakke/{GUEST}"),
    "package that answered": (LOCAL, f"/pakke/{HOME}"),
    "board": (MEMBER, "/styret/a-dal"),
    "papers of a meeting": (MEMBER, "/styret/a-dal/moter/2026-11-17"),
    "owner board": (COUNTY, "/styret/owner-board"),
    "IT": (IT, "/it"),
    "own page": (LEAD, "/meg?lagret=1"),
}


async def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(house: House) -> None:
    found: dict[str, list[str]] = {}
    too_wide: dict[str, int] = {}

    for view, pages in views_of(list(PAGES.items())):
        house.speak(view.language)
        for name, (person, path) in pages:
            page = await house.enter(person, width=view.width, theme=view.theme)
            answer = await page.goto(f"{house.url}{path}")
            assert answer is not None
            assert answer.status == 200, name
            assert await page.locator("html").get_attribute("lang") == view.language
            found[f"{name}: {view}"] = await findings(page)
            too_wide[f"{name}: {view}"] = await page.evaluate(OVERFLOW)
            await page.context.close()

    assert {where: items for where, items in found.items() if items} == {}
    assert {where: by for where, by in too_wide.items() if by} == {}


async def test_the_menus_open_on_a_phone_with_the_keyboard_alone(house: House) -> None:
    page = await house.enter(LOCAL, width=360)
    await page.goto(f"{house.url}/")

    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Hopp til hovedinnholdet")).to_be_focused()
    await page.locator("details.menu-narrow > summary").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("navigation", name="Hovedmeny")).to_be_visible()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("navigation", name="Hovedmeny").get_by_role("link", name="a-dal")).to_be_focused()
    assert await findings(page) == []
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("heading", level=1, name="a-dal")).to_be_visible()
    await page.locator("details.user summary").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Logg ut")).to_be_visible()
    assert await findings(page) == []


async def test_the_county_lead_finds_who_owes_an_answer(house: House) -> None:
    page = await house.enter(COUNTY)
    await page.goto(f"{house.url}/")

    await page.get_by_role("link", name="Svar mangler i fylket: 2").click()
    row = page.get_by_role("row", name="a-dal")
    await expect(row).to_contain_text("1 av 3 har svart")
    await row.get_by_text("Vis 2 som mangler").click()
    await expect(row.get_by_text("Pakken bro – Leder bro")).to_be_visible()
    await page.get_by_role("link", name="Vis alle").click()
    await page.get_by_role("columnheader", name="Kommune").get_by_role("link").click()

    await expect(page.get_by_role("columnheader", name="Kommune")).to_have_attribute("aria-sort", "descending")
    await expect(page.get_by_role("row")).to_have_count(3)


async def test_a_package_lead_gets_to_the_form_with_one_press(house: House) -> None:
    page = await house.enter(LEAD, width=360)
    await page.goto(f"{house.url}/")

    await page.get_by_role("link", name="Gi status for Pakken bro").focus()
    await page.keyboard.press("Enter")

    await page.wait_for_url("**/svar/*")


async def test_a_language_is_chosen_with_the_keyboard_alone(house: House) -> None:
    page = await house.enter(LEAD)
    await page.goto(f"{house.url}/meg")

    await page.get_by_label("Bokmål").focus()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Lagre språket")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("status")).to_have_text("Lagret.")
    assert list(house.stage.languages.chosen) == [LEAD]


async def test_an_examination_shows_its_findings_by_itself(house: House) -> None:
    page = await house.enter(IT)
    await page.goto(f"{house.url}/it")
    await page.get_by_role("button", name="Undersøk nå").click()
    await expect(page.get_by_role("status")).to_contain_text("Undersøker nå")

    await house.stage.end_unit("doctor.look:test")
    found = (Finding(verdict=Verdict.TOO_MUCH, rule="mail_unscoped", command="m365 remove"),)
    await SQLFindings(house.stage.database).keep(KeptFindings(at=house.stage.world.clock.time, findings=found))

    await expect(page.get_by_text("E-postrollen gjelder flere postkasser enn våre")).to_be_visible(timeout=10_000)
    await expect(page.get_by_role("button", name="Undersøk nå")).to_be_visible()


async def test_work_that_stopped_is_ordered_again_with_the_keyboard_alone(house: House) -> None:
    page = await house.enter(IT, width=360)
    await page.goto(f"{house.url}/it")
    name = "Bestill på nytt Sende statusforespørsler: Styret i a-dal, 17. november 2026"

    await page.get_by_role("button", name=name).focus()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("status").filter(has_text="Bestilt på nytt")).to_be_visible()
    await expect(page.get_by_role("button", name=name)).to_have_count(0)
    await expect(page.get_by_role("heading", name="Arbeid som har stoppet (2)")).to_be_visible()
    assert SEND in await house.stage.world.due()


async def test_a_county_of_many_prints_on_its_first_page(house: House) -> None:
    """The menu, the filter and the buttons stay off paper, and the table begins on the first page."""
    page = await house.enter(COUNTY)
    await page.goto(f"{house.url}/fylket")
    await page.emulate_media(media="print")

    await expect(page.get_by_role("navigation", name="Hovedmeny")).to_be_hidden()
    await expect(page.get_by_role("search")).to_be_hidden()
    top = await page.get_by_role("row", name="a-dal").evaluate("row => row.getBoundingClientRect().top")
    assert top < 700
