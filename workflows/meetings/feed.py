"""A calendar's meetings: of a body or a person, a year back and as far ahead as there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from config.programme import Programme
from workflows.meetings.model import Meeting
from workflows.meetings.personal import PERSON
from workflows.meetings.seats import Span, last_meeting_day, seated_spans

BACK = timedelta(days=366)
"""The time that a calendar looks back: older meetings would make it longer every year, and nobody scrolls there."""


@dataclass(frozen=True)
class FeedMark:
    """A mark that changes whenever a meeting of a calendar is added, changed or left behind, or gets a new address."""

    meetings: int
    changes: int
    changed_at: datetime | None
    ended_links: int
    """Links to papers that were ended: another one stands in their place."""


class FeedMeetings(Protocol):
    """The record of meetings, as calendars read it."""

    async def mark(self, spans: Sequence[Span]) -> FeedMark: ...
    async def list_shown(self, spans: Sequence[Span], *, changed_since: datetime | None = None) -> Sequence[Meeting]:
        """
        Return the meetings of *spans* in the order of time, cancelled ones too, without what was booked.

        *changed_since*: of them those that were changed at that moment or later.
        """
        ...


def feed_spans(programme: Programme, subject: str, on: date) -> tuple[Span, ...]:
    """Return the bodies whose meetings a calendar shows, and when: of a person, while they belong to them."""
    first, last = on - BACK, last_meeting_day(programme, on)
    if subject.startswith(PERSON):
        person = subject.removeprefix(PERSON)
        return () if is_over(programme, subject, on) else seated_spans(programme, person, first, last)
    return (Span(first=first, last=last, bodies=frozenset({subject})),)


def is_over(programme: Programme, subject: str, on: date) -> bool:
    """Tell whether a feed is of a person whose last role has ended."""
    if not subject.startswith(PERSON):
        return False
    roles = programme.assignments_of(subject.removeprefix(PERSON))
    return all(item.until is not None and item.until < on for item in roles)
