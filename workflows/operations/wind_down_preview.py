"""Tell beforehand what winding down comes to: archived places, people, answers that nobody owes, meetings and mails."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import texts
from config.programme import Programme
from config.values import Municipality
from workflows.meetings.announcements import Announcement, announcements, describe_announcements
from workflows.meetings.model import Meeting
from workflows.meetings.moves import can_change, cancelled
from workflows.ports.accounts import Recipients


@dataclass(frozen=True, kw_only=True)
class WindDownPreview:
    """One municipality or work package that ends, or goes on after all."""

    unit: str
    name: str
    is_package: bool = False
    ends: bool = True
    people: int = 0
    """Those who were let into the place, or hold a role in the work package."""
    owing: int = 0
    """Status answers that are owed and fall away."""
    meetings: int = 0
    """Meetings that are called off."""
    mails: tuple[Announcement, ...] = ()
    """What Exchange mails about those of them that stand in calendars."""


def later_meetings(
    programme: Programme, item: Municipality, meetings: Iterable[Meeting], now: datetime
) -> list[Meeting]:
    """List the meetings after a municipality's last day that are called off with it."""
    if item.until is None or item.later_meetings != "cancel":
        return []
    return [meeting for meeting in meetings if meeting.day > item.until and can_change(programme, meeting, now)]


def withdrawals(
    programme: Programme, meetings: Iterable[Meeting], *, recipients: Recipients, now: datetime
) -> tuple[Announcement, ...]:
    """Return the mails that calling off *meetings* sends."""
    gone = [cancelled(meeting, now) for meeting in meetings]
    return tuple(announcements(programme, gone, recipients=recipients, now=now))


def preview_lines(programme: Programme, previews: Sequence[WindDownPreview], *, language: str) -> list[str]:
    """Describe everything that is about to be done, each unit in its lines, with the mails below it."""
    return [line for preview in previews for line in _lines(programme, preview, language)]


def _lines(programme: Programme, preview: WindDownPreview, language: str) -> Iterator[str]:
    kind = "package" if preview.is_package else "place"
    if not preview.ends:
        yield texts.say(f"wind_down.preview_back_{kind}", language, name=preview.name)
        return
    yield texts.say(f"wind_down.preview_{kind}", language, name=preview.name, people=preview.people)
    if preview.owing:
        yield "  " + texts.say("wind_down.preview_owing", language, requests=preview.owing)
    if preview.meetings:
        yield "  " + texts.say("wind_down.preview_meetings", language, meetings=preview.meetings)
    yield from (f"    {line}" for line in describe_announcements(programme, preview.mails, language=language))
