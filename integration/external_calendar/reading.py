"""Read the dates of a whole calendar."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from integration.external_calendar.components import Component, Properties, calendars
from integration.external_calendar.events import Entry, Event, entry_of, event_of, instance_uid, starts_before
from integration.external_calendar.moments import LeftOut, Moment
from integration.external_calendar.series import Recurrence, instances_of, is_over, named
from integration.external_calendar.zones import BROKEN, TimeLimit, TookTooLong, Zones
from workflows.ports.external_calendar import Reading, UnreadableCalendar

ACTION = "read a municipality's calendar"
MOST_DATES = 2_000
ZONES_END = timedelta(days=5 * 366)
"""How long after the last day a zone's own rules are worked out, for events that lie further ahead."""

R = TypeVar("R")


def read_calendar(content: bytes, timezone: str, *, first: date, last: date, limit: TimeLimit = nullcontext) -> Reading:
    """
    Return the meetings in an iCalendar file, in the local time of *timezone*; of series, those from *first* to *last*.

    An event ahead that cannot be placed in time for certain is left out and counted. *limit* bounds the work on each
    series and each zone. Raises UnreadableCalendar.
    """
    found = calendars(content)
    if not found:
        raise UnreadableCalendar(ACTION, "it is no iCalendar file", why="not_a_calendar")
    reader = _Reader(ZoneInfo(timezone), first=first, last=last, limit=limit)
    for calendar in found:
        reader.read(calendar)
    return reader.reading()


class _Reader:
    """Collects the meetings of a file, and the reasons for which others are left out."""

    def __init__(self, zone: ZoneInfo, *, first: date, last: date, limit: TimeLimit) -> None:
        self._zone = zone
        self._first = first
        self._last = last
        self._limit = limit
        self._entries: list[Entry] = []
        self._left_out: Counter[str] = Counter()

    def read(self, calendar: Component) -> None:
        """Add the meetings of a calendar."""
        if not calendar.ended:
            # There may have been more of it.
            self._left_out["cut_short"] += 1
        zones_end = datetime.combine(self._last, time.max) + ZONES_END
        zones = Zones(calendar.parts_named("VTIMEZONE"), last=zones_end, limit=self._limit)
        is_off = Properties(calendar, ("METHOD",)).text("METHOD").upper() == "CANCEL"
        groups: dict[str, list[Event]] = defaultdict(list)
        for number, component in enumerate(calendar.parts_named("VEVENT")):
            event = event_of(component, zones, calendar_is_off=is_off)
            groups[event.uid or f"number {number}"].append(event)
        for group in groups.values():
            self._read_group(group)

    def reading(self) -> Reading:
        """Return all that was read. Raises UnreadableCalendar when it is more than a board's meetings."""
        ahead = [entry for entry in self._entries if entry.date.starts.date() >= self._first]
        if len(ahead) > MOST_DATES:
            raise UnreadableCalendar(ACTION, f"it has more than {MOST_DATES} meetings", why="too_large")
        dates = [entry.date for entry in self._entries if not entry.is_off]
        # A uid that stands for several tells them apart no more.
        uses = Counter(item.uid for item in dates)
        dates = [item if uses[item.uid] == 1 else replace(item, uid="") for item in dates]
        return Reading(
            dates=tuple(sorted(dates, key=lambda item: item.starts)),
            left_out=dict(self._left_out),
            called_off=frozenset({entry.date.uid for entry in self._entries if entry.is_off} - uses.keys() - {""}),
        )

    # -------------------------------------------------------------------------------------------- the events of a uid

    def _read_group(self, group: Sequence[Event]) -> None:
        """Add a meeting, or a series and those of its days that are otherwise than its rule says."""
        parts, certain = self._identified(group)
        masters = [event for recurrence, event in parts if recurrence is None]
        series = [(master, self._instances(master, certain=certain)) for master in masters if master.repeats]
        meant = {utc: moment for _, instances in series for utc, moment in instances.items()}
        days = _newest((_moment_meant(meant, recurrence), event) for recurrence, event in parts if recurrence)
        replaced = {recurrence for recurrence, _ in days}
        for master, instances in series:
            self._add_series(master, {utc: moment for utc, moment in instances.items() if utc not in replaced})
        for master in masters:
            if not master.repeats:
                self._add(master, uid=master.uid)
        for recurrence, event in days:
            self._add(event, uid=instance_uid(event.uid, recurrence))

    def _identified(self, group: Sequence[Event]) -> tuple[list[tuple[Recurrence | None, Event]], bool]:
        """Return the newest events with the day of their series that each stands for, and whether all are named."""
        parts: list[tuple[Recurrence | None, Event]] = []
        for event in group:
            try:
                parts.append((event.recurrence, event))
            except LeftOut as odd:
                self._leave_out(odd.why, is_over=starts_before(event, self._first))
        return _newest(parts), len(parts) == len(group)

    def _instances(self, master: Event, *, certain: bool) -> dict[datetime, Moment]:
        """Return the meetings of a series; none, and the series counted, when they are not certain. *certain*: every
        day that is otherwise is named."""
        try:
            if not certain or not master.ended:
                raise LeftOut("bad_series")
            with self._limit():
                return instances_of(master, last=self._last)
        except TookTooLong:
            why = "slow_series"
        except LeftOut as odd:
            why = odd.why
        except BROKEN:
            why = "bad_series"
        self._leave_out(why, is_over=is_over(master, self._first))
        return {}

    def _add_series(self, master: Event, instances: Mapping[datetime, Moment]) -> None:
        try:
            entries = [
                entry_of(master, self._zone, starts=moment, uid=instance_uid(master.uid, utc))
                for utc, moment in instances.items()
            ]
        except LeftOut as odd:
            self._leave_out(odd.why, is_over=is_over(master, self._first))
        else:
            self._entries += [entry for entry in entries if entry.date.starts.date() >= self._first]

    def _add(self, event: Event, *, uid: str) -> None:
        try:
            self._entries.append(entry_of(event, self._zone, uid=uid))
        except LeftOut as odd:
            self._leave_out(odd.why, is_over=starts_before(event, self._first))

    def _leave_out(self, why: str, *, is_over: bool) -> None:
        if not is_over:
            self._left_out[why] += 1


def _newest(parts: Iterable[tuple[R, Event]]) -> list[tuple[R, Event]]:
    """Return, of the events that stand for the same meeting, those with the highest SEQUENCE."""
    parts = list(parts)
    highest: dict[R, int] = {}
    for recurrence, event in parts:
        highest[recurrence] = max(event.sequence, highest.get(recurrence, 0))
    return [(recurrence, event) for recurrence, event in parts if event.sequence == highest[recurrence]]


def _moment_meant(instances: Mapping[datetime, Moment], recurrence: Recurrence) -> Recurrence:
    """Return the moment of a series that is meant by its day."""
    moments = named(instances, recurrence)
    return moments.pop() if len(moments) == 1 else recurrence
