"""Parse dates and times strictly: a value that can be read in two ways is an error."""

import re
from datetime import date, datetime, time, timedelta

_DATE = re.compile(r"[0-9]{8}")
_DURATION = re.compile(r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
_WALL = re.compile(r"[0-9]{8}T[0-9]{6}")


def is_date(text: str) -> bool:
    """Return True for the form of a date without a time."""
    return _DATE.fullmatch(text) is not None


def parse_date(text: str) -> date:
    """Parse YYYYMMDD. Raises ValueError."""
    if not is_date(text):
        raise ValueError(f"no date: {text}")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def parse_wall(text: str) -> datetime:
    """Parse YYYYMMDDThhmmss as clocks show it, without a zone. Raises ValueError."""
    if not _WALL.fullmatch(text):
        raise ValueError(f"no time: {text}")
    hour, minute, second = int(text[9:11]), int(text[11:13]), int(text[13:])
    # A leap second is the last of its minute to us.
    return datetime.combine(parse_date(text[:8]), time(hour, minute, 59 if second == 60 else second))


def parse_duration(text: str) -> timedelta:
    """Parse a length such as PT2H or P1DT30M. Raises ValueError, also (OverflowError) for one longer than all time."""
    match = _DURATION.fullmatch(text.upper())
    if match is None or not any(match.groups()[1:]):
        raise ValueError(f"no length: {text}")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] == "-" else length
