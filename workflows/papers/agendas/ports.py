"""Ports and stores of agendas and minutes."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from config.programme import Programme
from workflows.meetings.model import Meeting
from workflows.messages.lead_mail import LeadMail
from workflows.papers.agendas.arrangement import Arrangement
from workflows.papers.agendas.model import Agenda, Proposal, StoredAgenda
from workflows.papers.minutes.model import Decision, Matters, Recorded, StoredMinutes
from workflows.papers.questions.ports import QuestionStore
from workflows.papers.reports.model import ReportState, StoredReport
from workflows.ports.links import Links
from workflows.ports.place import Places, SiteContent
from workflows.ports.units import Clock, DueUnit


class DecidedMatters(Protocol):
    async def matters(self, body: str) -> Matters:
        """Everything the body has decided, each in its newest version."""
        ...

    async def decisions_of(self, bodies: Collection[str]) -> Mapping[str, Sequence[Decision]]:
        """Return everything that *bodies* have decided, by body, each in its newest version, the oldest first."""
        ...

    async def days_held(self, meetings: Collection[str]) -> Mapping[str, date]:
        """Return the days on which *meetings* were held, as their newest minutes say; those without are left out."""
        ...

    async def newest_minutes(self, meeting: str) -> StoredMinutes | None: ...
    async def approved_minutes(self, meeting: str, *, before: int | None = None) -> StoredMinutes | None:
        """Return the newest approved version, of those older than *before* where it is given; None without one."""
        ...


class AgendaStore(DecidedMatters, Protocol):
    """The record of agendas, of what people ask to have put there, and of what meetings came to. Methods are atomic."""

    async def find_agenda(self, meeting: str) -> StoredAgenda | None: ...
    async def agendas_from(self, day: date) -> Mapping[str, StoredAgenda]:
        """Return the fixed agendas of all meetings that begin on *day* or later, by the meeting."""
        ...

    async def sent_agendas(self, meetings: Collection[str]) -> Collection[str]:
        """Return those of *meetings* whose agenda is fixed."""
        ...

    async def last_number(self, body: str, year: int) -> int:
        """The highest number that an item of the body has that year; 0 before the first."""
        ...

    async def release(self, agenda: Agenda, *, at: datetime, then: Sequence[DueUnit] = ()) -> bool:
        """Fix the agenda; False, and nothing written, when the meeting has one or its numbers are taken."""
        ...

    async def note_published(self, meeting: str, published: Mapping[str, Any]) -> None:
        """
        Note what is known of some copies on the place's site, by their parts; None: nothing any more.

        What is noted of the others stays: agenda and minutes are written side by side.
        """
        ...

    async def arrangement(self, meeting: str) -> Arrangement:
        """Return the order of a meeting's items that was stored last; an empty one before the first."""
        ...

    async def arrange(self, arrangement: Arrangement, *, at: datetime, by: str) -> bool:
        """
        Store an order whose version is one above the one it was made from.

        False, and nothing written, when somebody else was faster, or the meeting's agenda is fixed.
        """
        ...

    async def proposals(self, meeting: str) -> Sequence[Proposal]:
        """The newest version of each, withdrawn ones included."""
        ...

    async def put_in(self, proposal: Proposal) -> Proposal | None:
        """
        Store a version of a proposal and return it; None, and nothing written, when the meeting's agenda is fixed.

        Number 0 makes a new one. The same person's same words again are the one that is stored.
        """
        ...

    async def record(
        self, recorded: Recorded, *, at: datetime, by: str, after: int, then: Sequence[DueUnit] = ()
    ) -> StoredMinutes | None:
        """
        Store the next version of minutes and of the matters they are about; None, and nothing written, when the newest
        version is another than *after*. What changes nothing makes no version.
        """
        ...

    async def approve(self, meeting: str, version: int, *, at: datetime, by: str, then: Sequence[DueUnit] = ()) -> bool:
        """Approve the newest version; False, and nothing written, when there is a newer one. A repeat is the first."""
        ...


class AgendaMeetings(Protocol):
    async def list_meetings_from(
        self, day: date, *, until: date | None = None, bodies: Collection[str] | None = None
    ) -> Sequence[Meeting]: ...
    async def find_meeting(self, key: str) -> Meeting | None: ...


class AgendaReports(Protocol):
    async def newest(self, meeting: str) -> StoredReport | None: ...
    async def states(self, *, since: date) -> Mapping[str, ReportState]: ...


@dataclass(frozen=True, kw_only=True)
class AgendaPorts:
    """Everything the units of agendas and minutes reach."""

    programme: Callable[[], Awaitable[Programme]]
    store: AgendaStore
    meetings: AgendaMeetings
    reports: AgendaReports
    content: SiteContent
    places: Places
    questions: QuestionStore
    mail: LeadMail
    links: Links
    clock: Clock
    public_url: str
