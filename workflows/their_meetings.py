"""Meetings that a municipality calls itself: its dates as we know them, from the register or from its calendar."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from config.programme import Programme
from config.values import Body, BodyKind, Meetings
from workflows.dates import Moved
from workflows.meeting_values import Meeting, MeetingState

USUAL_MINUTES = 120
BY_THEM = "meetings.by_them"
"""The reason in the texts why one of their meetings is not when we first knew it to be."""


@dataclass(frozen=True, kw_only=True)
class TheirDate:
    """One of their meetings, in local wall time. *uid*: what tells it from the others when it moves; "" if nothing."""

    starts: datetime
    ends: datetime | None = None
    uid: str = ""


def is_theirs(programme: Programme, body: Body) -> bool:
    """Whether the body's municipality calls its meetings itself: then we plan and book none there."""
    return body.municipality is not None and programme.municipality(body.municipality).meetings is Meetings.THEIRS


def registered_dates(programme: Programme, body: Body) -> list[TheirDate] | None:
    """Their board's dates as the register has them; None when a calendar of theirs is read instead."""
    if body.kind is not BodyKind.LOCAL_BOARD or body.municipality is None:
        return []
    municipality = programme.municipality(body.municipality)
    return None if municipality.meeting_feed else [TheirDate(starts=starts) for starts in municipality.meeting_dates]


def follow(
    programme: Programme,
    body: Body,
    mine: Sequence[Meeting],
    dates: Sequence[TheirDate],
    *,
    now: datetime,
    complete: bool = True,
) -> tuple[list[Meeting], list[Meeting]]:
    """
    What is new and what changed in *mine* to be as *dates* say, ahead of *now*.

    A meeting that moved keeps its key when its uid tells that it is the same. Unless *complete*, a meeting that is not
    among *dates* may still be held.
    """
    by_uid = {meeting.ical_uid: meeting for meeting in mine if meeting.ical_uid}
    by_day = {meeting.day: meeting for meeting in mine}
    by_key = {meeting.key: meeting for meeting in mine}
    added: list[Meeting] = []
    changed: list[Meeting] = []
    found: set[str] = set()
    for item in sorted(dates, key=lambda item: item.starts):
        wanted = _meeting(programme, body, item, now)
        have = by_uid.get(item.uid) or by_day.get(item.starts.date()) or by_key.get(wanted.key)
        if have is not None and have.key in found:
            # Two meetings on one day: the first is the board's.
            continue
        found.add(wanted.key if have is None else have.key)
        if wanted.starts_at <= now:
            continue
        if have is None:
            added.append(wanted)
        elif not have.stands or _times(have) != _times(wanted):
            times: dict[str, Any] = {"starts_local": wanted.starts_local, "ends_local": wanted.ends_local}
            if _times(have) != _times(wanted):
                times["moved"] = Moved(wanted=have.day, reason=BY_THEM)
            changed.append(changed_meeting(have, now, state=MeetingState.BOOKED, ical_uid=wanted.ical_uid, **times))
    if complete:
        gone = [item for item in mine if item.stands and item.starts_at > now and item.key not in found]
        changed += [changed_meeting(item, now, state=MeetingState.CANCELLED) for item in gone]
    return added, changed


def changed_meeting(meeting: Meeting, now: datetime, **values: Any) -> Meeting:
    """*meeting* with other *values*, as the next in its sequence."""
    return replace(meeting, sequence=meeting.sequence + 1, changed_at=now, **values)


def _times(meeting: Meeting) -> tuple[datetime, datetime]:
    return meeting.starts_local, meeting.ends_local


def _meeting(programme: Programme, body: Body, item: TheirDate, now: datetime) -> Meeting:
    minutes = body.rhythm.minutes if body.rhythm else USUAL_MINUTES
    return Meeting(
        key=f"{body.key}/{item.starts.date().isoformat()}",
        body=body.key,
        state=MeetingState.BOOKED,
        starts_local=item.starts,
        ends_local=item.ends or item.starts + timedelta(minutes=minutes),
        timezone=programme.timezone,
        location=body.location,
        changed_at=now,
        booked_by_us=False,
        ical_uid=item.uid,
    )
