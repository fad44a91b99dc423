"""A programme in the middle of a round, and browsers of everybody who has a page in it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from config.values import Assignment, Role
from integration.database import tables
from integration.database.connection import Database
from integration.database.findings import SQLFindings
from integration.database.lessons import SQLLessons
from integration.database.meetings import SQLMeetings
from integration.database.overview import SQLOverview
from integration.database.reports import SQLReports
from integration.database.sessions import SQLSessions
from integration.database.stopped import SQLStoppedUnits
from integration.database.units import SQLUnits
from tests.support.signed_in import PUBLIC, Browser, create_gate, signed_in
from tests.workflows.status.rounds import HOME, STARTS, World
from tests.workflows.status.test_rounds import DAY, DEADLINE
from web.lessons import pages as lesson_pages
from web.overview.pages import routers
from web.overview.reading import Overviews
from workflows.operations.stopped import StoppedDesk
from workflows.papers.agendas.model import Agenda, StoredAgenda
from workflows.ports.units import SET_ASIDE, DueUnit

COUNTY, LOCAL, LEAD, CHAIR, MEMBER, IT = "stranger", "lead", "guest-lead", "chair", "member", "home-lead"
EARLIER = "a-dal/2026-10-06"


@dataclass
class SentAgendas:
    """Agendas that were sent, by meeting."""

    sent: dict[str, Agenda]

    async def fixed(self, meeting: str) -> StoredAgenda | None:
        if meeting not in self.sent:
            return None
        return StoredAgenda(meeting=meeting, content=self.sent[meeting], released_at=DEADLINE)


@dataclass
class Languages:
    """Keeps what people chose, and nothing else."""

    chosen: dict[str, str]

    async def set_language(self, person: str, language: str) -> bool:
        self.chosen[person] = language
        return True


class Stage:
    """The round of `a-dal` is open: one package has answered and asks its board something, two have not."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.world = World(database)
        self.languages = Languages({})
        self.agendas = SentAgendas({})
        self.sessions = SQLSessions(database)
        self.world.programme = self.world.programme.model_copy(
            update={
                "assignments": (
                    *self.world.programme.assignments,
                    Assignment(person=COUNTY, role=Role.COUNTY_LEAD),
                    Assignment(person=IT, role=Role.TEAM_OWNER),
                )
            }
        )
        self.overviews = Overviews(
            store=SQLOverview(database),
            meetings=SQLMeetings(database),
            reports=SQLReports(database),
            agendas=self.agendas,
            findings=SQLFindings(database),
            units=SQLUnits(database),
            stopped=StoppedDesk(SQLStoppedUnits(database), self.world.clock),
            order_again="vareunge stopped --again",
            links=self.world.links,
            settings=self.languages,
            clock=self.world.clock,
            public_url=PUBLIC,
        )

    async def begin(self) -> "Stage":
        """Hold an earlier round, whose answers and report stand, and open the next one."""
        world = self.world
        opens = world.clock.time
        world.clock.time = opens - 42 * DAY
        await world.plan_meeting(STARTS - 42 * DAY, key=EARLIER, state="booked")
        await world.run("status.open", EARLIER)
        await world.run("status.send", EARLIER)
        world.clock.time = DEADLINE - 42 * DAY
        await world.run("status.close", EARLIER)
        world.clock.time = opens
        await world.plan_meeting(state="booked")
        await world.run("status.open")
        await world.run("status.send")
        await world.answer(
            HOME, "home-lead", question="Kan vi få et rom til?", light="red", **{"indicator:plasser": "12"}
        )
        return self

    async def browser(self, person: str | None) -> Browser:
        gate = create_gate(self.database, self.world.programme, self.world.clock)
        lessons = lesson_pages.router(lesson_pages.LessonDoors(store=SQLLessons(self.database), clock=self.world.clock))
        return await signed_in(gate, [*routers(self.overviews), lessons], person)

    async def page(self, person: str, path: str) -> str:
        """Return a page as that person reads it."""
        answer = await (await self.browser(person)).get(path)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    async def end_unit(self, key: str) -> None:
        """Let a unit have been done."""
        done = tables.unit.update().where(tables.unit.c.key == key).values(state="done")
        async with self.database.begin() as connection:
            await connection.execute(done)

    async def set_aside(self, *keys: str, note: str = SET_ASIDE) -> None:
        """Let units have stopped that were due now."""
        units, now = SQLUnits(self.database), self.world.clock.now()
        await units.make_due([DueUnit(key=key, due_at=now) for key in keys])
        for key in keys:
            assert await units.set_aside(key, now=now, note=note)

    async def fail_a_mail(self) -> None:
        """Let the mail to the guest lead have failed."""
        ours = (tables.message.c.person == LEAD, tables.message.c.state == "sent")
        async with self.database.begin() as connection:
            failed = {"state": "failed", "failure": "550 no such mailbox"}
            await connection.execute(tables.message.update().where(*ours).values(**failed))


class Counter:
    """Counts the statements that a database carries out."""

    def __init__(self, database: Database) -> None:
        self.number = 0
        for engine in (database._engine.sync_engine, database._plain):
            event.listen(engine, "before_cursor_execute", self._count)

    def _count(self, *_: Any) -> None:
        self.number += 1
