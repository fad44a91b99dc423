"""The bodies that concern one person, by time: looked up once, and not for each of thousands of meetings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from config.programme import Programme
from config.values import Assignment, Body, Person, Role
from workflows.meetings.commitments import EVERYWHERE, places_of
from workflows.working_days import DAY

BEYOND = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days from *first* to *last*, both included, on which the same *bodies* concern a person."""

    first: date
    last: date
    bodies: frozenset[str]


def last_meeting_day(programme: Programme, today: date) -> date:
    """Return a day after which no meeting lies: bodies may fix dates some time beyond the programme's end."""
    return max(today, programme.last_day) + BEYOND


def seated_spans(programme: Programme, person: str, first: date, last: date) -> tuple[Span, ...]:
    """Return the spans from *first* to *last* in which *person* belongs to bodies, in the order of time."""
    return tuple(
        Span(first=start, last=end, bodies=frozenset(body.key for body in programme.bodies_of(person, start)))
        for start, end in _parts(programme, person, first, last)
    )


def concerning_spans(programme: Programme, person: Person, first: date, last: date) -> tuple[Span, ...]:
    """Return the spans in which *person* belongs to bodies, or may move their meetings."""
    return tuple(
        Span(
            first=span.first,
            last=span.last,
            bodies=span.bodies | _led(programme, person, span.first),
        )
        for span in seated_spans(programme, person.key, first, last)
    )


def may_change(programme: Programme, body: Body, person: Person, on: date) -> bool:
    """Tell whether *person* may move the body's meetings: its chair, its municipality's local lead, the county lead."""
    return any(item.holds(on) and _leads(item, body) for item in programme.assignments_of(person.key))


def _led(programme: Programme, person: Person, on: date) -> frozenset[str]:
    held = [item for item in programme.assignments_of(person.key) if item.holds(on)]
    return frozenset(body.key for body in programme.bodies if any(_leads(item, body) for item in held))


def _leads(item: Assignment, body: Body) -> bool:
    if item.work_package is not None:
        return False
    if item.role is Role.COUNTY_LEAD:
        return item.municipality is None
    if item.municipality != body.municipality:
        return False
    return item.role is body.chair or (item.role is Role.LOCAL_LEAD and body.municipality is not None)


def people_ever_in(programme: Programme, body: Body) -> frozenset[str]:
    """Return everybody who belongs to *body* on some day, as an optional one too."""
    roles = {body.chair, *body.members, *body.optional}
    places = {body.municipality} if body.municipality is None else {body.municipality, EVERYWHERE}
    return frozenset(
        item.person
        for item in programme.assignments
        if item.role in roles and not places.isdisjoint(places_of(programme, item))
    )


def _parts(programme: Programme, person: str, first: date, last: date) -> Iterator[tuple[date, date]]:
    """Split the days where something of the person's begins or has ended."""
    starts = [first, *sorted({day for day in _changes(programme, person) if first < day <= last})]
    ends = [*(day - DAY for day in starts[1:]), last]
    return zip(starts, ends, strict=True)


def _changes(programme: Programme, person: str) -> Iterator[date]:
    for item in programme.assignments_of(person):
        if item.since is not None:
            yield item.since
        package = programme.find_work_package(item.work_package) if item.work_package else None
        places = (item.municipality, package.municipality if package else None)
        ends = [item.until, package.until if package else None]
        ends += [programme.municipality(place).until for place in places if place is not None]
        yield from (day + DAY for day in ends if day is not None and day != date.max)
