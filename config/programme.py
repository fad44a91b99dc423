"""The model of a programme: what the YAML says, checked, as frozen values.

Keys are stable ASCII slugs, texts are for readers. Nothing here knows a particular programme.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Email = Annotated[str, Field(pattern=r"^[^@\s<>\"',;:\\]+@[^@\s<>\"',;:\\]+\.[^@\s<>\"',;:\\]+$", max_length=254)]
Text = Annotated[str, Field(min_length=1, max_length=1000)]
Language = Literal["nb", "nn", "en"]
Weekday = Annotated[int, Field(ge=0, le=6)]
"""0 is Monday."""
Minutes = Annotated[int, Field(ge=5, le=600)]


def _without_zone(moment: time) -> time:
    if moment.tzinfo is not None:
        raise ValueError('a local time such as "09:00"')
    return moment


LocalTime = Annotated[time, AfterValidator(_without_zone)]


def is_feed_address(url: str) -> bool:
    """Whether we read a calendar there: over https, or (for tries) on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))


def _feed_address(url: str) -> str:
    if not is_feed_address(url):
        raise ValueError("an address that starts with https://")
    return url


FeedAddress = Annotated[str, Field(max_length=2000), AfterValidator(_feed_address)]


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --------------------------------------------------------------------------------------------- organisations and people


class Tenant(StrEnum):
    """Where an organisation's people have their accounts: in the home tenant, or elsewhere (then they are guests)."""

    HOME = "home"
    GUEST = "guest"


class Organisation(Value):
    key: Slug
    name: Text
    kind: Literal["county", "municipality", "nav", "employers", "university", "association", "other"]
    tenant: Tenant
    domain: Text
    number: str | None = None
    """Organisation number, nine digits."""
    tenant_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] | None = None
    """Its directory in Entra, where it has one of its own."""
    it_contact: Annotated[str, Field(max_length=200)] = ""
    """Whom to call there about guests: a function and how to reach it."""
    inbound: Literal["open", "closed", "unknown"] = "unknown"
    """Whether our directory takes guests from there: our cross-tenant access settings."""
    outbound: Literal["open", "closed", "unknown"] = "unknown"
    """Whether its people may be guests with us: its own cross-tenant access settings."""


class Role(StrEnum):
    COUNTY_LEAD = "county_lead"
    TEAM_OWNER = "team_owner"
    """A named county employee who owns our groups in Entra; guests cannot."""
    OWNER_BOARD_CHAIR = "owner_board_chair"
    OWNER_BOARD_MEMBER = "owner_board_member"
    BOARD_CHAIR = "board_chair"
    BOARD_MEMBER = "board_member"
    LOCAL_LEAD = "local_lead"
    WORK_PACKAGE_LEAD = "work_package_lead"
    CONTRIBUTOR = "contributor"
    ADVISER = "adviser"
    YOUTH_PANEL_COORDINATOR = "youth_panel_coordinator"
    """The adult who speaks for the youth panel. No young person is ever registered."""


PROGRAMME_ROLES = frozenset(
    {
        Role.COUNTY_LEAD,
        Role.TEAM_OWNER,
        Role.OWNER_BOARD_CHAIR,
        Role.OWNER_BOARD_MEMBER,
        Role.YOUTH_PANEL_COORDINATOR,
    }
)
"""Held in the programme as a whole."""
LOCAL_ROLES = frozenset({Role.BOARD_CHAIR, Role.BOARD_MEMBER, Role.LOCAL_LEAD})
"""Held in one municipality."""
PACKAGE_ROLES = frozenset({Role.WORK_PACKAGE_LEAD, Role.CONTRIBUTOR})
"""Held in one work package. An adviser may stand in the programme or in a municipality."""


class Person(Value):
    key: Slug
    name: Text
    email: Email
    organisation: Slug
    title: str = ""
    first_name: str = ""
    """What to greet with; a role has none and is greeted without."""
    language: Language = "nb"
    blocked_dates: tuple[date, ...] = ()
    """Days on which the person can come to no meeting."""


class Assignment(Value):
    """A person's role; in a municipality, in a work package, or (neither given) in the programme."""

    person: Slug
    role: Role
    municipality: Slug | None = None
    work_package: Slug | None = None
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


class Partner(Value):
    organisation: Slug
    signs_agreement: bool = True
    note: str = ""


# ---------------------------------------------------------------------------------------------- municipalities and work


class Place(StrEnum):
    OURS = "ours"
    THEIRS = "theirs"
    NONE = "none"


class Meetings(StrEnum):
    OURS = "ours"
    THEIRS = "theirs"


class PackageState(StrEnum):
    PROPOSED = "proposed"
    ADOPTED = "adopted"
    RUNNING = "running"
    ENDED = "ended"


class Indicator(Value):
    key: Slug
    name: Text
    unit: str = ""
    baseline: float | None = None
    target: float | None = None
    better: Literal["higher", "lower"] = "higher"


class WorkPackage(Value):
    key: Slug
    """Unique in the programme."""
    municipality: Slug
    name: Text
    summary: str = ""
    state: PackageState = PackageState.RUNNING
    since: date | None = None
    until: date | None = None
    indicators: Annotated[tuple[Indicator, ...], Field(max_length=12)] = ()
    """As many as a status card has room for."""


class Municipality(Value):
    slug: Slug
    number: Annotated[str, Field(pattern=r"^\d{4}$")]
    name: Text
    organisation: Slug
    place: Place = Place.OURS
    meetings: Meetings = Meetings.OURS
    place_url: Annotated[str, Field(pattern=r"^https://")] | None = None
    """Their own place, when `place: theirs`: we link to it and write nothing there."""
    schools: tuple[Slug, ...] = ()
    meeting_dates: tuple[datetime, ...] = ()
    """Local wall times, when `meetings: theirs`."""
    meeting_feed: FeedAddress | None = None
    """Address of an iCalendar feed with nothing but their board's meetings, instead of `meeting_dates`."""
    until: date | None = None
    """Its last day in the programme. After it the place is archived; nothing is deleted, and it can come back."""
    later_meetings: Literal["cancel", "keep"] = "cancel"
    """What becomes of its bodies' meetings after that day, where we call them."""


class School(Value):
    key: Slug
    name: Text
    number: Annotated[str, Field(pattern=r"^\d{9}$")]
    """Organisation number."""
    municipality: Slug
    since: date | None = None
    until: date | None = None


# -------------------------------------------------------------------------------------------------- bodies and meetings


class BodyKind(StrEnum):
    OWNER_BOARD = "owner_board"
    LOCAL_BOARD = "local_board"
    LEAD_NETWORK = "lead_network"
    PACKAGE_LEADS = "package_leads"
    LEAD_TEAM = "lead_team"
    """A local board's people between its meetings: their weekly contact."""
    GATHERING = "gathering"
    """Days for many, held once or a few times: competence days, a conference."""


class RoundTimes(Value):
    """When things happen before a board meeting, in whole days before it. Deadlines move backwards over days off."""

    opens: int = 21
    reminders: tuple[int, ...] = (14,)
    last_reminder_before_deadline: int = 1
    deadline: int = 10
    release: int = 7
    papers: int = 7
    sendable_days: int = 5
    """A date with fewer days for sending from opening to deadline is no candidate."""


class Rhythm(Value):
    """How a body's dates are found. Gaps in days."""

    wanted_gap: int = 42
    least_gap: int = 35
    most_gap: int = 49
    most_gap_over_summer: int = 77
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] = (1, 2, 3)
    """ISO minus one: 0 is Monday."""
    preferred_weekday: Weekday | None = None
    starts: LocalTime = time(9, 0)
    other_starts: tuple[LocalTime, ...] = ()
    """Taken, the first that is free, when somebody sits in another meeting at the usual time."""
    minutes: Minutes = 120
    after_local_round: bool = False
    """The date lies after every local board has met since this body's last meeting."""


class Occasion(Value):
    """One meeting somewhere within some weeks; on a decided day when *first* and *last* are the same."""

    key: Slug
    first: date
    last: date
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] = (1, 2, 3)
    starts: LocalTime = time(9, 0)
    minutes: Minutes = 360


class AgendaEntry(Value):
    """
    One place on the agenda of a body's meetings.

    `questions` and `proposals` stand for an item each, `packages` and `follow_up` for one item about all of them; an
    entry without a source is an item of its own at every meeting.
    """

    key: Slug
    title: Text
    """Of `questions`: `{work_package}` is filled in. Of `proposals` the people who bring them give the titles."""
    source: Literal["questions", "packages", "proposals", "follow_up"] | None = None
    minutes: Minutes | None = None
    """How long each of its items may take."""
    order: int = 50
    """Entries stand by this, those with the same in the order in which they were written."""


class BodyTemplate(Value):
    kind: BodyKind
    name: Text
    chair: Role | None = None
    members: tuple[Role, ...]
    """Who is expected at its meetings, besides the chair."""
    optional: tuple[Role, ...] = ()
    """Who is invited and may stay away."""
    rhythm: Rhythm | None = None
    occasions: tuple[Occasion, ...] = ()
    """Single meetings besides the rhythm's, or instead of them."""
    fixed_dates: tuple[datetime, ...] = ()
    """Local wall times that the body has decided itself: they are kept, and the rhythm goes around them."""
    book: bool = True
    """Whether its meetings are put into people's calendars. Else they stand in the feeds and lists only."""
    rounds: RoundTimes | None = None
    quorum: Annotated[int, Field(ge=0, le=100)] = 50
    """How many of its members must come for it to decide, in percent."""
    location: str = ""
    agenda: tuple[AgendaEntry, ...] = ()
    """What its meetings' agendas are made of; without entries its meetings have none."""


class Body(BodyTemplate):
    """A board or network. A `local_board` stands once for every municipality, with its overrides applied."""

    key: Slug
    """A local board's is its municipality's slug."""
    municipality: Slug | None = None


class SchoolBreak(Value):
    """Days without school, first and last included. A municipality's row goes before the county's."""

    municipality: Slug | None = None
    school_year: Annotated[str, Field(pattern=r"^\d{4}/\d{2}$")]
    kind: Literal["autumn", "christmas", "winter", "easter", "summer", "other"]
    first: date
    last: date
    source: str = ""
    status: Literal["adopted", "assumed"] = "adopted"


class BusyDay(Value):
    """A day on which many are needed elsewhere, such as a council's meeting: avoided where it can be."""

    day: date
    name: Text
    municipality: Slug | None = None
    """None: for all."""


# ---------------------------------------------------------------------------------------------- the template of a place


class TabSpec(Value):
    key: Slug
    name: Text
    page: Literal["report", "plan", "calendar"]


class ChannelSpec(Value):
    key: Slug
    name: Annotated[str, Field(min_length=1, max_length=50)]
    description: str = ""
    kind: Literal["standard", "private"] = "standard"
    members: tuple[Role, ...] = ()
    """Who of the place's people may read a private channel; all of them when nobody is named."""
    per: Literal["work_package"] | None = None
    """Once for each running work package; `{work_package}` in the name is filled in."""
    tabs: tuple[TabSpec, ...] = ()


class ColumnSpec(Value):
    name: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$")]
    label: Text
    kind: Literal["text", "note", "number", "date", "boolean", "choice"] = "text"
    choices: tuple[str, ...] = ()
    indexed: bool = False


class ListSpec(Value):
    key: Slug
    name: Text
    source: Literal["work_packages", "indicators", "reports", "decisions", "plan_activities"]
    description: str = ""
    columns: tuple[ColumnSpec, ...]


class PlaceTemplate(Value):
    """What a place consists of. In texts `{municipality}`, `{year}` and `{work_package}` are filled in."""

    name: Text
    description: str = ""
    mail_nickname: Annotated[str, Field(pattern=r"^[A-Za-z0-9{}._-]+$")]
    members: tuple[Role, ...]
    channels: tuple[ChannelSpec, ...]
    folders: tuple[str, ...] = ()
    report_folder: str = ""
    """Where the PDFs of released reports lie; empty is the library's top."""
    meeting_folder: str = ""
    """Where meetings have a folder each for agenda and minutes; `{year}` is the meeting's. Empty: nowhere."""
    lists: tuple[ListSpec, ...] = ()
    label: str = ""
    """Id of the sensitivity label that the group should have; empty: none is asked for."""
    landing_title: Text
    landing_intro: Text


Layer = Literal["template", "county", "municipality"]


class PlaceSpec(PlaceTemplate):
    """One place with template, county and municipality layers merged. *layers*: value path → the layer it came from."""

    key: Slug
    """The municipality's slug, or the key of a programme-wide place."""
    municipality: Slug | None = None
    unique_name: Text
    layers: Mapping[str, Layer] = Field(default_factory=dict)


# --------------------------------------------------------------------------------------------------- plan and programme


class PlanActivity(Value):
    key: Annotated[str, Field(pattern=r"^[A-Z]\d\d-\d\d$")]
    years: tuple[int, ...]
    level: Literal["county", "municipality", "both", "not_stated"]
    text: Text
    responsible: str = ""


class BudgetLine(Value):
    key: Annotated[str, Field(pattern=r"^B\d+$")]
    amount: int | None = None
    """Whole kroner."""
    years: tuple[int, ...]
    per: Literal["programme", "municipality"] = "programme"
    purpose: Text


class SendingHours(Value):
    """Unasked messages leave only then, local time, on working days outside school breaks."""

    first: LocalTime = time(8, 0)
    last: LocalTime = time(15, 0)
    weekdays: tuple[Weekday, ...] = (0, 1, 2, 3, 4)


class Programme(Value):
    """A whole programme. Built by `config.loading`; references are checked there."""

    key: Slug
    name: Text
    local_name: Text
    """A municipality's part of it, with `{municipality}`."""
    first_day: date
    last_day: date
    timezone: str = "Europe/Oslo"
    language: Language = "nb"
    vision: str = ""
    goals: tuple[str, ...] = ()
    county: Slug
    """The organisation that leads it."""
    organisations: tuple[Organisation, ...]
    partners: tuple[Partner, ...]
    people: tuple[Person, ...]
    assignments: tuple[Assignment, ...]
    municipalities: tuple[Municipality, ...]
    schools: tuple[School, ...] = ()
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
    budget: tuple[BudgetLine, ...] = ()
    sending: SendingHours = SendingHours()

    @cached_property
    def _index(self) -> "_Index":
        return _Index(self)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy looks everything up for itself: what is changed in it must be found there."""
        copied = super().model_copy(update=update, deep=deep)
        copied.__dict__.pop("_index", None)
        return copied

    def person(self, key: str) -> Person:
        return self._index.people[key]

    def find_person(self, key: str) -> Person | None:
        return self._index.people.get(key)

    def municipality(self, slug: str) -> Municipality:
        return self._index.municipalities[slug]

    def find_person_by_email(self, email: str) -> Person | None:
        return self._index.people_by_email.get(email.lower())

    def assigned(
        self, role: Role, work_package: str | None = None, municipality: str | None = None
    ) -> Sequence[Assignment]:
        """Who has or had *role* at any time, in a package or (None) in none; in one municipality, or (None) any."""
        return self._index.assignments.get((role, work_package, municipality), ())

    def body(self, key: str) -> Body:
        return next(body for body in self.bodies if body.key == key)

    def work_package(self, key: str) -> WorkPackage:
        return self._index.work_packages[key]

    def find_work_package(self, key: str) -> WorkPackage | None:
        return self._index.work_packages.get(key)

    def their_place(self, municipality: str | None) -> str | None:
        """Address of the place that a municipality made itself; None when it has ours, or none."""
        found = next((item for item in self.municipalities if item.slug == municipality), None)
        return found.place_url if found is not None and found.place is Place.THEIRS else None

    def place(self, key: str) -> PlaceSpec | None:
        return next((place for place in self.places if place.key == key), None)

    def organisation_of(self, person: Person) -> Organisation:
        return next(item for item in self.organisations if item.key == person.organisation)

    def holders(
        self, role: Role, *, on: date, municipality: str | None = None, work_package: str | None = None
    ) -> tuple[Person, ...]:
        """Who holds *role* on that day, there."""
        return tuple(
            self.person(item.person)
            for item in self.assigned(role, work_package, municipality)
            if item.holds(on) and item.municipality == municipality
        )

    def takes_part(self, municipality: str | None, on: date) -> bool:
        """Whether a municipality is in the programme on that day; what is common to all (None) always is."""
        until = None if municipality is None else self.municipality(municipality).until
        return until is None or on <= until

    def local_board(self, municipality: str) -> Body:
        return next(
            body for body in self.bodies if body.kind is BodyKind.LOCAL_BOARD and body.municipality == municipality
        )

    def owner_board(self) -> Body:
        return next(body for body in self.bodies if body.kind is BodyKind.OWNER_BOARD)

    def board_people(self, body: Body, on: date) -> tuple[tuple[Person, bool], ...]:
        """Everyone who belongs to *body* on that day, each once, the chair first; and if required."""
        chair = (body.chair,) if body.chair else ()
        required = self._people_with((*chair, *body.members), body.municipality, on)
        optional = self._people_with(body.optional, body.municipality, on)
        return tuple((person, True) for person in required) + tuple(
            (person, False) for person in optional if person not in required
        )

    def place_people(self, place: PlaceSpec, on: date) -> tuple[Person, ...]:
        """The members of a place on that day, each once. Its owners stand beside, unless a role makes them members."""
        return self._people_with(place.members, place.municipality, on)

    def owners(self, place: PlaceSpec, on: date) -> tuple[Person, ...]:
        """Who owns the place's group: named employees of the home tenant, the same for every place."""
        return self._people_with((Role.TEAM_OWNER,), place.municipality, on)

    def is_guest(self, person: Person) -> bool:
        """Whether the register expects a guest. What the person really is, the directory says."""
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
        """Whether an assignment counts there; without *municipality*: in what is common to the programme."""
        if municipality is None and not self.takes_part(item.municipality, on):
            # Its own place is archived and stays readable for its people.
            return False
        if item.work_package is not None:
            package = self.work_package(item.work_package)
            if municipality is None and not self.takes_part(package.municipality, on):
                return False
            going_on = package.state is not PackageState.ENDED and (package.until is None or on <= package.until)
            return going_on and municipality in (None, package.municipality)
        if item.municipality is not None:
            # An adviser of one municipality is no adviser of the programme.
            return item.municipality == municipality or (municipality is None and item.role in LOCAL_ROLES)
        return municipality is None or item.role in PROGRAMME_ROLES

    def running_packages(self, municipality: str, *, on: date) -> tuple[WorkPackage, ...]:
        return tuple(
            package
            for package in self.work_packages
            if package.municipality == municipality
            and package.state is PackageState.RUNNING
            and self.takes_part(municipality, on)
            and (package.since is None or package.since <= on)
            and (package.until is None or on <= package.until)
        )


class _Index:
    """What is looked up again and again by its key, in lists that are thousands long for a country."""

    def __init__(self, programme: Programme) -> None:
        self.people = {person.key: person for person in programme.people}
        self.people_by_email = {person.email.lower(): person for person in programme.people}
        self.municipalities = {item.slug: item for item in programme.municipalities}
        self.work_packages = {package.key: package for package in programme.work_packages}
        self.assignments: dict[tuple[Role, str | None, str | None], list[Assignment]] = {}
        for item in programme.assignments:
            for municipality in {None, item.municipality}:
                self.assignments.setdefault((item.role, item.work_package, municipality), []).append(item)
        self._assigned: dict[tuple[Role, str | None], list[tuple[int, Assignment]]] = {}
        """By role and the municipality it is held in, None for the programme; each with its place among all."""
        for number, item in enumerate(programme.assignments):
            package = self.work_packages.get(item.work_package or "")
            where = item.municipality or (package.municipality if package else None)
            self._assigned.setdefault((item.role, where), []).append((number, item))

    def assigned(self, role: Role, municipality: str | None) -> Iterable[Assignment]:
        """Those that may count there, in the register's order; without *municipality*, all of the role."""
        if municipality is None:
            found = [each for (held, _), items in self._assigned.items() if held is role for each in items]
        else:
            found = [each for where in (municipality, None) for each in self._assigned.get((role, where), ())]
        return [item for _, item in sorted(found, key=itemgetter(0))]
