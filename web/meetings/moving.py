"""Parts of every page on which a meeting is moved: its form as typed, what is wrong with it, and words about times."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import texts
from config.programme import Programme
from config.values import Body
from workflows.meetings.model import Meeting
from workflows.meetings.moves import Option, spans_more_days
from workflows.privacy_guard import doubts, holds_national_id
from workflows.working_days import WorkCalendar, round_moments

MAX_REASON = 300
OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class TypedMove:
    """A person's input for a move. *starts*: None while it is no time."""

    seen: str = ""
    """The meeting's time as the form showed it."""
    choice: str = ""
    day: str = ""
    time: str = ""
    reason: str = ""
    starts: datetime | None = None


def read_move(form: Mapping[str, str]) -> TypedMove:
    """Return the input of a form; a time that is none, or has an offset, is None."""
    choice, day, time = (form.get(name, "").strip() for name in ("choice", "day", "time"))
    wanted = f"{day}T{time}" if choice == OTHER else choice
    try:
        starts = datetime.fromisoformat(wanted).replace(second=0, microsecond=0)
    except ValueError:
        starts = None
    if starts is not None and ("T" not in wanted or starts.tzinfo is not None):
        starts = None
    reason = " ".join(form.get("reason", "").split())
    seen = form.get("seen", "")
    return TypedMove(seen=seen, choice=choice, day=day, time=time, reason=reason, starts=starts)


def seen_now(typed: TypedMove, meeting: Meeting) -> TypedMove:
    """Return the input for a form that shows the meeting as it stands now."""
    return replace(typed, seen=_shown_time(meeting.starts_local))


def _shown_time(starts: datetime) -> str:
    return starts.isoformat(timespec="minutes")


def move_problems(
    typed: TypedMove, meeting: Meeting, span: tuple[date, date], now: datetime
) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """List the problems, by the field they are about."""
    problems: dict[str, tuple[str, Mapping[str, Any]]] = {}
    where = "day" if typed.choice == OTHER else "choice"
    if typed.starts is None:
        problems[where] = ("own.problem_time" if typed.choice == OTHER else "own.problem_choose", {})
    elif not span[0] <= typed.starts.date() <= span[1]:
        problems[where] = ("own.problem_when", {"first": span[0], "last": span[1]})
    elif typed.starts == meeting.starts_local:
        problems[where] = ("own.problem_same", {})
    elif typed.seen not in ("", _shown_time(meeting.starts_local)):
        problems[where] = ("own.problem_moved", {"starts": meeting.starts_local})
    elif not meeting.at(typed.starts) > now:
        problems[where] = ("own.problem_past", {})
    elif spans_more_days(meeting, typed.starts):
        problems[where] = ("own.problem_midnight", {})
    if not typed.reason:
        problems["reason"] = ("own.problem_reason", {})
    elif len(typed.reason) > MAX_REASON:
        problems["reason"] = ("own.problem_reason_long", {"most": MAX_REASON})
    elif holds_national_id(typed.reason) or doubts(typed.reason):
        problems["reason"] = ("own.problem_reason_private", {})
    return problems


def round_words(programme: Programme, body: Body, starts: datetime, now: datetime, language: str) -> str:
    """Write the effect on the round's deadline; nothing for a body without one."""
    if body.rounds is None or body.municipality is None:
        return ""
    calendar = WorkCalendar(programme, body.municipality)
    deadline = round_moments(starts, body.rounds, calendar).deadline_at
    if deadline <= now:
        return texts.say("own.confirm_round_over", language)
    local = deadline.astimezone(calendar.timezone).replace(tzinfo=None)
    return texts.say("own.confirm_deadline", language, deadline=local)


def option_words(option: Option, language: str) -> str:
    """Write a proposed time, with what speaks against it."""
    starts = texts.long_moment(option.starts_local, language)
    if not option.notes:
        return starts
    notes = texts.join([texts.say(note, language) for note in option.notes], language)
    return texts.say("own.move_note", language, starts=starts, notes=notes)
