"""A series of meetings: its rule and its dates."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time

from integration.external_calendar.components import Property
from integration.external_calendar.events import Event, starts_of
from integration.external_calendar.moments import LeftOut, Moment, moment_of
from integration.external_calendar.rules import ended_before, occurrences
from integration.external_calendar.values import is_date, parse_date

Recurrence = datetime | date
"""One meeting of a series, by the moment (UTC) or by the day it was first meant for."""


def instances_of(master: Event, *, last: date) -> dict[datetime, Moment]:
    """
    Return the meetings of a series until *last*, by the moments (UTC) they are meant for.

    Takes as long as a rule that never comes true: the caller bounds it. Raises LeftOut, or ValueError for a rule that
    says nothing.
    """
    if master.properties.list_all("EXRULE"):
        raise LeftOut("bad_series")
    starts, end = starts_of(master), datetime.combine(last, time.max)
    walls = {starts.wall}
    for rule in master.properties.list_all("RRULE"):
        walls.update(occurrences(rule.value, starts.wall, last=end, utc=starts.zone.utc))
    moments = [Moment(wall, starts.zone) for wall in walls]
    for item in master.properties.list_all("RDATE"):
        moments += [_moment(master, item, value.partition("/")[0], starts) for value in item.value.split(",")]
    found = {moment.utc: moment for moment in moments if moment.wall <= end}
    gone = {utc for recurrence in _excluded(master, starts) for utc in named(found, recurrence)}
    return {utc: found[utc] for utc in sorted(found.keys() - gone)}


def named(instances: Mapping[datetime, Moment], recurrence: Recurrence) -> set[datetime]:
    """Return the moments that *recurrence* names: one written as a day means what is held on that day."""
    if isinstance(recurrence, datetime):
        return {recurrence} & instances.keys()
    return {utc for utc, moment in instances.items() if moment.wall.date() == recurrence}


def is_over(master: Event, day: date) -> bool:
    """Return True when the rules of a series, whatever is wrong with the rest of it, ended before *day*."""
    try:
        rules, dates = master.properties.list_all("RRULE"), master.properties.list_all("RDATE")
    except ValueError:
        return False
    return bool(rules) and not dates and all(ended_before(rule.value, day) for rule in rules)


def _excluded(master: Event, starts: Moment) -> Iterator[Recurrence]:
    for item in master.properties.list_all("EXDATE"):
        for value in item.value.split(","):
            yield parse_date(value) if is_date(value) else _moment(master, item, value, starts).utc


def _moment(master: Event, item: Property, value: str, starts: Moment) -> Moment:
    """Return a moment of *item*; one without a zone is told in the series' own, a day has the series' own time."""
    if is_date(value):
        return Moment(datetime.combine(parse_date(value), starts.wall.time()), starts.zone)
    return moment_of(replace(item, value=value), master.zones, default=starts.zone)
