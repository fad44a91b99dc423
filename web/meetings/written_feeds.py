"""Calendars that a process has written, kept to go on from: of thousands of meetings, few change at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from workflows.meetings.feed import FeedMark
from workflows.meetings.model import Meeting
from workflows.meetings.seats import Span

KEPT_BYTES = 8 * 2**20
"""The size of the written calendars that a process keeps: a few county leads', or thousands of others'."""


class WrittenEvent(NamedTuple):
    """A meeting as a calendar shows it, and what is asked of it later; there are thousands."""

    starts_at: datetime
    key: str
    body: str
    day: date
    sequence: int
    content: bytes

    @classmethod
    def of(cls, meeting: Meeting, content: bytes) -> "WrittenEvent":
        """Return the event of a meeting that was written as *content*."""
        return cls(meeting.starts_at, meeting.key, meeting.body, meeting.day, meeting.sequence, content)

    def is_within(self, spans: Sequence[Span]) -> bool:
        """Return True when it lies in one of *spans*."""
        return any(span.first <= self.day <= span.last and self.body in span.bodies for span in spans)


@dataclass(frozen=True, kw_only=True)
class WrittenFeed:
    """A calendar as it was written last."""

    words: str
    """All that stands in it besides its meetings: another reader, name or language makes another calendar."""
    mark: FeedMark
    frame: tuple[bytes, bytes]
    """Its beginning and its end."""
    events: Mapping[str, WrittenEvent]
    """By the meeting's key, in the order in which they are written."""
    size: int = 0
    """Bytes of its events; counted where they are written, beside the loop, as are their changes."""
    changes: int = 0
    """Changes that its events have seen."""

    @property
    def content(self) -> bytes:
        head, end = self.frame
        return b"".join((head, *(event.content for event in self.events.values()), end))

    def may_go_on(self, words: str, mark: FeedMark) -> bool:
        """Return True when nothing but meetings can have changed since."""
        return self.words == words and self.mark.ended_links == mark.ended_links

    def going_on(self, mark: FeedMark, spans: Sequence[Span], changed: Mapping[str, WrittenEvent]) -> "WrittenFeed":
        """Return it with the events that *changed*, and without those that lie in none of *spans* any more."""
        kept = {key: event for key, event in self.events.items() if event.is_within(spans)}
        in_order = sorted({**kept, **changed}.values())
        return WrittenFeed(
            words=self.words,
            mark=mark,
            frame=self.frame,
            events={event.key: event for event in in_order},
            size=sum(len(event.content) for event in in_order),
            changes=sum(event.sequence for event in in_order),
        )

    @property
    def adds_up(self) -> bool:
        """True when its events are as many, and changed as often, as its mark counts."""
        return (len(self.events), self.changes) == (self.mark.meetings, self.mark.changes)


class WrittenFeeds:
    """The calendars written last, by their addresses, as long as they fit."""

    def __init__(self, most: int = KEPT_BYTES) -> None:
        self._most = most
        self._written: dict[str, tuple[int, WrittenFeed]] = {}

    def find(self, source: str) -> WrittenFeed | None:
        """Return the calendar at that address as it was written last, and keep it longest."""
        found = self._written.pop(source, None)
        if found is None:
            return None
        self._written[source] = found
        return found[1]

    def keep(self, source: str, feed: WrittenFeed) -> None:
        """Keep a calendar that fits, and let go of those asked for longest ago until all do."""
        self._written.pop(source, None)
        if feed.size > self._most:
            return
        self._written[source] = (feed.size, feed)
        for oldest in self._too_many():
            del self._written[oldest]

    def _too_many(self) -> Iterator[str]:
        total = sum(size for size, _ in self._written.values())
        for source, (size, _) in list(self._written.items()):
            if total <= self._most:
                return
            total -= size
            yield source
