"""The demo's local lead corrects a report that is out, on its page, as a browser that is signed in."""

from typing import Any

import httpx
import pytest

from demo.corrector import Corrector
from demo.ledger import CorrectedReport, read_ledger
from demo.people import TRIES, Correction
from demo.stage import StageError
from integration.database.connection import Database
from tests.support.signed_in import PUBLIC, Browser
from tests.web.municipality.lead_site import Site
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.status.rounds import HOME, MEETING
from workflows.papers.reports.model import BoardReport

PROVIDER = "https://provider.example/authorize"
OUT = {MEETING: "released"}
CORRECTION = Correction(package=HOME, sentence="Seks bedrifter er med.", text="Åtte er med.", reason="Galt antall.")


class Sandbox:
    """The way through the sandbox's sign-in to the pages. *lost*: answers to orders that do not arrive."""

    def __init__(self, browser: Browser, *, lost: int = 0) -> None:
        self._browser = browser
        self._to = ""
        self._lost = lost
        self.leads_astray = False

    async def ask(self, method: str, url: str, *, by: httpx.AsyncClient, **more: Any) -> httpx.Response:
        if "/logg-inn/" in url:
            self._to = httpx.URL(url).params["til"]
            return httpx.Response(200, request=httpx.Request("GET", f"{PROVIDER}?state=x"))
        if url.startswith(PROVIDER):
            assert httpx.URL(url).params["as"] == "lead@county.example"
            url = f"{PUBLIC}/" if self.leads_astray else f"{PUBLIC}{self._to}"
        response = await self._browser.request(method, url, follow_redirects=True, **more)
        if more.get("data", {}).get("do") == "correct" and self._lost:
            self._lost -= 1
            return httpx.Response(503, request=response.request)
        return response


@pytest.fixture
async def site(database: Database) -> Site:
    """A report that is out."""
    world = AgendaWorld(database)
    await world.open()
    await world.answer(HOME, "home-lead", done="Seks bedrifter er med. Vi er i rute.")
    await world.close()
    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    world.clock.time = status_round.release_at
    site = Site(world)
    await site.run_report()
    return site


def corrector(site: Site, sandbox: Sandbox, correction: Correction | None = CORRECTION) -> Corrector:
    cast: Any = sandbox
    return Corrector(PUBLIC, cast, site.world.programme, correction, on=site.world.clock.now())


@pytest.mark.parametrize("lost", [0, 1], ids=["answered", "the answer was lost"])
async def test_the_mistake_is_corrected_once_and_the_report_before_is_kept(site: Site, lost: int) -> None:
    lead = corrector(site, Sandbox(await site.of("lead"), lost=lost))

    done = [await lead.correct(reports) for reports in ({MEETING: "draft"}, OUT, OUT)]
    await site.world.report("correct")

    ledger = await read_ledger(site.world.database)
    newest = await site.world.record.newest(MEETING)
    assert done == [False, True, False]
    assert newest is not None
    assert isinstance(newest.content, BoardReport)
    assert [item.done for item in newest.content.packages if item.key == HOME] == ["Åtte er med. Vi er i rute."]
    (corrected,) = ledger.corrected
    assert corrected == CorrectedReport(meeting=MEETING, why="Galt antall.", kept=2, told=corrected.told)
    assert corrected.told > 0


async def test_without_a_mistake_in_the_story_nothing_is_corrected(site: Site) -> None:
    assert not await corrector(site, Sandbox(await site.of("lead")), correction=None).correct(OUT)


async def test_a_mistake_that_is_not_there_ends_the_demo(site: Site) -> None:
    other = CORRECTION.model_copy(update={"sentence": "Ni er med."})

    with pytest.raises(StageError, match="does not say: Ni er med"):
        await corrector(site, Sandbox(await site.of("lead")), other).correct(OUT)


async def test_a_correction_that_is_never_confirmed_ends_the_demo(site: Site) -> None:
    with pytest.raises(StageError, match="was not corrected"):
        await corrector(site, Sandbox(await site.of("lead"), lost=TRIES)).correct(OUT)


async def test_a_sign_in_that_leads_elsewhere_ends_the_demo(site: Site) -> None:
    sandbox = Sandbox(await site.of("lead"))
    sandbox.leads_astray = True

    with pytest.raises(StageError, match="signed in and came to 404"):
        await corrector(site, sandbox).correct(OUT)
