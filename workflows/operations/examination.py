"""Examination: the doctor's findings, kept so that a page can show them. Done by the Hands; a page only orders one."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from config.programme import Programme
from workflows.meetings.model import Meeting
from workflows.operations.doctor import Doctor, check_meetings, check_record
from workflows.operations.findings import Finding
from workflows.operations.rehearsal import check_rehearsal
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome

KIND = "doctor.look"


@dataclass(frozen=True, kw_only=True)
class KeptFindings:
    """The findings of the last examination."""

    at: datetime
    findings: tuple[Finding, ...]


class FindingStore(Protocol):
    """Keeps the last findings, and no older ones."""

    async def keep(self, kept: KeptFindings) -> None: ...

    async def find(self) -> KeptFindings | None: ...


class PausedPlaces(Protocol):
    async def list_paused(self) -> Sequence[str]:
        """The paused municipalities; the empty string stands for everybody."""
        ...


class KnownMeetings(Protocol):
    async def list_meetings(self, body: str | None = None, *, since: date | None = None) -> Sequence[Meeting]:
        """In the order of time, those that begin on the day *since* or later; of every body when none is named."""
        ...


@dataclass(frozen=True, kw_only=True)
class ExaminationPorts:
    """Everything that an examination reaches."""

    doctor: Doctor
    store: FindingStore
    programme: Callable[[], Awaitable[Programme]]
    look_around: Callable[[], Awaitable[Sequence[Finding]]]
    """Looks at the service's surroundings: address, sign-in, clock, database."""
    settings_findings: Sequence[Finding]
    """The findings about the settings, which do not change while the process runs."""
    timezone: str
    allowed: Collection[str] | None
    """The addresses of a rehearsal; None: everybody."""
    meetings: KnownMeetings
    switches: PausedPlaces
    clock: Clock


class Examination:
    """Lets the doctor look, and keeps the findings."""

    def __init__(self, ports: ExaminationPorts) -> None:
        self._ports = ports

    async def look(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `doctor.look` [programme]: look once. A repeat looks again and keeps the newer findings."""
        del unit, history
        ports = self._ports
        programme, now = await ports.programme(), ports.clock.now()
        # A meeting ahead of us, wherever it is: nothing is said of those that have been.
        yesterday = (now - timedelta(days=1)).date()
        findings = (
            *ports.settings_findings,
            *check_record(
                current=True,
                programme=programme,
                paused=await ports.switches.list_paused(),
                timezone=ports.timezone,
            ),
            *check_rehearsal(programme, ports.allowed, now=now),
            *check_meetings(await ports.meetings.list_meetings(since=yesterday), now=now),
            *await ports.look_around(),
            *await ports.doctor.examine(programme),
        )
        await ports.store.keep(KeptFindings(at=ports.clock.now(), findings=findings))
        return Done(note=f"{sum(item.fails for item in findings)} of {len(findings)} need somebody")


def look_unit(programme: Programme, at: datetime) -> DueUnit:
    """Return the unit that lets the doctor look."""
    return DueUnit(key=f"{KIND}:{programme.key}", due_at=at)
