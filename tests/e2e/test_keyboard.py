"""Each person's main path with the keyboard alone, from sign-in to the result, as wide as a desk and as a phone."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from benchmarks.history import meeting_day, write_history
from integration.database.connection import create_database
from tests.e2e.conftest import CHROMIUM, FLAGS
from tests.e2e.keyboard import choose, choose_within, press, reach
from tests.support.doors import loopback, served
from tests.support.site import write_draft
from tests.web.access.journey import Journey, journey

pytestmark = pytest.mark.asyncio(loop_scope="module")

WIDTHS = [pytest.param(1280, id="desk"), pytest.param(360, id="phone")]
LEADS = [pytest.param(1280, "horten", "Horten", id="desk"), pytest.param(360, "tonsberg", "Tønsberg", id="phone")]
"""Local leads who are guests, each at their own width: what one did does not stand in the other's way."""
MAIN = "Hovedmeny"
ROUNDS = 2


@dataclass
class Town:
    """The service with a round open in each municipality, beside the sandbox's provider; and one browser."""

    place: Journey
    browser: Browser

    async def sign_in(self, person: str, width: int) -> Page:
        """Sign a person in with the keyboard, from the start page on, and return the window."""
        await self.place.know_account(person)
        page = await self.browser.new_page(viewport={"width": width, "height": 800}, locale="nb-NO")
        await page.goto(f"{self.place.address}/")
        await press(page, page.get_by_role("link", name="Logg inn med Microsoft"))
        await reach(page, page.get_by_label("Name or address"))
        await page.keyboard.type(self.place.email(person))
        await page.keyboard.press("Enter")
        await press(page, page.get_by_role("link", name=self.place.email(person)))
        await expect(page.get_by_role("heading", level=1, name="Hva trenger deg nå?")).to_be_visible()
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine (apt-get install chromium)")
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('town') / 'vareunge.db'}"
    database = create_database(url)
    await database.migrate()
    listener = loopback()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    async with (
        journey(database, url, public_url=address) as place,
        served(place.app, listener),
        async_playwright() as playwright,
    ):
        place.address = address
        await write_history(database, place.programme, ROUNDS, place.clock.now())
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Town(place, browser)
        await browser.close()
    await database.close()


@pytest.mark.parametrize(
    ("width", "person"),
    [
        pytest.param(1280, "avdelingsleder-thor-heyerdahl", id="desk"),
        pytest.param(360, "avdelingsleder-sandefjord", id="phone"),
    ],
)
async def test_a_package_lead_gives_status(town: Town, width: int, person: str) -> None:
    page = await town.sign_in(person, width)

    await press(page, page.get_by_role("link", name="Gi status for"))
    await reach(page, page.get_by_label("Som planlagt"))
    await page.keyboard.press("Space")
    await reach(page, page.get_by_label("Hva har dere fått til siden sist?"))
    await page.keyboard.type("Vi har hatt de første møtene.")
    await press(page, page.get_by_role("button", name="Send status"))

    await expect(page.get_by_role("heading", level=1, name="Takk! Statusen er lagret")).to_be_visible()
    await press(page, page.get_by_role("link", name="Se arbeidspakken og tidligere svar"))
    await expect(page.get_by_text("Vi har hatt de første møtene.").first).to_be_visible()


@pytest.mark.parametrize(("width", "place", "name"), LEADS)
async def test_a_local_lead_who_is_a_guest_reminds_who_owes(town: Town, width: int, place: str, name: str) -> None:
    page = await town.sign_in(f"leder-{place}", width)

    await choose(page, MAIN, name)
    await choose(page, f"Sider om {name}", "Send påminnelse")
    await press(page, page.get_by_role("button", name="Send påminnelse til"))

    # It is on its way, or has left already.
    told = re.compile("Påminnelsen er på vei|Fikk en melding for mindre enn ett døgn siden")
    await expect(page.get_by_text(told).first).to_be_visible()
    await expect(page.get_by_role("button", name="Send påminnelse til")).to_have_count(0)


@pytest.mark.parametrize(("width", "place", "name"), LEADS)
async def test_a_local_lead_who_is_a_guest_replaces_a_package_lead(
    town: Town, width: int, place: str, name: str
) -> None:
    page = await town.sign_in(f"leder-{place}", width)

    await choose(page, MAIN, name)
    await choose_within(page, name, "Folk og pakker", "Arbeidspakker")
    await press(page, page.get_by_role("link", name="Bytt leder").first)
    await expect(
        page.get_by_text("Antall som kan få innkalling, endring eller avlysning fra Outlook: 2.")
    ).to_be_visible()
    await reach(page, page.get_by_label("Den som tar over"))
    await page.keyboard.type("Skolesjef")
    await press(page, page.get_by_role("button", name="Bytt", exact=True))

    await expect(page.get_by_text("Endringen er lagret")).to_be_visible()
    await expect(page.get_by_role("link", name="Angre")).to_be_visible()


@pytest.mark.parametrize(("width", "place", "name"), LEADS)
async def test_a_local_lead_who_is_a_guest_assesses_the_draft(town: Town, width: int, place: str, name: str) -> None:
    now = town.place.clock.now()
    ahead, held = (f"{place}/{meeting_day(number, now)}" for number in (0, 1))
    await write_draft(town.place.outside.record.database, ahead, held, now)
    page = await town.sign_in(f"leder-{place}", width)

    await choose(page, MAIN, name)
    await choose(page, f"Sider om {name}", "Rapporten")
    await reach(page, page.get_by_label("Din vurdering"))
    await page.keyboard.type("Vi er der vi skulle være.")
    await press(page, page.get_by_role("button", name="Lagre vurderingen"))

    await expect(page.get_by_text("Vurderingen er lagret.")).to_be_visible()
    await expect(
        page.get_by_role("region", name="Status til styret").get_by_text("Vi er der vi skulle være.")
    ).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
async def test_a_board_member_reads_the_papers_of_the_next_meeting(town: Town, width: int) -> None:
    page = await town.sign_in("rektor-notteroy", width)

    await choose(page, MAIN, "Styret")
    await press(page, page.get_by_role("link", name="Møtepapirer"))
    await expect(page.get_by_role("heading", level=1, name="Møte: Styret i Våre unge Færder")).to_be_visible()
    await press(page, page.get_by_role("navigation", name="Du er her").get_by_role("link", name="Styret i"))

    await expect(page.get_by_role("heading", level=1, name="Styret i Våre unge Færder")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
async def test_an_owner_board_member_finds_the_boards_decisions(town: Town, width: int) -> None:
    page = await town.sign_in("direktor-opplaering", width)

    await choose(page, MAIN, "Eierstyret")
    await expect(page.get_by_role("heading", level=1, name="Eierstyret Vestfold")).to_be_visible()
    await press(page, page.get_by_role("link", name="Alle vedtak og det som følges opp"))

    await expect(page.get_by_role("heading", level=1, name="Vedtak og oppfølging")).to_be_visible()


async def test_it_has_the_tenant_examined_and_follows_it_on_a_phone(town: Town) -> None:
    desk = await town.sign_in("programradgiver", 1280)
    await choose(desk, MAIN, "Drift")
    await press(desk, desk.get_by_role("button", name="Undersøk nå"))
    await expect(desk.get_by_text("Undersøker nå")).to_be_visible()

    phone = await town.sign_in("programradgiver", 360)
    await choose(phone, MAIN, "Drift")

    await expect(phone.get_by_text("Undersøker nå")).to_be_visible()
