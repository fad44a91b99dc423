"""Properties of the parsers, tried on whatever comes."""

import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from integration.external_calendar.components import Component, Properties, calendars
from integration.external_calendar.values import parse_date, parse_duration, parse_wall
from integration.external_calendar.zones import UTC_ZONE, NamedZone, Zones
from tests.integration.external_calendar.files import FIRST, LAST, OSLO, calendar_of, read, zone
from workflows.ports.external_calendar import Reading, UnreadableCalendar

WALLS = st.datetimes(min_value=datetime.fromisoformat("2020-01-01"), max_value=datetime.fromisoformat("2030-12-31"))
SECONDS = WALLS.map(lambda wall: wall.replace(microsecond=0, fold=0))
LINES = st.lists(
    st.sampled_from(
        [
            *("BEGIN:VCALENDAR", "END:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "UID:a", "UID:b", "SEQUENCE:2"),
            *("DTSTART:20270309T080000Z", "DTSTART;TZID=Nabo:20270309T090000", "DTSTART;VALUE=DATE:20270309"),
            *("DTEND:20270309T090000Z", "DURATION:PT2H", "RRULE:FREQ=WEEKLY;COUNT=3", "RRULE:FREQ=WEEKLY;INTERVAL=0"),
            *("RECURRENCE-ID:20270316T080000Z", "RECURRENCE-ID;VALUE=DATE:20270316", "EXDATE:20270316T080000Z"),
            *("STATUS:CANCELLED", "SUMMARY:Avlyst", "TRANSP:TRANSPARENT", "METHOD:CANCEL", " folded", "", "\x00", ":;"),
            "\r\n".join(zone("Nabo", "+0200", "+0300")),
        ]
    )
    | st.text(max_size=30),
    max_size=40,
)


def begins_a_calendar(content: bytes) -> bool:
    """Tell whether a line of a file begins a calendar, and none goes on with it."""
    lines = [re.sub(rb"[\x00-\x08\x0b-\x1f\x7f]", b"", line) for line in re.split(rb"[\r\n]+", content)]
    return any(
        line.strip().upper() == b"BEGIN:VCALENDAR" and not after.startswith((b" ", b"\t"))
        for line, after in pairwise([*lines, b""])
    )


@settings(deadline=None)
@example(b"BEGIN:VCALENDAR\x00")
@example(b"\x00BEGIN:VCALENDAR\r\n\x00END:VCALENDAR")
@given(st.binary(max_size=400) | LINES.map(lambda lines: "\r\n".join(lines).encode("utf-8", "replace")))
def test_whatever_comes_is_a_reading_or_no_calendar(content: bytes) -> None:
    reading, why = Reading(dates=()), ""
    try:
        reading = read(content)
    except UnreadableCalendar as refused:
        why = refused.why
    assert not (why and begins_a_calendar(content))
    assert why in ("", "not_a_calendar")
    assert list(reading.dates) == sorted(reading.dates, key=lambda item: item.starts)
    assert all(item.ends is None or item.ends > item.starts for item in reading.dates)


@settings(deadline=None)
@given(LINES)
def test_nothing_in_a_file_touches_a_meeting_beside_it(lines: list[str]) -> None:
    """Whatever stands in events that are not this one, with other uids."""
    of_others = ("BEGIN", "END", "UID", " ", "\t")
    odd = [re.sub(r"[\r\n]", "", line) for line in lines if not line.upper().startswith(of_others)]

    reading = read(calendar_of(("UID:odd", *odd), ("UID:good", "DTSTART;TZID=Europe/Oslo:20270420T090000")))

    assert [f"{item.starts:%m-%d %H}" for item in reading.dates if item.uid == "good"] == ["04-20 09"]


@settings(deadline=None)
@given(st.dates())
def test_a_date_is_read_as_it_was_written(day: date) -> None:
    assert parse_date(f"{day.year:04}{day:%m%d}") == day


@settings(deadline=None)
@given(SECONDS)
def test_a_time_is_read_as_it_was_written(wall: datetime) -> None:
    assert parse_wall(f"{wall:%Y%m%dT%H%M%S}") == wall


@settings(deadline=None)
@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=999)))
def test_a_length_is_read_as_it_was_written(length: timedelta) -> None:
    hours, rest = divmod(length.seconds, 3600)
    text = f"P{length.days}DT{hours}H{rest // 60}M{rest % 60}S"

    assert parse_duration(text) == timedelta(days=length.days, seconds=length.seconds)
    assert parse_duration(f"-{text}") == -parse_duration(text)


@pytest.mark.parametrize("parse", [parse_date, parse_wall, parse_duration])
@settings(deadline=None)
@given(text=st.text(max_size=20) | st.from_regex(r"[PT0-9DHMSWZ+-]{1,20}", fullmatch=True))
def test_anything_else_is_refused_with_one_error(parse: object, text: str) -> None:
    assert callable(parse)
    try:
        parse(text)
    except (ValueError, OverflowError):
        return
    assert any(character.isdigit() for character in text)


@settings(deadline=None)
@given(
    name=st.from_regex(r"[A-Z][A-Z0-9-]{0,10}", fullmatch=True),
    tzid=st.text(st.characters(exclude_characters='"', exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1),
    value=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))),
)
def test_a_property_is_read_as_it_was_written(name: str, tzid: str, value: str) -> None:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    component = Component(name="VEVENT", lines=[f'{name};TZID="{tzid}":{escaped}'])

    found = Properties(component, (name,)).get(name)

    assert (found.params["TZID"], found.value) == (tzid, value.strip())


(FILE,) = calendars(calendar_of(head=zone("Nabo")))
NABO = Zones(FILE.parts_named("VTIMEZONE"), last=datetime.fromisoformat("2031-12-31")).get("Nabo")


@settings(deadline=None)
@given(SECONDS)
def test_a_zone_defined_as_a_published_one_is_that_one(wall: datetime) -> None:
    moment = NamedZone(ZoneInfo(OSLO)).utc(wall)
    # No clock shows what is skipped in spring.
    assume(moment.astimezone(ZoneInfo(OSLO)).replace(tzinfo=None) == wall)

    assert NABO.utc(wall) == moment


@settings(deadline=None)
@given(SECONDS, st.integers(min_value=1, max_value=12), st.integers(min_value=1, max_value=20))
def test_a_series_in_utc_is_that_many_meetings_apart(wall: datetime, interval: int, count: int) -> None:
    wall = wall.replace(hour=12)
    rule = f"RRULE:FREQ=WEEKLY;INTERVAL={interval};COUNT={count}"

    reading = read(calendar_of(("UID:a", f"DTSTART:{wall:%Y%m%dT%H%M%SZ}", rule)))

    meant = [UTC_ZONE.utc(wall) + timedelta(weeks=interval) * number for number in range(count)]
    local = [moment.astimezone(ZoneInfo(OSLO)).replace(tzinfo=None) for moment in meant]
    assert [item.starts for item in reading.dates] == [item for item in local if FIRST <= item.date() <= LAST]
