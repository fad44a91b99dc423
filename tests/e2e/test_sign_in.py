"""Signing in, in a real browser: the pages, the cookies, and the way to the provider and back."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, Route

from integration.database.connection import Database
from tests.e2e.test_form_for_everybody import findings
from tests.e2e.views import views_of
from tests.support.doors import loopback, served
from tests.web.access.journey import Journey, journey
from wiring.jobs.rooms import Jobs


@pytest.fixture
async def place(database: Database, database_url: str) -> AsyncIterator[Journey]:
    """A service on a real address, which the sandbox sends people back to."""
    listener = loopback()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with (
        journey(database, database_url, public_url=address) as found,
        served(found.app, listener),
    ):
        found.address = address
        yield found


async def sign_in(page: Page, place: Journey, person: str, *, by: str) -> None:
    """Press the way in, and pick the name at the provider."""
    await page.get_by_role("link", name=f"Logg inn med {by}").click()
    await page.get_by_label("Name or address").fill(place.email(person))
    await page.get_by_role("button", name="Find").click()
    await page.get_by_role("link", name=place.email(person)).click()


async def test_a_county_lead_signs_in_and_out_by_keyboard_and_mouse(phone: Page, place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)

    await phone.goto(f"{place.address}/fylket/palogging")
    assert await phone.title() == "Logg inn – Våre unge 365"
    await sign_in(phone, place, lead, by="Microsoft")
    await phone.get_by_role("heading", name="Pålogging med Ansattporten").wait_for()
    assert phone.url == f"{place.address}/fylket/palogging"

    await phone.goto(f"{place.address}/logg-ut")
    await phone.get_by_role("button", name="Logg ut", exact=True).focus()
    await phone.keyboard.press("Enter")
    await phone.get_by_role("heading", name="Du er logget ut").wait_for()
    await phone.goto(f"{place.address}/fylket/palogging")
    await phone.get_by_role("heading", name="Logg inn").wait_for()


async def test_a_municipal_lead_binds_the_employer_s_account_by_the_mailed_link(
    browser: Browser, place: Journey
) -> None:
    lead, phone = place.local_lead(), await browser.new_page(viewport={"width": 390, "height": 844}, locale="nb-NO")
    name = place.programme.person(lead).name
    await phone.goto(f"{place.address}/logg-inn")
    await sign_in(phone, place, lead, by="Ansattporten")
    await phone.get_by_label("E-postadresse på jobb").fill(place.email(lead))
    await phone.get_by_role("button", name="Send meg lenken").click()
    await phone.get_by_role("heading", name="Se etter en e-post fra oss").wait_for()

    await phone.goto((await place.mails())[0])
    await sign_in(phone, place, lead, by="Ansattporten")
    await phone.get_by_role("button", name=f"Ja, jeg er {name}").click()
    await phone.wait_for_url(f"{place.address}/**")
    await phone.goto(f"{place.address}/logg-ut")

    await phone.get_by_text(f"Du er logget inn som {name}.").wait_for()


TEAMS = "window.microsoftTeams = {{app: {{initialize: async () => {{}}}}, authentication: {{getAuthToken: {answer}}}}}"


async def in_teams(browser: Browser, place: Journey, answer: str) -> Page:
    """Open the personal tab, with Teams' own script played by one that answers *answer*."""

    async def play(route: Route) -> None:
        await route.fulfill(content_type="text/javascript", body=TEAMS.format(answer=answer))

    page = await browser.new_page(locale="nb-NO")
    await page.route("**/MicrosoftTeams.min.js*", play)
    await page.goto(f"{place.address}/logg-inn/teams?til=/fylket/palogging")
    return page


async def test_teams_own_token_opens_the_page(browser: Browser, place: Journey) -> None:
    lead = place.county_lead()
    await place.know_account(lead)
    asked = {"email": place.email(lead)}
    token = (await place.sandbox.control("POST", "sign-in/teams", asked))["token"]

    page = await in_teams(browser, place, f"async () => '{token}'")

    await page.get_by_role("heading", name="Pålogging med Ansattporten").wait_for()


async def test_where_teams_gives_no_token_the_browser_is_offered(browser: Browser, place: Journey) -> None:
    page = await in_teams(browser, place, "async () => {{ throw new Error('resource disabled') }}")

    await page.get_by_text("Teams fikk ikke logget deg inn her").wait_for()
    way = page.get_by_role("link", name="Åpne i nettleseren")
    assert await way.get_attribute("href") == f"{place.address}/logg-inn?til=%2Ffylket%2Fpalogging"


async def test_outside_teams_the_page_says_so_with_teams_real_script(browser: Browser, place: Journey) -> None:
    page = await browser.new_page(locale="nb-NO")

    await page.goto(f"{place.address}/logg-inn/teams")

    await page.get_by_text("Teams fikk ikke logget deg inn her").wait_for()


OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BROWSER_LANGUAGES = {"nb": "nb-NO", "nn": "nn-NO", "en": "en-GB"}


async def test_axe_finds_nothing_and_no_page_is_wider_than_its_window(browser: Browser, place: Journey) -> None:
    county, lead = place.county_lead(), place.local_lead()
    await place.know_account(county)
    access = Jobs(place.outside).access
    await access.bindings.ask(place.email(lead))
    link = (await place.mails())[0].removeprefix(place.address)
    token = await access.sessions.start(county, issuer="test", subject=county)
    open_to_all = ("/logg-inn", "/logg-ut", "/logg-inn/teams", "/logg-inn/entra/retur?error=x", link)
    pages = [*((path, False) for path in open_to_all), ("/logg-ut", True), ("/fylket/palogging", True)]
    found: dict[str, list[str]] = {}
    too_wide: dict[str, int] = {}

    for view, seen in views_of(pages):
        people = tuple(person.model_copy(update={"language": view.language}) for person in place.programme.people)
        place.give_programme(place.programme.model_copy(update={"people": people}))
        async with served(place.app) as url:
            for path, signed_in in seen:
                context = await browser.new_context(
                    locale=BROWSER_LANGUAGES[view.language],
                    viewport={"width": view.width, "height": 800},
                    color_scheme=view.theme,
                )
                if signed_in:
                    await context.add_cookies([{"name": "vareunge", "value": token, "url": url}])
                page = await context.new_page()
                await page.goto(f"{url}{path}")
                assert await page.locator("html").get_attribute("lang") == view.language, path
                found[f"{path}, {signed_in}: {view}"] = await findings(page)
                too_wide[f"{path}, {signed_in}: {view}"] = await page.evaluate(OVERFLOW)
                await context.close()

    assert {where: items for where, items in found.items() if items} == {}
    assert {where: by for where, by in too_wide.items() if by} == {}
