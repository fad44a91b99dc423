"""Ports of the leads' acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from web.access.gate import Visit
from workflows.access.held_links import HeldLinks
from workflows.messages.model import Message, Messages
from workflows.messages.resumption import Resuming
from workflows.operations.guest_review import GuestDesk
from workflows.papers.agendas.editing import AgendaDesk
from workflows.papers.questions.desk import QuestionDesk
from workflows.papers.reports.desk import ReportDesk
from workflows.papers.reports.owner_desk import OwnerDesk
from workflows.ports.accounts import Recipients
from workflows.ports.links import Links
from workflows.ports.units import Clock, DueUnit
from workflows.status.model import RoundState, StatusRequest, StatusRound
from workflows.status.ports import BoardMeeting
from workflows.status.upcoming import Sending


class OpenRounds(Protocol):
    """Rounds and their requests."""

    async def list_rounds(self, *, state: RoundState) -> Sequence[StatusRound]: ...
    async def list_requests(self, meeting: str) -> Sequence[StatusRequest]: ...
    async def find_round(self, meeting: str) -> StatusRound | None: ...
    async def list_meetings(self, *, bodies: Sequence[str], after_local: datetime) -> Sequence[BoardMeeting]: ...


class Switches(Protocol):
    """Pauses of sending: all of it (None), or one municipality's."""

    async def pause(self, municipality: str | None = None, *, by: str = "") -> None: ...
    async def list_paused(self) -> Sequence[str]:
        """List the paused municipalities; the empty string stands for everybody."""
        ...


class PastSteps(Protocol):
    """Steps of units."""

    async def latest(self, unit: str, *, most: int) -> Sequence[object]:
        """Return the latest steps of a unit, the last one first."""
        ...


class OrderedUnits(Protocol):
    """Units that somebody orders."""

    async def make_due(self, units: Sequence[DueUnit], *, by: str = "") -> None:
        """Make units due, and write down who ordered them."""
        ...

    async def list_waiting(self, kind: str) -> Sequence[str]:
        """Return the keys of the units of a kind that are not done yet."""
        ...


class Upcoming(Protocol):
    """Messages of rounds that nobody has planned yet."""

    async def list_sendings(self) -> Sequence[Sending]: ...
    async def find_message(self, meeting: str, work_package: str) -> Message | None: ...


@dataclass(frozen=True, kw_only=True)
class LeadDoors:
    """All that the leads' acts need."""

    rounds: OpenRounds
    report_desk: ReportDesk
    owner_desk: OwnerDesk
    messages: Messages
    upcoming: Upcoming
    units: OrderedUnits
    switches: Switches
    resuming: Resuming
    recipients: Recipients
    past: PastSteps
    links: Links
    held: HeldLinks
    desk: AgendaDesk
    questions: QuestionDesk
    guests: GuestDesk
    clock: Clock

    def local(self, visit: Visit, moment: datetime) -> datetime:
        """Return a moment as a wall time in the programme."""
        return visit.programme.local_time(moment).replace(tzinfo=None)
