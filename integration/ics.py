"""Calendar feeds: meetings as an iCalendar file (RFC 5545, RFC 7986) that calendars subscribe to."""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Timezone, vText

from workflows.meetings.model import Meeting, MeetingState

PRODUCT = "-//Vaare unge 365//Meetings//NO"
OURS = "vaare-unge-365"
REFRESH = timedelta(hours=6)
# Written by us because the library would list every change of clocks from 1970 on, which Outlook reads an hour wrong.
OSLO = """\
BEGIN:VTIMEZONE
TZID:Europe/Oslo
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""
OSLO_ID = "Europe/Oslo"
END = b"END:VCALENDAR\r\n"
_STATUS = {
    MeetingState.PLANNED: "TENTATIVE",
    MeetingState.BOOKED: "CONFIRMED",
    MeetingState.CANCELLED: "CANCELLED",
}


@dataclass(frozen=True, kw_only=True)
class FeedItem:
    """A meeting as its subscribers read it; *address* leads to its papers."""

    meeting: Meeting
    summary: str
    description: str
    address: str


def feed(*, name: str, source: str, items: Iterable[FeedItem]) -> bytes:
    """
    The feed *name*, which stands at the address *source*.

    The same meetings give the same bytes. Cancelled meetings stay in, so that they disappear from calendars. Whatever
    stands in the texts, they stay texts: control and formatting characters are left out. A calendar to subscribe to is
    nobody's message: it has no METHOD, which would ask for an ORGANIZER (RFC 5546, 3.2.1).
    """
    in_order = sorted(items, key=lambda item: (item.meeting.starts_at, item.meeting.key))
    head, end = frame(name=name, source=source)
    return b"".join((head, *(event(item) for item in in_order), end))


def frame(*, name: str, source: str) -> tuple[bytes, bytes]:
    """Return what stands before the events of a feed, and what stands after them."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", vText(one_line(name)))
    calendar.add("source", one_line(source), parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add_component(Timezone.from_ical(OSLO))
    written: bytes = calendar.to_ical(sorted=False)
    return written[: -len(END)], written[-len(END) :]


def event(item: FeedItem) -> bytes:
    """
    Return one event of a feed.

    Written by hand: a county lead's feed has thousands, and the library takes a millisecond for each. A test holds that
    both write the same.
    """
    return b"".join(_lines(item))


def _lines(item: FeedItem) -> Iterator[bytes]:
    meeting, changed = item.meeting, f"{item.meeting.changed_at.astimezone(UTC):{_MOMENT}}Z"
    yield b"BEGIN:VEVENT\r\n"
    yield _line("UID", _escaped(f"{meeting.key}@{OURS}"))
    yield _line("DTSTAMP", changed)
    yield _line("LAST-MODIFIED", changed)
    yield _line("SEQUENCE", str(meeting.sequence))
    yield _line("STATUS", _STATUS[meeting.state])
    yield _moment("DTSTART", meeting.starts_local, meeting.timezone)
    yield _moment("DTEND", meeting.ends_local, meeting.timezone)
    yield _line("SUMMARY", _escaped(one_line(item.summary)))
    yield _line("DESCRIPTION", _escaped(clean(item.description)))
    if meeting.location:
        yield _line("LOCATION", _escaped(one_line(meeting.location)))
    yield _line("URL", one_line(item.address))
    yield b"END:VEVENT\r\n"


_MOMENT = "%Y%m%dT%H%M%S"
_LONGEST = 74
"""Bytes of a line: 75 with the sign that the next one is its continuation."""


def _line(name: str, value: str) -> bytes:
    """Return a content line, folded between characters (RFC 5545, 3.1)."""
    line = f"{name}:{value}".encode()
    if len(line) <= _LONGEST:
        return line + b"\r\n"
    parts, start = [], 0
    while start < len(line):
        end = start + _LONGEST
        while end < len(line) and line[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(line[start:end])
        start = end
    return b"\r\n ".join(parts) + b"\r\n"


def _escaped(text: str) -> str:
    """Return a text as a value (RFC 5545, 3.3.11)."""
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _moment(name: str, local: datetime, timezone: str) -> bytes:
    # Only Oslo's rules stand in the feed; anything else is told in UTC.
    if timezone == OSLO_ID:
        return _line(f"{name};TZID={OSLO_ID}", f"{local:{_MOMENT}}")
    return _line(name, f"{local.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC):{_MOMENT}}Z")


def clean(text: str) -> str:
    """*text* without control, format and separator characters that calendars stumble over; line breaks stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.replace("\n", "").isprintable():
        return text
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))


def one_line(text: str) -> str:
    """*text* cleaned, on one line."""
    return " ".join(clean(text).split())
