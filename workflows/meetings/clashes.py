"""People who have to be in two meetings at once although both are announced: told to those who can do something.

The plan keeps clear of it as long as one of the meetings is ours and not announced. What is left are meetings that
people moved, and two municipalities' own: those we move for nobody, so both boards' leads are told, once for each such
pair.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import combinations
from typing import Protocol, TypeVar

import texts
from config.programme import Programme
from config.values import Person
from workflows.meetings.commitments import Attendance, by_day
from workflows.meetings.model import Meeting, MeetingState
from workflows.meetings.quorum import responsible
from workflows.messages.lead_mail import LeadMail, mail_to
from workflows.messages.model import Message
from workflows.ports.units import Clock, DueUnit

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Clash:
    """Two announced meetings at the same time, the earlier first, and the keys of the people who belong to both."""

    first: Meeting
    second: Meeting
    people: tuple[str, ...]

    @property
    def key(self) -> str:
        """Of this pair at these times: a clash that comes back after a move is another one."""
        return "+".join(f"{item.key}@{item.starts_local:%Y%m%dT%H%M}" for item in (self.first, self.second))


def clashes(programme: Programme, meetings: Sequence[Meeting], *, now: datetime) -> list[Clash]:
    """The clashes ahead between announced meetings, for people who may stay away from neither, in the order of time."""
    attendance = Attendance(programme)
    at: dict[tuple[str, date], list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        if meeting.state is MeetingState.BOOKED and meeting.starts_at > now:
            for day, _, _ in by_day(meeting.starts_local, meeting.ends_local):
                required = {item.person for item in attendance.seats(meeting.body) if item.required and item.holds(day)}
                for person in required:
                    at[person, day].append(meeting)
    found: dict[tuple[str, str], tuple[Meeting, Meeting, dict[str, None]]] = {}
    for (person, _), same_day in sorted(at.items()):
        for one, other in combinations(sorted(same_day, key=lambda item: (item.starts_local, item.key)), 2):
            if other.starts_local < one.ends_local:
                found.setdefault((one.key, other.key), (one, other, {}))[2][person] = None
    listed = [Clash(first=one, second=other, people=tuple(people)) for one, other, people in found.values()]
    return sorted(listed, key=lambda item: (item.first.starts_local, item.key))


class ConsideredMeetings(Protocol):
    async def consider_from(self, day: date, work: Callable[[Sequence[Meeting]], T]) -> T:
        """Return the result of *work*, beside the loop, on the meetings that begin on *day* or later."""
        ...


@dataclass(frozen=True, kw_only=True)
class ClashNotices:
    """Tells the chairs and leads of both boards, once for each pair of meetings. *own_address*: of a person's own page,
    where they can move what is theirs."""

    programme: Callable[[], Awaitable[Programme]]
    meetings: ConsideredMeetings
    mail: LeadMail
    clock: Clock
    own_address: Callable[[str], Awaitable[str]]

    async def plan(self) -> Sequence[DueUnit]:
        """Plan what is to be told of the clashes there are now. A planner of the sweep; a repeat tells nobody twice."""
        programme, now = await self.programme(), self.clock.now()
        found = await self.meetings.consider_from(programme.today(now), partial(clashes, programme, now=now))
        notices = [
            notice(programme, clash, to, url=await self.own_address(to.key), now=now)
            for clash in found
            for to in told(programme, clash)
        ]
        await self.mail.plan(notices)
        return ()


def told(programme: Programme, clash: Clash) -> Sequence[Person]:
    """The chairs and leads of both bodies, each once."""
    both = [
        person
        for meeting in (clash.first, clash.second)
        for person in responsible(programme, programme.body(meeting.body), meeting)
    ]
    return list({person.key: person for person in both}.values())


def notice(programme: Programme, clash: Clash, to: Person, *, url: str, now: datetime) -> Message:
    """Write the notice for one of those responsible. *url*: their own page."""

    def say(key: str, **values: object) -> str:
        return texts.say(f"meetings.clash_{key}", to.language, **values)

    first, second = (programme.body(item.body).name for item in (clash.first, clash.second))
    names = texts.join([programme.person(key).name for key in clash.people], to.language)
    return mail_to(
        to,
        key=f"clash:{clash.key}",
        municipality=programme.body(clash.first.body).municipality,
        due_at=now,
        subject=say("subject", first=first, second=second),
        paragraphs=[
            say("who", names=names),
            say("first", body=first, starts=clash.first.starts_local),
            say("second", body=second, starts=clash.second.starts_local),
            say("what"),
        ],
        button=(say("button"), url),
    )
