"""Meetings that a municipality calls itself: its dates as we know them, from the register or from its calendar."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain, count
from operator import attrgetter
from typing import Any

import texts
from config.programme import Programme
from config.values import Body, BodyKind, Meetings, Rhythm
from workflows.meetings.date_search import Moved
from workflows.meetings.model import Meeting, MeetingState
from workflows.ports.external_calendar import ExternalDate

USUAL_MINUTES = 120
BY_THEM = "meetings.by_them"
"""The reason in the texts why one of their meetings is not when we first knew it to be."""
THEY_CALL = "meetings.they_call"
"""The reason in the texts why an invitation of ours is withdrawn."""


def is_theirs(programme: Programme, body: Body) -> bool:
    """Tell whether the body's municipality calls its meetings itself: then we plan and book none there."""
    return body.municipality is not None and programme.municipality(body.municipality).meetings is Meetings.THEIRS


def registered_dates(programme: Programme, body: Body) -> list[ExternalDate] | None:
    """Their board's dates as the register has them; None when a calendar of theirs is read instead."""
    if body.kind is not BodyKind.LOCAL_BOARD or body.municipality is None:
        return []
    municipality = programme.municipality(body.municipality)
    return None if municipality.meeting_feed else [ExternalDate(starts=starts) for starts in municipality.meeting_dates]


def follow(
    programme: Programme,
    body: Body,
    mine: Sequence[Meeting],
    dates: Sequence[ExternalDate],
    *,
    now: datetime,
    complete: bool = True,
    called_off: Collection[str] = (),
) -> tuple[list[Meeting], list[Meeting]]:
    """
    Return the new and the changed meetings that make *mine* be as *dates* say, ahead of *now*.

    A meeting that moved keeps its key, and so its round. *called_off*: uids of what they say is cancelled. Unless
    *complete*, any other meeting that is not among *dates* may still be held.
    """
    pairs = _pairs(body, mine, dates, called_off, now=now, complete=complete)
    keys = {meeting.key for meeting in mine}
    added: list[Meeting] = []
    changed: list[Meeting] = []
    for item, have in sorted(pairs.items(), key=lambda pair: pair[0].starts):
        wanted = _meeting(programme, body, item, now)
        if wanted.starts_at <= now:
            continue
        if have is None:
            added.append(replace(wanted, key=_free_key(wanted.key, keys)))
            keys.add(added[-1].key)
        elif not have.stands or _times(have) != _times(wanted):
            changed.append(_as_wanted(have, wanted, now))
        elif item.uid not in ("", have.ical_uid):
            # Nothing that anybody sees.
            changed.append(replace(have, ical_uid=item.uid))
    found = {meeting.key for meeting in pairs.values() if meeting is not None}
    gone = [item for item in mine if item.stands and item.starts_at > now and item.key not in found]
    reason = texts.say(THEY_CALL, texts.choose(programme.language))
    changed += [
        # Whoever has our invitation is told why it is withdrawn.
        changed_meeting(item, now, state=MeetingState.CANCELLED, words=reason if item.booked_by_us else item.words)
        for item in gone
        if complete or item.ical_uid in called_off
    ]
    return added, changed


def _pairs(
    body: Body,
    mine: Sequence[Meeting],
    dates: Sequence[ExternalDate],
    called_off: Collection[str],
    *,
    now: datetime,
    complete: bool,
) -> dict[ExternalDate, Meeting | None]:
    """
    Each of their dates that counts, with the one of *mine* that it is; None when it is new.

    First tells the uid. Only a meeting whose uid they do not name can be the one of the same day, the one that was
    first announced for it, or, when they name all, the nearest that has no date any more.
    """
    dates = sorted(dict.fromkeys(dates), key=lambda item: item.starts)
    free = {meeting.key: meeting for meeting in mine}
    by_uid = {meeting.ical_uid: meeting for meeting in mine if meeting.ical_uid}
    pairs: dict[ExternalDate, Meeting | None] = {}
    for item in dates:
        if item.uid in by_uid and by_uid[item.uid].key in free:
            pairs[item] = free.pop(by_uid[item.uid].key)
    taken = {item.starts.date() for item in pairs}
    for item in dates:
        # Two meetings on one day: the one we know is the board's, else the first.
        if item not in pairs and item.starts.date() not in taken:
            pairs[item] = None
            taken.add(item.starts.date())
    named = {item.uid for item in dates} | set(called_off)
    free = {key: meeting for key, meeting in free.items() if not meeting.ical_uid or meeting.ical_uid not in named}
    for day_of in (_DAY, _ANNOUNCED_ON):
        for item in [item for item, have in pairs.items() if have is None]:
            same = [meeting for meeting in free.values() if day_of(meeting) == item.starts.date()]
            if same:
                pairs[item] = free.pop(min(same, key=lambda meeting: not meeting.stands).key)
    if complete:
        orphans = [meeting for meeting in free.values() if meeting.stands and meeting.starts_at > now]
        pairs |= _nearest(body, [item for item, have in pairs.items() if have is None], orphans)
    return pairs


def _nearest(body: Body, dates: Sequence[ExternalDate], orphans: Sequence[Meeting]) -> dict[ExternalDate, Meeting]:
    """The orphan that each of the dates may be: the nearest, if it is no further away than the body's meetings lie."""
    reach = timedelta(days=(body.rhythm or Rhythm()).least_gap)
    near = [(abs(item.starts.date() - have.day), item, have) for item in dates for have in orphans]
    pairs: dict[ExternalDate, Meeting] = {}
    taken: set[str] = set()
    for away, item, have in sorted(near, key=lambda pair: (pair[0], pair[1].starts, pair[2].starts_local)):
        if away <= reach and item not in pairs and have.key not in taken:
            pairs[item] = have
            taken.add(have.key)
    return pairs


_DAY: Callable[[Meeting], date] = attrgetter("day")
_ANNOUNCED_ON: Callable[[Meeting], date] = attrgetter("announced_on")


def _free_key(key: str, taken: Collection[str]) -> str:
    """*key*, or with a number after it: the day may have been another meeting's first."""
    others = (f"{key}-{number}" for number in count(2))
    return next(one for one in chain((key,), others) if one not in taken)


def _as_wanted(have: Meeting, wanted: Meeting, now: datetime) -> Meeting:
    """*have*, standing, when *wanted* is."""
    values: dict[str, Any] = {"state": MeetingState.BOOKED, "ical_uid": wanted.ical_uid or have.ical_uid, "words": ""}
    if _times(have) != _times(wanted):
        values |= {"starts_local": wanted.starts_local, "ends_local": wanted.ends_local}
        values["moved"] = Moved(wanted=have.day, reason=BY_THEM)
    return changed_meeting(have, now, **values)


def handed_over(meeting: Meeting, now: datetime) -> Meeting:
    """A meeting that we had called, as theirs: it stands, and is in no calendar through us any more."""
    return changed_meeting(
        meeting, now, state=MeetingState.BOOKED, booked_by_us=False, event_id="", join_url="", booked={}, answers={}
    )


def changed_meeting(meeting: Meeting, now: datetime, **values: Any) -> Meeting:
    """*meeting* with other *values*, as the next in its sequence."""
    return replace(meeting, sequence=meeting.sequence + 1, changed_at=now, **values)


def _times(meeting: Meeting) -> tuple[datetime, datetime]:
    return meeting.starts_local, meeting.ends_local


def _meeting(programme: Programme, body: Body, item: ExternalDate, now: datetime) -> Meeting:
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
