"""Who sits where: the people of every body with their days, and what keeps a body's people busy."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from config.programme import LOCAL_ROLES, PROGRAMME_ROLES, Assignment, Body, PackageState, Programme, Role
from workflows.date_rules import Around, Engagement


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


class Attendance:
    """The seats of all bodies of a programme, and which bodies share people."""

    def __init__(self, programme: Programme) -> None:
        self._programme = programme
        self._blocked = {person.key: person.blocked_dates for person in programme.people if person.blocked_dates}
        self._seats = _seats(programme)
        self._bodies: dict[str, set[str]] = defaultdict(set)
        for body, seats in self._seats.items():
            for seat in seats:
                self._bodies[seat.person].add(body)

    def seats(self, body: str) -> Sequence[Seat]:
        """Everyone who ever belongs to a body; for one day it tells the same as `Programme.board_people`."""
        return self._seats[body]

    def around(
        self, body: Body, meetings: Mapping[str, Sequence[OtherMeeting]], local_rounds: Sequence[Sequence[date]] = ()
    ) -> Around:
        """What the dates of *body* have to find room among; *meetings*: those of every other body, by its key."""
        blocked: dict[bool, set[date]] = {True: set(), False: set()}
        for seat in self._seats[body.key]:
            blocked[seat.required].update(day for day in self._blocked.get(seat.person, ()) if seat.holds(day))
        others: dict[date, list[Engagement]] = defaultdict(list)
        for other, shared in self._shared_with(body.key).items():
            for meeting in meetings.get(other, ()):
                needed = [both for mine, theirs, both in shared if _both_hold(mine, theirs, meeting.starts.date())]
                if needed:
                    engagement = _engagement(meeting, body, spared=not any(needed))
                    others[meeting.starts.date()].append(engagement)
        return Around(
            blocked=frozenset(blocked[True]),
            optional_away=frozenset(blocked[False]),
            busy=frozenset(
                item.day for item in self._programme.busy_days if item.municipality in (None, body.municipality)
            ),
            others=others,
            local_rounds=local_rounds,
        )

    def _shared_with(self, body: str) -> dict[str, list[tuple[Seat, Seat, bool]]]:
        """Other bodies with one of this one's people: both seats, and whether the person is needed in both."""
        shared: dict[str, list[tuple[Seat, Seat, bool]]] = defaultdict(list)
        mine: dict[str, list[Seat]] = defaultdict(list)
        for seat in self._seats[body]:
            mine[seat.person].append(seat)
        for other in sorted({other for person in mine for other in self._bodies[person]} - {body}):
            for theirs in self._seats[other]:
                shared[other] += [(seat, theirs, seat.required and theirs.required) for seat in mine[theirs.person]]
        return shared


def _both_hold(mine: Seat, theirs: Seat, on: date) -> bool:
    return mine.holds(on) and theirs.holds(on)


def _engagement(meeting: OtherMeeting, body: Body, *, spared: bool) -> Engagement:
    same_place = meeting.location.casefold() == body.location.casefold()
    return Engagement(
        starts=meeting.starts.time(),
        ends=meeting.ends.time(),
        # What still moves is no reason to stay away from its day; what lies in the same place asks for no travel.
        location=meeting.location or "elsewhere" if meeting.settled and not same_place else "",
        firm=meeting.settled and not spared,
    )


def _seats(programme: Programme) -> dict[str, tuple[Seat, ...]]:
    packages = {package.key: package for package in programme.work_packages}
    held: dict[tuple[Role, str | None], list[Seat]] = defaultdict(list)
    for item in programme.assignments:
        package = packages[item.work_package] if item.work_package else None
        if package is not None and package.state is PackageState.ENDED:
            continue
        until = min(item.until or date.max, package.until or date.max if package else date.max)
        seat = Seat(person=item.person, required=True, since=item.since or date.min, until=until)
        for place in _places(item, package.municipality if package else None):
            held[item.role, place].append(seat)
    return {body.key: _seats_of(body, held) for body in programme.bodies}


def _places(item: Assignment, package_in: str | None) -> Iterable[str | None]:
    """The municipalities in whose bodies an assignment counts; None stands for the bodies of all."""
    if package_in is not None:
        return (package_in, None)
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
