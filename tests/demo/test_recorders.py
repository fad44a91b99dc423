"""The demo's local leads record minutes from their own mail, once for each meeting."""

from collections import Counter
from datetime import datetime
from typing import Any

from demo.people import load_story
from demo.recorders import Recorders
from demo.run import STORY
from integration.database.connection import Database
from tests.web.papers.test_agenda import Site
from tests.workflows.papers.agendas.agenda_world import MEETING_DAY, AgendaWorld
from tests.workflows.status.rounds import MEETING, FakeHistory
from workflows.messages.short_links import KIND, LinkMails
from workflows.ports.units import DueUnit


class Sandbox:
    """Mail and pages as the demo reaches them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def control(self, method: str, path: str) -> Any:
        email = path.split("/")[1]
        return [{"html": mail.html} for mail in self._site.world.mailer.to(email)]

    async def ask(self, method: str, url: str, **more: Any) -> Any:
        return await self._site.ask(method, url, **more)


class Postman:
    """The clock of the demo: while it is slept, mails that were asked for arrive."""

    def __init__(self, world: AgendaWorld) -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.clock.now()

    async def sleep_until(self, moment: datetime) -> None:
        await self._world.clock.sleep_until(moment)
        mails = LinkMails(kind=KIND, messages=self._world.messages, outbox=self._world.outbox, clock=self._world.clock)
        await mails.send(DueUnit(key=f"{KIND}:lead", due_at=moment), FakeHistory())


async def test_what_is_proposed_is_adopted_the_day_after_the_way_opened(database: Database) -> None:
    world = AgendaWorld(database)
    sandbox: Any = Sandbox(Site(world))
    # Without an account the lead sees no channel and gets the mail.
    world.accounts.accounts.clear()
    await world.open()
    recorders = Recorders(
        sandbox, sandbox, world.programme, load_story(STORY), on=world.clock.now(), clock=Postman(world)
    )
    await world.answer("arena", "home-lead", light="red", question="Får vi lokaler?", proposal="Ja, «ut» året.")
    await world.close()
    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    world.clock.time = status_round.release_at
    await world.report("release")
    await world.paper("agenda.publish")
    told = Counter({"lead@county.example": 1})

    before = await recorders.record(told)
    world.clock.time = MEETING_DAY
    days = [await recorders.record(told) for _ in range(3)]

    assert (before, days) == (0, [0, 1, 0])
    assert [item.text for item in (await world.agendas.matters("a-dal")).decisions] == ["Ja, «ut» året."]
