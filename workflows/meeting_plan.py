"""Meetings as values: every body's dates through the programme, kept as announced, and what follows from them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import texts
from config.programme import Body, BodyKind, Meetings, Programme
from workflows.dates import Impossible, Moved, plan_dates
from workflows.ports import DueUnit
from workflows.working_days import WorkCalendar, round_moments

NOTICE = timedelta(days=14)
"""A body's first meeting is announced at least this long before, and before its status round opens."""


class MeetingState(StrEnum):
    PLANNED = "planned"
    BOOKED = "booked"
    """It stands in calendars: ours when `booked_by_us`, else the municipality's own."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One meeting of a body. *starts_local*/*ends_local*: naive wall time in *timezone*, which is what was agreed."""

    key: str
    """`<body>/<ISO date first announced>`; it stays when the meeting moves."""
    body: str
    state: MeetingState
    starts_local: datetime
    ends_local: datetime
    timezone: str
    changed_at: datetime
    booked_by_us: bool
    location: str = ""
    moved: Moved | None = None
    """Why the plan chose another day than the rhythm's."""
    organizer: str = ""
    event_id: str = ""
    ical_uid: str = ""
    join_url: str = ""
    sequence: int = 0
    booked: Mapping[str, Any] = field(default_factory=dict)
    """What was last written to the calendar, as plain data; see `workflows.meetings`."""

    @property
    def starts_at(self) -> datetime:
        return self.starts_local.replace(tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        return self.ends_local.replace(tzinfo=ZoneInfo(self.timezone)).astimezone(UTC)

    @property
    def day(self) -> date:
        return self.starts_local.date()

    @property
    def stands(self) -> bool:
        return self.state is not MeetingState.CANCELLED


@dataclass(frozen=True, kw_only=True)
class NoDate:
    """A body that can meet on no day of some weeks, and why."""

    body: str
    problem: Impossible


@dataclass(frozen=True, kw_only=True)
class MeetingPlan:
    """*new*: meetings to add; *changed*: known ones with another state or time (only of `meetings: theirs`)."""

    new: tuple[Meeting, ...]
    changed: tuple[Meeting, ...] = ()
    problems: tuple[NoDate, ...] = ()


def is_theirs(programme: Programme, body: Body) -> bool:
    """Whether the body's municipality calls its meetings itself: then we plan and book none there."""
    return body.municipality is not None and programme.municipality(body.municipality).meetings is Meetings.THEIRS


def plan_meetings(programme: Programme, known: Sequence[Meeting], *, now: datetime) -> MeetingPlan:
    """Every body's meetings from *now* through the programme's last day. What is *known* stays where it is."""
    new: list[Meeting] = []
    changed: list[Meeting] = []
    problems: list[NoDate] = []
    # The others' dates wait for the local boards'.
    for body in sorted(programme.bodies, key=lambda body: body.kind is not BodyKind.LOCAL_BOARD):
        mine = [meeting for meeting in known if meeting.body == body.key]
        if is_theirs(programme, body):
            added, other = _their_meetings(programme, body, mine, now)
            new += added
            changed += other
        else:
            added, missing = _our_meetings(programme, body, mine, [*known, *new], now)
            new += added
            problems += [NoDate(body=body.key, problem=problem) for problem in missing]
    return MeetingPlan(new=tuple(new), changed=tuple(changed), problems=tuple(problems))


def _our_meetings(
    programme: Programme, body: Body, mine: Sequence[Meeting], everyone: Sequence[Meeting], now: datetime
) -> tuple[list[Meeting], Sequence[Impossible]]:
    calendar = WorkCalendar(programme, body.municipality)
    notice = max(NOTICE, timedelta(days=body.rounds.opens + 1)) if body.rounds else NOTICE
    today = now.astimezone(calendar.timezone).date()
    first = max(programme.first_day, today + notice)
    standing = [meeting.day for meeting in mine if meeting.stands]
    if body.rhythm is None or first > programme.last_day:
        return [], ()
    plan = plan_dates(
        body,
        calendar,
        first=first,
        last=programme.last_day,
        previous=max((day for day in standing if day < first), default=None),
        locked=[day for day in standing if first <= day <= programme.last_day],
        taken=Counter(meeting.day for meeting in everyone if meeting.stands and meeting.body != body.key),
        # A day whose meeting was called off is not proposed again.
        blocked=[date.fromisoformat(meeting.key.rpartition("/")[2]) for meeting in mine if not meeting.stands],
        local_rounds=_local_rounds(programme, everyone),
    )
    added = []
    for item in plan.dates:
        if not item.locked:
            starts = datetime.combine(item.day, body.rhythm.starts)
            ends = starts + timedelta(minutes=body.rhythm.minutes)
            added.append(_meeting(programme, body, starts, ends, now=now, moved=item.moved))
    return added, plan.problems


def _their_meetings(
    programme: Programme, body: Body, mine: Sequence[Meeting], now: datetime
) -> tuple[list[Meeting], list[Meeting]]:
    """Their board's dates as the register has them: new ones, and known ones that came or went, ahead of *now*."""
    minutes = body.rhythm.minutes if body.rhythm else 120
    board = body.municipality if body.kind is BodyKind.LOCAL_BOARD else None
    announced = programme.municipality(board).meeting_dates if board else ()
    dates = {starts.date(): starts for starts in announced}
    known = {meeting.day: meeting for meeting in mine}
    added, changed = [], []
    for day, starts in sorted(dates.items()):
        wanted = _meeting(programme, body, starts, starts + timedelta(minutes=minutes), now=now)
        have = known.get(day)
        if wanted.starts_at <= now:
            continue
        if have is None:
            added.append(replace(wanted, state=MeetingState.BOOKED, booked_by_us=False))
        elif not have.stands or (have.starts_local, have.ends_local) != (wanted.starts_local, wanted.ends_local):
            changed.append(_changed(have, now, starts_local=wanted.starts_local, ends_local=wanted.ends_local))
    gone = [item for item in mine if item.stands and item.starts_at > now and item.day not in dates]
    changed += [replace(_changed(item, now), state=MeetingState.CANCELLED) for item in gone]
    return added, changed


def _changed(meeting: Meeting, now: datetime, **values: Any) -> Meeting:
    values = {"state": MeetingState.BOOKED, "sequence": meeting.sequence + 1, "changed_at": now, **values}
    return replace(meeting, **values)


def _meeting(
    programme: Programme, body: Body, starts: datetime, ends: datetime, *, now: datetime, moved: Moved | None = None
) -> Meeting:
    return Meeting(
        key=f"{body.key}/{starts.date().isoformat()}",
        body=body.key,
        state=MeetingState.PLANNED,
        starts_local=starts,
        ends_local=ends,
        timezone=programme.timezone,
        location=body.location,
        changed_at=now,
        booked_by_us=True,
        moved=moved,
    )


def _local_rounds(programme: Programme, meetings: Sequence[Meeting]) -> list[list[date]]:
    boards = [body.key for body in programme.bodies if body.kind is BodyKind.LOCAL_BOARD]
    return [[meeting.day for meeting in meetings if meeting.stands and meeting.body == board] for board in boards]


def round_units(programme: Programme, meetings: Iterable[Meeting], *, now: datetime) -> list[DueUnit]:
    """The units that a meeting sets going: a local board's status round, the owner board's summary."""
    bodies = {body.key: body for body in programme.bodies}
    units = []
    for meeting in meetings:
        body = bodies.get(meeting.body)
        if body is None or body.rounds is None or not meeting.stands:
            continue
        moments = round_moments(meeting.starts_local, body.rounds, WorkCalendar(programme, body.municipality))
        if body.kind is BodyKind.LOCAL_BOARD and moments.deadline_at > now:
            units.append(DueUnit(key=f"status.open:{meeting.key}", due_at=moments.opens_at))
        elif body.kind is BodyKind.OWNER_BOARD and meeting.starts_at > now:
            units.append(DueUnit(key=f"report.owner:{meeting.key}", due_at=moments.release_at))
    return units


# ------------------------------------------------------------------------------------------------------- for people


def describe(programme: Programme, meetings: Iterable[Meeting], *, language: str = "nb") -> list[str]:
    """One line a meeting, in the order of time."""
    names = {body.key: body.name for body in programme.bodies}
    return [
        texts.say(
            "meetings.line",
            language,
            starts=meeting.starts_local,
            ends=texts.clock_time(meeting.ends_local, language),
            body=names.get(meeting.body, meeting.body),
            state=texts.say(state_key(meeting), language),
            why=explain(meeting.moved, language),
        ).rstrip()
        for meeting in sorted(meetings, key=lambda meeting: (meeting.starts_local, meeting.key))
    ]


def state_key(meeting: Meeting) -> str:
    """The text of a meeting's state."""
    if meeting.state is MeetingState.BOOKED and not meeting.booked_by_us:
        return "meetings.state_theirs"
    return f"meetings.state_{meeting.state.value}"


def explain(moved: Moved | None, language: str = "nb") -> str:
    """Why a meeting is not on the rhythm's day; empty when it is."""
    if moved is None:
        return ""
    return texts.say("meetings.moved", language, day=moved.wanted, reason=texts.say(moved.reason, language))


def explain_missing(programme: Programme, missing: NoDate, *, language: str = "nb") -> str:
    """Why a body has no date in some weeks."""
    problem = missing.problem
    return texts.say(
        "meetings.no_date",
        language,
        body=programme.body(missing.body).name,
        first=problem.first,
        last=problem.last,
        reason=texts.say(problem.reason, language),
    )


def as_data(meetings: Iterable[Meeting]) -> list[dict[str, Any]]:
    """Meetings for programs: plain data, in the order of time."""
    return [
        {
            "key": meeting.key,
            "body": meeting.body,
            "state": meeting.state.value,
            "starts": meeting.starts_local.isoformat(),
            "ends": meeting.ends_local.isoformat(),
            "timezone": meeting.timezone,
            "location": meeting.location,
            "booked_by_us": meeting.booked_by_us,
            "join_url": meeting.join_url,
            "moved": {"wanted": meeting.moved.wanted.isoformat(), "reason": meeting.moved.reason}
            if meeting.moved
            else None,
        }
        for meeting in sorted(meetings, key=lambda meeting: (meeting.starts_local, meeting.key))
    ]
