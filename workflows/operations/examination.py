"""Examination: the doctor's findings, kept so that a page can show them. Done by the Hands, at night and on order."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from config.programme import Programme
from config.settings import Settings
from workflows.meetings.model import Meeting
from workflows.operations.doctor import Doctor
from workflows.operations.findings import Finding
from workflows.operations.own_checks import check_meetings, check_record, check_settings, check_stopped
from workflows.operations.rehearsal import check_rehearsal
from workflows.operations.stopped import StoppedDesk
from workflows.ports.units import Clock, DueUnit, History, Outcome, Parked

KIND = "doctor.look"
AT_NIGHT = time(3, 30)
"""Local time, after the look for drift and the weekly sweep."""


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
    settings: Settings
    open_bot: bool
    """The environment asks for an unchecked bot."""
    meetings: KnownMeetings
    switches: PausedPlaces
    stopped: StoppedDesk
    clock: Clock
    every: timedelta
    """The time between two looks, in whole days."""


class Examination:
    """Lets the doctor look, and keeps the findings."""

    def __init__(self, ports: ExaminationPorts) -> None:
        self._ports = ports

    async def due_units(self) -> Sequence[DueUnit]:
        """The next look. One that is due sooner stays: nobody comes twice in a night."""
        programme = await self._ports.programme()
        return [look_unit(programme, self._next_night(programme))]

    async def look(self, unit: DueUnit, history: History) -> Outcome:
        """
        Unit `doctor.look` [programme]: look once, and come again.

        A repeat looks again and keeps the newer findings. What fails is logged each time, which an alert asks for.
        """
        del unit, history
        ports = self._ports
        programme, now = await ports.programme(), ports.clock.now()
        # A meeting ahead of us, wherever it is: nothing is said of those that have been.
        yesterday = (now - timedelta(days=1)).date()
        findings = (
            *check_settings(ports.settings, open_bot=ports.open_bot),
            *check_record(ports.settings, current=True, programme=programme, paused=await ports.switches.list_paused()),
            *check_rehearsal(programme, ports.settings.allowed_recipients, now=now),
            *check_meetings(await ports.meetings.list_meetings(since=yesterday), now=now),
            *check_stopped(ports.settings, await ports.stopped.work(), programme),
            *await ports.look_around(),
            *await ports.doctor.examine(programme),
        )
        await ports.store.keep(KeptFindings(at=ports.clock.now(), findings=findings))
        note = f"{sum(item.fails for item in findings)} of {len(findings)} need somebody"
        return Parked(until=self._next_night(programme), note=note)

    def _next_night(self, programme: Programme) -> datetime:
        zone = ZoneInfo(programme.timezone)
        day = (self._ports.clock.now().astimezone(zone) + self._ports.every).date()
        return datetime.combine(day, AT_NIGHT, zone).astimezone(UTC)


def look_unit(programme: Programme, at: datetime) -> DueUnit:
    """Return the unit that lets the doctor look."""
    return DueUnit(key=f"{KIND}:{programme.key}", due_at=at)


def is_looking(state: str, due_at: datetime, now: datetime) -> bool:
    """Tell whether the doctor looks or is about to, by its unit: at other times that waits for the night."""
    return state == "waiting" and due_at <= now
