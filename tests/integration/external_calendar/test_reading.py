"""Calendars of municipalities, read from text."""

from datetime import date, datetime, timedelta

import pytest

from integration.external_calendar.reading import MOST_DATES
from tests.integration.external_calendar.files import FIRST, calendar, calendar_of, read, starts
from workflows.ports.external_calendar import ExternalDate, UnreadableCalendar


@pytest.mark.parametrize(
    ("lines", "starts", "ends"),
    [
        pytest.param(
            ("DTSTART;TZID=Europe/Oslo:20261026T090000", "DTEND;TZID=Europe/Oslo:20261026T110000"),
            "2026-10-26T09:00",
            "2026-10-26T11:00",
            id="our zone",
        ),
        pytest.param(
            ("DTSTART:20260907T070000Z", "DURATION:PT90M"),
            "2026-09-07T09:00",
            "2026-09-07T10:30",
            id="UTC and a length",
        ),
        pytest.param(
            ("DTSTART;TZID=W. Europe Standard Time:20270329T090000",),
            "2027-03-29T09:00",
            None,
            id="as Windows names it",
        ),
        pytest.param(("DTSTART;TZID=Europe/Oslo:20280229T090000",), "2028-02-29T09:00", None, id="a leap day"),
    ],
)
def test_a_meeting_is_read_in_local_time(lines: tuple[str, ...], starts: str, ends: str | None) -> None:
    reading = read(calendar(*lines))

    end = None if ends is None else datetime.fromisoformat(ends)
    assert reading.dates == (ExternalDate(starts=datetime.fromisoformat(starts), ends=end, uid="a"),)
    assert reading.is_complete(FIRST)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        pytest.param(("DTSTART;TZID=Europa/Åsgårdstrand:20261026T090000",), "unknown_zone", id="an unknown zone"),
        pytest.param(("DTSTART:20261026T090000",), "no_zone", id="no zone"),
        pytest.param(("DTSTART;VALUE=DATE:20261026",), "all_day", id="no time of day"),
        pytest.param(("DTSTART:20261026T080000Z", "RRULE:FREQ=HOURLY"), "bad_series", id="every hour"),
        pytest.param(("DTSTART:20261026T080000Z", "RRULE:FREQ=DAILY;BYMINUTE=0,1"), "bad_series", id="every minute"),
        pytest.param(("DTSTART:20261026T080000Z", "RRULE:FREQ=WEEKLY;INTERVAL=0"), "bad_series", id="for ever at once"),
        pytest.param(("DTSTART:20261026T080000Z", "RRULE:FREQ=WEEKLY;BYDAY=XX"), "bad_series", id="no weekday"),
        pytest.param(("DTSTART:20261026T080000Z", "RRULE:COUNT=3"), "bad_series", id="a rule that says nothing"),
        pytest.param(("DTSTART;VALUE=DATE:20261026", "RRULE:FREQ=YEARLY"), "all_day", id="a birthday"),
        pytest.param((), "no_start", id="no start"),
        pytest.param(("DTSTART:2026",), "broken_entry", id="half a date"),
        pytest.param(("DTSTART:20261026T080000Z", "DURATION:long"), "broken_entry", id="no length"),
        pytest.param(("DTSTART:20261026T080000Z", "RECURRENCE-ID:x"), "broken_entry", id="of no series"),
        pytest.param(("DTSTART:99991231T230000Z",), "broken_entry", id="at the end of time"),
    ],
)
def test_what_has_no_certain_time_is_left_out_and_counted(lines: tuple[str, ...], why: str) -> None:
    reading = read(calendar(*lines))

    assert (reading.dates, reading.left_out, reading.is_complete(FIRST)) == ((), {why: 1}, False)


def test_what_could_not_be_placed_and_is_over_is_no_problem() -> None:
    reading = read(calendar_of(("UID:a", "DTSTART:20261026T080000Z"), ("UID:b", "DTSTART;VALUE=DATE:20250101")))

    assert (len(reading.dates), reading.is_complete(FIRST)) == (1, True)


def test_a_series_is_read_to_the_last_day_in_local_time_on_both_sides_of_the_change_of_clocks() -> None:
    """Every sixth week, as Outlook publishes it: the hour stays when the clocks change."""
    reading = read(
        calendar(
            "DTSTART;TZID=W. Europe Standard Time:20260917T120000",
            "DTEND;TZID=W. Europe Standard Time:20260917T140000",
            "RRULE:FREQ=WEEKLY;INTERVAL=6;UNTIL=20270104T000000Z",
        )
    )

    starts = [datetime(2026, 9, 17, 12), datetime(2026, 10, 29, 12), datetime(2026, 12, 10, 12)]  # noqa: DTZ001
    assert [item.starts for item in reading.dates] == starts
    assert {item.ends - item.starts for item in reading.dates if item.ends} == {timedelta(hours=2)}
    assert [item.uid for item in reading.dates] == ["a/20260917T100000Z", "a/20261029T110000Z", "a/20261210T110000Z"]
    assert reading.is_complete(FIRST)


def test_a_series_without_an_end_is_read_within_the_dates_that_were_asked_for() -> None:
    reading = read(calendar("DTSTART;TZID=Europe/Oslo:20200107T090000", "RRULE:FREQ=MONTHLY;BYDAY=1TU"))

    assert reading.dates[0].starts.date() == date(2026, 9, 1)
    assert reading.dates[-1].starts.date() == date(2028, 12, 5)


def test_days_that_were_taken_out_added_moved_and_called_off_are_as_they_are_now() -> None:
    reading = read(
        calendar_of(
            (
                "UID:a",
                "DTSTART;TZID=Europe/Oslo:20260901T090000",
                "DURATION:PT2H",
                "RRULE:FREQ=WEEKLY;COUNT=4",
                "EXDATE;TZID=Europe/Oslo:20260908T090000",
                "RDATE;TZID=Europe/Oslo:20261002T090000",
            ),
            ("UID:a", "RECURRENCE-ID;TZID=Europe/Oslo:20260915T090000", "DTSTART;TZID=Europe/Oslo:20260916T100000"),
            (
                "UID:a",
                "RECURRENCE-ID;TZID=Europe/Oslo:20260922T090000",
                "DTSTART;TZID=Europe/Oslo:20260922T090000",
                "STATUS:CANCELLED",
            ),
        )
    )

    assert [(item.starts.isoformat(timespec="hours"), item.uid) for item in reading.dates] == [
        ("2026-09-01T09", "a/20260901T070000Z"),
        ("2026-09-16T10", "a/20260915T070000Z"),
        ("2026-10-02T09", "a/20261002T070000Z"),
    ]
    assert reading.called_off == {"a/20260922T070000Z"}


def test_a_uid_that_several_events_share_tells_nothing() -> None:
    reading = read(calendar_of(("UID:a", "DTSTART:20261026T080000Z"), ("UID:a", "DTSTART:20261130T080000Z")))

    assert [item.uid for item in reading.dates] == ["", ""]


def test_a_meeting_that_is_called_off_is_named() -> None:
    assert read(calendar("DTSTART:20261026T080000Z", "STATUS:CANCELLED")).called_off == {"a"}


def test_a_cancelled_meeting_is_none() -> None:
    assert read(calendar("DTSTART:20261026T080000Z", "STATUS:CANCELLED")).dates == ()


def test_only_a_file_without_a_calendar_is_called_none() -> None:
    with pytest.raises(UnreadableCalendar) as refused:
        read(b"<html>")

    assert refused.value.why == "not_a_calendar"


# ------------------------------------------------------------------------------------------------------ odd files


MEETING = ("UID:a", "DTSTART;TZID=Europe/Oslo:20270309T090000")


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("REFRESH-INTERVAL:VALUE=DURATION:PT1H", id="a colon for a semicolon"),
        pytest.param("X-WR-CALNAME", id="a name alone"),
        pytest.param("LAST-MODIFIED:2026-11-01", id="a date of another kind"),
        pytest.param("Husk sakspapirer", id="a line of a text that was not folded"),
        pytest.param("END:VALARM", id="an end of nothing"),
        pytest.param("BEGIN:VTODO\r\nSUMMARY:Ring", id="another entry without an end"),
    ],
)
def test_an_odd_line_that_no_meeting_needs_costs_nothing(odd: str) -> None:
    reading = read(calendar_of(MEETING, head=(odd,)))

    assert (starts(reading), reading.left_out) == (["2027-03-09 09:00"], {})


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(("UID:b", "DTSTART"), id="a start without a value"),
        pytest.param(("UID:b", "DTSTART:20270413T070000Z", "DTSTART:20270414T070000Z"), id="two starts"),
        pytest.param(("UID:b", "DTSTART;TZID:20270413T070000"), id="a zone without a name"),
        pytest.param(("UID:b", "DTSTART;TZID=Europe/Oslo:20270413T090000Z"), id="a zone and UTC at once"),
        pytest.param(
            ("UID:b", "DTSTART:20270413T070000Z", "BEGIN:VALARM", "BEGIN:VEVENT"), id="an event without an end"
        ),
    ],
)
def test_an_odd_event_costs_itself_and_is_counted(odd: tuple[str, ...]) -> None:
    reading = read(calendar_of(odd, MEETING))

    assert starts(reading) == ["2027-03-09 09:00"]
    assert set(reading.left_out) <= {"broken_entry", "no_start"}
    assert not reading.is_complete(FIRST)


def test_an_alarm_s_length_is_not_the_meeting_s() -> None:
    reading = read(calendar_of((*MEETING, "DURATION:PT1H", "BEGIN:VALARM", "DURATION:PT5M", "END:VALARM")))

    assert [item.ends for item in reading.dates] == [datetime.fromisoformat("2027-03-09T10:00")]


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes_and_calls_nothing_off() -> None:
    whole = calendar_of(MEETING, ("UID:b", "DTSTART:20270413T070000Z"))

    reading = read(whole[: whole.rindex(b"DTSTART")])

    assert starts(reading) == ["2027-03-09 09:00"]
    assert reading.left_out == {"cut_short": 1, "broken_entry": 1}
    assert not reading.is_complete(FIRST)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(calendar_of(MEETING).replace(b"\r\n", b"\n"), id="other line ends"),
        pytest.param(b"\xef\xbb\xbf" + calendar_of(MEETING), id="a byte order mark"),
        pytest.param(calendar_of(MEETING).decode().encode("utf-16"), id="UTF-16"),
        pytest.param(
            calendar_of((*MEETING, "SUMMARY:Møte")).decode().encode("latin-1"),
            id="latin-1",
        ),
        pytest.param(calendar_of(MEETING).replace(b"20270309", b"202703\r\n 09"), id="a folded start"),
        pytest.param(calendar_of(MEETING).replace(b"DTSTART;TZID", b"dtstart;tzid"), id="lower case"),
    ],
)
def test_other_ways_to_write_a_file_say_the_same(content: bytes) -> None:
    assert starts(read(content)) == ["2027-03-09 09:00"]


# ----------------------------------------------------------------------------------------------- what is off, and when


@pytest.mark.parametrize(
    ("subject", "shown", "called_off", "left_out"),
    [
        pytest.param("Avlyst: Styremøte", "TRANSP:TRANSPARENT", {"a"}, {}, id="Outlook in Norwegian"),
        pytest.param("Canceled: Styremøte", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", {"a"}, {}, id="Outlook in English"),
        pytest.param("AVLYST", "TRANSP:TRANSPARENT", {"a"}, {}, id="the word alone"),
        pytest.param("Styremøte (avlyst)", "TRANSP:TRANSPARENT", {"a"}, {}, id="the word at the end"),
        pytest.param("Avlyst: Styremøte", "TRANSP:OPAQUE", set(), {"maybe_off": 1}, id="the word, and busy"),
        pytest.param("Styremøte", "TRANSP:TRANSPARENT", set(), {}, id="free alone"),
        pytest.param("Avlysning av leirskolen", "TRANSP:TRANSPARENT", set(), {}, id="another word"),
    ],
)
def test_a_meeting_that_only_its_subject_calls_off_is_off_when_its_time_is_free_and_asked_about_else(
    subject: str, shown: str, called_off: set[str], left_out: dict[str, int]
) -> None:
    reading = read(calendar("DTSTART:20270309T080000Z", f"SUMMARY:{subject}", shown))

    assert reading.called_off == called_off
    assert reading.left_out == left_out
    assert bool(reading.dates) == (not called_off and not left_out)


def test_a_calendar_of_cancellations_calls_off_all_that_is_in_it() -> None:
    reading = read(calendar("DTSTART:20270309T080000Z", head=("METHOD:CANCEL",)))

    assert reading.called_off == {"a"}
    assert not reading.dates


@pytest.mark.parametrize("order", [pytest.param(1, id="older first"), pytest.param(-1, id="newer first")])
def test_of_two_versions_of_a_meeting_the_newer_counts(order: int) -> None:
    older = ("UID:a", "SEQUENCE:1", "DTSTART:20270309T080000Z")
    newer = ("UID:a", "SEQUENCE:12", "DTSTART:20270316T080000Z")

    reading = read(calendar_of(*(older, newer)[::order]))

    assert (starts(reading), [item.uid for item in reading.dates]) == (["2027-03-16 09:00"], ["a"])


def test_of_two_versions_of_a_moved_day_the_newer_counts() -> None:
    series = ("UID:a", "DTSTART;TZID=Europe/Oslo:20270105T090000", "RRULE:FREQ=WEEKLY;COUNT=2")
    moved = [
        ("UID:a", f"SEQUENCE:{number}", "RECURRENCE-ID:20270112T080000Z", f"DTSTART:2027011{day}T080000Z")
        for number, day in ((2, 4), (1, 3))
    ]

    assert starts(read(calendar_of(series, *moved))) == ["2027-01-05 09:00", "2027-01-14 09:00"]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            ("DTSTART;TZID=Europe/Oslo:20270309T000000", "DTEND;TZID=Europe/Oslo:20270310T000000"), id="in our zone"
        ),
        pytest.param(("DTSTART:20270308T230000Z", "DTEND:20270310T230000Z"), id="two days, in UTC"),
        pytest.param(("DTSTART:20270309T000000Z", "DTEND:20270310T000000Z"), id="midnight in UTC"),
        pytest.param(("DTSTART;TZID=Europe/Oslo:20270309T000000", "DURATION:P1D"), id="with a length"),
        pytest.param(
            ("DTSTART;TZID=Europe/Oslo:20270309T000000", "DTEND;TZID=Europe/Oslo:20270309T235900"), id="to 23:59"
        ),
        pytest.param(("DTSTART;TZID=Europe/Oslo:20270309T000000",), id="midnight without an end"),
        pytest.param(("DTSTART:20270309T080000Z", "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"), id="as Outlook marks it"),
        pytest.param(
            ("DTSTART;TZID=Europe/Oslo:20270328T000000", "DTEND;TZID=Europe/Oslo:20270329T000000"), id="of 23 hours"
        ),
    ],
)
def test_days_that_are_written_as_times_are_days(lines: tuple[str, ...]) -> None:
    reading = read(calendar(*lines))

    assert (reading.dates, reading.left_out) == ((), {"all_day": 1})


def test_what_lasts_for_weeks_is_no_meeting() -> None:
    reading = read(calendar("DTSTART:20270309T080000Z", "DTEND:20270409T080000Z"))

    assert reading.left_out == {"too_long": 1}


def test_a_meeting_of_two_days_keeps_both() -> None:
    (meeting,) = read(
        calendar("DTSTART;TZID=Europe/Oslo:20270309T100000", "DTEND;TZID=Europe/Oslo:20270310T150000")
    ).dates

    assert (meeting.starts.day, meeting.ends and (meeting.ends.day, meeting.ends.hour)) == (9, (10, 15))


# ------------------------------------------------------------------------------------------------------------- series


SERIES = ("UID:a", "DTSTART;TZID=Europe/Oslo:20270105T090000", "DURATION:PT2H", "RRULE:FREQ=WEEKLY;INTERVAL=6;COUNT=3")


@pytest.mark.parametrize(
    "named",
    [
        pytest.param("RECURRENCE-ID;TZID=Europe/Oslo:20270216T090000", id="as it should be"),
        pytest.param("RECURRENCE-ID;VALUE=DATE:20270216", id="by its day"),
        pytest.param("RECURRENCE-ID:20270216T090000", id="without a zone"),
        pytest.param("RECURRENCE-ID:20270216T080000Z", id="in UTC"),
    ],
)
def test_a_moved_day_of_a_series_is_the_same_meeting_however_its_day_is_named(named: str) -> None:
    reading = read(calendar_of(SERIES, ("UID:a", named, "DTSTART;TZID=Europe/Oslo:20270218T120000")))

    assert [(item.uid, f"{item.starts:%d.%m %H}") for item in reading.dates] == [
        ("a/20270105T080000Z", "05.01 09"),
        ("a/20270216T080000Z", "18.02 12"),
        ("a/20270330T070000Z", "30.03 09"),
    ]


def test_a_day_taken_out_without_its_time_is_out() -> None:
    assert len(read(calendar_of((*SERIES, "EXDATE;VALUE=DATE:20270216"))).dates) == 2


def test_a_day_that_cannot_be_read_costs_that_day() -> None:
    reading = read(calendar_of(SERIES, ("UID:a", "RECURRENCE-ID:20270216T080000Z", "DTSTART:x")))

    assert (starts(reading), reading.left_out) == (["2027-01-05 09:00", "2027-03-30 09:00"], {"broken_entry": 1})


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param("RECURRENCE-ID:x", id="no day"),
        pytest.param("RECURRENCE-ID;RANGE=THISANDFUTURE:20270216T080000Z", id="this day and all later ones"),
    ],
)
def test_a_series_of_which_nobody_knows_the_day_that_is_otherwise_is_left_out(odd: str) -> None:
    reading = read(calendar_of(SERIES, ("UID:a", odd, "DTSTART:20270218T080000Z"), ("UID:b", *MEETING[1:])))

    assert starts(reading) == ["2027-03-09 09:00"]
    assert sum(reading.left_out.values()) == 2


def test_a_series_that_is_called_off_is_off_every_day() -> None:
    assert len(read(calendar_of((*SERIES, "STATUS:CANCELLED"))).called_off) == 3


@pytest.mark.parametrize(
    ("until", "last"),
    [
        pytest.param("20270119", "2027-01-19", id="a day, which counts"),
        pytest.param("20270119T080000Z", "2027-01-19", id="the moment of the last"),
        pytest.param("20270119T075959Z", "2027-01-12", id="just before it"),
        pytest.param("20270119T085900", "2027-01-12", id="in local time"),
    ],
)
def test_a_series_ends_where_its_rule_says(until: str, last: str) -> None:
    reading = read(calendar("DTSTART;TZID=Europe/Oslo:20270105T090000", f"RRULE:FREQ=WEEKLY;UNTIL={until}"))

    assert reading.dates[-1].starts.date().isoformat() == last


def test_dates_added_to_a_series_may_be_days_times_or_periods() -> None:
    added = ("RDATE;VALUE=DATE:20270401", "RDATE:20270402T070000Z", "RDATE;VALUE=PERIOD:20270403T070000Z/PT1H")

    reading = read(calendar_of((*SERIES, *added)))

    assert starts(reading)[-3:] == ["2027-04-01 09:00", "2027-04-02 09:00", "2027-04-03 09:00"]


def test_a_series_that_ended_before_today_is_no_problem_however_odd() -> None:
    odd = ("UID:b", "DTSTART;VALUE=DATE:20200105", "RRULE:FREQ=YEARLY;UNTIL=20250105")

    assert read(calendar_of(MEETING, odd)).is_complete(FIRST)


# -------------------------------------------------------------------------------------------------- nothing or too much


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(calendar_of(), id="nothing"),
        pytest.param(calendar_of(head=("BEGIN:VTODO", "DUE:20270309T080000Z", "END:VTODO")), id="tasks"),
        pytest.param(calendar("DTSTART:20200309T080000Z"), id="meetings that are over"),
    ],
)
def test_a_calendar_without_a_meeting_ahead_is_empty_and_calls_nothing_off(content: bytes) -> None:
    reading = read(content)

    assert (reading.is_empty(FIRST), reading.is_complete(FIRST)) == (True, False)


def test_a_calendar_whose_only_meeting_is_called_off_is_not_empty() -> None:
    assert not read(calendar("DTSTART:20270309T080000Z", "STATUS:CANCELLED")).is_empty(FIRST)


def test_more_meetings_than_a_board_has_are_refused() -> None:
    daily = [(f"UID:{number}", f"DTSTART:20260901T{number:02}0000Z", "RRULE:FREQ=DAILY") for number in range(5, 8)]

    with pytest.raises(UnreadableCalendar) as refused:
        read(calendar_of(*daily))

    assert refused.value.why == "too_large"
    assert str(MOST_DATES) in str(refused.value)
