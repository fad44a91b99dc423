"""Values of overviews: what a reader is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from config.values import Role
from workflows.overview.rows import AnsweredRequest, MeetingLine, ReportLine, Undelivered
from workflows.papers.minutes.model import ActionItem, Decision
from workflows.status.model import EscalationState, Level, Light, RequestLine, RequestState, RoundState, StatusRound

# ---------------------------------------------------------------------------------------------------- the county's page


class PlaceState(StrEnum):
    """The state of a municipality's place, as the county lead reads it."""

    READY = "ready"
    DRIFT = "drift"
    """Something that we made is gone."""
    ASKS = "asks"
    """The rollout left something to a person."""
    WAITS_FOR_IT = "waits_for_it"
    """An order waits for IT to open the Builder."""
    UNDER_WAY = "under_way"
    FAILED = "failed"
    NOT_MADE = "not_made"
    THEIRS = "theirs"
    NONE = "none"
    LEFT = "left"
    """The municipality is no longer in the programme."""


class ReportStage(StrEnum):
    """Progress of the report of a municipality's current round."""

    NONE = "none"
    """There is no round."""
    COLLECTING = "collecting"
    """Answers are still coming in."""
    DUE = "due"
    """The round is closed, and the draft is being made."""
    DRAFT = "draft"
    RELEASED = "released"


class CountedRequest(Protocol):
    """A request as far as a round's progress needs it."""

    @property
    def work_package(self) -> str: ...
    @property
    def person(self) -> str: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Owing:
    """A package without an answer, and the person who owes it."""

    work_package: str
    name: str
    lead: str


@dataclass(frozen=True, kw_only=True)
class RoundProgress:
    """Progress of a round."""

    meeting: str
    state: RoundState
    deadline_local: datetime
    answered: int
    asked: int
    owed: tuple[CountedRequest, ...] = ()
    """The requests without an answer, by package."""

    @property
    def takes_answers(self) -> bool:
        return self.state is RoundState.OPEN

    @property
    def is_complete(self) -> bool:
        return self.asked > 0 and self.answered == self.asked


@dataclass(frozen=True, kw_only=True)
class MunicipalityState:
    """One municipality on the county lead's screen."""

    slug: str
    name: str
    place: PlaceState
    paused: bool
    next_meeting: datetime | None
    """Of its board; local wall time."""
    round: RoundProgress | None
    report: ReportStage
    questions_local: int = 0
    """Questions that wait for its own board."""
    questions_owner: int = 0
    """Questions of its that wait for the owner board."""
    undelivered: tuple[Undelivered, ...] = ()

    @property
    def needs_somebody(self) -> bool:
        """True when something here does not go by itself."""
        troubled = self.place in (PlaceState.DRIFT, PlaceState.ASKS, PlaceState.WAITS_FOR_IT, PlaceState.FAILED)
        return troubled or bool(self.undelivered) or (self.round is not None and bool(self.round.owed))


@dataclass(frozen=True, kw_only=True)
class CountyOverview:
    """All municipalities, by name, and what is common to the programme."""

    municipalities: tuple[MunicipalityState, ...]
    owner_meeting: datetime | None
    undelivered: tuple[Undelivered, ...]
    """Messages that belong to no municipality."""
    paused: bool
    """True when all sending is stopped."""


# ---------------------------------------------------------------------------------------------------- a municipality's


@dataclass(frozen=True, kw_only=True)
class PackageLine:
    """One package of a municipality in its current round."""

    key: str
    name: str
    leads: tuple[str, ...]
    light: Light | None
    """None: nobody has answered in this round."""
    request: RequestLine | None
    """Its request in the current round; None while it is not asked."""
    home: str = ""
    """The name of its municipality, for a package of another one that reports here too; empty for an own one."""
    reached: datetime | None = None
    """When a message about it last reached its lead."""
    lights: tuple[tuple[date, Light | None], ...] = ()
    """The light at each meeting, the oldest first."""
    trends: tuple["Trend", ...] = ()

    @property
    def owes(self) -> bool:
        """True when an answer is missing."""
        return self.request is not None and self.request.state in (RequestState.OPEN, RequestState.MISSING)


@dataclass(frozen=True, kw_only=True)
class Trend:
    """An indicator's numbers over the rounds, the oldest first."""

    name: str
    unit: str
    better: str
    points: tuple[tuple[date, float], ...]
    baseline: float | None = None
    target: float | None = None


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """A person of a municipality, and the roles held there."""

    key: str
    name: str
    organisation: str
    roles: tuple[tuple[Role, str], ...]
    """Each with the package it is held in; empty for none."""
    is_guest: bool = False


@dataclass(frozen=True, kw_only=True)
class QuestionLine:
    """A question that a package lifted to a board, and what has come of it."""

    question: str
    proposal: str
    package: str
    meeting_local: datetime
    level: Level
    state: EscalationState
    answer: str = ""
    """The words that settled it or sent it back; empty while it waits."""
    decided_below: str = ""
    """The local board's decision to pass it on."""


@dataclass(frozen=True, kw_only=True)
class MissedRound:
    """A round not opened before its deadline, as after a stop or before a meeting at short notice."""

    meeting: datetime
    """Local start of the board's meeting."""
    deadline_at: datetime


@dataclass(frozen=True, kw_only=True)
class MunicipalityOverview:
    """A municipality as those who look after it see it."""

    slug: str
    name: str
    board: str
    """The key of its board."""
    place: PlaceState
    place_url: str
    paused: bool
    round: StatusRound | None
    """The open round, else the newest one."""
    round_meeting: datetime | None
    next_round: StatusRound | None
    """The round that opens next, before one of the board's meetings to come."""
    missed: MissedRound | None
    """The round before the board's next meeting, where it can no longer be opened."""
    next_waits: bool
    """True when the next round would be open by now, and waits for a work package to ask."""
    next_asks: bool
    """True when a package is there that the next round asks."""
    next_meetings: tuple[MeetingLine, ...]
    report: ReportStage
    released: tuple[ReportLine, ...]
    """Released reports, the newest first."""
    packages: tuple[PackageLine, ...]
    questions: tuple[QuestionLine, ...]
    decisions: tuple[Decision, ...]
    actions: tuple[ActionItem, ...]
    undelivered: tuple[Undelivered, ...]
    people: tuple[PersonLine, ...]
    guests_asked: int = 0
    """Guests whose half-yearly confirmation waits."""

    @property
    def owing(self) -> tuple[PackageLine, ...]:
        return tuple(package for package in self.packages if package.owes)


# ------------------------------------------------------------------------------------------- a package's, and a board's


@dataclass(frozen=True, kw_only=True)
class PackageOverview:
    """A work package as those who work in it see it."""

    key: str
    name: str
    summary: str
    municipality: str
    """Its slug."""
    municipality_name: str
    board: str
    leads: tuple[str, ...]
    asked: tuple[AnsweredRequest, ...]
    """The requests of the rounds that take answers, one of each board at most, the first deadline first."""
    history: tuple[AnsweredRequest, ...]
    """Requests of earlier rounds, the newest first."""
    lights: tuple[tuple[date, Light | None], ...]
    trends: tuple[Trend, ...]
    decisions: tuple[Decision, ...]
    """Decisions of the board about it, the newest first."""
    actions: tuple[ActionItem, ...]
    """Open action items of its leads."""
    questions: tuple[QuestionLine, ...]
    series: tuple["ReportSeries", ...]
    """The boards that it reports to, its own first."""
    next_meeting: MeetingLine | None
    next_opens: datetime | None
    """Local time at which the next round opens, while none is open."""


@dataclass(frozen=True, kw_only=True)
class ReportSeries:
    """The reports of one board, as a package that reports to it sees them."""

    body: str
    name: str
    municipality: str
    """The board's, by its slug."""
    newest: ReportLine | None
    """The newest released report that the package is asked for; None before the first."""

    @property
    def date_key(self) -> str:
        """The last part of its meeting's key, for addresses; empty without a report."""
        return self.newest.meeting.rpartition("/")[2] if self.newest else ""


@dataclass(frozen=True, kw_only=True)
class PastMeeting:
    """A meeting that was held, and the papers that came of it."""

    meeting: MeetingLine
    report: ReportLine | None
    has_minutes: bool


@dataclass(frozen=True, kw_only=True)
class BoardOverview:
    """A body's meetings and papers, as its members see them."""

    key: str
    name: str
    municipality: str | None
    next_meetings: tuple[MeetingLine, ...]
    next_report: ReportLine | None
    """The released report for the next meeting."""
    has_agenda: bool
    """True when the agenda of the next meeting was sent."""
    past: tuple[PastMeeting, ...]
    decisions: tuple[Decision, ...]
    actions: tuple[ActionItem, ...]


# ------------------------------------------------------------------------------------------------------- the start page


class TaskKind(StrEnum):
    """A kind of thing that waits for its reader. Its value ends the keys of its texts."""

    ANSWER = "answer"
    CHASE = "chase"
    """Answers are missing in a round that the reader looks after."""
    CHASE_ALL = "chase_all"
    """Answers are missing somewhere in the county."""
    REVIEW_REPORT = "review_report"
    DECIDE = "decide"
    OPEN_BUILDER = "open_builder"
    ROLLOUT_FAILED = "rollout_failed"
    UNDELIVERED = "undelivered"
    CONFIRM_GUESTS = "confirm_guests"
    PAUSED = "paused"
    STOPPED = "stopped"
    """Work has stopped, which the reader may order again."""
    STOPPED_THERE = "stopped_there"
    """Work of a municipality that the reader looks after has stopped."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that waits for the reader: a sentence, a moment, and where it leads."""

    kind: TaskKind
    values: Mapping[str, Any]
    address: str
    at: datetime | None = None
    """Local wall time by which it is wanted."""
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Belonging:
    """A place that the reader belongs to."""

    name: str
    address: str
    roles: tuple[Role, ...]
    outside: str = ""
    """The address of its team or site, if there is one."""


@dataclass(frozen=True, kw_only=True)
class Fine:
    """One thing that goes by itself."""

    kind: str
    """Ends the key of its text."""
    values: Mapping[str, Any]
    address: str = ""
    tone: str = "ok"
    """`ok`, or `wait` for what is not complete yet."""


@dataclass(frozen=True, kw_only=True)
class StartPage:
    """A reader's tasks of now, their next meetings, and the places they belong to."""

    tasks: tuple[Task, ...]
    well: tuple[Fine, ...]
    """Things that go by themselves."""
    meetings: tuple[tuple[MeetingLine, str], ...]
    """Each with the name of its body."""
    belongings: tuple[Belonging, ...]
