"""iCalendar files as other programs write them."""

from collections.abc import Sequence
from datetime import date

from integration.external_calendar.reading import read_calendar
from workflows.ports.external_calendar import Reading

OSLO = "Europe/Oslo"
FIRST, LAST = date(2026, 8, 20), date(2028, 12, 31)


def calendar(*lines: str, head: Sequence[str] = ()) -> bytes:
    """Return a calendar of one event with a uid."""
    return calendar_of(("UID:a", *lines), head=head)


def calendar_of(*events: Sequence[str], head: Sequence[str] = ()) -> bytes:
    """Return a calendar of *events*; *head*: lines before them."""
    lines = [line for event in events for line in ("BEGIN:VEVENT", "DTSTAMP:20260801T000000Z", *event, "END:VEVENT")]
    content = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *head, *lines, "END:VCALENDAR", ""))
    return content.encode()


def zone(tzid: str, standard: str = "+0100", daylight: str = "+0200") -> tuple[str, ...]:
    """Return the definition of a zone with Europe's changes of clocks, as Outlook writes it."""
    return (
        "BEGIN:VTIMEZONE",
        f"TZID:{tzid}",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000",
        f"TZOFFSETFROM:{daylight}",
        f"TZOFFSETTO:{standard}",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010101T020000",
        f"TZOFFSETFROM:{standard}",
        f"TZOFFSETTO:{daylight}",
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
    )


def read(content: bytes) -> Reading:
    """Return what the reader makes of a file."""
    return read_calendar(content, OSLO, first=FIRST, last=LAST)


def starts(reading: Reading) -> list[str]:
    """Return when its meetings start, for people to compare."""
    return [f"{item.starts:%Y-%m-%d %H:%M}" for item in reading.dates]
