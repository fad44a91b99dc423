"""Times as Exchange takes and gives them: a naive wall time beside the name of its zone."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.core import get_global

from sandbox.protocol.errors import GraphError
from sandbox.protocol.request import Headers

IANA_NAMES = frozenset((Path(__file__).parent / "iana_zones.txt").read_text(encoding="utf-8").split())
"""The IANA names that the reference page of dateTimeTimeZone lists beside those of Windows: Oslo is not among them."""
_PREFERRED = re.compile(r'outlook\.timezone\s*=\s*"([^"]+)"', re.IGNORECASE)


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """Return the zone of a documented name: one of Windows, or one of the listed IANA names; 400 for any other."""
    if name == "UTC":
        return UTC
    iana = name if name in IANA_NAMES else get_global("windows_zone_mapping").get(name)
    if iana is None:
        raise GraphError(400, "TimeZoneNotSupportedException", f"A valid TimeZone value must be given: '{name}'.")
    return ZoneInfo(str(iana))


def parse(value: Any, what: str) -> tuple[datetime, str]:
    """Return the moment in UTC and the name of its zone, of `{"dateTime": …, "timeZone": …}`; 400 when it is none."""
    if not isinstance(value, Mapping) or not isinstance(value.get("dateTime"), str):
        raise GraphError(400, "ErrorInvalidRequest", f"{what} must hold dateTime and timeZone.")
    name = str(value.get("timeZone") or "UTC")
    wall = parse_wall(value["dateTime"], what)
    if wall.tzinfo is not None:
        return wall.astimezone(UTC), name
    return wall.replace(tzinfo=zone(name)).astimezone(UTC), name


def parse_wall(text: str, what: str) -> datetime:
    """Return a time with or without an offset; seven decimals are taken, six are kept."""
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        raise GraphError(400, "ErrorInvalidRequest", f"{what}: '{text}' is no time.") from None


def preferred(headers: Headers) -> str:
    """Return the name of the zone an answer shall be in."""
    match = _PREFERRED.search(headers.get("prefer", ""))
    return match[1] if match else "UTC"


def shown(moment: datetime, name: str) -> dict[str, str]:
    """Return a moment as wall time in the zone *name*."""
    return {"dateTime": moment.astimezone(zone(name)).strftime("%Y-%m-%dT%H:%M:%S.%f0"), "timeZone": name}


def instant(moment: datetime) -> str:
    """Return a moment as Exchange stamps its items."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NEVER = "0001-01-01T00:00:00Z"
