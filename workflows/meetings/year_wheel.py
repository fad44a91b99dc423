"""The year wheel (årshjul) of a municipality or of the programme, as a value: what lies where in a year."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import texts
from config.programme import Programme
from config.values import Body, BodyKind
from documents.year_wheel import Ring, Stretch, YearWheel
from workflows.meetings.commitments import by_day
from workflows.meetings.model import Meeting
from workflows.working_days import DayOff, WorkCalendar, round_moments

BREAKS = (DayOff.AUTUMN, DayOff.CHRISTMAS, DayOff.WINTER, DayOff.EASTER, DayOff.SUMMER)
MOST_APART = timedelta(days=4)
"""Days off of one kind that lie this near each other are one break: a weekend or a holiday stands between them."""
OFTEN = (BodyKind.LEAD_TEAM,)
"""Meets every week, which would hide everything else."""


def year_wheel(
    programme: Programme, bodies: Sequence[Body], meetings: Iterable[Meeting], *, name: str, year: int, language: str
) -> YearWheel:
    """The wheel of those *bodies* of one municipality, or of those common to the programme."""
    municipality = next((body.municipality for body in bodies), None)
    calendar = WorkCalendar(programme, municipality)
    known = {body.key: body for body in bodies if body.kind not in OFTEN}
    mine = [meeting for meeting in meetings if meeting.stands and meeting.body in known]
    stretches = [_meeting(known[meeting.body], meeting, language) for meeting in mine]
    stretches += [item for meeting in mine for item in _rounds(known[meeting.body], meeting, calendar, language)]
    stretches += _breaks(calendar, year, language)
    levels = ("municipality" if municipality else "county", "both", "not_stated")
    return YearWheel(
        name=name,
        year=year,
        stretches=tuple(
            sorted(
                (item for item in stretches if item.first.year <= year <= item.last.year),
                key=lambda item: (item.first, item.last, item.ring, item.name),
            )
        ),
        activities=tuple(item.text for item in programme.activities if item.level in levels and year in item.years),
    )


def _meeting(body: Body, meeting: Meeting, language: str) -> Stretch:
    name = texts.say("meetings.subject", language, body=body.name)
    last, _, _ = by_day(meeting.starts_local, meeting.ends_local)[-1]
    return Stretch(ring=Ring.MEETING, first=meeting.day, last=last, name=name)


def _rounds(body: Body, meeting: Meeting, calendar: WorkCalendar, language: str) -> list[Stretch]:
    if body.rounds is None or body.kind is not BodyKind.LOCAL_BOARD:
        return []
    moments, zone = round_moments(meeting.starts_local, body.rounds, calendar), ZoneInfo(meeting.timezone)
    first, last = (moment.astimezone(zone).date() for moment in (moments.opens_at, moments.deadline_at))
    return [Stretch(ring=Ring.ROUND, first=first, last=last, name=texts.say("meetings.wheel_round", language))]


def _breaks(calendar: WorkCalendar, year: int, language: str) -> list[Stretch]:
    """The school breaks that touch a year, whole: Christmas belongs to two."""
    found: list[Stretch] = []
    first = date(year, 1, 1) - timedelta(days=31)
    for day in (first + timedelta(days=number) for number in range(366 + 62)):
        kind = calendar.day_off_reason(day)
        if kind not in BREAKS:
            continue
        name = texts.say(kind.text_key, language)
        before = next((item for item in reversed(found) if item.name == name), None)
        if before is not None and day - before.last <= MOST_APART:
            found[found.index(before)] = Stretch(ring=Ring.BREAK, first=before.first, last=day, name=name)
        else:
            found.append(Stretch(ring=Ring.BREAK, first=day, last=day, name=name))
    return found
