"""Ports and stores of reports."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from config.programme import Programme
from workflows.meetings.model import Meeting
from workflows.messages.model import Messages
from workflows.messages.outbox import Outbox
from workflows.papers.agendas.ports import DecidedMatters
from workflows.papers.reports.model import ReportContent, ReportState, StoredReport
from workflows.ports.accounts import KnownAccounts
from workflows.ports.links import Links
from workflows.ports.place import Places, SiteContent
from workflows.ports.units import Clock, DueUnit
from workflows.status.model import RoundResult, RoundState, StatusRound


class ReportStore(Protocol):
    """The record of reports. Every method is atomic."""

    async def newest(self, meeting: str) -> StoredReport | None:
        """The newest version of the meeting's report."""
        ...

    async def newest_released(self, body: str, *, before_local: datetime | None = None) -> StoredReport | None:
        """The released report of the body's latest meeting, of those that start before then if a moment is given."""
        ...

    async def states(self) -> Mapping[str, ReportState]:
        """The state of every meeting's newest version."""
        ...

    async def draft(
        self, meeting: str, content: ReportContent, *, at: datetime, then: Sequence[DueUnit] = ()
    ) -> StoredReport:
        """
        Keep *content* as a new version and return the newest.

        The same content as the newest version makes none, and neither does any once one is released.
        """
        ...

    async def release(self, report: StoredReport, *, pdf: bytes, at: datetime, then: Sequence[DueUnit] = ()) -> bool:
        """Fix a draft; False, and nothing written, when it is released already or a newer version came."""
        ...

    async def note_published(self, report: StoredReport, published: Mapping[str, Any], *, finished: bool) -> None:
        """Note what is known of a released report's copy; *finished*: all of it stands."""
        ...


class Results(Protocol):
    """The results of status rounds."""

    async def result(self, meeting: str) -> RoundResult | None: ...


class ReportRounds(Protocol):
    async def list_rounds(self, *, state: RoundState) -> Sequence[StatusRound]: ...


class ReportMeetings(Protocol):
    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]: ...
    async def find_meeting(self, key: str) -> Meeting | None: ...


@dataclass(frozen=True, kw_only=True)
class ReportPorts:
    """Everything a report reaches."""

    programme: Callable[[], Awaitable[Programme]]
    store: ReportStore
    meetings: ReportMeetings
    results: Results
    rounds: ReportRounds
    content: SiteContent
    places: Places
    accounts: KnownAccounts
    messages: Messages
    outbox: Outbox
    links: Links
    clock: Clock
    public_url: str
    matters: DecidedMatters
