"""The pages of the leads' acts over the world of a round."""

import re
from html import unescape

from config.values import Assignment, Role
from integration.database.guests import SQLGuests
from integration.database.held_links import SQLHeldLinks
from integration.database.history import SQLHistory
from integration.database.register import SQLRegister
from integration.database.roles import SQLRoles
from integration.database.tables import audit
from tests.support.signed_in import PUBLIC, Browser, create_gate, signed_in
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from web.access.gate import Gate
from web.municipality.doors import LeadDoors
from web.municipality.pages import routers
from workflows.messages.model import MessageState
from workflows.messages.resumption import Resuming, ResumptionPorts
from workflows.operations.guest_review import GuestDesk, GuestPorts
from workflows.ports.accounts import Recipients
from workflows.ports.links import LinkPurpose
from workflows.status.plan import REMINDER


class Site:
    """The pages over the world of a round."""

    def __init__(self, world: AgendaWorld) -> None:
        world.programme = world.programme.model_copy(
            update={
                "assignments": (
                    *world.programme.assignments,
                    Assignment(person="stranger", role=Role.LOCAL_LEAD, municipality="b-vik"),
                    Assignment(person="guest-lead", role=Role.COUNTY_LEAD),
                )
            }
        )
        self.world = world
        self.held = SQLHeldLinks(world.database, world.clock)
        self.guests = SQLGuests(world.database)
        guest_desk = GuestDesk(
            GuestPorts(
                programme=world.read_programme,
                guests=self.guests,
                roles=SQLRoles(SQLRegister(world.database, world.clock), world.clock),
                links=world.links,
                clock=world.clock,
            )
        )
        self.doors = LeadDoors(
            rounds=world.store,
            report_desk=world.report_desk,
            owner_desk=world.owner_desk,
            messages=world.messages,
            upcoming=world.upcoming,
            units=world.units,
            switches=world.switches,
            recipients=Recipients(),
            past=SQLHistory(world.database),
            resuming=Resuming(
                ResumptionPorts(
                    programme=world.read_programme,
                    messages=world.messages,
                    pauses=world.switches,
                    open_requests=world.messages.still_asked,
                    outbox=lambda: world.outbox,
                    replies=frozenset(),
                    clock=world.clock,
                    public_url=PUBLIC,
                )
            ),
            links=world.links,
            held=self.held,
            desk=world.agenda_desk,
            questions=world.question_desk,
            guests=guest_desk,
            clock=world.clock,
        )

    @property
    def gate(self) -> Gate:
        return create_gate(self.world.database, self.world.programme, self.world.clock)

    async def of(self, person: str | None) -> Browser:
        return await signed_in(self.gate, routers(self.doors), person)

    async def issue(self, purpose: LinkPurpose, subject: str, person: str | None = None) -> str:
        return await self.world.links.issue(purpose, subject, person)

    async def run_due(self, kind: str) -> None:
        for key in await self.world.due():
            if key.startswith(f"{kind}:"):
                await self.world.run(kind, key.partition(":")[2])

    async def run_report(self) -> None:
        await self.world.report("release")

    async def written_down(self) -> list[tuple[str, str]]:
        """Return the people's acts that the record keeps, but for sign-ins: who, and what."""
        async with self.world.database.read() as connection:
            rows = (await connection.execute(audit.select().order_by(audit.c.id))).all()
        return [(row.actor, row.action) for row in rows if row.action != "session.started"]

    async def reminded(self) -> list[str | None]:
        found = await self.world.messages.list_messages(kind=REMINDER, states=[MessageState.SENT])
        return [item.person for item in found]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


async def shown(browser: Browser, path: str) -> str:
    response = await browser.get(path)
    assert response.status_code == 200, response.text
    return words(response.text)
