"""Feeds of municipalities, read from text and over HTTP on this machine."""

from datetime import UTC, datetime

import httpx
import pytest
import respx

from integration.their_calendar import MOST_BYTES, TheirCalendar, read_dates
from tests.clocks import StillClock
from workflows.errors import Invalid, NotFound, Refused, Transient
from workflows.their_meetings import TheirDate

OSLO = "Europe/Oslo"
URL = "http://127.0.0.1:9/styret.ics"


def calendar(*lines: str) -> bytes:
    event = "\r\n".join(("BEGIN:VEVENT", "UID:a", "DTSTAMP:20260801T000000Z", *lines, "END:VEVENT"))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}\r\nEND:VCALENDAR\r\n".encode()


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
    reading = read_dates(calendar(*lines), OSLO)

    end = None if ends is None else datetime.fromisoformat(ends)
    assert reading.dates == (TheirDate(starts=datetime.fromisoformat(starts), ends=end, uid="a"),)
    assert reading.complete


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        pytest.param(("DTSTART;TZID=Europa/Åsgårdstrand:20261026T090000",), "unknown_zone", id="an unknown zone"),
        pytest.param(("DTSTART:20261026T090000",), "no_zone", id="no zone"),
        pytest.param(("DTSTART;VALUE=DATE:20261026",), "all_day", id="no time of day"),
        pytest.param(("DTSTART:20261026T080000Z", "RRULE:FREQ=WEEKLY"), "repeats", id="a rule"),
        pytest.param((), "no_start", id="no start"),
    ],
)
def test_what_has_no_certain_time_is_left_out_and_counted(lines: tuple[str, ...], why: str) -> None:
    reading = read_dates(calendar(*lines), OSLO)

    assert (reading.dates, reading.left_out, reading.complete) == ((), {why: 1}, False)


def test_a_cancelled_meeting_is_none() -> None:
    assert read_dates(calendar("DTSTART:20261026T080000Z", "STATUS:CANCELLED"), OSLO).dates == ()


def test_what_is_no_calendar_is_refused() -> None:
    with pytest.raises(Invalid):
        read_dates(b"<html>", OSLO)


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
        await TheirCalendar(StillClock(datetime(2026, 8, 20, tzinfo=UTC))).read(URL, OSLO)


async def test_only_https_is_read_beyond_this_machine() -> None:
    with pytest.raises(Invalid):
        await TheirCalendar(StillClock(datetime(2026, 8, 20, tzinfo=UTC))).read("http://a-dal.example/x.ics", OSLO)
