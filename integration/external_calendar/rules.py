"""Recurrence rules, counted in wall time: the hour stays when the clocks change."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

from dateutil.rrule import rrulestr

from integration.external_calendar.values import is_date, parse_date, parse_wall

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WITHIN_A_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
_PART = re.compile(r"([A-Z]+)=([A-Z0-9,+-]+)")


def occurrences(
    rule: str, start: datetime, *, last: datetime, utc: Callable[[datetime], datetime]
) -> Iterator[datetime]:
    """
    Yield the wall times of *rule* from *start* to *last* or its own end. Raises ValueError for one that says nothing.

    A rule that never comes true is tried to the end of time: the caller bounds it. Boards meet on days: a rule that
    repeats within one is no rule here. *utc*: the moment of a wall time.
    """
    parts = _parts(rule)
    is_over = _end(parts.pop("UNTIL", None), utc)
    for wall in rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=start):
        if wall > last or is_over(wall):
            return
        yield wall


def ended_before(rule: str, day: date) -> bool:
    """Return True when *rule* says that it ended before *day*."""
    until = re.search(r"UNTIL=([0-9]{8})", rule.upper())
    return until is not None and until[1] < day.strftime("%Y%m%d")


def _parts(rule: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in filter(None, rule.upper().split(";")):
        match = _PART.fullmatch(text)
        if match is None or match[1] in found:
            raise ValueError(f"no rule: {rule}")
        found[match[1]] = match[2]
    if found.get("FREQ") not in FREQUENCIES or any(name in found for name in WITHIN_A_DAY):
        raise ValueError(f"repeats within a day: {rule}")
    if int(found.get("INTERVAL", "1")) < 1 or int(found.get("COUNT", "1")) < 1:
        raise ValueError(f"never goes on: {rule}")
    return found


def _end(until: str | None, utc: Callable[[datetime], datetime]) -> Callable[[datetime], bool]:
    """Return the question whether a wall time is past UNTIL, which may be a day, a moment in UTC or a wall time."""
    if until is None:
        return lambda wall: False
    if is_date(until):
        day = parse_date(until)
        return lambda wall: wall.date() > day
    if until.endswith("Z"):
        moment = parse_wall(until[:-1]).replace(tzinfo=UTC)
        return lambda wall: utc(wall) > moment
    end = parse_wall(until)
    return lambda wall: wall > end
