"""Meetings, and the result of planning them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

from workflows.meetings.date_search import Impossible, Moved
from workflows.ports.units import DueUnit

T = TypeVar("T")


class MeetingState(StrEnum):
    PLANNED = "planned"
    BOOKED = "booked"
    """It stands in calendars: ours when `booked_by_us`, else the municipality's own."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One meeting of a body. *starts_local*/*ends_local*: naive wall time in *timezone*, which is what was agreed."""

    key: str
    """`<body>/<ISO date first announced>`, with `-2` and so on when the day was another's first; it stays when the
    meeting moves."""
    body: str
    state: MeetingState
    starts_local: datetime
    ends_local: datetime
    timezone: str
    changed_at: datetime
    booked_by_us: bool
    """True when we put it into calendars; not when the municipality does, or the body wants none of it."""
    location: str = ""
    moved: Moved | None = None
    """The plan's reason for another day than the rhythm's."""
    organizer: str = ""
    event_id: str = ""
    ical_uid: str = ""
    join_url: str = ""
    sequence: int = 0
    booked: Mapping[str, Any] = field(default_factory=dict)
    """The event as last written to the calendar, as plain data; see `workflows.meetings.events`."""
    words: str = ""
    """People's own reason for moving or cancelling it."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """The attendees' answers to the invitation, by lower-case address; see `workflows.ports.calendar`."""

    @property
    def starts_at(self) -> datetime:
        return self.at(self.starts_local)

    @property
    def ends_at(self) -> datetime:
        return self.at(self.ends_local)

    def at(self, local: datetime) -> datetime:
        """The moment of a wall time where the meeting is."""
        return local.replace(tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)

    @property
    def day(self) -> date:
        return self.starts_local.date()

    @property
    def announced_on(self) -> date:
        """The day it was first announced for, as its key says."""
        return announced_on(self.key)

    @property
    def version(self) -> tuple[int, datetime]:
        """Return a mark that changes when people move or cancel it, or the calendar is written."""
        return self.sequence, self.changed_at

    @property
    def stands(self) -> bool:
        return self.state is not MeetingState.CANCELLED


def announced_on(key: str) -> date:
    """The day for which the meeting *key* was first announced."""
    return date.fromisoformat(key.rpartition("/")[2][: len("2026-10-15")])


@dataclass(frozen=True, kw_only=True)
class NoDate:
    """A body that can meet on no day of some weeks, and why."""

    body: str
    problem: Impossible


@dataclass(frozen=True, kw_only=True)
class MeetingPlan:
    """
    *new*: meetings to add. *changed*: known ones with another state or time: of `meetings: theirs`, or planned and not
    announced yet.
    """

    new: tuple[Meeting, ...]
    changed: tuple[Meeting, ...] = ()
    problems: tuple[NoDate, ...] = ()


class MeetingStore(Protocol):
    async def list_meetings(self, body: str | None = None, *, since: date | None = None) -> Sequence[Meeting]:
        """In the order of time; of every body when none is named; those that begin on the day *since* or later, or all
        that there ever were."""
        ...

    async def list_meetings_from(
        self, day: date, *, until: date | None = None, bodies: Collection[str] | None = None
    ) -> Sequence[Meeting]:
        """
        Return those that begin on *day*, where they are, or later, and not after *until*, in the order of time; of
        every body unless some are named.

        Meetings before grow for years and are not read; nor is what the calendar says of each (`booked`, `answers`,
        `event_id` and the like), so that these are to look at, and not to change.
        """
        ...

    async def consider(self, since: date, work: Callable[[Sequence[Meeting]], T]) -> T:
        """
        Return the result of *work* on every meeting that begins on the day *since* or later, in the order of time.

        A country's meetings are read, worked on and let go of beside the loop, which also answers people.
        """
        ...

    async def find_meeting(self, key: str) -> Meeting | None: ...

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None:
        """Keep new meetings; one whose key is known stays as it is. *then* becomes due together with it."""
        ...

    async def change(self, was: Meeting, now: Meeting, then: Sequence[DueUnit] = (), *, by: str = "") -> bool:
        """
        Keep a meeting as it is *now*, if it still has the version that it had when it was read as *was*; else do
        nothing and answer False. *then* becomes due together with it. *by*: the person who wanted it so.
        """
        ...
