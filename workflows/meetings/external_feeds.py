"""Follow the calendars of municipalities that call their own meetings: their rounds and reports go by those dates."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import texts
from config.programme import Programme
from config.values import Municipality
from workflows.digest import digest
from workflows.errors import NotFound, Permanent, Refused, Transient
from workflows.meetings.external import follow, is_theirs
from workflows.meetings.model import Meeting
from workflows.meetings.moves import following
from workflows.meetings.plan import round_units
from workflows.messages.lead_mail import LeadMail, leads_of, mail_to
from workflows.ports.external_calendar import CalendarFeeds, Reading, UnreadableCalendar
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked, PastEvents

KIND = "meetings.read"
READ_INTERVAL = timedelta(days=1)
RETRY_INTERVAL = timedelta(hours=1)
"""Time between two tries of a calendar that does not answer."""
TOLERATED_SILENCE = timedelta(hours=4)
"""Time without an answer after which the leads are told: an outage of theirs at night is no news."""
READ, SILENT = "meetings.read", "meetings.silent"
LEFT_OUT, UNREADABLE = "meetings.left_out", "meetings.unreadable"
"""Noted of events that could not be used, and of a whole calendar: `why`, and how many `events`."""
EMPTY, NO_ANSWER = "empty", "no_answer"
OF_THE_WHOLE = (EMPTY, "cut_short")
"""Reasons that are a sentence of their own about the whole calendar."""


class ExternalMeetingStore(Protocol):
    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]: ...

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None: ...

    async def save(self, meeting: Meeting, then: Sequence[DueUnit] = ()) -> None: ...


class ExternalFeedReader:
    """The handler of the units `meetings.read` [municipality]."""

    def __init__(
        self,
        *,
        feeds: CalendarFeeds,
        store: ExternalMeetingStore,
        clock: Clock,
        programme: Callable[[], Awaitable[Programme]],
        mail: LeadMail,
        past: PastEvents,
    ) -> None:
        self._feeds = feeds
        self._store = store
        self._clock = clock
        self._programme = programme
        self._mail = mail
        self._past = past

    async def read(self, unit: DueUnit, history: History) -> Outcome:
        """Bring the board's meetings to where its own calendar has them; again every day.

        Whatever cannot be read is noted, and told the municipality's leads, once a month as long as it lasts.
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
        except Transient as error:
            return await self._wait(programme, municipality, unit, history, error)
        except Permanent as error:
            problem = Unread(municipality=municipality.slug, why=_why(error))
            await history.note(UNREADABLE, why=problem.why)
            await self._tell(programme, municipality, [problem], today)
            return Parked(until=now + READ_INTERVAL, note=f"failed: {error}")
        await history.note(READ, meetings=len(reading.dates))
        problems = problems_of(municipality.slug, reading, today)
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
            complete=reading.is_complete(today),
            called_off=reading.called_off,
        )
        for meeting in changed:
            await self._store.save(meeting, _units(programme, meeting, now))
            await history.note("meetings.followed", meeting=meeting.key, state=meeting.state.value)
        await self._store.add(added, round_units(programme, added, now=now))
        return Parked(until=now + READ_INTERVAL, note=f"{len(reading.dates)} meetings in their calendar")

    async def _wait(
        self, programme: Programme, municipality: Municipality, unit: DueUnit, history: History, error: Transient
    ) -> Parked:
        """Try again soon, and tell when it has not answered for long."""
        now = self._clock.now()
        await history.note(SILENT)
        since = await self._past.first(unit.key, SILENT, after=(READ, UNREADABLE)) or now
        if now - since >= TOLERATED_SILENCE:
            silent = Unread(municipality=municipality.slug, why=NO_ANSWER)
            await self._tell(programme, municipality, [silent], programme.today(now))
        return Parked(until=now + RETRY_INTERVAL, note=f"did not answer: {error}")

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
                button=self._mail.button(municipality.slug, lead.language),
            )
            for lead in leads_of(programme, municipality.slug, today)
        ]
        await self._mail.plan(mails)


@dataclass(frozen=True, kw_only=True)
class Unread:
    """The part of a municipality's calendar that could not be read. *why*: ends a key in the texts. *events*: how many;
    0 when it is the whole calendar."""

    municipality: str
    why: str
    events: int = 0


def problems_of(municipality: str, reading: Reading, today: date) -> list[Unread]:
    """Return the parts of a calendar that could not be read; also that there is nothing ahead in it."""
    problems = [
        Unread(municipality=municipality, why=why, events=number) for why, number in sorted(reading.left_out.items())
    ]
    return [Unread(municipality=municipality, why=EMPTY)] if reading.is_empty(today) else problems


def explain_unread(programme: Programme, problem: Unread, *, language: str = "nb") -> str:
    """Say in one sentence what could not be read, and why."""
    name = programme.municipality(problem.municipality).name
    if problem.why in OF_THE_WHOLE:
        return texts.say(f"meetings.feed_{problem.why}", language, municipality=name)
    reason = texts.say(f"meetings.feed_{problem.why}", language)
    if not problem.events:
        return texts.say("meetings.feed_unreadable", language, municipality=name, reason=reason)
    key = "meetings.feed_left_out_one" if problem.events == 1 else "meetings.feed_left_out"
    values = {} if problem.events == 1 else {"events": problem.events}
    return texts.say(key, language, municipality=name, reason=reason, **values)


def unread_as_data(programme: Programme, problems: Iterable[Unread]) -> list[dict[str, Any]]:
    """Return the parts that could not be read, for programs."""
    return [
        {"body": programme.local_board(item.municipality).key, "calendar": item.why, "events": item.events}
        for item in problems
    ]


def latest_unread(municipality: str, events: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Unread]:
    """Return what the newest reading could not read, out of its unit's history, the oldest event first."""
    found: list[Unread] = []
    for what, values in events:
        if what in (READ, UNREADABLE, SILENT):
            found = []
        if what == SILENT:
            found.append(Unread(municipality=municipality, why=NO_ANSWER))
        if what in (LEFT_OUT, UNREADABLE):
            found.append(Unread(municipality=municipality, why=values["why"], events=values.get("events", 0)))
    return found


def _why(error: Permanent) -> str:
    match error:
        case NotFound():
            return "gone"
        case Refused():
            return "closed"
        case UnreadableCalendar():
            return error.why
    return "broken"


def _units(programme: Programme, meeting: Meeting, now: datetime) -> list[DueUnit]:
    # A round that is open already follows, or is called off, by the same unit. Whoever sits there too: what is ours and
    # not announced makes room, and a clash that stays is told.
    return following(programme, meeting, now, book=meeting.booked_by_us)


def reading_units(programme: Programme, now: datetime) -> list[DueUnit]:
    """Return the units that read the calendars there are."""
    theirs = [body.municipality for body in programme.bodies if body.municipality and is_theirs(programme, body)]
    slugs = [slug for slug in dict.fromkeys(theirs) if programme.municipality(slug).meeting_feed]
    return [DueUnit(key=f"{KIND}:{slug}", due_at=now) for slug in slugs]
