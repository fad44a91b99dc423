"""Calendars of municipalities that call their own meetings: fetched over https within limits, and read with care."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from icalendar import Calendar

from config.values import is_feed_address
from integration.retry import Call, Retry
from workflows.errors import Invalid, NotFound, Refused, Transient
from workflows.ports import Clock
from workflows.their_calendars import Reading
from workflows.their_meetings import TheirDate

MOST_BYTES = 1_000_000
MOST_EVENTS = 2_000
PATIENCE = timedelta(seconds=20)
ACTION = "read a municipality's calendar"


class TheirCalendar:
    """The workflows' `CalendarFeeds`. Follows no redirects: the address that was entered is the one that is asked."""

    def __init__(self, clock: Clock) -> None:
        self._retry = Retry(clock=clock)

    async def read(self, url: str, timezone: str) -> Reading:
        """
        The meetings in the feed at *url*, in the local time of *timezone*.

        Raises Transient when it did not answer, Refused, NotFound or Invalid when another try would not help.
        """
        if not is_feed_address(url):
            raise Invalid(ACTION, "its address is not an https address")
        return read_dates(await self._retry(ACTION, Call.READ, partial(_fetch, url)), timezone)


async def _fetch(url: str) -> bytes:
    content = b""
    try:
        async with (
            asyncio.timeout(PATIENCE.total_seconds()),
            httpx.AsyncClient(trust_env=False, follow_redirects=False) as http,
            http.stream("GET", url, headers={"Accept": "text/calendar"}) as response,
        ):
            _check(response)
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > MOST_BYTES:
                    raise Invalid(ACTION, f"it is larger than {MOST_BYTES} bytes")
    except (TimeoutError, httpx.TransportError) as exc:
        raise Transient(ACTION, type(exc).__name__) from exc
    except httpx.InvalidURL as exc:
        raise Invalid(ACTION, "its address is none") from exc
    return content


def _check(response: httpx.Response) -> None:
    status = response.status_code
    match status:
        case 200:
            return
        case 404 | 410:
            raise NotFound(ACTION, f"status {status}")
        case 401 | 403:
            raise Refused(ACTION, f"status {status}")
        case _ if status >= 500 or status == 429:
            raise Transient(ACTION, f"status {status}")
        case _ if response.is_redirect:
            raise Invalid(ACTION, "it has moved: its new address has to be entered")
    raise Invalid(ACTION, f"status {status}")


def read_dates(content: bytes, timezone: str) -> Reading:
    """
    The meetings in an iCalendar file. What cannot be placed in time for certain is left out and counted.

    A zone that is unknown, or missing, would be read as any hour; a rule of repetition says no date by itself.
    """
    try:
        calendar = Calendar.from_ical(content)
        events = calendar.walk("VEVENT")
    except (ValueError, IndexError, KeyError, AttributeError) as exc:
        raise Invalid(ACTION, "it is no iCalendar file") from exc
    if len(events) > MOST_EVENTS:
        raise Invalid(ACTION, f"it has more than {MOST_EVENTS} events")
    dates: list[TheirDate] = []
    left_out: dict[str, int] = {}
    for event in events:
        if str(event.get("STATUS", "")).upper() == "CANCELLED":
            continue
        why = _why_not(event)
        if why is not None:
            left_out[why] = left_out.get(why, 0) + 1
            continue
        dates.append(_date(event, ZoneInfo(timezone)))
    return Reading(dates=tuple(sorted(dates, key=lambda item: item.starts)), left_out=left_out)


def _why_not(event: Any) -> str | None:
    if event.get("RRULE") is not None or event.get("RDATE") is not None:
        return "repeats"
    for name in ("DTSTART", "DTEND"):
        value = event.get(name)
        if value is None:
            if name == "DTSTART":
                return "no_start"
        elif not isinstance(getattr(value, "dt", None), datetime):
            return "all_day"
        elif value.dt.tzinfo is None:
            return "unknown_zone" if value.params.get("TZID") else "no_zone"
    return None


def _date(event: Any, zone: ZoneInfo) -> TheirDate:
    starts: datetime = event["DTSTART"].dt
    ends: datetime | None = None
    if event.get("DTEND") is not None:
        ends = event["DTEND"].dt
    elif event.get("DURATION") is not None:
        # Counted in UTC: two hours are two hours on the night the clocks change, too.
        ends = starts.astimezone(UTC) + event["DURATION"].dt
    uid = str(event.get("UID", ""))
    if event.get("RECURRENCE-ID") is not None:
        uid += f"/{event['RECURRENCE-ID'].to_ical().decode()}"
    return TheirDate(starts=_local(starts, zone), ends=_local(ends, zone) if ends and ends > starts else None, uid=uid)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
