import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import recurring_ical_events  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from integration.ics import FeedItem, clean, feed, one_line
from workflows.meetings.model import Meeting, MeetingState

OSLO = ZoneInfo("Europe/Oslo")


def item(day: str = "2026-10-13", starts: str = "09:00", **changes: Any) -> FeedItem:
    local = datetime.fromisoformat(f"{day}T{starts}")
    meeting = Meeting(
        key=f"a-dal/{day}",
        body="a-dal",
        state=MeetingState.BOOKED,
        starts_local=local,
        ends_local=local + timedelta(hours=2),
        timezone="Europe/Oslo",
        changed_at=datetime(2026, 8, 20, 8, tzinfo=UTC),
        booked_by_us=True,
    )
    return FeedItem(
        meeting=replace(meeting, **changes),
        summary="Møte: Styret i Å-dal",
        description="Alt som hører til møtet:\nhttps://service.example/moter/abc",
        address="https://service.example/moter/abc",
    )


def written(*items: FeedItem, name: str = "Å-dal: møter") -> bytes:
    return feed(name=name, source="https://service.example/kalender/abc.ics", items=items)


def test_the_feed_as_calendars_read_it() -> None:
    assert written(item()).decode().split("\r\n") == [
        "BEGIN:VCALENDAR",
        "PRODID:-//Vaare unge 365//Meetings//NO",
        "VERSION:2.0",
        "NAME:Å-dal: møter",
        "X-WR-CALNAME:Å-dal: møter",
        "SOURCE;VALUE=URI:https://service.example/kalender/abc.ics",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "BEGIN:VTIMEZONE",
        "TZID:Europe/Oslo",
        "BEGIN:STANDARD",
        "DTSTART:19701025T030000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "TZNAME:CET",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "END:STANDARD",
        "BEGIN:DAYLIGHT",
        "DTSTART:19700329T020000",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "TZNAME:CEST",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "END:DAYLIGHT",
        "END:VTIMEZONE",
        "BEGIN:VEVENT",
        "UID:a-dal/2026-10-13@vaare-unge-365",
        "DTSTAMP:20260820T080000Z",
        "LAST-MODIFIED:20260820T080000Z",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "DTSTART;TZID=Europe/Oslo:20261013T090000",
        "DTEND;TZID=Europe/Oslo:20261013T110000",
        "SUMMARY:Møte: Styret i Å-dal",
        r"DESCRIPTION:Alt som hører til møtet:\nhttps://service.example/moter/abc",
        "URL:https://service.example/moter/abc",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        pytest.param("2026-03-27", 8, id="Friday before the clocks go forward"),
        pytest.param("2026-03-30", 7, id="Monday after"),
        pytest.param("2026-10-23", 7, id="Friday before the clocks go back"),
        pytest.param("2026-10-26", 8, id="Monday after"),
        pytest.param("2026-12-31", 8, id="week 53"),
        pytest.param("2027-05-17", 7, id="17 May and Whit Monday"),
        pytest.param("2028-02-29", 8, id="29 February"),
    ],
)
def test_another_parser_reads_the_same_minutes(day: str, utc_hour: int) -> None:
    calendar = Calendar.from_ical(written(item(day)))

    (event,) = recurring_ical_events.of(calendar).at(datetime.fromisoformat(day).date())

    assert event["DTSTART"].dt.astimezone(UTC) == datetime.fromisoformat(f"{day}T{utc_hour:02}:00:00+00:00")
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(hours=2)


def test_the_zone_written_by_us_agrees_with_the_official_one() -> None:
    zone = Calendar.from_ical(written(item())).walk("VTIMEZONE")[0].to_tz()  # type: ignore[attr-defined]

    for hours in range(0, 24 * 366 * 4, 7):
        local = datetime.fromisoformat("2025-01-01T04:30") + timedelta(hours=hours)
        assert local.replace(tzinfo=zone).utcoffset() == local.replace(tzinfo=OSLO).utcoffset(), local


def test_the_same_meetings_give_the_same_bytes_in_any_order() -> None:
    first, second = item("2026-10-13"), item("2026-12-01")

    assert written(first, second) == written(second, first)


def test_cancelled_and_moved_meetings_say_so() -> None:
    content = written(item(state=MeetingState.CANCELLED, sequence=2)).decode()

    assert "STATUS:CANCELLED" in content
    assert "SEQUENCE:2" in content


def test_a_zone_that_is_not_in_the_feed_is_told_in_utc() -> None:
    assert b"DTSTART:20261013T060000Z" in written(item(timezone="Europe/Helsinki"))


@settings(max_examples=60, deadline=None)
@given(words=st.text(max_size=120))
def test_no_words_break_out_of_their_line(words: str) -> None:
    entry = replace(item(location=words), summary=words, description=words)

    content = written(entry, name=words)

    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert content.decode().count("BEGIN:") == 5
    assert str(event["DESCRIPTION"]) == clean(words)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


@given(words=st.text(alphabet="ab\n\r\x00\x0b\u2028\u202e\ufeff\u200bå"))
def test_control_and_format_characters_are_left_out(words: str) -> None:
    assert {unicodedata.category(character) for character in clean(words) if character != "\n"} <= {"Ll"}


def test_an_attack_in_a_place_stays_a_place() -> None:
    content = written(item(location="Rådhuset\r\nEND:VEVENT\r\nATTACH:http://evil.example"))

    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["LOCATION"]) == "Rådhuset END:VEVENT ATTACH:http://evil.example"
    assert "ATTACH" not in event


def from_library(entry: FeedItem) -> bytes:
    """The event as the library writes it."""
    meeting, event = entry.meeting, Event()
    event.add("uid", f"{meeting.key}@vaare-unge-365")
    event.add("dtstamp", meeting.changed_at)
    event.add("last-modified", meeting.changed_at)
    event.add("sequence", meeting.sequence)
    event.add("status", "CONFIRMED")
    event.add("dtstart", meeting.starts_local.replace(tzinfo=OSLO))
    event.add("dtend", meeting.ends_local.replace(tzinfo=OSLO))
    event.add("summary", one_line(entry.summary))
    event.add("description", clean(entry.description))
    if meeting.location:
        event.add("location", one_line(meeting.location))
    event.add("url", one_line(entry.address))
    content: bytes = event.to_ical(sorted=False)
    return content


@settings(max_examples=60, deadline=None)
@given(words=st.text(alphabet=st.sampled_from("aæøå\N{CRAB}\N{COMBINING ACUTE ACCENT} ,;:\\\\\n\"'"), max_size=200))
def test_an_event_is_written_as_the_library_writes_it(words: str) -> None:
    entry = replace(item(location="Rådhuset, 2. etasje; møterom «Ås»"), summary=words, description=words)

    assert from_library(entry) in written(entry)
