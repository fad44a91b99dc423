"""Feeds of municipalities, read from text and over HTTP on this machine."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
import respx

from integration.their_calendar import MOST_BYTES, MOST_SERIES, TheirCalendar, read_dates
from tests.clocks import StillClock
from workflows.errors import Invalid, NotFound, Refused, Transient
from workflows.meetings.external import TheirDate
from workflows.meetings.external_feeds import Reading

OSLO = "Europe/Oslo"
URL = "http://127.0.0.1:9/styret.ics"


FIRST, LAST = date(2026, 8, 20), date(2028, 12, 31)


def calendar(*lines: str) -> bytes:
    return calendar_of(("UID:a", *lines))


def calendar_of(*events: tuple[str, ...]) -> bytes:
    lines = [line for event in events for line in ("BEGIN:VEVENT", "DTSTAMP:20260801T000000Z", *event, "END:VEVENT")]
    content = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""))
    return content.encode()


def read(content: bytes) -> Reading:
    return read_dates(content, OSLO, first=FIRST, last=LAST)


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
    assert reading.dates == (TheirDate(starts=datetime.fromisoformat(starts), ends=end, uid="a"),)
    assert reading.complete


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

    assert (reading.dates, reading.left_out, reading.complete) == ((), {why: 1}, False)


def test_what_could_not_be_placed_and_is_over_is_no_problem() -> None:
    reading = read(calendar_of(("UID:a", "DTSTART:20261026T080000Z"), ("UID:b", "DTSTART;VALUE=DATE:20250101")))

    assert (len(reading.dates), reading.complete) == (1, True)


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
    assert reading.complete


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


def test_more_series_than_a_board_has_are_refused() -> None:
    events = [(f"UID:{number}", "DTSTART:20261026T080000Z", "RRULE:FREQ=WEEKLY") for number in range(MOST_SERIES + 1)]

    with pytest.raises(Invalid, match="series"):
        read(calendar_of(*events))


def test_a_series_of_more_meetings_than_can_be_is_refused() -> None:
    content = calendar_of(
        *((f"UID:{number}", f"DTSTART:20260901T{number:02}0000Z", "RRULE:FREQ=DAILY") for number in range(3))
    )

    with pytest.raises(Invalid, match="meetings"):
        read(content)


def test_a_uid_that_several_events_share_tells_nothing() -> None:
    reading = read(calendar_of(("UID:a", "DTSTART:20261026T080000Z"), ("UID:a", "DTSTART:20261130T080000Z")))

    assert [item.uid for item in reading.dates] == ["", ""]


def test_a_meeting_that_is_called_off_is_named() -> None:
    assert read(calendar("DTSTART:20261026T080000Z", "STATUS:CANCELLED")).called_off == {"a"}


def test_a_cancelled_meeting_is_none() -> None:
    assert read(calendar("DTSTART:20261026T080000Z", "STATUS:CANCELLED")).dates == ()


def test_what_is_no_calendar_is_refused() -> None:
    with pytest.raises(Invalid):
        read(b"<html>")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(httpx.Response(404), NotFound, id="gone"),
        pytest.param(httpx.Response(403), Refused, id="closed"),
        pytest.param(httpx.Response(302, headers={"Location": "http://169.254.169.254/"}), Invalid, id="elsewhere"),
        pytest.param(httpx.Response(200, content=b"x" * (MOST_BYTES + 1)), Invalid, id="endless"),
        pytest.param(httpx.Response(503), Transient, id="down"),
        pytest.param(httpx.ConnectError("no"), Transient, id="not there"),
    ],
)
async def test_what_goes_wrong_says_whether_another_try_helps(
    answer: httpx.Response | Exception, error: type[Exception], respx_mock: respx.MockRouter
) -> None:
    route = respx_mock.get(URL)
    route.mock(side_effect=answer) if isinstance(answer, Exception) else route.mock(return_value=answer)

    with pytest.raises(error):
        await TheirCalendar(StillClock(datetime(2026, 8, 20, tzinfo=UTC))).read(URL, OSLO, first=FIRST, last=LAST)


async def test_only_https_is_read_beyond_this_machine() -> None:
    with pytest.raises(Invalid):
        await TheirCalendar(StillClock(datetime(2026, 8, 20, tzinfo=UTC))).read(
            "http://a-dal.example/x.ics", OSLO, first=FIRST, last=LAST
        )
