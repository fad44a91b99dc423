"""Files that would take for ever, or all memory, read in a process that is ended."""

import pytest

from integration import their_calendar
from integration.external_calendar.transfer import from_data, to_data
from integration.their_calendar import read_dates
from tests.integration.external_calendar.files import FIRST, LAST, OSLO, calendar_of, read, zone
from workflows.ports.external_calendar import Reading, UnreadableCalendar

GOOD = ("UID:good", "DTSTART:20270309T080000Z")
NEVER = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"


def read_apart(content: bytes) -> Reading:
    return read_dates(content, OSLO, first=FIRST, last=LAST)


def test_a_reading_comes_back_from_its_process_as_it_was() -> None:
    content = calendar_of(
        GOOD,
        ("UID:b", "DTSTART:20270309T100000Z", "DTEND:20270309T110000Z", "STATUS:CANCELLED"),
        ("UID:c", "DTSTART:20270401T100000"),
        ("UID:d", "DTSTART:20270501T100000Z", "DURATION:PT1H"),
    )

    assert read_apart(content) == read(content) == from_data(to_data(read(content)))


def test_what_is_no_calendar_is_told_by_its_process() -> None:
    with pytest.raises(UnreadableCalendar) as refused:
        read_apart(b"<html>")

    assert refused.value.why == "not_a_calendar"


def test_rules_that_never_come_true_cost_themselves_and_seconds() -> None:
    """Each alone would be tried until the year 9999."""
    series = [(f"UID:{number}", "DTSTART:20260101T080000Z", f"RRULE:{NEVER}") for number in range(20)]

    reading = read_apart(calendar_of(GOOD, *series))

    assert [item.uid for item in reading.dates] == ["good"]
    assert reading.left_out == {"slow_series": 20}


def test_a_zone_whose_rule_never_comes_true_costs_its_events() -> None:
    endless = [line.replace("FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3", NEVER) for line in zone("Egen")]

    reading = read_apart(calendar_of(GOOD, ("UID:b", "DTSTART;TZID=Egen:20270309T090000"), head=endless))

    assert ([item.uid for item in reading.dates], reading.left_out) == (["good"], {"unknown_zone": 1})


def test_a_file_of_nothing_but_ends_is_read_at_once() -> None:
    reading = read_apart(b"BEGIN:VCALENDAR\r\n" + b"BEGIN:A\r\n" * 60_000 + b"END:B\r\n" * 60_000)

    assert reading.left_out == {"cut_short": 1}


def test_a_process_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(their_calendar, "READ_WITHIN", their_calendar.READ_WITHIN * 0)

    with pytest.raises(UnreadableCalendar) as refused:
        read_apart(calendar_of(GOOD))

    assert refused.value.why == "too_slow"
