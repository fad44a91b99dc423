"""One round as a local lead who is a guest steers it, act by act: replace a lead, remind, assess, release."""

from datetime import timedelta

import pytest

from config.loading import load_documents
from config.programme import Programme
from integration.database.connection import Database
from tests.support.signed_in import Browser, create_gate, signed_in
from tests.web.municipality.lead_site import Site, shown
from tests.web.register.desk import FOLDER, HERE, LEAD, Pages
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.status.rounds import OPENS
from web.municipality.pages import routers
from workflows.papers.reports.model import ReportState
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface
from workflows.status.plan import request_id

DAY = timedelta(days=1)
MEETING, PACKAGE = "horten/2026-11-17", "horten-verkstedet"
OLD, NEW = "pakkeleder.verkstedet@horten.example", "skolesjef@horten.example"


class RegisterWorld(AgendaWorld):
    """The world of a round, over the register that the pages change."""

    def __init__(self, database: Database) -> None:
        self.pages = Pages(database)
        super().__init__(database, clock=self.pages.clock)
        self.site_of_lead = Site(self)

    async def read_programme(self, version: int | None = None) -> Programme:
        return await self.pages.register.programme()

    async def lead(self) -> Browser:
        """Return the local lead's browser before all pages that lead their municipality."""
        gate = create_gate(self.database, await self.read_programme(), self.clock)
        return await signed_in(gate, [*self.pages.routers(), *routers(self.site_of_lead.doors)], LEAD)

    def mailed(self) -> list[str]:
        """Return the addresses that got a mail since the last look."""
        sent = [mail.to.email for mail in self.mailer.sent.values()]
        self.mailer.sent.clear()
        return sent


@pytest.fixture
async def world(database: Database) -> RegisterWorld:
    world = RegisterWorld(database)
    await world.pages.register.save(load_documents(FOLDER))
    world.clock.time = OPENS
    await world.plan_meeting(key=MEETING, body="horten")
    await world.run("status.open", MEETING)
    await world.run("status.send", MEETING)
    return world


async def test_a_local_lead_who_is_a_guest_steers_a_round_to_its_report(world: RegisterWorld) -> None:
    programme = await world.read_programme()
    assert programme.is_guest(programme.person(LEAD))
    assert OLD in world.mailed()

    # A new lead of a package is asked from their first day on.
    form = {"person": "skolesjef-horten", "first_day": "2026-10-28", "sett": "1"}
    browser = await world.lead()
    replaced = await browser.send_form(f"{HERE}/rediger/rolle-bytt?av=work_package_lead/{PACKAGE}", form)
    assert replaced.headers["location"].startswith(f"{HERE}/folk?lagret=")
    world.clock.time = OPENS + DAY
    await world.run("status.send", MEETING)
    assert world.mailed() == [NEW]

    # Two days later the new lead has not answered, and is reminded.
    world.clock.time = OPENS + 3 * DAY
    browser, request = await world.lead(), request_id(MEETING, PACKAGE)
    assert "Skolesjef Horten" in await shown(browser, f"{HERE}/purring")
    await browser.send_form(f"{HERE}/purring", {"request": request})
    await world.site_of_lead.run_due("status.nudge")
    assert world.mailed() == [NEW]
    answer = {"light": "yellow", "done": "Verkstedet har åpnet.", "proposal_asked": "1"}
    by = ByLink("skolesjef-horten")
    await world.desk.answer(request, sender=by, content=answer, surface=AnswerSurface.FORM)

    # The draft is assessed, and released before its time.
    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    world.clock.time = status_round.deadline_at
    await world.run("status.close", MEETING)
    await world.report("compile", MEETING)
    # The Monday after the Friday of the deadline, in the morning.
    world.clock.time += 3 * DAY - timedelta(hours=5)
    browser = await world.lead()
    assert "Verkstedet har åpnet." in await shown(browser, f"{HERE}/rapport")
    for act in ({"do": "assess", "assessment": "Det går framover."}, {"do": "send"}):
        seen = str((await world.record.review(MEETING)).version)
        done = await browser.send_form(f"{HERE}/rapport", {**act, "seen": seen})
        assert done.headers["location"] == f"{HERE}/rapport?gjort={act['do']}"
    await world.report("release", MEETING)

    report = await world.record.newest(MEETING)
    assert report is not None
    assert report.state is not ReportState.DRAFT
    assert "rektor.horten@vestfoldfylke.example" in world.mailed()
    assert "er ferdig og sendt til styret" in await shown(browser, f"{HERE}/rapport")
    acts = {act for actor, act in await world.site_of_lead.written_down() if actor == LEAD}
    assert {"unit.ordered", "report.assessed"} <= acts
