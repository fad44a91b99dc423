"""Ports and stores of reports."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from config.programme import Programme
from workflows.meetings.model import Meeting
from workflows.messages.lead_mail import LeadMail
from workflows.messages.model import Messages
from workflows.messages.outbox import Outbox
from workflows.papers.agendas.ports import DecidedMatters
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.reports.model import ReportContent, ReportState, StoredReport
from workflows.papers.reports.review import Review
from workflows.ports.accounts import KnownAccounts
from workflows.ports.links import Links
from workflows.ports.place import Places, SiteContent
from workflows.ports.units import Clock, DueUnit
from workflows.status.model import Level, RoundResult, RoundState, StatusRound


class ReportStore(Protocol):
    """The record of reports. Every method is atomic."""

    async def newest(self, meeting: str) -> StoredReport | None:
        """The newest version of the meeting's report, with its PDF."""
        ...

    async def newest_contents(self, bodies: Collection[str]) -> Mapping[str, ReportContent]:
        """Return the newest released reports of *bodies*, by body; those without are left out."""
        ...

    async def newest_released(self, body: str, *, before_local: datetime | None = None) -> StoredReport | None:
        """
        The released report of the body's latest meeting, of those that start before then if a moment is given.

        Without its PDF.
        """
        ...

    async def states(self, *, since: date | None = None) -> Mapping[str, ReportState]:
        """The state of every meeting's newest version; only of meetings that begin on *since* or later, if given."""
        ...

    async def draft(
        self, meeting: str, content: ReportContent, *, at: datetime, then: Sequence[DueUnit] = ()
    ) -> StoredReport:
        """
        Keep *content* as a new version and return the newest.

        The same content as the newest version makes none, and neither does any once one is released.
        """
        ...

    async def release(
        self,
        draft: StoredReport,
        content: ReportContent,
        *,
        pdf: bytes,
        at: datetime,
        review: int = 0,
        then: Sequence[DueUnit] = (),
    ) -> bool:
        """
        Fix a draft with its final *content*.

        False, and nothing written, when it is released already, a newer version came, or its review is not the one of
        that version any more.
        """
        ...

    async def correct(
        self, released: StoredReport, content: ReportContent, *, pdf: bytes, at: datetime, then: Sequence[DueUnit] = ()
    ) -> bool:
        """Add a version, released at once, that corrects *released*; False, and nothing written, when one came
        first."""
        ...

    async def note_published(self, report: StoredReport, published: Mapping[str, Any], *, finished: bool) -> None:
        """Note what is known of a released report's copy; *finished*: all of it stands."""
        ...


class ReviewStore(Protocol):
    """The record of what local leads say and change about their boards' reports. Every method is atomic."""

    async def review(self, meeting: str) -> Review:
        """Return the review of a meeting's report; an empty one before anybody wrote something."""
        ...

    async def save_review(
        self, review: Review, *, by: str, at: datetime, action: str, then: Sequence[DueUnit] = ()
    ) -> bool:
        """
        Store *review*, whose version is one above the one it was made from; False when somebody else was faster.

        *action*: what was done, written down with its author.
        """
        ...


class ReportRecord(ReportStore, ReviewStore, Protocol):
    """The whole record of reports."""


class Results(Protocol):
    """The results of status rounds."""

    async def result(self, meeting: str) -> RoundResult | None: ...


class ReportRounds(Protocol):
    async def list_rounds(self, *, state: RoundState, since: datetime | None = None) -> Sequence[StatusRound]: ...


class ReportMeetings(Protocol):
    async def list_meetings_from(
        self, day: date, *, until: date | None = None, bodies: Collection[str] | None = None
    ) -> Sequence[Meeting]: ...
    async def find_meeting(self, key: str) -> Meeting | None: ...


class ReportQuestions(Protocol):
    """The questions that reports tell of."""

    async def list_waiting(self, level: Level, *, body: str | None = None) -> Sequence[BoardQuestion]:
        """List the questions that wait for a board of *level*; *body*: asked for meetings of that one alone."""
        ...

    async def list_of_board(self, body: str, *, since: datetime) -> Sequence[BoardQuestion]:
        """List a local board's questions that wait for it, and those settled with a step after *since*."""
        ...

    async def list_settled(self, level: Level, *, since: datetime) -> Sequence[BoardQuestion]:
        """List the questions that *level* has settled after *since*, approved and told, the oldest first."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReportPorts:
    """Everything a report reaches."""

    programme: Callable[[], Awaitable[Programme]]
    store: ReportRecord
    meetings: ReportMeetings
    results: Results
    rounds: ReportRounds
    content: SiteContent
    places: Places
    accounts: KnownAccounts
    messages: Messages
    outbox: Outbox
    lead_mail: LeadMail
    links: Links
    clock: Clock
    public_url: str
    matters: DecidedMatters
    questions: ReportQuestions
