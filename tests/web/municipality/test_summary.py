"""The owner board's summary over HTTP, and the county lead's summing up."""

from datetime import datetime

import pytest

from integration.database.connection import Database
from tests.support.signed_in import Browser
from tests.web.municipality.lead_site import Site, shown, words
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from workflows.ports.units import Parked

PAGE = "/fylket/sammendrag"
MEETING = "owner-board/2026-12-08"


@pytest.fixture
async def site(database: Database) -> Site:
    """A working day before the summary is released."""
    world = AgendaWorld(database)
    await world.released()
    await world.plan_meeting(datetime.fromisoformat("2026-12-08T12:30"), key=MEETING, body="owner-board")
    return Site(world)


async def drafted(site: Site) -> None:
    parked = await site.world.report("owner", MEETING)
    assert isinstance(parked, Parked)
    site.world.clock.time = parked.until
    await site.world.report("owner", MEETING)


async def sum_up(browser: Browser, text: str, seen: str = "0") -> str:
    response = await browser.send_form(PAGE, {"summing_up": text, "seen": seen})
    return response.headers.get("location") or words(response.text)


async def test_the_summing_up_stands_in_the_summary(site: Site) -> None:
    await drafted(site)
    browser = await site.of("guest-lead")

    assert await sum_up(browser, "Det går framover.") == f"{PAGE}?gjort=1"

    page = await shown(browser, f"{PAGE}?gjort=1")
    assert "Oppsummeringen er lagret" in page
    assert page.count("Det går framover.") == 2
    assert ("guest-lead", "report.summed_up") in await site.written_down()


async def test_it_can_be_written_before_there_is_a_draft(site: Site) -> None:
    browser = await site.of("guest-lead")
    await sum_up(browser, "Først.")

    page = await shown(browser, PAGE)
    assert "Det er ikke noe utkast ennå" in page
    assert "Først." in page


async def test_the_same_words_again_and_somebody_else_s_meanwhile(site: Site) -> None:
    browser = await site.of("guest-lead")
    await sum_up(browser, "Først.")

    assert await sum_up(browser, "Først.", seen="1") == f"{PAGE}?gjort=1"
    assert "Noen andre har endret dette" in await sum_up(browser, "Så.", seen="0")
    assert (await site.world.record.review(MEETING)).assessment == "Først."


async def test_once_released_nothing_is_taken(site: Site) -> None:
    await drafted(site)
    site.world.clock.time = datetime.fromisoformat("2026-12-07T12:00+00:00")
    await site.world.report("owner", MEETING)
    browser = await site.of("guest-lead")

    assert await sum_up(browser, "For sent.") == PAGE
    page = await shown(browser, PAGE)
    assert "er sendt" in page
    assert "For sent." not in page


async def test_without_a_meeting_ahead_there_is_none(site: Site) -> None:
    site.world.clock.time = datetime.fromisoformat("2027-01-07T12:00+00:00")
    browser = await site.of("guest-lead")

    assert await sum_up(browser, "Til ingen.") == PAGE
    assert "Ingen møter i eierstyret framover" in await shown(browser, PAGE)


async def test_a_programme_without_an_owner_board_has_none(site: Site) -> None:
    known = site.world.programme
    bodies = tuple(body for body in known.bodies if body.key != "owner-board")
    site.world.programme = known.model_copy(update={"bodies": bodies})

    assert "Ingen møter i eierstyret framover" in await shown(await site.of("guest-lead"), PAGE)


async def test_the_local_lead_does_not_see_it(site: Site) -> None:
    assert (await (await site.of("lead")).get(PAGE)).status_code == 404
