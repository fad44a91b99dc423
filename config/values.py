"""Parts of any programme as frozen values: the YAML's content, checked. Keys are ASCII slugs, texts are for readers."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from config.fields import (
    Days,
    Email,
    FeedAddress,
    Language,
    Line,
    LocalTime,
    Minutes,
    OptionalLine,
    OptionalText,
    Slug,
    Text,
    Value,
    WebAddress,
    Weekday,
)

# --------------------------------------------------------------------------------------------- organisations and people


class Tenant(StrEnum):
    """The tenant of an organisation's accounts: the home tenant, or another one (its people are guests)."""

    HOME = "home"
    GUEST = "guest"


class Organisation(Value):
    key: Slug
    name: Line
    kind: Literal["county", "municipality", "nav", "employers", "university", "association", "other"]
    tenant: Tenant
    domain: Line
    number: Annotated[str, Field(pattern=r"^[0-9]{9}$")] | None = None
    """Organisation number, nine digits."""
    tenant_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] | None = None
    """Its directory in Entra, where it has one of its own."""
    it_contact: OptionalLine = ""
    """Contact there about guests: a function and how to reach it."""
    inbound: Literal["open", "closed", "unknown"] = "unknown"
    """Open when our directory takes guests from there: our cross-tenant access settings."""
    outbound: Literal["open", "closed", "unknown"] = "unknown"
    """Open when its people may be guests with us: its own cross-tenant access settings."""


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
    name: Line
    email: Email
    organisation: Slug
    title: OptionalLine = ""
    first_name: OptionalLine = ""
    """Name in the greeting; a role has none and is greeted without."""
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
    """A partner of the programme, or of one municipality, and its cooperation agreement."""

    organisation: Slug
    municipality: Slug | None = None
    signs_agreement: bool = True
    signed_on: date | None = None
    expires_on: date | None = None
    """Last day of the agreement."""
    note: OptionalText = ""


class Stakeholder(Value):
    """A group or an organisation that the work concerns; never a single young person."""

    key: Slug
    name: Line
    municipality: Slug | None = None
    interest: OptionalText = ""
    involvement: Literal["informed", "consulted", "involved", "decides"] = "informed"
    responsible: Slug | None = None
    """Person who keeps in touch."""


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
    name: Line
    unit: OptionalLine = ""
    baseline: FiniteFloat | None = None
    target: FiniteFloat | None = None
    better: Literal["higher", "lower"] = "higher"
    summed_as: OptionalLine = ""
    """The name under which the owner board sees the sum of all municipalities' numbers; empty: they are not added."""


class WorkPackage(Value):
    key: Slug
    """Unique in the programme."""
    municipality: Slug
    name: Line
    channel_name: OptionalLine = ""
    """Name of its channel in Teams; empty: one made of its name, in signs that Teams takes."""
    summary: OptionalText = ""
    theme: Slug | None = None
    """One of the programme's themes."""
    state: PackageState = PackageState.RUNNING
    minor: bool = False
    """True for a minor measure, which the local lead starts and ends alone."""
    boards: Annotated[tuple[Slug, ...], Field(max_length=12)] = ()
    """The local boards, by their municipalities, that it reports to besides its own: each has rounds of its own."""
    adopted_by: OptionalLine = ""
    """The board's decision that adopted it: the number of its item, such as `12/2026`."""
    ended_by: OptionalLine = ""
    """The board's decision that ended it."""
    since: date | None = None
    until: date | None = None
    indicators: Annotated[tuple[Indicator, ...], Field(max_length=12)] = ()
    """As many as a status card has room for."""

    def has_ended(self, on: date) -> bool:
        """Return True when the package is over by that day: its state says so, or its last day has passed."""
        return self.state is PackageState.ENDED or (self.until is not None and self.until < on)


class Municipality(Value):
    slug: Slug
    number: Annotated[str, Field(pattern=r"^[0-9]{4}$")] | None = None
    """None for a programme within the programme, whose board follows packages of several municipalities."""
    name: Line
    organisation: Slug
    place: Place = Place.OURS
    meetings: Meetings = Meetings.OURS
    place_url: WebAddress | None = None
    """Their own place, when `place: theirs`: we link to it and write nothing there."""
    schools: tuple[Slug, ...] = ()
    meeting_dates: tuple[datetime, ...] = ()
    """Local wall times, when `meetings: theirs`."""
    meeting_feed: FeedAddress | None = None
    """Address of an iCalendar feed with nothing but their board's meetings, instead of `meeting_dates`."""
    until: date | None = None
    """Its last day in the programme. After it the place is archived; nothing is deleted, and it can come back."""
    later_meetings: Literal["cancel", "keep"] = "cancel"
    """Fate of its bodies' meetings after that day, where we call them."""


class School(Value):
    key: Slug
    name: Line
    number: Annotated[str, Field(pattern=r"^[0-9]{9}$")]
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
    """The times of a round before a board meeting, in whole days before it. Deadlines move backwards over days off."""

    opens: Days = 21
    reminders: tuple[Days, ...] = (14,)
    last_reminder_before_deadline: Days = 1
    deadline: Days = 10
    release: Days = 7
    papers: Days = 7
    sendable_days: Days = 5
    """A date with fewer days for sending from opening to deadline is no candidate."""


class Rhythm(Value):
    """Rule by which a body's dates are found. Gaps in days."""

    wanted_gap: Days = 42
    least_gap: Days = 35
    most_gap: Days = 49
    most_gap_over_summer: Days = 77
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
    """One place on the agenda of a body's meetings; without a source it is an item of its own at every meeting."""

    key: Slug
    title: Line
    """Of `questions`: `{work_package}` is filled in. Of `proposals` the people who bring them give the titles."""
    source: Literal["questions", "packages", "proposals", "follow_up"] | None = None
    """`questions` and `proposals` stand for an item each, `packages` and `follow_up` for one item about all of them."""
    minutes: Minutes | None = None
    """Time that each of its items may take."""
    order: int = 50
    """Entries stand by this, those with the same in the order in which they were written."""


class BodyTemplate(Value):
    kind: BodyKind
    name: Line
    chair: Role | None = None
    members: tuple[Role, ...]
    """Roles expected at its meetings, besides the chair."""
    optional: tuple[Role, ...] = ()
    """Roles that are invited and may stay away."""
    rhythm: Rhythm | None = None
    occasions: tuple[Occasion, ...] = ()
    """Single meetings besides the rhythm's, or instead of them."""
    fixed_dates: tuple[datetime, ...] = ()
    """Local wall times that the body has decided itself: they are kept, and the rhythm goes around them."""
    book: bool = True
    """True when its meetings are put into people's calendars. Else they stand in the feeds and lists only."""
    rounds: RoundTimes | None = None
    quorum: Annotated[int, Field(ge=0, le=100)] = 50
    """Part of its members that must come for it to decide, in percent."""
    location: OptionalLine = ""
    language: Language | None = None
    """Language of its papers; None: the programme's."""
    agenda: tuple[AgendaEntry, ...] = ()
    """Entries of its meetings' agendas; without any its meetings have no agenda."""


class Body(BodyTemplate):
    """A board or network. A `local_board` stands once for every municipality, with its overrides applied."""

    key: Slug
    """A local board's is its municipality's slug."""
    municipality: Slug | None = None


class SchoolBreak(Value):
    """Days without school, first and last included. A municipality's row goes before the county's."""

    municipality: Slug | None = None
    school_year: Annotated[str, Field(pattern=r"^[0-9]{4}/[0-9]{2}$")]
    kind: Literal["autumn", "christmas", "winter", "easter", "summer", "other"]
    first: date
    last: date
    source: OptionalLine = ""
    status: Literal["adopted", "assumed"] = "adopted"


class BusyDay(Value):
    """A day on which many are needed elsewhere, such as a council's meeting, there or (no municipality) everywhere."""

    day: date
    name: Line
    municipality: Slug | None = None


# --------------------------------------------------------------------------------------------------- plan and programme


class PlanActivity(Value):
    key: Annotated[str, Field(pattern=r"^[A-Z][0-9]{2}-[0-9]{2}$")]
    years: tuple[int, ...]
    level: Literal["county", "municipality", "both", "not_stated"]
    text: Text
    responsible: OptionalText = ""


class Progress(Value):
    """Progress of an activity of the plan, in the programme or in one municipality."""

    activity: str
    municipality: Slug | None = None
    state: Literal["not_begun", "under_way", "done"]
    note: OptionalText = ""


class BudgetLine(Value):
    """A sum for a purpose, the same every year; a municipality's own lines stand in its file."""

    key: Annotated[str, Field(pattern=r"^(B[0-9]+|[a-z0-9]+(-[a-z0-9]+)*)$", max_length=60)]
    municipality: Slug | None = None
    amount: int | None = None
    """Whole kroner a year."""
    years: tuple[int, ...]
    per: Literal["programme", "municipality"] = "programme"
    purpose: Text


class Spending(Value):
    """The part of a budget line that is spent in one year, so far, in whole kroner."""

    line: str
    year: int
    municipality: Slug | None = None
    spent: Annotated[int, Field(ge=0)]


class SendingHours(Value):
    """Unasked messages leave only then, local time, on working days outside school breaks."""

    first: LocalTime = time(8, 0)
    last: LocalTime = time(15, 0)
    weekdays: Annotated[tuple[Weekday, ...], Field(min_length=1)] = (0, 1, 2, 3, 4)
