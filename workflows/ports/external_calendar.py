"""Calendars of municipalities that call their own meetings, read from an address of theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

from workflows.errors import Invalid

WhyUnreadable = Literal["not_a_calendar", "too_large", "too_slow", "compressed", "address", "unexpected"]
"""Ends a key in the texts."""


@dataclass(frozen=True, kw_only=True)
class ExternalDate:
    """One of their meetings, in local wall time. *uid* tells it from the others when it moves; "" if nothing does."""

    starts: datetime
    ends: datetime | None = None
    uid: str = ""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """The contents of a calendar. *left_out*: events that could not be used, counted by reason. *called_off*: uids of
    the cancelled ones."""

    dates: tuple[ExternalDate, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    called_off: frozenset[str] = frozenset()

    def is_empty(self, today: date) -> bool:
        """Return True when there is no meeting from *today* on, neither held nor called off nor left out."""
        ahead = any(item.starts.date() >= today for item in self.dates)
        return not (ahead or self.left_out or self.called_off)

    def is_complete(self, today: date) -> bool:
        """Return True when a meeting that is not among the dates is off. A calendar without a meeting from *today* on
        is more likely a broken one."""
        return any(item.starts.date() >= today for item in self.dates) and not self.left_out


class UnreadableCalendar(Invalid):
    """A whole calendar that cannot be read, and *why*."""

    def __init__(self, action: str, reason: str, *, why: WhyUnreadable) -> None:
        super().__init__(action, reason)
        self.why = why


class CalendarFeeds(Protocol):
    async def read(self, url: str, timezone: str, *, first: date, last: date) -> Reading:
        """
        Return the meetings in the feed at *url*, in the local time of *timezone*; of series, from *first* to *last*.

        Raises Transient when it did not answer; Refused, NotFound or UnreadableCalendar when another try is no help.
        """
        ...
