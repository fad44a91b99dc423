"""A round's world with an agenda at its end: a board with a template, a folder for its meetings, and a desk."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from config.place_template import PlaceSpec
from config.programme import Programme
from config.values import AgendaEntry, Assignment, Person, Role
from integration.database import tables
from integration.database.agendas import SQLAgendas
from integration.database.connection import Database
from integration.database.meetings import SQLMeetings
from integration.database.questions import SQLQuestions
from tests.clocks import StillClock
from tests.workflows.papers.reports.test_handlers import ReportWorld
from tests.workflows.papers.reports.test_handlers import place as report_place
from tests.workflows.status.rounds import HOME, MEETING, PUBLIC, STARTS
from workflows.papers.agendas.editing import AgendaDesk
from workflows.papers.agendas.handlers import Agendas
from workflows.papers.agendas.model import StoredAgenda
from workflows.papers.agendas.ports import AgendaPorts
from workflows.papers.decisions.follow_up import FollowUps
from workflows.papers.questions.desk import QuestionDesk
from workflows.papers.questions.follow import FollowPorts, QuestionFollowUp
from workflows.papers.questions.notice import QuestionNotices, QuestionPorts
from workflows.papers.questions.ports import QuestionStore
from workflows.ports.calendar import InvitationResponse
from workflows.ports.units import DueUnit, Outcome

ENTRIES = (
    AgendaEntry(key="opening", title="Godkjenning av saksliste", minutes=5, order=10),
    AgendaEntry(key="follow-up", title="Oppfølging av vedtak", source="follow_up", order=30),
    AgendaEntry(key="questions", title="{work_package} ber om en avgjørelse", source="questions", minutes=15, order=40),
    AgendaEntry(key="status", title="Status i arbeidspakkene", source="packages", minutes=20),
    AgendaEntry(key="proposals", title="Saker fra medlemmene", source="proposals", minutes=10, order=70),
    AgendaEntry(key="any-other", title="Eventuelt", order=90),
)
FOLDER = "Styremøter/2026/2026-11-17"
BEFORE_DEADLINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MEETING_DAY = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)

THERE = {"present:chair": "1"}
"""Fields of a form for minutes without which there is no decision; chair and secretary are named beforehand."""


def with_agenda(programme: Programme, **changes: Any) -> Programme:
    """The programme with an agenda for the board of Å-dal, and somebody who leads the county's part."""
    bodies = tuple(
        body.model_copy(update={"agenda": ENTRIES, **changes}) if body.key == "a-dal" else body
        for body in programme.bodies
    )
    county = Person(key="county-lead", name="Rolle county-lead", email="county@county.example", organisation="county")
    assignment = Assignment(person="county-lead", role=Role.COUNTY_LEAD)
    return programme.model_copy(
        update={
            "bodies": bodies,
            "people": (*programme.people, county),
            "assignments": (*programme.assignments, assignment),
        }
    )


class AgendaWorld(ReportWorld):
    """*ours*: the municipality has a place of ours."""

    def __init__(self, database: Database, *, ours: bool = True, clock: StillClock | None = None) -> None:
        super().__init__(database, ours=ours, clock=clock)
        self.programme = with_agenda(self.programme)
        if ours:
            place: PlaceSpec = report_place().model_copy(update={"meeting_folder": "Styremøter/{year}"})
            self.programme = self.programme.model_copy(update={"places": (place,)})
        self.agendas = SQLAgendas(database)
        self.questions = SQLQuestions(database)
        self.papers = self.with_questions(self.questions)
        self.agenda_desk = AgendaDesk(
            programme=self.read_programme, store=self.agendas, meetings=SQLMeetings(database), clock=self.clock
        )
        self.question_desk = QuestionDesk(store=self.questions, clock=self.clock)
        self.question_notices = QuestionNotices(
            QuestionPorts(
                programme=self.read_programme,
                store=self.questions,
                mail=self.lead_mail,
                clock=self.clock,
                public_url=PUBLIC,
            )
        )
        self.follow_ups = FollowUps(
            programme=self.read_programme, store=self.agendas, questions=self.questions, clock=self.clock
        )
        self.question_follow_up = QuestionFollowUp(
            FollowPorts(
                programme=self.read_programme,
                questions=self.questions,
                answers=self.store,
                decisions=self.agendas,
                clock=self.clock,
            )
        )

    def with_questions(self, questions: QuestionStore) -> Agendas:
        """The handlers, on a record of questions."""
        return Agendas(
            AgendaPorts(
                programme=self.read_programme,
                store=self.agendas,
                meetings=SQLMeetings(self.database),
                reports=self.record,
                content=self.site,
                places=self.things,
                questions=questions,
                mail=self.lead_mail,
                links=self.links,
                clock=self.clock,
                public_url=PUBLIC,
            ),
            make_file=lambda document, at: f"{document.title} {at:%Y-%m-%d}".encode(),
        )

    async def paper(self, kind: str, subject: str = MEETING) -> Outcome:
        handlers = {
            "agenda.publish": self.papers.publish,
            "minutes.prepare": self.papers.prepare,
            "minutes.publish": self.papers.publish_minutes,
        }
        return await handlers[kind](DueUnit(key=f"{kind}:{subject}", due_at=self.clock.now()), self.history)

    async def sent(self) -> StoredAgenda:
        """Everything up to the agenda that is sent with the report."""
        await self.released()
        await self.paper("agenda.publish")
        stored = await self.agendas.find_agenda(MEETING)
        assert stored is not None
        return stored

    async def at_the_meeting(self) -> StoredAgenda:
        """The agenda is sent, and the meeting is over."""
        stored = await self.sent()
        self.clock.time = MEETING_DAY
        return stored

    async def approved(self, fields: Mapping[str, str], *, after: int = 0) -> None:
        """The local lead records minutes on top of version *after*, the chair approves them, and they are published."""
        await self.agenda_desk.record(MEETING, "lead", {**THERE, "version": str(after), **fields})
        await self.agenda_desk.approve(MEETING, "chair", str(after + 1))
        await self.paper("minutes.publish")

    async def next_meeting(self) -> str:
        """A later meeting of the board, with an open round."""
        key = "a-dal/2027-02-02"
        await self.plan_meeting(STARTS + timedelta(days=77), key=key)
        self.clock.time = datetime(2027, 1, 13, 9, 0, tzinfo=UTC)
        await self.run("status.open", key)
        return key

    async def answer_invitation(self, answers: Mapping[str, InvitationResponse]) -> None:
        """InvitationResponse the invitation as people do, by their addresses."""
        answered = tables.meeting.update().where(tables.meeting.c.key == MEETING).values(answers=dict(answers))
        async with self.database.begin() as connection:
            await connection.execute(answered)

    async def versions(self, table: str) -> list[tuple[str, int]]:
        """Every version there is of what a table keeps."""
        found = tables.metadata.tables[table]
        async with self.database.read() as connection:
            rows = await connection.execute(select(found.c.key, found.c.version).order_by(found.c.key, found.c.version))
            return [(row.key, row.version) for row in rows]


__all__ = ["HOME", "THERE", "AgendaWorld"]
