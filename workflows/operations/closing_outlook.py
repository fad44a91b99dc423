"""The programme's end as the record tells it: how far everything is, without a question to Microsoft 365."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from config.programme import Programme
from workflows.meetings.model import Meeting
from workflows.meetings.moves import can_change
from workflows.operations.closing import CLOSED, waits
from workflows.operations.wind_down import ENDED
from workflows.ports.units import Clock
from workflows.rollout.ports import Resource

TEAM = "team"


@dataclass(frozen=True, kw_only=True)
class ClosingTally:
    """Rounds that take answers, links that open something, and released papers with those the archive lacks."""

    rounds: int
    links: int
    papers: int
    papers_missing: int


class ClosingCounts(Protocol):
    async def tally(self) -> ClosingTally: ...


class MeetingsAhead(Protocol):
    async def count_from(self, day: date, counts: Callable[[Meeting], bool]) -> int:
        """Return how many of the meetings that begin on *day* or later *counts* says yes to. None of them is kept."""
        ...


class NotedResources(Protocol):
    async def with_keys(self, *keys: str) -> Mapping[str, Mapping[str, Resource]]: ...


class PausedSending(Protocol):
    async def is_paused(self, municipality: str | None = None) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class ClosingOutlook:
    """The state of the programme's end. *places*: names of teams that are not noted as archived."""

    last_day: date
    is_over: bool
    tally: ClosingTally
    meetings: int
    """Meetings ahead that stand, or still lie in calendars."""
    places: Sequence[str]
    is_paused: bool

    @property
    def has_receipts(self) -> bool:
        """True when the archive has a receipt for every released paper."""
        return not self.tally.papers_missing

    @property
    def is_ended(self) -> bool:
        """True when nothing stands open, as far as the record tells."""
        left = self.meetings or self.tally.rounds or self.tally.links or self.places
        return self.is_over and not left and self.is_paused


@dataclass(frozen=True, kw_only=True)
class ClosingDesk:
    """Tells the county lead how far the programme's end is."""

    counts: ClosingCounts
    meetings: MeetingsAhead
    resources: NotedResources
    sending: PausedSending
    clock: Clock

    async def outlook(self, programme: Programme) -> ClosingOutlook:
        """Return how far everything is, changing nothing."""
        now = self.clock.now()
        today = programme.today(now)

        def is_left(meeting: Meeting) -> bool:
            return can_change(programme, meeting, now) or waits(meeting, now)

        noted = await self.resources.with_keys(TEAM, CLOSED, ENDED)
        return ClosingOutlook(
            last_day=programme.last_day,
            is_over=today > programme.last_day,
            tally=await self.counts.tally(),
            meetings=await self.meetings.count_from(today, is_left),
            places=[spec.name for spec in programme.places if _is_open(noted.get(spec.key, {}))],
            is_paused=await self.sending.is_paused(),
        )


def _is_open(things: Mapping[str, Resource]) -> bool:
    return TEAM in things and CLOSED not in things and ENDED not in things
