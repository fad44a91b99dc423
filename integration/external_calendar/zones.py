"""Time zones as one file means them: IANA's names as published, any other as the file itself defines it.

A name of Windows' that the file does not define, or not for certain, means what Windows means by it. Exchange writes
its own rules under those names, so a definition that is there comes first.

Nothing here is shared between files: two municipalities may give different zones the same name.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import chain, islice
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from integration.external_calendar.components import Component, Properties, UnreadableLine
from integration.external_calendar.rules import occurrences
from integration.external_calendar.values import parse_wall

MOST_ONSETS = 5_000
_OFFSET = re.compile(r"([+-])(\d{2})([0-5]\d)([0-5]\d)?")
_LAST_OFFSET = timedelta(hours=24)
_PROPERTIES = ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "RRULE", "RDATE")

TimeLimit = Callable[[], AbstractContextManager[None]]
"""Makes a context that raises TookTooLong when the work in it does."""


BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
"""Raised by ourselves and the libraries about values that say nothing."""


class TookTooLong(Exception):
    """A piece of work used up its time."""


class UnknownZone(ValueError):
    """A zone that is not known, or one that does not tell the offset of a moment for certain."""


class Zone(Protocol):
    """A time zone, as far as reading needs it."""

    def utc(self, wall: datetime) -> datetime:
        """Return the moment at which clocks show *wall*; the earlier one when there are two."""
        ...


@dataclass(frozen=True)
class NamedZone:
    """A zone by IANA's rules."""

    zone: ZoneInfo

    def utc(self, wall: datetime) -> datetime:
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


UTC_ZONE = NamedZone(ZoneInfo("UTC"))


@dataclass(frozen=True)
class DefinedZone:
    """A zone by its own file's rules: *offsets* since *onsets*, wall times in order, until *end*."""

    onsets: tuple[datetime, ...]
    offsets: tuple[timedelta, ...]
    end: datetime

    def utc(self, wall: datetime) -> datetime:
        since = bisect_right(self.onsets, wall) - 1
        if since < 0 or wall > self.end:
            raise UnknownZone("its definition says nothing of that time")
        return (wall - self.offsets[since]).replace(tzinfo=UTC)


class Zones:
    """The zones of one file."""

    def __init__(
        self, definitions: Iterable[Component] = (), *, last: datetime, limit: TimeLimit = nullcontext
    ) -> None:
        self._last = last
        self._limit = limit
        self._definitions: dict[str, list[Component]] = {}
        self._known: dict[str, Zone | None] = {}
        for definition in definitions:
            if (tzid := _tzid(definition)) is not None:
                self._definitions.setdefault(tzid, []).append(definition)

    def get(self, tzid: str) -> Zone:
        """Return the zone that the file calls *tzid*. Raises UnknownZone."""
        if tzid not in self._known:
            self._known[tzid] = self._find(tzid)
        zone = self._known[tzid]
        if zone is None:
            raise UnknownZone(tzid)
        return zone

    def _find(self, tzid: str) -> Zone | None:
        return (
            _iana_zone(tzid)
            or self._defined(self._definitions.get(tzid, []))
            or _iana_zone(_windows().get(tzid.casefold(), ""))
            or next(filter(None, map(_iana_zone, _endings(tzid))), None)
        )

    def _defined(self, definitions: list[Component]) -> Zone | None:
        try:
            with self._limit():
                zones = {define(item, last=self._last) for item in definitions}
        except (*BROKEN, TookTooLong):
            return None
        # Defined twice, and differently: nobody can tell which of them an event means.
        return zones.pop() if len(zones) == 1 else None


def define(component: Component, *, last: datetime) -> DefinedZone:
    """Return the zone that a VTIMEZONE defines, until *last*. Raises ValueError when a part of it is not certain."""
    changes: dict[datetime, timedelta] = {}
    parts = [part for part in component.parts if part.name in ("STANDARD", "DAYLIGHT")]
    if not parts or not component.ended:
        raise UnknownZone("no definition")
    for part in parts:
        offset, onsets = _observance(part, last=last)
        for onset in onsets:
            if changes.setdefault(onset, offset) != offset:
                raise UnknownZone("two offsets at once")
    ordered = sorted(changes)
    return DefinedZone(onsets=tuple(ordered), offsets=tuple(changes[onset] for onset in ordered), end=last)


def _observance(part: Component, *, last: datetime) -> tuple[timedelta, list[datetime]]:
    """Return an offset from UTC and the wall times at which it begins."""
    found = Properties(part, _PROPERTIES)
    start = parse_wall(found.get("DTSTART").value)
    # Required, since the onsets are told in it; and one without its sign may be meant either way.
    before = _offset(found.get("TZOFFSETFROM").value)
    offset = _offset(found.get("TZOFFSETTO").value)

    def utc(wall: datetime) -> datetime:
        return (wall - before).replace(tzinfo=UTC)

    rules = [
        islice(occurrences(rule.value, start, last=last, utc=utc), MOST_ONSETS) for rule in found.list_all("RRULE")
    ]
    dates = [parse_wall(value) for item in found.list_all("RDATE") for value in item.value.split(",")]
    onsets = [start, *dates, *chain.from_iterable(rules)]
    if len(onsets) > MOST_ONSETS:
        raise UnknownZone("it changes too often")
    return offset, onsets


def _offset(text: str) -> timedelta:
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise UnknownZone(f"offset {text}")
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if offset >= _LAST_OFFSET:
        raise UnknownZone(f"offset {text}")
    return -offset if match[1] == "-" else offset


def _tzid(definition: Component) -> str | None:
    try:
        return Properties(definition, ("TZID",)).get("TZID").value
    except UnreadableLine:
        return None


def _endings(tzid: str) -> list[str]:
    """Return the names that a globally unique one, as programs of old wrote it, may end in:
    /example.org/20050126_1/Europe/Oslo."""
    return re.findall(r"(?=/([A-Z][A-Za-z_]+/.+)$)", tzid) if tzid.startswith("/") else []


def _iana_zone(tzid: str) -> Zone | None:
    name = _iana().get(tzid.casefold())
    return NamedZone(ZoneInfo(name)) if name else None


@cache
def _iana() -> Mapping[str, str]:
    return {name.casefold(): name for name in available_timezones()}


@cache
def _windows() -> Mapping[str, str]:
    return {name.casefold(): iana for name, iana in WINDOWS_TO_OLSON.items()}
