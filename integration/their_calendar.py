"""Calendars of municipalities that call their own meetings: fetched over https within limits, and read with care."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import recurring_ical_events  # type: ignore[import-untyped]
from icalendar import Calendar
from icalendar.prop import vBroken

from config.addresses import is_https_or_loopback
from integration.retry import Call, Retry
from workflows.errors import Invalid, NotFound, Refused, Transient
from workflows.meetings.external import TheirDate
from workflows.meetings.external_feeds import Reading
from workflows.ports.units import Clock

MOST_BYTES = 1_000_000
MOST_EVENTS = 2_000
MOST_SERIES = 20
"""A rule that never comes true is tried for up to three seconds of work."""
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
"""Errors that the libraries raise about entries and rules without meaning."""
PATIENCE = timedelta(seconds=20)
ACTION = "read a municipality's calendar"


class TheirCalendar:
    """The workflows' `CalendarFeeds`. Follows no redirects: the address that was entered is the one that is asked."""

    def __init__(self, clock: Clock) -> None:
        self._retry = Retry(clock=clock)

    async def read(self, url: str, timezone: str, *, first: date, last: date) -> Reading:
        """
        The meetings in the feed at *url*, in the local time of *timezone*; of a series, those from *first* to *last*.

        Raises Transient when it did not answer, Refused, NotFound or Invalid when another try would not help.
        """
        if not is_https_or_loopback(url):
            raise Invalid(ACTION, "its address is not an https address")
        content = await self._retry(ACTION, Call.READ, partial(_fetch, url))
        # Beside the loop: it may be a moment's work.
        return await asyncio.to_thread(read_dates, content, timezone, first=first, last=last)


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


def read_dates(content: bytes, timezone: str, *, first: date, last: date) -> Reading:
    """
    The meetings in an iCalendar file; of a series, those from *first* to *last*.

    What lies ahead and cannot be placed in time for certain is left out and counted: a zone that is unknown, or
    missing, would be read as any hour.
    """
    try:
        calendar = Calendar.from_ical(content)
        events = calendar.walk("VEVENT")
    except (ValueError, IndexError, KeyError, AttributeError) as exc:
        raise Invalid(ACTION, "it is no iCalendar file") from exc
    _check_number(len(events), MOST_EVENTS, "events")
    groups: dict[str, list[Any]] = defaultdict(list)
    for number, event in enumerate(events):
        groups[str(event.get("UID") or number)].append(event)
    series = [group for group in groups.values() if any(_repeats(event) for event in group)]
    _check_number(len(series), MOST_SERIES, "series")
    zone = ZoneInfo(timezone)
    left_out: Counter[str] = Counter()
    found: list[_Entry] = []
    for event in (event for group in groups.values() if group not in series for event in group):
        try:
            why = _why_not(event)
            found += [_entry(event, zone)] if why is None else ()
        except BROKEN:
            why = "broken_entry"
        if why is not None and not _is_past(event, first):
            left_out[why] += 1
    for group in series:
        try:
            why = next(filter(None, (_why_not(event) or _why_no_series(event) for event in group)), None)
            found += [_entry(event, zone) for event in _expanded(group, first, last)] if why is None else ()
        except BROKEN:
            why = "bad_series"
        if why is not None:
            left_out[why] += 1
    _check_number(len(found), MOST_EVENTS, "meetings")
    return _reading(found, left_out)


@dataclass(frozen=True)
class _Entry:
    date: TheirDate
    is_off: bool


def _check_number(number: int, most: int, what: str) -> None:
    if number > most:
        raise Invalid(ACTION, f"it has more than {most} {what}")


def _repeats(event: Any) -> bool:
    return event.get("RRULE") is not None or event.get("RDATE") is not None


def _is_past(event: Any, first: date) -> bool:
    value = event.get("DTSTART")
    starts = None if isinstance(value, vBroken) else getattr(value, "dt", None)
    return isinstance(starts, date) and (starts.date() if isinstance(starts, datetime) else starts) < first


def _why_not(event: Any) -> str | None:
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


def _why_no_series(event: Any) -> str | None:
    """Boards meet on days. What repeats within a day is none of them, and would take for ever to count."""
    rules = event.get("RRULE") or []
    for rule in rules if isinstance(rules, list) else [rules]:
        within_a_day = rule.get("FREQ", [""])[0] not in FREQUENCIES or any(name in rule for name in WITHIN_A_DAY)
        if within_a_day or any(int(number) < 1 for number in rule.get("INTERVAL", [1])):
            return "bad_series"
    return None


def _expanded(group: Sequence[Any], first: date, last: date) -> list[Any]:
    """The meetings of one series from *first* to *last*, those that were moved or cancelled as they are now."""
    calendar = Calendar()
    for event in group:
        calendar.add_component(event)
    until = last + timedelta(days=1)
    query = recurring_ical_events.of(calendar)
    return list(query.between((first.year, first.month, first.day), (until.year, until.month, until.day)))


def _reading(entries: Sequence[_Entry], left_out: Mapping[str, int]) -> Reading:
    dates = [entry.date for entry in entries if not entry.is_off]
    # A uid that stands for several tells them apart no more.
    uses = Counter(item.uid for item in dates)
    dates = [item if uses[item.uid] == 1 else replace(item, uid="") for item in dates]
    called_off = {entry.date.uid for entry in entries if entry.is_off} - uses.keys() - {""}
    return Reading(
        dates=tuple(sorted(dates, key=lambda item: item.starts)),
        left_out=dict(left_out),
        called_off=frozenset(called_off),
    )


def _entry(event: Any, zone: ZoneInfo) -> _Entry:
    starts: datetime = event["DTSTART"].dt
    ends: datetime | None = None
    if event.get("DTEND") is not None:
        ends = event["DTEND"].dt
    elif event.get("DURATION") is not None:
        # Counted in UTC: two hours are two hours on the night the clocks change, too.
        ends = starts.astimezone(UTC) + event["DURATION"].dt
    local_end = _local(ends, zone) if ends and ends > starts else None
    date_ = TheirDate(starts=_local(starts, zone), ends=local_end, uid=_uid(event))
    return _Entry(date_, is_off=str(event.get("STATUS", "")).upper() == "CANCELLED")


def _uid(event: Any) -> str:
    """Return the uid that tells a meeting from the others: in a series with the moment it was first meant for."""
    uid = str(event.get("UID", ""))
    original = event.get("RECURRENCE-ID")
    if original is None or not uid:
        return uid
    if not isinstance(original.dt, datetime) or original.dt.tzinfo is None:
        return f"{uid}/{original.to_ical().decode()}"
    return f"{uid}/{original.dt.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
