"""A person's own meetings: what they are, who answered what, and the days on which the person cannot come.

The address of the page is the person's own. Whoever holds it acts as them, so it is given to nobody else: it is sent to
their e-mail address, or told in their own chat.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

import texts
from config.programme import Programme
from config.values import Body, BodyKind, Person
from workflows.meetings.body_names import tell_apart
from workflows.meetings.model import Meeting, MeetingStore
from workflows.meetings.moves import can_change
from workflows.meetings.quorum import Attending, attendance, is_at_risk
from workflows.meetings.seats import Span, concerning_spans, last_meeting_day, may_change
from workflows.messages.mail import mail_content, mail_message
from workflows.messages.model import Message, Messages
from workflows.ports.links import Links
from workflows.ports.units import Clock, DueUnit
from workflows.sweep import sweep_unit
from workflows.working_days import DAY, days

KIND = "meetings.own_link"
PERSON = "person:"
"""Begins the subject of a link to one person's feed; else it is a body's key."""
VALID = timedelta(days=90)
"""The life of an address of the page; rounded to whole days, so that one day's addresses are the same."""
MOST_DAYS_AT_ONCE = 62
MOST_DAYS = 200
"""Days that one person can block. Somebody who never can is better replaced than planned around."""
NEAREST = 12
"""Meetings that the page shows unless it is asked for all."""
NEAREST_WEEKLY = 3
"""Meetings of the weekly contact that the page shows unless it is asked for all."""


class InvalidDays(Exception):
    """The days cannot be blocked. *problems*: by the field they are about, keys in the texts with their values."""

    def __init__(self, **problems: tuple[str, Mapping[str, Any]]) -> None:
        super().__init__("days that cannot be blocked")
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class OwnMeeting:
    """One meeting as one person sees it. *people* and *away* are for those who may move it."""

    body: Body
    name: str
    """The body's name, told apart from the person's other bodies of that name."""
    meeting: Meeting
    can_move: bool
    seated: bool
    """True when the person belongs to it; leads may also move meetings that they do not sit in."""
    blocked: bool
    """True when the person said they cannot come that day."""
    people: tuple[Attending, ...] = ()
    away: tuple[str, ...] = ()
    """The names of those who said that they cannot come that day."""

    @property
    def at_risk(self) -> bool:
        return is_at_risk(self.body, self.people)


@dataclass(frozen=True, kw_only=True)
class OwnPage:
    """Everything that a person's page shows."""

    person: Person
    language: str
    meetings: Sequence[OwnMeeting]
    """All but the weekly contact."""
    hidden: int
    """Number of meetings further ahead that the page leaves out."""
    weekly: Sequence[OwnMeeting]
    """Meetings of lead teams, apart: there are so many that they would hide the boards'."""
    weekly_hidden: int
    blocked: Sequence[date]
    first: date
    last: date


class OwnMeetingStore(Protocol):
    """The record of meetings, as one person sees them."""

    async def list_ahead(
        self, spans: Sequence[Span], *, after_local: datetime, most: int | None = None
    ) -> tuple[Sequence[Meeting], int]:
        """
        Return the meetings of *spans* that stand and end later, the nearest *most* of them, and how many there are.

        *after_local*: a wall time of the programme.
        """
        ...


class People(Protocol):
    """The store of people's own days."""

    async def set_blocked_dates(self, person: str, days: Sequence[date], *, then: Sequence[DueUnit] = ()) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class OwnPorts:
    """Everything a person's own meetings reach; nothing of it waits for Microsoft 365."""

    programme: Callable[[], Awaitable[Programme]]
    meetings: MeetingStore
    ahead: OwnMeetingStore
    people: People
    messages: Messages
    links: Links
    clock: Clock
    public_url: str


class OwnMeetings:
    """A person's own meetings, as the Door shows and changes them."""

    def __init__(self, ports: OwnPorts) -> None:
        self._ports = ports

    async def takes_part(self, person: str) -> bool:
        """Return True while *person* is in the register with a role that holds today or later."""
        return _find(await self._ports.programme(), person, self._ports.clock.now()) is not None

    async def page(self, person: str, *, all_: bool = False) -> OwnPage | None:
        """Return *person*'s page; None when they take part no more. Only the nearest meetings unless *all_*."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        found = _find(programme, person, now)
        if found is None:
            return None
        today, local = _today(programme, now), programme.local_time(now).replace(tzinfo=None)
        # One that began yesterday may not have ended.
        spans = concerning_spans(programme, found, today - DAY, last_meeting_day(programme, today))
        teams = frozenset(body.key for body in programme.bodies if body.kind is BodyKind.LEAD_TEAM)
        names = _names(programme, found, spans)

        async def nearest(wanted: Sequence[Span], most: int) -> tuple[Sequence[OwnMeeting], int]:
            ahead, number = await self._ports.ahead.list_ahead(wanted, after_local=local, most=None if all_ else most)
            return [self._own(programme, found, names, item, now) for item in ahead], number - len(ahead)

        shown, hidden = await nearest([replace(span, bodies=span.bodies - teams) for span in spans], NEAREST)
        weekly, weekly_hidden = await nearest(
            [replace(span, bodies=span.bodies & teams) for span in spans], NEAREST_WEEKLY
        )
        return OwnPage(
            person=found,
            language=_language(programme, found),
            meetings=shown,
            hidden=hidden,
            weekly=weekly,
            weekly_hidden=weekly_hidden,
            blocked=[day for day in sorted(found.blocked_dates) if day >= today],
            first=today,
            last=programme.last_day,
        )

    async def meeting(self, person: str, key: str) -> OwnMeeting | None:
        """One meeting as *person* sees it; None when it does not concern them."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        found = _find(programme, person, now)
        meeting = await self._ports.meetings.find_meeting(key)
        if found is None or meeting is None:
            return None
        spans = concerning_spans(programme, found, meeting.day, meeting.day)
        if not any(meeting.body in span.bodies for span in spans):
            return None
        return self._own(programme, found, _names(programme, found, spans), meeting, now)

    async def block(self, person: str, first: date | None, last: date | None) -> None:
        """Remember that *person* cannot come from *first* to *last* (one day when only *first* is given).

        What is not announced yet is planned anew around it. Raises InvalidDays.
        """
        page = await self._known(person)
        if first is None:
            raise InvalidDays(first=("own.problem_first", {}))
        last = last or first
        if not page.first <= first <= page.last:
            raise InvalidDays(first=("own.problem_when", {"first": page.first, "last": page.last}))
        if last < first:
            raise InvalidDays(last=("own.problem_order", {}))
        if (last - first).days >= MOST_DAYS_AT_ONCE:
            raise InvalidDays(last=("own.problem_long", {"days": MOST_DAYS_AT_ONCE}))
        wanted = sorted({*page.blocked, *days(first, min(last, page.last))})
        if len(wanted) > MOST_DAYS:
            raise InvalidDays(last=("own.problem_many", {"days": MOST_DAYS}))
        await self._keep(page, wanted)

    async def unblock(self, person: str, gone: Sequence[date]) -> None:
        """Forget that *person* cannot come on those days. A repeat is harmless."""
        page = await self._known(person)
        await self._keep(page, [day for day in page.blocked if day not in set(gone)])

    async def address(self, person: str) -> str:
        """The address of the person's own page, for a while."""
        return await own_address(self._ports.links, self._ports.public_url, person, self._ports.clock.now())

    async def feed(self, person: str, *, renew: bool = False) -> str:
        """The secret address of the person's calendar feed; *renew* ends the one before."""
        subject = feed_of(person)
        if renew:
            await self._ports.links.revoke(subject)
        return f"{self._ports.public_url.rstrip('/')}/kalender/{await self._ports.links.issue('feed', subject)}.ics"

    async def send_address(self, body: str, email: str) -> None:
        """Mail the person of *body* with that address the way to their own page; at most once a day. What it did is
        not told, so that nobody learns who takes part."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        today = _today(programme, now)
        named = programme.find_body(body)
        people = () if named is None else programme.board_people(named, today)
        to = next((person for person, _ in people if person.email.lower() == email.strip().lower()), None)
        if to is None:
            return
        message = own_mail(to, address=await self.address(to.key), key=f"{KIND}:{to.key}/{today.isoformat()}", now=now)
        await self._ports.messages.plan([message], then=[DueUnit(key=f"{KIND}:{to.key}", due_at=now)])

    async def _known(self, person: str) -> OwnPage:
        page = await self.page(person)
        if page is None:
            raise InvalidDays(first=("own.problem_gone", {}))
        return page

    async def _keep(self, page: OwnPage, wanted: Sequence[date]) -> None:
        if list(wanted) == list(page.blocked):
            return
        programme = await self._ports.programme()
        replan = [sweep_unit(programme.key, self._ports.clock.now())]
        await self._ports.people.set_blocked_dates(page.person.key, wanted, then=replan)

    def _own(
        self, programme: Programme, person: Person, names: Mapping[str, str], meeting: Meeting, now: datetime
    ) -> OwnMeeting:
        body = programme.body(meeting.body)
        leads = may_change(programme, body, person, _today(programme, now))
        people = attendance(programme, body, meeting) if leads and meeting.booked_by_us else ()
        seated = [item for item, _ in programme.board_people(body, meeting.day)]
        return OwnMeeting(
            body=body,
            name=names[body.key],
            meeting=meeting,
            can_move=leads and can_change(programme, meeting, now),
            seated=person in seated,
            blocked=meeting.day in person.blocked_dates,
            people=people,
            away=tuple(item.name for item in seated if leads and meeting.day in item.blocked_dates),
        )


async def own_address(links: Links, public_url: str, person: str, now: datetime) -> str:
    """The address of a person's own page. It is for that person's eyes alone."""
    expires_at = datetime.combine(now.date(), time(), now.tzinfo) + VALID
    token = await links.issue("own_meetings", own_page_of(person), person, expires_at)
    return f"{public_url.rstrip('/')}/mine-moter/{token}"


def own_page_of(person: str) -> str:
    """The subject of links to a person's own page: revoking it ends them all."""
    return f"own_meetings:{person}"


def feed_of(person: str) -> str:
    """The subject of a link to a person's feed."""
    return f"{PERSON}{person}"


def own_mail(to: Person, *, address: str, key: str, now: datetime) -> Message:
    """The mail with the way to a person's own page."""

    def say(name: str) -> str:
        return texts.say(f"own.mail_{name}", to.language)

    paragraphs = [say("what"), say("care")]
    content = mail_content(to, subject=say("subject"), paragraphs=paragraphs, button=(say("button"), address))
    return mail_message(to, content, key=key, kind=KIND, due_at=now)


def _find(programme: Programme, key: str, now: datetime) -> Person | None:
    """Return a person whose roles have not all ended; links lead on when a role ends, rights do not."""
    today = _today(programme, now)
    goes_on = any((item.until or date.max) >= today for item in programme.assignments_of(key))
    return programme.find_person(key) if goes_on else None


def _names(programme: Programme, person: Person, spans: Sequence[Span]) -> Mapping[str, str]:
    """Return the names of the bodies in *spans*, told apart."""
    keys = frozenset[str]().union(*(span.bodies for span in spans))
    bodies = (body for body in programme.bodies if body.key in keys)
    return tell_apart(programme, bodies, _language(programme, person))


def _language(programme: Programme, person: Person) -> str:
    return texts.choose(person.language, programme.language)


def _today(programme: Programme, now: datetime) -> date:
    return programme.today(now)
