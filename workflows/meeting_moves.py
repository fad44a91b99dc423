"""Meetings that people move or cancel: what may be changed, to when it could be moved, and what follows."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from config.problems import InvalidInput, Problem
from config.programme import Programme
from config.values import Body, Person, Role
from workflows.date_rules import BodyDays
from workflows.dates import Moved
from workflows.meeting_plan import days_of, is_theirs, round_units
from workflows.meeting_values import Meeting, MeetingState, MeetingStore
from workflows.ports import Clock, DueUnit
from workflows.sweep import sweep_unit
from workflows.working_days import days

MOVE_NOTICE = timedelta(days=7)
"""How long before it a new date is proposed at least. People may choose an earlier one."""
APART = timedelta(days=7)
"""How far a proposed date stays from the body's meetings before and after."""
MOST_OPTIONS = 6
WIDEST = timedelta(days=42)
"""How far from its day a meeting is proposed to be moved."""
MEANT = 4
"""How much a day further away counts, squared, against what else speaks against a date."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """A time to which a meeting could be moved. *notes*: keys in the texts of what speaks against it."""

    starts_local: datetime
    notes: tuple[str, ...] = ()


class MeetingMoves:
    """Changes meetings on people's word. Needs nothing but the record: calendars follow by the units made due."""

    def __init__(self, *, store: MeetingStore, clock: Clock, programme: Callable[[], Awaitable[Programme]]) -> None:
        self._store = store
        self._clock = clock
        self._programme = programme

    async def options(self, key: str) -> Sequence[Option]:
        """The times that fit best, in the order of time. Raises InvalidInput when the meeting cannot be moved."""
        meeting = await self._to_change(key)
        programme = await self._programme()
        return options_for(programme, meeting, await self._store.list_meetings(), now=self._clock.now())

    async def objections(self, key: str, starts_local: datetime) -> Sequence[str]:
        """Keys in the texts of what speaks against moving the meeting then. Raises InvalidInput."""
        meeting = await self._to_change(key)
        programme, known = await self._programme(), await self._store.list_meetings()
        days = days_of(programme, programme.body(meeting.body), known, now=self._clock.now())
        reason = days.why_not(starts_local.date())
        if reason is None and days.clashes(starts_local.date(), starts_local.time()):
            reason = "meetings.clash"
        return (reason,) if reason else _notes(days, starts_local.date())

    async def move(self, key: str, starts_local: datetime, reason: str, *, by: str = "") -> Meeting:
        """Move a meeting to another time, as long as before; its people are told once, with *reason*.

        Its round and deadlines follow, and the plan goes around it. *by*: the key of the person who wants it, unless
        it is wanted at the terminal. Raises InvalidInput.
        """
        meeting = await self._to_change(key)
        programme, now = await self._programme(), self._clock.now()
        moved = replace(
            meeting,
            starts_local=starts_local,
            ends_local=starts_local + (meeting.ends_local - meeting.starts_local),
            moved=Moved(wanted=meeting.day, reason="meetings.asked_for"),
            words=reason.strip(),
            sequence=meeting.sequence + 1,
            changed_at=now,
        )
        if starts_local.tzinfo is not None or moved.starts_at <= now:
            wanted = f"a time ahead, in local time of {meeting.timezone} without an offset"
            raise InvalidInput([Problem(where=key, value=starts_local.isoformat(), expected=wanted)])
        if starts_local == meeting.starts_local:
            return meeting
        await self._store.save(moved, following(programme, moved, now), by=by)
        return moved

    async def cancel(self, key: str, reason: str) -> Meeting:
        """Cancel a meeting; its people are told once, with *reason*, and its round is called off. A repeat does
        nothing. Raises InvalidInput."""
        programme, now = await self._programme(), self._clock.now()
        known = await self._store.find_meeting(key)
        if known is not None and not known.stands:
            return known
        meeting = cancelled(await self._to_change(key), now, words=reason.strip())
        await self._store.save(meeting, following(programme, meeting, now))
        return meeting

    async def _to_change(self, key: str) -> Meeting:
        """The meeting, if it is ours, stands, and lies ahead."""
        meeting, programme = await self._store.find_meeting(key), await self._programme()
        if meeting is None or not can_change(programme, meeting, self._clock.now()):
            wanted = "the key of a meeting that we plan, and that was neither held nor cancelled"
            raise InvalidInput([Problem(where="meeting", value=key, expected=wanted)])
        return meeting


def can_change(programme: Programme, meeting: Meeting, now: datetime) -> bool:
    """Whether people can move or cancel the meeting through us: it stands, lies ahead, and we call it."""
    body = next((body for body in programme.bodies if body.key == meeting.body), None)
    ours = body is not None and not is_theirs(programme, body)
    return ours and meeting.stands and meeting.starts_at > now


def may_change(programme: Programme, body: Body, person: Person, on: date) -> bool:
    """Whether *person* may move the body's meetings: its chair, its municipality's local lead, the county lead."""
    chairs = programme.holders(body.chair, on=on, municipality=body.municipality) if body.chair else ()
    leads = programme.holders(Role.LOCAL_LEAD, on=on, municipality=body.municipality) if body.municipality else ()
    return person in (*chairs, *leads, *programme.holders(Role.COUNTY_LEAD, on=on))


def options_for(programme: Programme, meeting: Meeting, known: Sequence[Meeting], *, now: datetime) -> Sequence[Option]:
    """The times that fit best, in the order of time: near the meeting's day, on days that break no rule."""
    body = programme.body(meeting.body)
    rules = days_of(programme, body, known, now=now)
    others = sorted(item.day for item in known if item.body == body.key and item.stands and item.key != meeting.key)
    before = max((day for day in others if day <= meeting.day), default=date.min)
    after = min((day for day in others if day > meeting.day), default=date.max)
    first = max(
        now.astimezone(ZoneInfo(meeting.timezone)).date() + MOVE_NOTICE, meeting.day - WIDEST, _later(before, APART)
    )
    last = min(meeting.day + WIDEST, _later(after, -APART), programme.last_day)
    found = [
        (cost + MEANT * (day - meeting.day).days ** 2, datetime.combine(day, starts))
        for day in days(first, last)
        if (choice := rules.possible(day)) is not None
        for cost, starts in (choice,)
    ]
    best = sorted(item for item in found if item[1] != meeting.starts_local)[:MOST_OPTIONS]
    return [Option(starts_local=at, notes=_notes(rules, at.date())) for at in sorted(at for _, at in best)]


def _later(day: date, by: timedelta) -> date:
    return day if day in (date.min, date.max) else day + by


def _notes(rules: BodyDays, day: date) -> tuple[str, ...]:
    """What speaks against a possible day, softly."""
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
    """What a meeting that was moved or cancelled sets going: its round follows, and the plan goes around it."""
    units = [DueUnit(key=f"status.open:{meeting.key}", due_at=now), sweep_unit(programme.key, now)]
    if book:
        units.append(DueUnit(key=f"meetings.book:{meeting.body}", due_at=now))
    return [*units, *round_units(programme, [meeting], now=now)]
