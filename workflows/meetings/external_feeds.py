"""Follows the calendars of municipalities that call their own meetings: their rounds and reports go by those dates."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import texts
from config.programme import Programme
from config.values import Municipality
from workflows.digest import digest
from workflows.errors import NotFound, Permanent, Refused, Transient
from workflows.meetings.external import TheirDate, follow, is_theirs
from workflows.meetings.model import Meeting
from workflows.meetings.moves import following
from workflows.meetings.plan import round_units
from workflows.messages.lead_mail import LeadMail, leads_of, mail_to
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked

KIND = "meetings.read"
EVERY = timedelta(days=1)
LEFT_OUT, UNREADABLE = "meetings.left_out", "meetings.unreadable"
"""The note of events that could not be used, and of a whole calendar: `why`, and how many `events`."""
READ = "meetings.read"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One reading of a calendar. *left_out*: reasons and counts of unusable events. *called_off*: uids of those that it
    says are cancelled."""

    dates: tuple[TheirDate, ...]
    left_out: Mapping[str, int] = field(default_factory=dict)
    called_off: frozenset[str] = frozenset()

    @property
    def complete(self) -> bool:
        """Tell whether a meeting that is missing among the dates is off. An empty calendar is more likely a broken
        one."""
        return bool(self.dates) and not self.left_out


class CalendarFeeds(Protocol):
    async def read(self, url: str, timezone: str, *, first: date, last: date) -> Reading:
        """The meetings in the feed at *url*, in the local time of *timezone*; of series, from *first* to *last*."""
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
        mail: LeadMail,
    ) -> None:
        self._feeds = feeds
        self._store = store
        self._clock = clock
        self._programme = programme
        self._mail = mail

    async def read(self, unit: DueUnit, history: History) -> Outcome:
        """Bring the board's meetings to where its own calendar has them; again every day.

        What cannot be read, and why, is noted and told the municipality's leads, once a month as long as it lasts.
        """
        programme, now = await self._programme(), self._clock.now()
        municipality = programme.find_municipality(unit.subject)
        if municipality is None or not municipality.meeting_feed:
            return Done(note="no calendar to read")
        body = programme.local_board(municipality.slug)
        today = programme.today(now)
        try:
            reading = await self._feeds.read(
                municipality.meeting_feed, programme.timezone, first=today, last=programme.last_day
            )
        except Transient:
            await history.note(UNREADABLE, why="no_answer")
            raise
        except Permanent as error:
            problem = Unread(municipality=municipality.slug, why=_why(error))
            await history.note(UNREADABLE, why=problem.why)
            await self._tell(programme, municipality, [problem], today)
            return Parked(until=now + EVERY, note=f"failed: {error}")
        await history.note(READ, meetings=len(reading.dates))
        problems = [
            Unread(municipality=municipality.slug, why=why, events=number)
            for why, number in sorted(reading.left_out.items())
        ]
        for problem in problems:
            await history.note(LEFT_OUT, why=problem.why, events=problem.events)
        await self._tell(programme, municipality, problems, today)
        mine = await self._store.list_meetings(body.key)
        added, changed = follow(
            programme,
            body,
            mine,
            reading.dates,
            now=now,
            complete=reading.complete,
            called_off=reading.called_off,
        )
        for meeting in changed:
            await self._store.save(meeting, _units(programme, meeting, now))
            await history.note("meetings.followed", meeting=meeting.key, state=meeting.state.value)
        await self._store.add(added, round_units(programme, added, now=now))
        return Parked(until=now + EVERY, note=f"{len(reading.dates)} meetings in their calendar")

    async def _tell(
        self, programme: Programme, municipality: Municipality, problems: Sequence["Unread"], today: date
    ) -> None:
        if not problems:
            return
        reasons = digest(*(item.why for item in problems))
        mails = [
            mail_to(
                lead,
                key=f"feed/{municipality.slug}/{today:%Y-%m}/{reasons}",
                municipality=municipality.slug,
                due_at=self._clock.now(),
                subject=texts.say("meetings.feed_subject", lead.language, municipality=municipality.name),
                paragraphs=[
                    *(explain_unread(programme, item, language=lead.language) for item in problems),
                    texts.say("meetings.feed_todo", lead.language),
                ],
            )
            for lead in leads_of(programme, municipality.slug, today)
        ]
        await self._mail.plan(mails)


@dataclass(frozen=True, kw_only=True)
class Unread:
    """The unread part of a municipality's calendar. *why*: ends a key in the texts. *events*: how many; 0 when
    it is the whole calendar."""

    municipality: str
    why: str
    events: int = 0


def explain_unread(programme: Programme, problem: Unread, *, language: str = "nb") -> str:
    """Explain in one sentence what could not be read and why."""
    name = programme.municipality(problem.municipality).name
    reason = texts.say(f"meetings.feed_{problem.why}", language)
    if not problem.events:
        return texts.say("meetings.feed_unreadable", language, municipality=name, reason=reason)
    key = "meetings.feed_left_out_one" if problem.events == 1 else "meetings.feed_left_out"
    values = {} if problem.events == 1 else {"events": problem.events}
    return texts.say(key, language, municipality=name, reason=reason, **values)


def unread_as_data(programme: Programme, problems: Iterable[Unread]) -> list[dict[str, Any]]:
    """Return the unread parts as data, for programs."""
    return [
        {"body": programme.local_board(item.municipality).key, "calendar": item.why, "events": item.events}
        for item in problems
    ]


def latest_unread(municipality: str, events: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Unread]:
    """Return the unread parts of the newest reading, out of its unit's history, the oldest event first."""
    found: list[Unread] = []
    for what, values in events:
        if what in (READ, UNREADABLE):
            found = []
        if what in (LEFT_OUT, UNREADABLE):
            found.append(Unread(municipality=municipality, why=values["why"], events=values.get("events", 0)))
    return found


def _why(error: Permanent) -> str:
    match error:
        case NotFound():
            return "gone"
        case Refused():
            return "closed"
    return "broken"


def _units(programme: Programme, meeting: Meeting, now: datetime) -> list[DueUnit]:
    # A round that is open already follows, or is called off, by the same unit. Whoever sits there too: what is ours and
    # not announced makes room, and a clash that stays is told.
    return following(programme, meeting, now, book=meeting.booked_by_us)


def reading_units(programme: Programme, now: datetime) -> list[DueUnit]:
    """The units that read the calendars there are."""
    theirs = [body.municipality for body in programme.bodies if body.municipality and is_theirs(programme, body)]
    slugs = [slug for slug in dict.fromkeys(theirs) if programme.municipality(slug).meeting_feed]
    return [DueUnit(key=f"{KIND}:{slug}", due_at=now) for slug in slugs]
