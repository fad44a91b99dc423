"""Time zones: as published by name, else as each file means them, else unknown."""

import asyncio
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from tests.integration.external_calendar.files import calendar_of, read, starts, zone

EXCHANGE = "Customized Time Zone"
"""Exchange calls every zone of somebody's own so; its meaning stands in each file."""


def at_nine(tzid: str, head: tuple[str, ...] = (), day: str = "20270309") -> bytes:
    return calendar_of(("UID:a", f"DTSTART;TZID={tzid}:{day}T090000"), head=head)


def test_a_zone_is_as_its_own_file_defines_it_whatever_was_read_before() -> None:
    finland, norway, undefined = (
        at_nine(EXCHANGE, zone(EXCHANGE, "+0200", "+0300")),
        at_nine(EXCHANGE, zone(EXCHANGE)),
        at_nine(EXCHANGE),
    )

    for _ in range(2):
        assert starts(read(finland)) == ["2027-03-09 08:00"]
        assert starts(read(norway)) == ["2027-03-09 09:00"]
        assert read(undefined).left_out == {"unknown_zone": 1}


def test_a_zone_that_the_library_remembers_from_elsewhere_is_unknown() -> None:
    """Feeds that are read with icalendar leave their zones in the process."""
    Calendar.from_ical(at_nine("Radhuset", zone("Radhuset")))

    assert read(at_nine("Radhuset")).left_out == {"unknown_zone": 1}


async def test_calendars_read_side_by_side_keep_to_their_own_zones() -> None:
    files = {hours: at_nine(EXCHANGE, zone(EXCHANGE, f"+{hours:02}00", f"+{hours + 1:02}00")) for hours in range(1, 9)}

    readings = await asyncio.gather(*(asyncio.to_thread(read, content) for content in files.values()))

    assert [starts(reading) for reading in readings] == [[f"2027-03-09 {10 - hours:02}:00"] for hours in files]


@pytest.mark.parametrize("name", ["Europe/Oslo", "europe/oslo"])
@pytest.mark.parametrize("day", ["20270309", "20270615"])
def test_a_name_of_iana_s_means_what_it_means_everywhere(name: str, day: str) -> None:
    of_elsewhere = zone(name, "+0500", "+0500")

    (start,) = starts(read(at_nine(name, of_elsewhere, day)))

    assert start.endswith("09:00")


WINDOWS = "W. Europe Standard Time"


@pytest.mark.parametrize("day", ["20270309", "20270615"])
@pytest.mark.parametrize(
    "definition",
    [
        pytest.param((), id="not defined"),
        pytest.param(zone(WINDOWS), id="as Outlook defines it"),
        pytest.param(zone(WINDOWS, "0100", "0200"), id="not for certain"),
        pytest.param(("BEGIN:VTIMEZONE", f"TZID:{WINDOWS}", "END:VTIMEZONE"), id="a name only"),
    ],
)
def test_a_name_of_windows_means_what_windows_means(definition: tuple[str, ...], day: str) -> None:
    (start,) = starts(read(at_nine(WINDOWS, definition, day)))

    assert start.endswith("09:00")


def test_a_name_of_windows_with_rules_of_the_file_s_own_means_those_in_that_file_alone() -> None:
    without_summer_time = at_nine(WINDOWS, zone(WINDOWS, "+0100", "+0100"), "20270615")

    assert starts(read(without_summer_time)) == ["2027-06-15 10:00"]
    assert starts(read(at_nine(WINDOWS, day="20270615"))) == ["2027-06-15 09:00"]


@pytest.mark.parametrize(("day", "hour"), [("20270309", 8), ("20270615", 8), ("20280101", 8)])
def test_a_zone_of_the_file_s_own_keeps_its_summer_time(day: str, hour: int) -> None:
    (start,) = read(at_nine("Nabolandet", zone("Nabolandet", "+0200", "+0300"), day)).dates

    assert start.starts.hour == hour


@pytest.mark.parametrize(
    ("moment", "local"),
    [
        pytest.param("20271031T013000", "2027-10-31 00:30", id="before the clocks go back"),
        pytest.param("20271031T023000", "2027-10-31 01:30", id="the first of two half past twos"),
        pytest.param("20271031T033000", "2027-10-31 02:30", id="after"),
        pytest.param("20270328T033000", "2027-03-28 01:30", id="in spring"),
    ],
)
def test_the_night_the_clocks_change_is_read_to_the_hour(moment: str, local: str) -> None:
    """Finland's rules under a name of the file's own; its clocks change at three and four."""
    definition = tuple(
        line.replace("T030000", "T040000").replace("T020000", "T030000") for line in zone("Nabo", "+0200", "+0300")
    )

    assert starts(read(calendar_of(("UID:a", f"DTSTART;TZID=Nabo:{moment}"), head=definition))) == [local]


def changed(old: str, new: str, tzid: str = "Vestfold") -> tuple[str, ...]:
    lines = zone(tzid)
    assert any(old in line for line in lines)
    return tuple(line.replace(old, new) for line in lines)


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param(zone("Vestfold", "0100", "0200"), id="offsets without a sign"),
        pytest.param(changed("+0200", "+2"), id="half an offset"),
        pytest.param(changed("+0200", "+0260"), id="sixty minutes"),
        pytest.param(changed("+0200", "+2500"), id="more than a day"),
        pytest.param(changed("TZOFFSETFROM", "X-OFFSET"), id="no offset before"),
        pytest.param(changed("DTSTART", "X-START"), id="no start"),
        pytest.param(changed("FREQ=YEARLY", "FREQ=HOURLY"), id="hourly"),
        pytest.param(changed("BYMONTH=10", "BYMONTH=13"), id="a thirteenth month"),
        pytest.param(changed("16010101", "20280101"), id="rules that begin later"),
        pytest.param(("BEGIN:VTIMEZONE", "TZID:Vestfold", "END:VTIMEZONE"), id="a name only"),
        pytest.param((*zone("Vestfold"), *zone("Vestfold", "+0200", "+0300")), id="two definitions"),
        pytest.param(zone("Vestfold")[:-1], id="no end"),
    ],
)
def test_a_zone_that_is_not_certain_costs_its_events_and_no_others(definition: tuple[str, ...]) -> None:
    events = ("UID:a", "DTSTART;TZID=Vestfold:20270309T090000"), ("UID:b", "DTSTART:20270420T070000Z")

    reading = read(calendar_of(*events, head=definition))

    assert (starts(reading), reading.left_out) == (["2027-04-20 09:00"], {"unknown_zone": 1})


def test_the_same_definition_twice_is_one() -> None:
    assert starts(read(at_nine("Nabo", (*zone("Nabo"), *zone("Nabo"))))) == ["2027-03-09 09:00"]


def test_an_old_program_s_long_name_is_the_zone_it_ends_in() -> None:
    assert starts(read(at_nine("/example.org/20050126_1/Europe/Oslo"))) == ["2027-03-09 09:00"]


def test_a_series_in_a_zone_of_its_own_keeps_its_hour_when_the_clocks_change() -> None:
    reading = read(
        calendar_of(
            ("UID:a", "DTSTART;TZID=Nabo:20270310T090000", "RRULE:FREQ=WEEKLY;COUNT=4"),
            head=zone("Nabo", "+0200", "+0300"),
        )
    )

    assert {item.starts.time() for item in reading.dates} == {datetime.fromisoformat("2027-03-10T08:00").time()}
    assert reading.dates[-1].starts - reading.dates[0].starts == timedelta(weeks=3)
