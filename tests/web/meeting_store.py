"""Fakes for the pages of meetings."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar

from config.programme import Programme
from tests.workflows.programme import programme
from workflows.meetings.feed import FeedMark
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.seats import Span
from workflows.ports.links import Link, LinkPurpose
from workflows.ports.units import DueUnit

T = TypeVar("T")


def meeting(day: str = "2026-10-13", body: str = "a-dal", *, booked_by_us: bool = True) -> Meeting:
    return Meeting(
        key=f"{body}/{day}",
        body=body,
        state=MeetingState.BOOKED,
        starts_local=datetime.fromisoformat(f"{day}T09:00"),
        ends_local=datetime.fromisoformat(f"{day}T11:00"),
        timezone="Europe/Oslo",
        changed_at=datetime(2026, 8, 20, 8, tzinfo=UTC),
        booked_by_us=booked_by_us,
        location="Rådhuset",
        join_url="https://teams.example/join",
    )


@dataclass
class Meetings:
    meetings: list[Meeting] = field(default_factory=lambda: [meeting(), meeting(body="b-vik", booked_by_us=False)])

    async def list_meetings(self, body: str | None = None, *, since: date | None = None) -> Sequence[Meeting]:
        there = [meeting for meeting in self.meetings if body in (None, meeting.body)]
        return [meeting for meeting in there if since is None or meeting.day >= since]

    async def consider(self, since: date, work: Callable[[Sequence[Meeting]], T]) -> T:
        return work(await self.list_meetings(since=since))

    async def list_meetings_from(
        self, day: date, *, until: date | None = None, bodies: Collection[str] | None = None
    ) -> Sequence[Meeting]:
        return [
            item
            for item in self.meetings
            if day <= item.day <= (until or date.max) and (bodies is None or item.body in bodies)
        ]

    async def mark(self, spans: Sequence[Span]) -> FeedMark:
        shown = await self.list_shown(spans)
        changed_at = max((item.changed_at for item in shown), default=None)
        return FeedMark(
            meetings=len(shown), changes=sum(item.sequence for item in shown), changed_at=changed_at, ended_links=0
        )

    async def list_shown(self, spans: Sequence[Span], *, changed_since: datetime | None = None) -> Sequence[Meeting]:
        return [
            item
            for item in self.meetings
            if (changed_since is None or item.changed_at >= changed_since)
            and any(span.first <= item.day <= span.last and item.body in span.bodies for span in spans)
        ]

    async def find_meeting(self, key: str) -> Meeting | None:
        return next((meeting for meeting in self.meetings if meeting.key == key), None)

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None:
        raise AssertionError("pages write nothing")

    async def change(self, was: Meeting, now: Meeting, then: Sequence[DueUnit] = (), *, by: str = "") -> bool:
        raise AssertionError("pages write nothing")


class Tokens:
    """Links whose token is `<purpose>.<subject with - for />`."""

    async def issue(
        self, purpose: LinkPurpose, subject: str, person: str | None = None, expires_at: datetime | None = None
    ) -> str:
        return f"{purpose}.{subject.replace('/', '_')}"

    async def issue_all(self, purpose: LinkPurpose, subjects: Collection[str]) -> Mapping[str, str]:
        return {subject: await self.issue(purpose, subject) for subject in subjects}

    async def resolve(self, token: str, purpose: LinkPurpose) -> Link | None:
        named, _, subject = token.partition(".")
        if named != purpose:
            return None
        return Link(purpose=purpose, subject=subject.replace("_", "/"), person=None, expires_at=None)

    async def revoke(self, subject: str) -> None: ...


async def register() -> Programme:
    return programme()
