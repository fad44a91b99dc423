"""Ports of the overview pages, and the moment that they look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from web.access.gate import Visit
from web.papers.papers import SentAgendas
from web.papers.reports import ReadableReports
from workflows.meetings.model import MeetingStore
from workflows.operations.examination import FindingStore
from workflows.operations.stopped import StoppedDesk
from workflows.overview.ports import OverviewStore
from workflows.ports.links import Links
from workflows.ports.units import Clock, Units


class PersonalSettings(Protocol):
    """Keeps what people say of themselves."""

    async def set_language(self, person: str, language: str) -> bool:
        """Write to *person* in *language* from now on; False when nobody has that key."""
        ...


@dataclass(frozen=True, kw_only=True)
class Overviews:
    """All that overview pages need."""

    store: OverviewStore
    meetings: MeetingStore
    reports: ReadableReports
    agendas: SentAgendas
    findings: FindingStore
    units: Units
    stopped: StoppedDesk
    order_again: str
    """The command that orders again, at a terminal, what has stopped; the unit's key follows it."""
    links: Links
    settings: PersonalSettings
    clock: Clock
    public_url: str

    def now(self, visit: Visit) -> tuple[datetime, datetime]:
        """Return this moment, and the same as a wall time in the programme."""
        now = self.clock.now()
        return now, visit.programme.local_time(now).replace(tzinfo=None)
