"""The register in a database, and browsers of people who are signed in to its pages."""

from pathlib import Path

from fastapi import APIRouter

from config.loading import load_documents, load_programme
from integration.database.agendas import SQLAgendas
from integration.database.connection import Database
from integration.database.look_ups import SQLLookUps
from integration.database.meetings import SQLMeetings
from integration.database.register import SQLRegister
from tests.clocks import StillClock
from tests.support.signed_in import Browser, create_gate, signed_in
from web.register.meetings import MeetingDoors
from web.register.reading import RegisterDoors
from web.register.routes import routers
from workflows.meetings.moves import MeetingMoves
from workflows.register.editing import RegisterDesk
from workflows.register.look_up import LookUpDesk

FOLDER = Path(__file__).parents[3] / "config" / "vestfold"
COUNTY, LEAD = "leder-vestfold", "leder-horten"
HERE = "/kommune/horten"
PACKAGE = next(item.key for item in load_programme(FOLDER).work_packages if item.municipality == "horten")


class Pages:
    """The register in a database, and browsers of people who are signed in to its pages."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = StillClock()
        self.register = SQLRegister(database, self.clock)
        self.meetings = SQLMeetings(database)
        self.desk = RegisterDesk(store=self.register, clock=self.clock)
        self.agendas, self.look_ups = SQLAgendas(database), SQLLookUps(database)

    def routers(self) -> list[APIRouter]:
        """Return the routes of the register's pages."""
        moves = MeetingMoves(store=self.meetings, clock=self.clock, programme=self.register.programme)
        accounts = LookUpDesk(store=self.look_ups, clock=self.clock)
        doors = RegisterDoors(desk=self.desk, clock=self.clock, board=self.agendas, accounts=accounts)
        return routers(MeetingDoors(register=doors, meetings=self.meetings, moves=moves))

    async def browser(self, person: str | None) -> Browser:
        gate = create_gate(self.database, await self.register.programme(), self.clock)
        return await signed_in(gate, self.routers(), person)


async def imported(database: Database) -> Pages:
    """Return the pages of the programme as it is shipped."""
    made = Pages(database)
    await made.register.save(load_documents(FOLDER))
    return made
