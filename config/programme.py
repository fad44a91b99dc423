"""Programme as a whole, and the look-ups in it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any, Self
from zoneinfo import ZoneInfo

from config.fields import Colour, Language, Line, OptionalText, Slug, Text, Value
from config.place_template import PlaceSpec
from config.retention import RetentionRule
from config.themes import Theme
from config.values import (
    LOCAL_ROLES,
    PROGRAMME_ROLES,
    Assignment,
    Body,
    BodyKind,
    BudgetLine,
    BusyDay,
    Municipality,
    Organisation,
    PackageState,
    Partner,
    Person,
    Place,
    PlanActivity,
    Progress,
    Role,
    School,
    SchoolBreak,
    SendingHours,
    Spending,
    Stakeholder,
    Tenant,
    WorkPackage,
)
from config.wording import Wording

REMEMBERED_SEATS = 2_000
"""People and days whose bodies are remembered: each request asks for its reader's, and a country has hundreds."""


class Programme(Value):
    """
    A whole programme. Built by `config.loading`; references are checked there.

    It has many methods, all of them look-ups: one place to ask who holds what on a day.
    """

    key: Slug
    name: Line
    local_name: Line
    """A municipality's part of it, with `{municipality}`."""
    first_day: date
    last_day: date
    timezone: Line = "Europe/Oslo"
    language: Language = "nb"
    vision: OptionalText = ""
    goals: tuple[Text, ...] = ()
    colour: Colour | None = None
    """Colour of the pages' top and of the papers' headings; None: the product's own."""
    county: Slug
    """The organisation that leads it."""
    organisations: tuple[Organisation, ...]
    partners: tuple[Partner, ...]
    people: tuple[Person, ...]
    assignments: tuple[Assignment, ...]
    municipalities: tuple[Municipality, ...]
    schools: tuple[School, ...] = ()
    themes: tuple[Theme, ...] = ()
    work_packages: tuple[WorkPackage, ...] = ()
    bodies: tuple[Body, ...]
    """Every body, one local board per municipality included, overrides applied."""
    places: tuple[PlaceSpec, ...]
    """Every place that is ours: municipalities with `place: ours`, and the programme-wide ones."""
    school_breaks: tuple[SchoolBreak, ...] = ()
    days_off: tuple[date, ...] = ()
    """Days without meetings or messages besides public holidays."""
    busy_days: tuple[BusyDay, ...] = ()
    activities: tuple[PlanActivity, ...] = ()
    progress: tuple[Progress, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    spending: tuple[Spending, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    sending: SendingHours = SendingHours()
    wording: Wording = Wording()
    """Texts that it says in words of its own."""
    retention: tuple[RetentionRule, ...] = ()
    """Rules of what ends when; a kind without one is kept."""

    @cached_property
    def _index(self) -> "_Index":
        return _Index(self)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy that looks everything up for itself: its changes must be found there."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("_index", None)
        return copied

    def person(self, key: str) -> Person:
        return self._index.people[key]

    def find_person(self, key: str | None) -> Person | None:
        return self._index.people.get(key or "")

    def municipality(self, slug: str) -> Municipality:
        return self._index.municipalities[slug]

    def find_municipality(self, slug: str | None) -> Municipality | None:
        return self._index.municipalities.get(slug or "")

    def language_of(self, person: str | None) -> Language:
        """Return the language that *person* reads; the programme's for anybody unknown."""
        found = self.find_person(person)
        return self.language if found is None else found.language

    def paper_language(self, body: str) -> Language:
        """Return the language of a body's papers: its own, or the programme's."""
        found = self.find_body(body)
        return self.language if found is None or found.language is None else found.language

    def today(self, now: datetime) -> date:
        """Return the programme's local date at *now*: roles begin and end at its midnight."""
        return self.local_time(now).date()

    def local_time(self, moment: datetime) -> datetime:
        """Return *moment* in the programme's time zone."""
        return moment.astimezone(self._index.timezone)

    def find_person_by_email(self, email: str) -> Person | None:
        return self._index.people_by_email.get(email.lower())

    def assigned(
        self, role: Role, work_package: str | None = None, municipality: str | None = None
    ) -> Sequence[Assignment]:
        """Return the assignments to *role* at any time, in a package or (None) none; a municipality's, or all."""
        return self._index.assignments.get((role, work_package, municipality), ())

    def assignments_of(self, person: str) -> Sequence[Assignment]:
        """Return a person's assignments at any time."""
        return self._index.assignments_by_person.get(person, ())

    def bodies_of(self, person: str, on: date) -> tuple[Body, ...]:
        """Return the bodies that a person belongs to on that day, as an optional one too."""
        known = self._index.seats
        if (person, on) not in known:
            if len(known) >= REMEMBERED_SEATS:
                known.clear()
            known[person, on] = self._seats(person, on)
        return known[person, on]

    def _seats(self, person: str, on: date) -> tuple[Body, ...]:
        held = [item for item in self.assignments_of(person) if item.holds(on)]
        return tuple(
            body
            for body in self.bodies
            if any(
                item.role in (body.chair, *body.members, *body.optional) and self._reaches(item, body.municipality, on)
                for item in held
            )
        )

    def body(self, key: str) -> Body:
        return self._index.bodies[key]

    def find_body(self, key: str) -> Body | None:
        return self._index.bodies.get(key)

    def work_package(self, key: str) -> WorkPackage:
        return self._index.work_packages[key]

    def find_work_package(self, key: str) -> WorkPackage | None:
        return self._index.work_packages.get(key)

    def find_theme(self, key: str | None) -> Theme | None:
        return next((theme for theme in self.themes if theme.key == key), None)

    def their_place(self, municipality: str | None) -> str | None:
        """Return the address of the place that a municipality made itself; None when it has ours, or none."""
        found = self.find_municipality(municipality)
        return found.place_url if found is not None and found.place is Place.THEIRS else None

    def place(self, key: str) -> PlaceSpec:
        return self._index.places[key]

    def find_place(self, key: str) -> PlaceSpec | None:
        return self._index.places.get(key)

    def organisation_of(self, person: Person) -> Organisation:
        return self._index.organisations[person.organisation]

    def holders(
        self, role: Role, *, on: date, municipality: str | None = None, work_package: str | None = None
    ) -> tuple[Person, ...]:
        """Return the people who hold *role* on that day, there."""
        return tuple(
            self.person(item.person)
            for item in self.assigned(role, work_package, municipality)
            if item.holds(on) and item.municipality == municipality
        )

    def takes_part(self, municipality: str | None, on: date) -> bool:
        """Return True when a municipality is in the programme on that day; the part common to all (None) always is."""
        until = None if municipality is None else self.municipality(municipality).until
        return until is None or on <= until

    def local_board(self, municipality: str) -> Body:
        return self._index.local_boards[municipality]

    def find_owner_board(self) -> Body | None:
        """Return the board above the local ones; None for a programme without such a level."""
        return next((body for body in self.bodies if body.kind is BodyKind.OWNER_BOARD), None)

    def board_people(self, body: Body, on: date) -> tuple[tuple[Person, bool], ...]:
        """Return everyone who belongs to *body* on that day, each once, the chair first, with True when required."""
        chair = (body.chair,) if body.chair else ()
        required = self._people_with((*chair, *body.members), body.municipality, on)
        optional = self._people_with(body.optional, body.municipality, on)
        return tuple((person, True) for person in required) + tuple(
            (person, False) for person in optional if person not in required
        )

    def place_people(self, place: PlaceSpec, on: date) -> tuple[Person, ...]:
        """Return a place's members on that day, each once. Its owners are none, unless a role makes them members."""
        return self._people_with(place.members, place.municipality, on)

    def owners(self, place: PlaceSpec, on: date) -> tuple[Person, ...]:
        """Return the owners of the place's group: named employees of the home tenant, the same for every place."""
        return self._people_with((Role.TEAM_OWNER,), place.municipality, on)

    def is_guest(self, person: Person) -> bool:
        """Return True when the register expects a guest. The directory knows the person's real account."""
        return self.organisation_of(person).tenant is Tenant.GUEST

    def _people_with(self, roles: Iterable[Role], municipality: str | None, on: date) -> tuple[Person, ...]:
        keys = dict.fromkeys(
            item.person
            for role in roles
            for item in self._index.assigned(role, municipality)
            if item.holds(on) and self._reaches(item, municipality, on)
        )
        return tuple(self.person(key) for key in keys)

    def _reaches(self, item: Assignment, municipality: str | None, on: date) -> bool:
        """Return True when an assignment counts there; without *municipality*: in what is common to the programme."""
        if municipality is None and not self.takes_part(item.municipality, on):
            # Its own place is archived and stays readable for its people.
            return False
        if item.work_package is not None:
            package = self.work_package(item.work_package)
            if municipality is None and not self.takes_part(package.municipality, on):
                return False
            return not package.has_ended(on) and municipality in (None, package.municipality)
        if item.municipality is not None:
            # An adviser of one municipality is no adviser of the programme.
            return item.municipality == municipality or (municipality is None and item.role in LOCAL_ROLES)
        return municipality is None or item.role in PROGRAMME_ROLES

    @property
    def names(self) -> Mapping[str, str]:
        """The names of all people, by key."""
        return self._index.names

    def position_of(self, work_package: str) -> int | None:
        """Return a work package's place among all of the register; None for an unknown one."""
        return self._index.positions.get(work_package)

    def breaks_of(self, municipality: str | None) -> Sequence[SchoolBreak]:
        """Return a municipality's own school breaks; the county's when none is named."""
        return self._index.school_breaks.get(municipality, ())

    def packages_of(self, municipality: str) -> Sequence[WorkPackage]:
        """Return the work packages of a municipality in any state, in the register's order."""
        return self._index.packages.get(municipality, ())

    def running_packages(self, municipality: str, *, on: date) -> tuple[WorkPackage, ...]:
        return tuple(item for item in self.packages_of(municipality) if self._is_running(item, on))

    def reporting_packages(self, municipality: str, *, on: date) -> tuple[WorkPackage, ...]:
        """Return the running packages that report to a municipality's board: its own, then others' that name it."""
        followed = self._index.followed.get(municipality, ()) if self.takes_part(municipality, on) else ()
        others = tuple(item for item in followed if self._is_running(item, on))
        return (*self.running_packages(municipality, on=on), *others)

    def _is_running(self, package: WorkPackage, on: date) -> bool:
        return (
            package.state is PackageState.RUNNING
            and self.takes_part(package.municipality, on)
            and (package.since is None or package.since <= on)
            and (package.until is None or on <= package.until)
        )


class _Index:
    """Look-up tables of a programme, whose lists are thousands long for a country."""

    def __init__(self, programme: Programme) -> None:
        self.people = {person.key: person for person in programme.people}
        self.people_by_email = {person.email.lower(): person for person in programme.people}
        self.timezone = ZoneInfo(programme.timezone)
        self.bodies = {body.key: body for body in programme.bodies}
        local_boards = [body for body in programme.bodies if body.kind is BodyKind.LOCAL_BOARD]
        self.local_boards = {body.municipality: body for body in local_boards}
        self.places = {place.key: place for place in programme.places}
        self.organisations = {item.key: item for item in programme.organisations}
        self.municipalities = {item.slug: item for item in programme.municipalities}
        self.work_packages = {package.key: package for package in programme.work_packages}
        self.names = {person.key: person.name for person in programme.people}
        self.positions = {package.key: number for number, package in enumerate(programme.work_packages)}
        self.packages: dict[str, list[WorkPackage]] = {}
        self.followed: dict[str, list[WorkPackage]] = {}
        """Packages of other municipalities, by the municipality whose board they report to besides their own."""
        for each in programme.work_packages:
            self.packages.setdefault(each.municipality, []).append(each)
            for slug in each.boards:
                self.followed.setdefault(slug, []).append(each)
        self.seats: dict[tuple[str, date], tuple[Body, ...]] = {}
        """The bodies that people belong to, by person and day, of those who were asked about lately."""
        self.school_breaks: dict[str | None, list[SchoolBreak]] = {}
        for row in programme.school_breaks:
            self.school_breaks.setdefault(row.municipality, []).append(row)
        self.assignments: dict[tuple[Role, str | None, str | None], list[Assignment]] = {}
        for item in programme.assignments:
            for municipality in {None, item.municipality}:
                self.assignments.setdefault((item.role, item.work_package, municipality), []).append(item)
        self.assignments_by_person: dict[str, list[Assignment]] = {}
        for item in programme.assignments:
            self.assignments_by_person.setdefault(item.person, []).append(item)
        self._assigned: dict[tuple[Role, str | None], list[tuple[int, Assignment]]] = {}
        """By role and the municipality it is held in, None for the programme; each with its place among all."""
        for number, item in enumerate(programme.assignments):
            package = self.work_packages.get(item.work_package or "")
            where = item.municipality or (package.municipality if package else None)
            self._assigned.setdefault((item.role, where), []).append((number, item))

    def assigned(self, role: Role, municipality: str | None) -> Iterable[Assignment]:
        """Return the assignments that may count there, in the register's order; without *municipality*, the role's."""
        if municipality is None:
            found = [each for (held, _), items in self._assigned.items() if held is role for each in items]
        else:
            found = [each for where in (municipality, None) for each in self._assigned.get((role, where), ())]
        return [item for _, item in sorted(found, key=itemgetter(0))]
