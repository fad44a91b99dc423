"""Calendar feeds: meetings as an iCalendar file (RFC 5545, RFC 7986) that calendars subscribe to."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, vText

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
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", vText(one_line(name)))
    calendar.add("source", one_line(source), parameters={"VALUE": "URI"})
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    events = [_event(item) for item in sorted(items, key=lambda item: (item.meeting.starts_at, item.meeting.key))]
    calendar.add_component(Timezone.from_ical(OSLO))
    for event in events:
        calendar.add_component(event)
    content: bytes = calendar.to_ical(sorted=False)
    return content


def _event(item: FeedItem) -> Event:
    meeting = item.meeting
    event = Event()
    event.add("uid", f"{meeting.key}@{OURS}")
    event.add("dtstamp", meeting.changed_at.astimezone(UTC))
    event.add("last-modified", meeting.changed_at.astimezone(UTC))
    event.add("sequence", meeting.sequence)
    event.add("status", _STATUS[meeting.state])
    event.add("dtstart", _moment(meeting.starts_local, meeting.timezone))
    event.add("dtend", _moment(meeting.ends_local, meeting.timezone))
    event.add("summary", one_line(item.summary))
    event.add("description", clean(item.description))
    if meeting.location:
        event.add("location", one_line(meeting.location))
    event.add("url", one_line(item.address))
    return event


def _moment(local: datetime, timezone: str) -> datetime:
    moment = local.replace(tzinfo=ZoneInfo(timezone))
    # Only Oslo's rules stand in the feed; anything else is told in UTC.
    return moment if timezone == OSLO_ID else moment.astimezone(UTC)


def clean(text: str) -> str:
    """*text* without control, format and separator characters that calendars stumble over; line breaks stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))


def one_line(text: str) -> str:
    """*text* cleaned, on one line."""
    return " ".join(clean(text).split())
