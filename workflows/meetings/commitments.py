"""Commitments: the people of every body with their days, and the meetings that keep them busy."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache

from config.programme import Programme
from config.values import LOCAL_ROLES, PROGRAMME_ROLES, Assignment, Body, PackageState, Role
from workflows.meetings.date_rules import Around, Engagement
from workflows.working_days import days


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A person's place in a body, first and last day included. Who is not *required* may stay away."""

    person: str
    required: bool
    since: date = date.min
    until: date = date.max

    def holds(self, on: date) -> bool:
        return self.since <= on <= self.until


@dataclass(frozen=True, kw_only=True)
class OtherMeeting:
    """A meeting as others have to heed it. *settled*: it does not move any more."""

    body: str
    starts: datetime
    ends: datetime
    location: str
    settled: bool


Slot = tuple[date, time, time, bool, bool]
"""Day, start and end of something a person is busy with; whether it is settled; whether the person is required there.
"""

Hours = tuple[time, time, bool, bool]
"""Start and end of an engagement; whether it is elsewhere; whether it is firm."""
Places = str | dict[str, int]
"""The places of meetings at one time, in small letters: of the only one, or of several, each with their number.

In a country most people's days hold one meeting, and a mapping for each would take most of the planning's memory.
"""
Slots = dict[Slot, Places]
"""One person's meetings."""


class Attendance:
    """
    The seats of all bodies of a programme, and when each person sits in a meeting.

    A person who belongs to very many bodies is busy at nine o'clock once a day, however many of them meet then.
    """

    def __init__(self, programme: Programme, *, people: Collection[str] | None = None, since: date = date.min) -> None:
        """*people*: those whose days matter; everybody's do unless some are named. *since*: the first day that does."""
        self._since = since
        self._blocked = {person.key: person.blocked_dates for person in programme.people if person.blocked_dates}
        self._busy_days = programme.busy_days
        self._seats = _seats(programme, people)
        self._busy: dict[str, Slots] = defaultdict(dict)

    @property
    def bodies(self) -> frozenset[str]:
        """The bodies to which somebody of them ever belongs."""
        return frozenset(body for body, seats in self._seats.items() if seats)

    def seats(self, body: str) -> Sequence[Seat]:
        """Everyone who ever belongs to a body; for one day it tells the same as `Programme.board_people`."""
        return self._seats.get(body, ())

    def put(self, meetings: Iterable[OtherMeeting]) -> None:
        """From now on these meetings keep their people busy."""
        for slots, slot, location in self._entries(meetings):
            places = slots.get(slot)
            if places is None:
                slots[slot] = location
                continue
            if isinstance(places, str):
                places = slots[slot] = {places: 1}
            places[location] = places.get(location, 0) + 1

    def take(self, meetings: Iterable[OtherMeeting]) -> None:
        """These meetings, which were put, do so no more."""
        for slots, slot, location in self._entries(meetings):
            places = slots[slot]
            if isinstance(places, str):
                del slots[slot]
                continue
            places[location] -= 1
            if not places[location]:
                del places[location]
            if not places:
                del slots[slot]

    def around(self, body: Body, local_rounds: Sequence[Sequence[date]] = ()) -> Around:
        """Return the commitments that the dates of *body* must find room among, its own meetings not counted unless
        put there."""
        blocked: dict[bool, set[date]] = {True: set(), False: set()}
        others: dict[date, set[Hours]] = defaultdict(set)
        here = body.location.casefold()
        for seat in self.seats(body.key):
            blocked[seat.required].update(day for day in self._blocked.get(seat.person, ()) if seat.holds(day))
            for slot, places in self._busy.get(seat.person, {}).items():
                if seat.holds(slot[0]):
                    others[slot[0]].add(_hours(slot, places, seat, here))
        busy_days = {item.day for item in self._busy_days if item.municipality in (None, body.municipality)}
        return Around(
            blocked=frozenset(blocked[True]),
            optional_away=frozenset(blocked[False]),
            busy=frozenset(busy_days),
            others={day: tuple(_engagement(*hours) for hours in sorted(found)) for day, found in others.items()},
            local_rounds=local_rounds,
        )

    def _entries(self, meetings: Iterable[OtherMeeting]) -> Iterator[tuple[Slots, Slot, str]]:
        for meeting in meetings:
            location, seats = meeting.location.casefold(), self.seats(meeting.body)
            for day, starts, ends in by_day(meeting.starts, meeting.ends):
                if day < self._since:
                    continue
                required, spared = (
                    (day, starts, ends, meeting.settled, True),
                    (day, starts, ends, meeting.settled, False),
                )
                for seat in seats:
                    if seat.since <= day <= seat.until:
                        yield self._busy[seat.person], required if seat.required else spared, location


def by_day(starts: datetime, ends: datetime) -> list[tuple[date, time, time]]:
    """Return the days of a meeting, with the hours that it takes of each."""
    first, last = starts.date(), max(starts.date(), ends.date())
    if first == last:
        return [(first, starts.time(), ends.time())]
    parts = [
        (day, starts.time() if day == first else time.min, ends.time() if day == last else time.max)
        for day in days(first, last)
    ]
    # One that ends at midnight takes nothing of the day that begins then.
    return [part for part in parts if part[1] < part[2]] or parts[:1]


def _hours(slot: Slot, places: Places, seat: Seat, here: str) -> Hours:
    _, starts, ends, settled, required = slot
    elsewhere = places != here if isinstance(places, str) else len(places) > 1 or here not in places
    # What still moves is no reason to stay away from its day; what lies in the same place asks for no travel.
    return starts, ends, settled and elsewhere, settled and required and seat.required


@cache
def _engagement(starts: time, ends: time, travels: bool, firm: bool) -> Engagement:
    return Engagement(starts=starts, ends=ends, travels=travels, firm=firm)


def _seats(programme: Programme, people: Collection[str] | None) -> dict[str, tuple[Seat, ...]]:
    held: dict[tuple[Role, str | None], list[Seat]] = defaultdict(list)
    assignments = programme.assignments if people is None else _assignments_of(programme, people)
    for item in assignments:
        package = programme.work_package(item.work_package) if item.work_package else None
        if package is not None and package.state is PackageState.ENDED:
            continue
        until = min(item.until or date.max, package.until or date.max if package else date.max)
        seat = Seat(person=item.person, required=True, since=item.since or date.min, until=until)
        for place in places_of(programme, item):
            held[item.role, place].append(seat)
    return {body.key: _seats_of(body, held) for body in programme.bodies}


def _assignments_of(programme: Programme, people: Collection[str]) -> Iterator[Assignment]:
    return (item for person in sorted(people) for item in programme.assignments_of(person))


def places_of(programme: Programme, item: Assignment) -> tuple[str | None, ...]:
    """Return the municipalities in whose bodies an assignment counts; None stands for the bodies of all."""
    if item.work_package is not None:
        return (programme.work_package(item.work_package).municipality, None)
    if item.municipality is not None:
        # An adviser of one municipality is no adviser of the programme.
        return (item.municipality, None) if item.role in LOCAL_ROLES else (item.municipality,)
    return (None, EVERYWHERE) if item.role in PROGRAMME_ROLES else (None,)


EVERYWHERE = ""
"""Stands for every municipality: the programme's own roles count in all of them."""


def _seats_of(body: Body, held: Mapping[tuple[Role, str | None], Sequence[Seat]]) -> tuple[Seat, ...]:
    places = (body.municipality,) if body.municipality is None else (body.municipality, EVERYWHERE)
    required = ((body.chair,) if body.chair else ()) + body.members
    seats = [seat for role in required for place in places for seat in held.get((role, place), ())]
    spared = [seat for role in body.optional for place in places for seat in held.get((role, place), ())]
    return (*seats, *(replace(seat, required=False) for seat in spared))
