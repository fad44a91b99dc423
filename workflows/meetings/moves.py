"""Meetings that people move or cancel: what may be changed, to when it could be moved, and what follows."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.problems import InvalidInput, Problem, phrase
from config.programme import Programme
from config.values import Body
from workflows.meetings.date_rules import BodyDays
from workflows.meetings.date_search import Moved
from workflows.meetings.external import is_theirs
from workflows.meetings.model import Meeting, MeetingState, MeetingStore
from workflows.meetings.plan import commitments_of, days_for, is_moved_by_people, last_day_of, round_units
from workflows.meetings.seats import may_change
from workflows.ports.units import Clock, DueUnit
from workflows.sweep import sweep_unit
from workflows.working_days import DAY, days

MOVE_NOTICE = timedelta(days=7)
"""The notice of a proposed new date, at least. People may choose an earlier one."""
APART = timedelta(days=7)
"""The distance to the body's meetings before and after, unless it meets more often."""
MOST_OPTIONS = 6
WIDEST = timedelta(days=42)
"""The distance from its day in which a new date is proposed."""
MEANT = 4
"""The weight of a day further away, squared, against all else that speaks against a date."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A time to which a meeting could be moved. *notes*: keys in the texts of what speaks against it."""

    starts_local: datetime
    notes: tuple[str, ...] = ()


class MayNotMove(Exception):
    """A person whose role does not let them move a meeting, or does not any more."""


class MovedMeanwhile(Exception):
    """A meeting that somebody moved after the mover had seen it."""


class MeetingMoves:
    """Changes meetings on people's word. Needs nothing but the record: calendars follow by the units made due."""

    def __init__(self, *, store: MeetingStore, clock: Clock, programme: Callable[[], Awaitable[Programme]]) -> None:
        self._store = store
        self._clock = clock
        self._programme = programme

    async def options(self, key: str) -> Sequence[Option]:
        """The times that fit best, in the order of time. Raises InvalidInput when the meeting cannot be moved."""
        meeting, programme = await self._to_change(key), await self._programme()
        known = await self._around(programme, meeting, meeting.day - WIDEST, meeting.day + WIDEST)
        return options_for(programme, meeting, known, now=self._clock.now())

    async def objections(self, key: str, starts_local: datetime) -> Sequence[str]:
        """Keys in the texts of what speaks against moving the meeting then. Raises InvalidInput."""
        meeting, now = await self._to_change(key), self._clock.now()
        _check_time(meeting, starts_local, now)
        programme, day = await self._programme(), starts_local.date()
        known = await self._around(programme, meeting, day, day)
        return objections_to(programme, meeting, known, starts_local, now=now)

    async def move(
        self, key: str, starts_local: datetime, reason: str, *, by: str = "", seen: datetime | None = None
    ) -> Meeting:
        """Move a meeting to another time, as long as before; its people are told once, with *reason*.

        Its round and deadlines follow, and the plan goes around it. *by*: the key of the person who wants it, unless
        it is wanted at the terminal. *seen*: its time as they saw it. Raises InvalidInput, MayNotMove when it is not
        theirs to move today, and MovedMeanwhile when somebody else has moved it from the time they saw.
        """
        programme, now = await self._programme(), self._clock.now()
        while True:
            meeting = await self._to_change(key)
            if by and not _may_move(programme, meeting, by, now):
                raise MayNotMove(f"{by} may not move {key}")
            _check_time(meeting, starts_local, now)
            if starts_local == meeting.starts_local:
                return meeting
            if seen is not None and meeting.starts_local != seen:
                raise MovedMeanwhile(key)
            moved = _moved(meeting, starts_local, reason.strip(), now)
            if await self._store.change(meeting, moved, following(programme, moved, now), by=by):
                return moved
            # It was booked or moved meanwhile: once more, with what is known by now.

    async def cancel(self, key: str, reason: str) -> Meeting:
        """Cancel a meeting; its people are told once, with *reason*, and its round is called off. A repeat does
        nothing. Raises InvalidInput."""
        programme, now = await self._programme(), self._clock.now()
        while True:
            known = await self._store.find_meeting(key)
            if known is not None and not known.stands:
                return known
            meeting = await self._to_change(key)
            gone = cancelled(meeting, now, words=reason.strip())
            if await self._store.change(meeting, gone, following(programme, gone, now)):
                return gone

    async def _around(self, programme: Programme, meeting: Meeting, first: date, last: date) -> list[Meeting]:
        """List the body's own meetings, and those of the same people from *first* to *last*."""
        bodies = commitments_of(programme, programme.body(meeting.body)).bodies - {meeting.body}
        # One that began on the day before may reach into the first.
        others = await self._store.list_meetings_from(first - DAY, until=last, bodies=bodies)
        return [*await self._store.list_meetings(meeting.body), *others]

    async def _to_change(self, key: str) -> Meeting:
        """The meeting, if it is ours, stands, and lies ahead."""
        meeting, programme = await self._store.find_meeting(key), await self._programme()
        if meeting is None or not can_change(programme, meeting, self._clock.now()):
            wanted = phrase("planned_meeting")
            raise InvalidInput([Problem(where="meeting", value=key, expected=wanted)])
        return meeting


def can_change(programme: Programme, meeting: Meeting, now: datetime) -> bool:
    """Tell whether people can move or cancel the meeting through us: it stands, lies ahead, and we call it."""
    body = programme.find_body(meeting.body)
    ours = body is not None and not is_theirs(programme, body)
    return ours and meeting.stands and meeting.starts_at > now


def _may_move(programme: Programme, meeting: Meeting, by: str, now: datetime) -> bool:
    body, person = programme.find_body(meeting.body), programme.find_person(by)
    return body is not None and person is not None and may_change(programme, body, person, programme.today(now))


def options_for(programme: Programme, meeting: Meeting, known: Sequence[Meeting], *, now: datetime) -> Sequence[Option]:
    """The times that fit best, in the order of time: near the meeting's day, on days that break no rule."""
    body = programme.body(meeting.body)
    rules = days_for(programme, meeting, known, now=now)
    others, apart = _others(meeting, known), _apart(body)
    before = max((day for day in others if day <= meeting.day), default=date.min)
    after = min((day for day in others if day > meeting.day), default=date.max)
    first = max(
        now.astimezone(ZoneInfo(meeting.timezone)).date() + MOVE_NOTICE, meeting.day - WIDEST, _later(before, apart)
    )
    last = min(meeting.day + WIDEST, _later(after, -apart), last_day_of(programme, body))
    found = [
        (cost + MEANT * (day - meeting.day).days ** 2, datetime.combine(day, starts))
        for day in days(first, last)
        if (choice := rules.possible(day)) is not None
        for cost, starts in (choice,)
    ]
    best = sorted(item for item in found if item[1] != meeting.starts_local)[:MOST_OPTIONS]
    return [Option(starts_local=at, notes=_notes(rules, at.date())) for at in sorted(at for _, at in best)]


def objections_to(
    programme: Programme, meeting: Meeting, known: Sequence[Meeting], starts_local: datetime, *, now: datetime
) -> tuple[str, ...]:
    """Keys in the texts of what speaks against having *meeting* then."""
    body, day = programme.body(meeting.body), starts_local.date()
    if day > last_day_of(programme, body):
        return ("meetings.after_end",)
    rules = days_for(programme, meeting, known, now=now)
    reason = rules.why_not(day)
    if reason is None and rules.clashes(day, starts_local.time()):
        reason = "meetings.clash"
    own = min((abs(other - day) for other in _others(meeting, known)), default=timedelta.max)
    near = () if own >= _apart(body) else ("meetings.near_own",) if own else ("meetings.meets_that_day",)
    return (*near, *((reason,) if reason else _notes(rules, day)))


def _others(meeting: Meeting, known: Sequence[Meeting]) -> list[date]:
    """The days of the body's other meetings, in the order of time."""
    return sorted(item.day for item in known if item.body == meeting.body and item.stands and item.key != meeting.key)


def _apart(body: Body) -> timedelta:
    """Return the least distance between a body's meetings. Dates that it fixed itself may follow upon each other."""
    return min(APART, timedelta(days=body.rhythm.least_gap)) if body.rhythm else timedelta(days=1)


def spans_more_days(meeting: Meeting, starts_local: datetime) -> bool:
    """Tell whether a meeting that began then would end on a later day than now: no rule knows such a night."""
    ends_local = starts_local + (meeting.ends_local - meeting.starts_local)
    return ends_local.date() - starts_local.date() > meeting.ends_local.date() - meeting.day


def _check_time(meeting: Meeting, starts_local: datetime, now: datetime) -> None:
    """Raises InvalidInput when *meeting* cannot be then."""
    if starts_local.tzinfo is not None or meeting.at(starts_local) <= now:
        wanted = phrase("time_ahead", zone=meeting.timezone)
    elif spans_more_days(meeting, starts_local):
        wanted = phrase("time_same_day")
    else:
        return
    raise InvalidInput([Problem(where=meeting.key, value=starts_local.isoformat(), expected=wanted)])


def _moved(meeting: Meeting, starts_local: datetime, words: str, now: datetime) -> Meeting:
    """*meeting* at another time, which its people want because of *words*."""
    moved = _moved_from(meeting, starts_local)
    return replace(
        meeting,
        starts_local=starts_local,
        ends_local=starts_local + (meeting.ends_local - meeting.starts_local),
        moved=moved,
        words=words if moved else "",
        sequence=meeting.sequence + 1,
        changed_at=now,
    )


def _moved_from(meeting: Meeting, starts_local: datetime) -> Moved | None:
    """From when people have it moved: from when they were told last that it is. None when it is back there."""
    told = meeting.booked.get("starts_local")
    if told is not None:
        back, day = datetime.fromisoformat(told) == starts_local, datetime.fromisoformat(told).date()
    elif meeting.moved is not None and is_moved_by_people(meeting):
        # In nobody's calendar yet, and moved before.
        back, day = meeting.moved.wanted == starts_local.date(), meeting.moved.wanted
    else:
        back, day = False, meeting.day
    return None if back else Moved(wanted=day, reason="meetings.asked_for")


def _later(day: date, by: timedelta) -> date:
    return day if day in (date.min, date.max) else day + by


def _notes(rules: BodyDays, day: date) -> tuple[str, ...]:
    """List what speaks softly against a possible day."""
    around = rules.around
    notes = []
    if day.weekday() not in rules.times.weekdays:
        notes.append("meetings.unusual_weekday")
    if any(other.firm or other.travels for other in around.others.get(day, ())):
        notes.append("meetings.others_meet")
    if day in around.optional_away:
        notes.append("meetings.optional_away")
    if day in around.busy:
        notes.append("meetings.needed_elsewhere")
    return tuple(notes)


def cancelled(meeting: Meeting, now: datetime, **values: Any) -> Meeting:
    """*meeting*, cancelled *now*."""
    return replace(meeting, state=MeetingState.CANCELLED, sequence=meeting.sequence + 1, changed_at=now, **values)


def following(programme: Programme, meeting: Meeting, now: datetime, *, book: bool = True) -> list[DueUnit]:
    """List the units that a moved or cancelled meeting makes due: its round follows, and the plan goes around it."""
    units = [DueUnit(key=f"status.open:{meeting.key}", due_at=now), sweep_unit(programme.key, now)]
    if book:
        units.append(DueUnit(key=f"meetings.book:{meeting.body}", due_at=now))
    return [*units, *round_units(programme, [meeting], now=now)]
