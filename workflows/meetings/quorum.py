"""Quorum: expected attendance by answers and own days, and whether it is enough to decide."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import texts
from config.programme import Programme
from config.values import Body, Person, Role
from workflows.digest import digest
from workflows.meetings.commitments import Attendance
from workflows.meetings.model import Meeting, MeetingState
from workflows.messages.delivery import Delivery, park_outside_hours
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import WAITING, Message, Messages
from workflows.messages.outbox import Outbox
from workflows.ports.calendar import InvitationResponse
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome
from workflows.working_days import WorkCalendar

KIND = "meetings.quorum"


@dataclass(frozen=True, kw_only=True)
class Attending:
    """One person of a meeting and the answer to its invitation. *away*: they said that they cannot come that day."""

    person: str
    name: str
    required: bool
    answer: InvitationResponse
    away: bool = False

    @property
    def can_come(self) -> bool:
        return self.answer is not InvitationResponse.DECLINED and not self.away


def attendance(programme: Programme, body: Body, meeting: Meeting) -> tuple[Attending, ...]:
    """List the answers of a meeting's people, the chair first."""
    return tuple(
        Attending(
            person=person.key,
            name=person.name,
            required=required,
            answer=InvitationResponse(meeting.answers.get(person.email.lower(), InvitationResponse.NONE)),
            away=meeting.day in person.blocked_dates,
        )
        for person, required in programme.board_people(body, meeting.day)
    )


def is_at_risk(body: Body, people: Sequence[Attending]) -> bool:
    """Tell whether so many required people cannot come that the body cannot decide, even if all others come."""
    expected = [item for item in people if item.required]
    can_come = sum(item.can_come for item in expected)
    return can_come * 100 < body.quorum * len(expected)


def quorum_unit(body: Body, people: Sequence[Attending], meeting: Meeting, now: datetime) -> list[DueUnit]:
    """The warning that a meeting's answers call for, if they do."""
    return [DueUnit(key=f"{KIND}:{meeting.key}", due_at=now)] if is_at_risk(body, people) else []


def quorum_units(programme: Programme, meetings: Iterable[Meeting], now: datetime) -> list[DueUnit]:
    """The warnings that people's own days call for: they lie on meetings of ours that were announced before."""
    blocked = {person.key: person.blocked_dates for person in programme.people if person.blocked_dates}
    if not blocked:
        return []
    bodies, seats = {body.key: body for body in programme.bodies}, Attendance(programme).seats
    units = []
    for meeting in meetings:
        is_announced = meeting.booked_by_us and meeting.state is MeetingState.BOOKED and meeting.starts_at > now
        if not is_announced or meeting.body not in bodies:
            continue
        # First the cheap question: there are thousands of meetings.
        if any(meeting.day in blocked.get(seat.person, ()) for seat in seats(meeting.body)):
            body = bodies[meeting.body]
            units += quorum_unit(body, attendance(programme, body, meeting), meeting, now)
    return units


class FoundMeetings(Protocol):
    async def find_meeting(self, key: str) -> Meeting | None: ...


@dataclass(frozen=True, kw_only=True)
class QuorumPorts:
    """Everything a warning reaches."""

    programme: Callable[[], Awaitable[Programme]]
    meetings: FoundMeetings
    messages: Messages
    outbox: Outbox
    clock: Clock
    own_address: Callable[[str], Awaitable[str]]
    """The address of a person's own page, where they see the answers and can move the meeting."""


class QuorumWatch:
    """Tells a board's chair and its local leads that a meeting may not be able to decide: once for each date and for
    each set of people who cannot come."""

    def __init__(self, ports: QuorumPorts) -> None:
        self._ports = ports

    async def attendance(self, meeting: str) -> tuple[Attending, ...]:
        """List the expected attendance of a meeting; nobody when there is none."""
        programme = await self._ports.programme()
        found = await self._ports.meetings.find_meeting(meeting)
        body = _body(programme, found)
        return () if found is None or body is None else attendance(programme, body, found)

    async def warn(self, unit: DueUnit, history: History) -> Outcome:
        """Handler of `meetings.quorum` [meeting]: send the warning in sending hours, unless all is well again."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        meeting = await self._ports.meetings.find_meeting(unit.subject)
        body = _body(programme, meeting)
        if meeting is None or body is None or not meeting.stands or meeting.starts_at <= now:
            return Done(note="no such meeting ahead")
        people = attendance(programme, body, meeting)
        if not is_at_risk(body, people):
            return Done(note="enough can come")
        if parked := park_outside_hours(WorkCalendar(programme, body.municipality), now):
            return parked
        warnings = [
            warning(body, meeting, people, to, url=await self._ports.own_address(to.key), now=now)
            for to in responsible(programme, body, meeting)
        ]
        await self._ports.outbox.plan(warnings)
        await history.note("meetings.quorum_at_risk", meeting=meeting.key)
        keys, delivery = {message.key for message in warnings}, Delivery(self._ports.outbox, self._ports.clock)
        for message in await self._ports.messages.list_messages(kind=KIND, states=WAITING):
            if message.key in keys:
                await delivery.attempt(message)
        return delivery.end()


def warning(
    body: Body, meeting: Meeting, people: Sequence[Attending], to: Person, *, url: str, now: datetime
) -> Message:
    """Write the warning for one of those responsible. *url*: where they can move the meeting."""

    def say(key: str, **values: object) -> str:
        return texts.say(f"meetings.quorum_{key}", to.language, **values)

    expected = [item for item in people if item.required]
    declined = [item.name for item in expected if item.answer is InvitationResponse.DECLINED]
    away = [item.name for item in expected if item.away and item.answer is not InvitationResponse.DECLINED]
    unanswered = [item.name for item in expected if item.can_come and item.answer is InvitationResponse.NONE]
    missing = sorted(item.person for item in expected if not item.can_come)
    who = digest(*missing)
    subject = say("subject", body=body.name, starts=meeting.starts_local)
    paragraphs = [
        say("text", body=body.name, starts=meeting.starts_local, declined=len(missing), required=len(expected)),
    ]
    named = {"declined": declined, "away": away, "open": unanswered}
    paragraphs += [say(key, names=texts.join(names, to.language)) for key, names in named.items() if names]
    paragraphs.append(say("what"))
    content = mail_content(to, subject=subject, paragraphs=paragraphs, button=(say("button"), url))
    key = f"{KIND}:{meeting.key}/{meeting.starts_local.isoformat(timespec='minutes')}/{who}/{to.key}"
    return mail_message(to, content, key=key, kind=KIND, due_at=now, municipality=body.municipality)


def responsible(programme: Programme, body: Body, meeting: Meeting) -> Sequence[Person]:
    """List those responsible for a meeting: the chair, and the local leads; in what is common those who lead it."""
    day = meeting.day
    chairs = programme.holders(body.chair, on=day, municipality=body.municipality) if body.chair else ()
    role = Role.LOCAL_LEAD if body.municipality else Role.COUNTY_LEAD
    leads = programme.holders(role, on=day, municipality=body.municipality)
    return list({person.key: person for person in (*chairs, *leads)}.values())


def _body(programme: Programme, meeting: Meeting | None) -> Body | None:
    return programme.find_body(meeting.body) if meeting else None
