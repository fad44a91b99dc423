"""Meetings put into words, and into data for programs: dates, reasons, changes, and weeks without a date."""

from collections.abc import Iterable
from typing import Any

import texts
from config.programme import Programme
from workflows.meetings.model import Meeting, MeetingState, NoDate
from workflows.meetings.plan import is_moved_by_people


def describe(programme: Programme, meetings: Iterable[Meeting], *, language: str = "nb") -> list[str]:
    """One line a meeting, in the order of time."""
    names = {body.key: body.name for body in programme.bodies}
    return [
        texts.say(
            "meetings.line",
            language,
            starts=meeting.starts_local,
            ends=texts.end_of(meeting.starts_local, meeting.ends_local, language),
            body=names.get(meeting.body, meeting.body),
            state=texts.say(state_key(meeting), language),
            why=explain(meeting, language),
        ).rstrip()
        for meeting in sorted(meetings, key=lambda meeting: (meeting.starts_local, meeting.key))
    ]


def state_key(meeting: Meeting) -> str:
    """The text of a meeting's state."""
    if meeting.state is MeetingState.BOOKED and not meeting.booked_by_us:
        return "meetings.state_theirs"
    return f"meetings.state_{meeting.state.value}"


def explain(meeting: Meeting, language: str = "nb") -> str:
    """Explain why a meeting is not on the rhythm's day; empty when it is."""
    moved = meeting.moved
    if moved is None:
        return ""
    reason = texts.say(moved.reason, language)
    if moved.wanted == meeting.day:
        return texts.say("meetings.other_time", language, reason=reason)
    return texts.say("meetings.moved", language, day=moved.wanted, reason=reason)


def explain_change(meeting: Meeting, language: str = "nb") -> list[str]:
    """Explain a change of a meeting that people knew of; empty when there was none."""
    lines = []
    if not meeting.stands:
        lines.append(texts.say("meetings.page_cancelled", language))
    elif meeting.moved is not None and is_moved_by_people(meeting):
        same_day = meeting.moved.wanted == meeting.day
        key = "meetings.told_moved_time" if same_day else "meetings.told_moved"
        lines.append(texts.say(key, language, **({} if same_day else {"was": meeting.moved.wanted})))
    if lines and meeting.words:
        lines.append(texts.say("meetings.notice_reason", language, reason=meeting.words))
    return lines


def explain_missing(programme: Programme, missing: NoDate, *, language: str = "nb") -> str:
    """Explain why a body has no date in some weeks, or what speaks against an announced one."""
    problem = missing.problem
    values: dict[str, Any] = {"body": programme.body(missing.body).name, "first": problem.first}
    values["reasons"] = texts.join((_reason(key, number, language) for key, number in problem.reasons), language)
    if problem.announced:
        return texts.say("meetings.unfit", language, **values)
    if problem.first == problem.last:
        return texts.say("meetings.no_day", language, **values)
    return texts.say("meetings.no_date", language, **values, last=problem.last)


def _reason(key: str, number: int, language: str) -> str:
    """A reason with the number of days it holds for, where it is about days."""
    reason = texts.say(key, language)
    if number == 0:
        return reason
    if number == 1:
        return texts.say("meetings.reason_day", language, reason=reason)
    return texts.say("meetings.reason_days", language, reason=reason, days=number)


def missing_as_data(problems: Iterable[NoDate]) -> list[dict[str, Any]]:
    """Return the weeks without a date as data, for programs."""
    return [
        {
            "body": item.body,
            "first": item.problem.first.isoformat(),
            "last": item.problem.last.isoformat(),
            "announced": item.problem.announced,
            "reasons": [{"reason": reason, "days": number} for reason, number in item.problem.reasons],
        }
        for item in problems
    ]


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
