"""Follows the calendars of municipalities that call their own meetings: their rounds and reports go by those dates."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from config.programme import Programme
from workflows.meeting_plan import round_units
from workflows.meeting_values import Meeting
from workflows.ports import Clock, Done, DueUnit, History, Outcome, Parked
from workflows.sweep import sweep_unit
from workflows.their_meetings import TheirDate, follow, is_theirs

KIND = "meetings.read"
EVERY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a calendar said. *left_out*: why events could not be used, and how many."""

    dates: tuple[TheirDate, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether a meeting that is not among the dates is off. An empty calendar is more likely a broken one."""
        return bool(self.dates) and not self.left_out


class CalendarFeeds(Protocol):
    async def read(self, url: str, timezone: str) -> Reading:
        """The meetings in the feed at *url*, in the local time of *timezone*."""
        ...


class TheirMeetingStore(Protocol):
    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]: ...

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None: ...

    async def save(self, meeting: Meeting, then: Sequence[DueUnit] = ()) -> None: ...


class TheirCalendars:
    """The handler of the units `meetings.read` [municipality]."""

    def __init__(
        self,
        *,
        feeds: CalendarFeeds,
        store: TheirMeetingStore,
        clock: Clock,
        programme: Callable[[], Awaitable[Programme]],
    ) -> None:
        self._feeds = feeds
        self._store = store
        self._clock = clock
        self._programme = programme

    async def read(self, unit: DueUnit, history: History) -> Outcome:
        """Bring the board's meetings to where its own calendar has them; again every day."""
        programme, now = await self._programme(), self._clock.now()
        municipality = next((item for item in programme.municipalities if item.slug == unit.subject), None)
        if municipality is None or not municipality.meeting_feed:
            return Done(note="no calendar to read")
        body = programme.local_board(municipality.slug)
        reading = await self._feeds.read(municipality.meeting_feed, programme.timezone)
        for why, number in sorted(reading.left_out.items()):
            await history.note("meetings.left_out", why=why, events=number)
        mine = await self._store.list_meetings(body.key)
        added, changed = follow(programme, body, mine, reading.dates, now=now, complete=reading.complete)
        for meeting in changed:
            await self._store.save(meeting, _units(programme, meeting, now))
            await history.note("meetings.followed", meeting=meeting.key, state=meeting.state.value)
        await self._store.add(added, round_units(programme, added, now=now))
        return Parked(until=now + EVERY, note=f"{len(reading.dates)} meetings in their calendar")


def _units(programme: Programme, meeting: Meeting, now: datetime) -> list[DueUnit]:
    # A round that is open already is called off by the same unit.
    gone = [] if meeting.stands else [DueUnit(key=f"status.open:{meeting.key}", due_at=now)]
    # Whoever sits there too: what is ours and not announced makes room, and a clash that stays is told.
    return [*gone, sweep_unit(programme.key, now), *round_units(programme, [meeting], now=now)]


def reading_units(programme: Programme, now: datetime) -> list[DueUnit]:
    """The units that read the calendars there are."""
    theirs = [body.municipality for body in programme.bodies if body.municipality and is_theirs(programme, body)]
    slugs = [slug for slug in dict.fromkeys(theirs) if programme.municipality(slug).meeting_feed]
    return [DueUnit(key=f"{KIND}:{slug}", due_at=now) for slug in slugs]
