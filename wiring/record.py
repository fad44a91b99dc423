"""The record: the database and a store for each kind of thing in it.

A store is imported by its first use: an answer needs a few of them, and a new worker should not wait for the others.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

import texts
from config.programme import Programme
from integration.clock import ServiceClock
from integration.database.connection import Database, create_database
from integration.database.postgres import ANSWERING, Connections
from integration.database.schema import LanguageOrder, SchemaNewer, SchemaOutdated
from integration.database.sqlite import CannotOpen
from workflows.errors import OutsideError

if TYPE_CHECKING:
    from integration.database.accounts import SQLAccounts
    from integration.database.agendas import SQLAgendas
    from integration.database.archive import SQLHandovers
    from integration.database.audit import SQLAudit
    from integration.database.chats import SQLChats
    from integration.database.findings import SQLFindings
    from integration.database.guests import SQLGuests
    from integration.database.held_links import SQLHeldLinks
    from integration.database.history import SQLHistory
    from integration.database.identities import SQLIdentities
    from integration.database.intents import SQLIntents
    from integration.database.klass import SQLKlass
    from integration.database.lessons import SQLLessons
    from integration.database.links import SQLLinks
    from integration.database.look_ups import SQLLookUps
    from integration.database.meeting_spans import SQLMeetingSpans
    from integration.database.meetings import SQLMeetings
    from integration.database.messages import SQLMessages
    from integration.database.overview import SQLOverview
    from integration.database.paper_record import SQLPaperRecord
    from integration.database.postgres import Passwords
    from integration.database.questions import SQLQuestions
    from integration.database.record_rows import SQLRecordRows
    from integration.database.redactions import SQLRedactions
    from integration.database.register import SQLRegister
    from integration.database.reports import SQLReports
    from integration.database.resources import SQLResources
    from integration.database.sessions import SQLSessions
    from integration.database.status import SQLStatus
    from integration.database.switches import SQLSwitches
    from integration.database.units import SQLUnits
    from integration.unit_queue import UnitQueue


def _speak_as(programme: Programme) -> None:
    """Let the programme's own words go before ours in this process, which serves it alone."""
    texts.reword(programme.wording.by_language())


class Record:
    """
    The stores, each named after what it keeps and made at its first use.

    A method for each store is what this class is for; there is no smaller cut.
    """

    def __init__(
        self,
        url: str,
        clock: ServiceClock,
        *,
        passwords: "Passwords | None" = None,
        connections: Connections = ANSWERING,
        queue: "UnitQueue | None" = None,
    ) -> None:
        self._url = url
        self._clock = clock
        self._passwords = passwords
        self._connections = connections
        self.queue = queue
        """The queue that names due units to the Functions host; None where the engine looks for itself."""

    @cached_property
    def database(self) -> Database:
        database = create_database(self._url, passwords=self._passwords, connections=self._connections)
        database.on_due = self.queue.announce if self.queue else None
        return database

    @cached_property
    def units(self) -> "SQLUnits":
        from integration.database.units import SQLUnits

        return SQLUnits(self.database)

    @cached_property
    def register(self) -> "SQLRegister":
        from integration.database.register import SQLRegister

        return SQLRegister(self.database, self._clock, on_read=_speak_as)

    @cached_property
    def look_ups(self) -> "SQLLookUps":
        from integration.database.look_ups import SQLLookUps

        return SQLLookUps(self.database)

    @cached_property
    def klass(self) -> "SQLKlass":
        from integration.database.klass import SQLKlass

        return SQLKlass(self.database)

    @cached_property
    def lessons(self) -> "SQLLessons":
        from integration.database.lessons import SQLLessons

        return SQLLessons(self.database)

    @cached_property
    def links(self) -> "SQLLinks":
        from integration.database.links import SQLLinks

        return SQLLinks(self.database, self._clock)

    @cached_property
    def held_links(self) -> "SQLHeldLinks":
        from integration.database.held_links import SQLHeldLinks

        return SQLHeldLinks(self.database, self._clock)

    @cached_property
    def switches(self) -> "SQLSwitches":
        from integration.database.switches import SQLSwitches

        return SQLSwitches(self.database, self._clock)

    @cached_property
    def history(self) -> "SQLHistory":
        from integration.database.history import SQLHistory

        return SQLHistory(self.database)

    @cached_property
    def audit(self) -> "SQLAudit":
        from integration.database.audit import SQLAudit

        return SQLAudit(self.database)

    @cached_property
    def intents(self) -> "SQLIntents":
        from integration.database.intents import SQLIntents

        return SQLIntents(self.database, self._clock)

    @cached_property
    def accounts(self) -> "SQLAccounts":
        from integration.database.accounts import SQLAccounts

        return SQLAccounts(self.database, self._clock)

    @cached_property
    def guests(self) -> "SQLGuests":
        from integration.database.guests import SQLGuests

        return SQLGuests(self.database)

    @cached_property
    def resources(self) -> "SQLResources":
        from integration.database.resources import SQLResources

        return SQLResources(self.database, self._clock)

    @cached_property
    def meeting_spans(self) -> "SQLMeetingSpans":
        from integration.database.meeting_spans import SQLMeetingSpans

        return SQLMeetingSpans(self.database)

    @cached_property
    def meetings(self) -> "SQLMeetings":
        from integration.database.meetings import SQLMeetings

        return SQLMeetings(self.database)

    @cached_property
    def rounds(self) -> "SQLStatus":
        from integration.database.status import SQLStatus

        return SQLStatus(self.database)

    @cached_property
    def messages(self) -> "SQLMessages":
        from integration.database.messages import SQLMessages

        return SQLMessages(self.database)

    @cached_property
    def reports(self) -> "SQLReports":
        from integration.database.reports import SQLReports

        return SQLReports(self.database)

    @cached_property
    def agendas(self) -> "SQLAgendas":
        from integration.database.agendas import SQLAgendas

        return SQLAgendas(self.database)

    @cached_property
    def questions(self) -> "SQLQuestions":
        from integration.database.questions import SQLQuestions

        return SQLQuestions(self.database)

    @cached_property
    def handovers(self) -> "SQLHandovers":
        from integration.database.archive import SQLHandovers

        return SQLHandovers(self.database)

    @cached_property
    def papers(self) -> "SQLPaperRecord":
        from integration.database.paper_record import SQLPaperRecord

        return SQLPaperRecord(self.database)

    @cached_property
    def rows(self) -> "SQLRecordRows":
        from integration.database.record_rows import SQLRecordRows

        return SQLRecordRows(self.database)

    @cached_property
    def redactions(self) -> "SQLRedactions":
        from integration.database.redactions import SQLRedactions

        return SQLRedactions(self.database)

    @cached_property
    def findings(self) -> "SQLFindings":
        from integration.database.findings import SQLFindings

        return SQLFindings(self.database)

    @cached_property
    def overview(self) -> "SQLOverview":
        from integration.database.overview import SQLOverview

        return SQLOverview(self.database)

    @cached_property
    def chats(self) -> "SQLChats":
        from integration.database.chats import SQLChats

        return SQLChats(self.database, self._clock)

    @cached_property
    def identities(self) -> "SQLIdentities":
        from integration.database.identities import SQLIdentities

        return SQLIdentities(self.database)

    @cached_property
    def sessions(self) -> "SQLSessions":
        from integration.database.sessions import SQLSessions

        return SQLSessions(self.database)

    async def not_ready(self) -> str:
        """Return the part that keeps people from being answered, `database`, `schema` or `register`; empty for none."""
        try:
            self.database.check_file()
            await self.database.check_schema()
        except (SchemaOutdated, SchemaNewer):
            return "schema"
        except (OutsideError, SQLAlchemyError, CannotOpen, LanguageOrder):
            return "database"
        from integration.database.register import CorruptRegister

        try:
            await self.register.find_programme()
        except (CorruptRegister, SQLAlchemyError):
            return "register"
        return ""

    async def close(self) -> None:
        """Send what is on its way to the queue, and close the database, if it was opened."""
        if self.queue is not None:
            await self.queue.close()
        if "database" in self.__dict__:
            await self.database.close()


def create_queue(url: str, client_id: str, clock: ServiceClock) -> "UnitQueue | None":
    """Return the queue at *url*, sent to as *client_id*; None without an address."""
    if not url:
        return None
    from integration.unit_queue import UnitQueue

    return UnitQueue(url, client_id, clock)
