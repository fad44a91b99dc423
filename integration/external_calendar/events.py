"""One event of a file: when it is, which of a series it stands for, and whether it is off."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from integration.external_calendar.components import Component, Properties, Property, UnreadableLine
from integration.external_calendar.moments import LeftOut, Moment, moment_of
from integration.external_calendar.values import is_date, parse_date, parse_duration
from integration.external_calendar.zones import Zones
from workflows.digest import bounded
from workflows.ports.calendar import LONGEST_UID
from workflows.ports.external_calendar import ExternalDate

REPEATS = ("RRULE", "RDATE", "EXDATE", "EXRULE")
ALL_DAY_MARKS = ("X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT")
BUSY_STATUS = "X-MICROSOFT-CDO-BUSYSTATUS"
WANTED = (
    *("UID", "SEQUENCE", "RECURRENCE-ID", "DTSTART", "DTEND", "DURATION", *REPEATS),
    *("STATUS", "SUMMARY", "TRANSP", BUSY_STATUS, *ALL_DAY_MARKS),
)
LONGEST = timedelta(days=7)
"""Anything longer is no meeting."""
MIDNIGHT, LAST_MINUTE = time(), time(23, 59)
_CANCELLED = r"(?:avlyst|avlyses|kansellert|cancell?ed|aflyst|inställt|inställd|abgesagt)"
_CANCELLED_SUBJECT = re.compile(rf"\W*{_CANCELLED}\b.*|.*\b{_CANCELLED}\W*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A meeting as a reading has it, or one that is off."""

    date: ExternalDate
    is_off: bool


@dataclass(frozen=True, kw_only=True)
class Event:
    """One VEVENT. *ended*: its END was there. *calendar_is_off*: its whole calendar tells of cancellations."""

    properties: Properties
    zones: Zones
    ended: bool
    calendar_is_off: bool = False

    @property
    def uid(self) -> str:
        return bounded(self.properties.text("UID"), LONGEST_UID)

    @property
    def sequence(self) -> int:
        text = self.properties.text("SEQUENCE")
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0

    @property
    def repeats(self) -> bool:
        """True when it stands for a series."""
        return any(self.properties.stands(name) for name in ("RRULE", "RDATE", "EXRULE"))

    @property
    def recurrence(self) -> datetime | date | None:
        """
        The moment (UTC) or the day of its series that it stands for; None when it is no part of one.

        A time without a zone, which is not how it should be told, names its day. Raises LeftOut.
        """
        item = _find(self.properties, "RECURRENCE-ID")
        if item is None:
            return None
        if "RANGE" in item.params:
            raise LeftOut("bad_series")
        in_zone = item.value.endswith("Z") or "TZID" in item.params
        return moment_of(item, self.zones).utc if in_zone else _date(item.value[:8])


def event_of(component: Component, zones: Zones, *, calendar_is_off: bool) -> Event:
    """Return the event of a VEVENT."""
    return Event(
        properties=Properties(component, WANTED),
        zones=zones,
        ended=component.ended,
        calendar_is_off=calendar_is_off,
    )


def starts_of(event: Event) -> Moment:
    """Return the moment an event starts at. Raises LeftOut."""
    item = _find(event.properties, "DTSTART")
    if item is None:
        raise LeftOut("no_start")
    if is_date(item.value) or any(event.properties.text(name).upper() == "TRUE" for name in ALL_DAY_MARKS):
        raise LeftOut("all_day")
    return moment_of(item, event.zones)


def starts_before(event: Event, day: date) -> bool:
    """Return True when an event's start, whatever is wrong with the rest of it, is told for a day before *day*."""
    try:
        item = _find(event.properties, "DTSTART")
        return item is not None and parse_date(item.value[:8]) < day
    except (LeftOut, ValueError):
        return False


def length_of(event: Event) -> timedelta | None:
    """Return the time from an event's start to its end; None when it tells none, or one that is over before it began.
    Raises LeftOut."""
    starts = starts_of(event)
    end, duration = _find(event.properties, "DTEND"), _find(event.properties, "DURATION")
    length: timedelta | None = None
    if end is not None:
        if is_date(end.value):
            raise LeftOut("all_day")
        ends = moment_of(end, event.zones)
        if starts.wall.time() == MIDNIGHT and _ends_a_day(ends.wall.time()):
            raise LeftOut("all_day")
        length = ends.utc - starts.utc
    elif duration is not None:
        try:
            length = parse_duration(duration.value)
        except (ValueError, OverflowError) as exc:
            raise LeftOut("broken_entry") from exc
    if length is not None and length > LONGEST:
        raise LeftOut("too_long")
    return length if length and length > timedelta() else None


def entry_of(event: Event, zone: ZoneInfo, *, uid: str, starts: Moment | None = None) -> Entry:
    """Return an event as the meeting *uid* in the local time of *zone*; *starts*: of one meeting of its series. Raises
    LeftOut."""
    if not event.ended:
        raise LeftOut("broken_entry")
    begins, length = (starts or starts_of(event)).utc, length_of(event)
    try:
        local = begins.astimezone(zone)
        ends = None if length is None else (begins + length).astimezone(zone)
    except OverflowError as exc:
        raise LeftOut("broken_entry") from exc
    # Days that are written as times.
    if local.time() == MIDNIGHT and (ends is None or _ends_a_day(ends.time())):
        raise LeftOut("all_day")
    found = ExternalDate(
        starts=local.replace(tzinfo=None),
        ends=None if ends is None else ends.replace(tzinfo=None),
        uid=uid,
    )
    return Entry(found, is_off=is_off(event))


def is_off(event: Event) -> bool:
    """
    Return True when an event is cancelled. Raises LeftOut when only its subject says so.

    Outlook leaves cancelled meetings in the calendars of those invited: the word before the subject, the time free.
    """
    text = event.properties.text
    if event.calendar_is_off or text("STATUS").upper() == "CANCELLED":
        return True
    if not _CANCELLED_SUBJECT.fullmatch(text("SUMMARY")):
        return False
    if text("TRANSP").upper() == "TRANSPARENT" or text(BUSY_STATUS).upper() == "FREE":
        return True
    raise LeftOut("maybe_off")


def instance_uid(uid: str, recurrence: datetime | date | None) -> str:
    """Return the uid of one meeting of a series: the moment it was first meant for tells it from the others."""
    if recurrence is None or not uid:
        return uid
    return f"{uid}/{recurrence:%Y%m%dT%H%M%SZ}" if isinstance(recurrence, datetime) else f"{uid}/{recurrence:%Y%m%d}"


def _ends_a_day(moment: time) -> bool:
    return moment == MIDNIGHT or moment >= LAST_MINUTE


def _find(properties: Properties, name: str) -> Property | None:
    try:
        return properties.find(name)
    except UnreadableLine as exc:
        raise LeftOut("broken_entry") from exc


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as exc:
        raise LeftOut("broken_entry") from exc
