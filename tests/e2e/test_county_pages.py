"""The county lead's pages in a browser: usable by everybody in three languages, and walked with the keyboard alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from config.klass import KnownMunicipality
from config.values import Role
from tests.e2e.keyboard import press
from tests.e2e.test_form_for_everybody import findings
from tests.e2e.test_overviews import OVERFLOW
from tests.e2e.views import views_of
from tests.support.doors import loopback, served
from tests.support.rollout import PLACE, Bench, bench, small
from tests.web.rollout.conftest import CountyLead, lead, run_kinds
from wiring.sign_in import create_gate
from workflows.ports.accounts import Account, AccountKind

__all__ = ["lead"]

BASE = f"/fylket/utrulling/{PLACE}"
LOCAL = f"/kommune/{PLACE}"
PAGES = (
    "/fylket",
    "/fylket/utboks",
    "/fylket/arshjul",
    f"{LOCAL}/arshjul",
    "/fylket/utrulling",
    BASE,
    f"{BASE}/logg",
    "/fylket/malen",
    "/fylket/ny-kommune?q=1",
    "/fylket/ny-kommune?nummer=3899",
    "/fylket/kommuner",
    "/fylket/rediger/kommune?av=horten",
    "/fylket/folk",
    "/fylket/samarbeid",
    "/fylket/okonomi",
    "/fylket/plan",
    "/fylket/kalender",
    "/fylket/programmet",
    "/fylket/rediger/programmet",
    "/fylket/organisasjoner",
    "/fylket/rediger/organisasjon?av=nav",
    "/fylket/standard",
    "/fylket/standard?av=bodies/owner-board",
    "/fylket/rediger/lokalt?av=places/owner-board/members",
    "/fylket/lenker",
    "/fylket/logg",
    "/fylket/revisjonslogg?kontroll=1",
    "/fylket/palogging",
    "/fylket/sladding",
    "/fylket/papirer",
    "/fylket/papirer/08-dataflyt",
    "/fylket/avslutning",
    f"{LOCAL}/lenker",
    f"{LOCAL}/malen",
    f"{LOCAL}/rediger/lokalt?av=bodies/local-board/rhythm/weekdays",
    f"{LOCAL}/rediger/lokalt-punkt?av=places/municipality/channels/board",
    "/it",
)


async def enter(lead: CountyLead, browser: Browser, url: str) -> Page:
    services = lead.bench.services
    gate = create_gate(services.outside, services.jobs)
    context = await browser.new_context()
    token = lead.browser.cookies[gate.cookie]
    await context.add_cookies([{"name": gate.cookie, "value": token, "url": url}])
    return await context.new_page()


async def test_every_page_is_for_everybody_and_no_wider_than_its_window(lead: CountyLead, browser: Browser) -> None:
    """Each page is looked at after a rollout of which some things wait for people."""
    await lead.bench.services.record.klass.replace([KnownMunicipality(number="3899", name="Dal")])
    await lead.press(f"{BASE}/start")
    await lead.run("rollout.place")
    await lead.press(f"{BASE}/se")
    await lead.run("rollout.preview")
    found: dict[str, list[str]] = {}
    too_wide: dict[str, int] = {}

    async with served(lead.bench.services.web) as url:
        page = await enter(lead, browser, url)
        for (language, width, theme), paths in views_of(PAGES):
            await lead.press("/meg/sprak", {"language": language})
            await page.set_viewport_size({"width": width, "height": 800})
            await page.emulate_media(color_scheme=theme)
            for path in paths:
                answer = await page.goto(f"{url}{path}")
                assert answer is not None
                assert answer.status == 200, path
                assert await page.locator("html").get_attribute("lang") == language
                view = f"{path}, {language}, {width}, {theme}"
                found[view] = await findings(page)
                too_wide[view] = await page.evaluate(OVERFLOW)

    assert {view: items for view, items in found.items() if items} == {}
    assert {view: by for view, by in too_wide.items() if by > 0} == {}


# ------------------------------------------------------------------------------------------------------- keyboard alone


@pytest.fixture
async def place(database_file: Path) -> AsyncIterator[tuple[Bench, str]]:
    """The service of a programme that nothing was made for, at an address that the provider sends people back to."""
    listener = loopback()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    database = database_file
    async with (
        bench(database, documents=small(), public_url=address) as found,
        served(found.services.web, listener),
    ):
        yield found, address


@pytest.mark.parametrize("width", [1280, 360])
async def test_a_place_is_made_with_the_keyboard_alone_from_sign_in_to_the_result(
    place: tuple[Bench, str], browser: Browser, width: int
) -> None:
    found, address = place
    email = await _known_county_lead(found)
    page = await browser.new_page(viewport={"width": width, "height": 800}, locale="nb-NO")

    await page.goto(f"{address}{BASE}")
    await press(page, page.get_by_role("link", name="Logg inn med Microsoft"))
    await press(page, page.get_by_role("link", name=email))
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Utrulling")

    await press(page, page.get_by_role("button", name="Se hva som skal lages"))
    await expect(page.get_by_text("ser etter nå")).to_be_visible()
    await run_kinds(found.services, "rollout.preview")
    await expect(page.get_by_role("heading", name="E-post som sendes")).to_be_visible(timeout=15_000)
    await press(page, page.get_by_role("button", name="Start", exact=True))
    await expect(page.locator("#order").get_by_text("i gang", exact=True)).to_be_visible()
    await run_kinds(found.services, "rollout.place")

    await expect(page.get_by_text("Rommet er som det skal.")).to_be_visible(timeout=15_000)


async def _known_county_lead(found: Bench) -> str:
    """Note the county lead's account, as a rollout does, and return the address they sign in with."""
    services = found.services
    programme = await services.record.register.programme()
    person = programme.holders(Role.COUNTY_LEAD, on=programme.today(services.clock.now()))[0]
    assert found.sandbox.app is not None
    user = found.sandbox.app.tenant.directory.get_user(person.email)
    account = Account(id=user.id, email=person.email, kind=AccountKind.MEMBER)
    await services.record.accounts.remember([account], people={person.email.lower(): person.key})
    return person.email
