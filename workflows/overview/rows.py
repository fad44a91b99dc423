"""Rows of overviews: what the record knows, read in few questions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from workflows.messages.model import Message, MessageState, Surface
from workflows.papers.minutes.model import ActionItem, Decision
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.reports.model import ReportState
from workflows.status.model import (
    AnswerContent,
    Light,
    RoundState,
    StatusAnswer,
    StatusRequest,
    StatusRound,
)


@dataclass(frozen=True, kw_only=True)
class MeetingLine:
    """A meeting that stands, as overviews list it. Local wall times."""

    key: str
    body: str
    starts_local: datetime
    ends_local: datetime
    location: str = ""
    join_url: str = ""
    booked: bool = True
    """True when it stands in people's calendars."""

    @property
    def date_key(self) -> str:
        """The last part of its key: the day first announced, for addresses."""
        return self.key.rpartition("/")[2]


class RoundLine(NamedTuple):
    """A round as far as its progress needs it; the county's page reads one of each municipality."""

    meeting: str
    municipality: str
    state: RoundState
    deadline_at: datetime
    report: ReportState | None = None
    """State of the newest report for it, where that is read."""

    @classmethod
    def of(cls, status_round: StatusRound) -> "RoundLine":
        """Return the line of a round."""
        return cls(status_round.meeting, status_round.municipality, status_round.state, status_round.deadline_at)


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """The newest report of a meeting, without its content."""

    meeting: str
    state: ReportState
    compiled_at: datetime
    released_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Undelivered:
    """A message that did not reach its reader, or that has tried for long."""

    key: str
    kind: str
    surface: Surface
    state: MessageState
    municipality: str | None
    person: str | None
    name: str
    """The reader as the message knows them."""
    failure: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class PlaceLine:
    """A place's own things, by key: `team`, `site` and so on, and their addresses."""

    place: str
    urls: Mapping[str, str] = field(default_factory=dict)
    gone: int = 0
    """Things that the last look for drift did not find."""
    asks: int = 0
    """Things that the last rollout left to a person."""


@dataclass(frozen=True, kw_only=True)
class UnitLine:
    """A unit of work as it stands."""

    key: str
    state: str
    """waiting, done or failed."""
    due_at: datetime
    held: bool
    note: str
    failures: int
    done_at: datetime | None


class RolloutLine(NamedTuple):
    """The unit that makes a place, as far as the county's page tells of it."""

    state: str
    """waiting, done or failed."""
    note: str


class RequestRow(NamedTuple):
    """A request as the county's page counts it; there are thousands."""

    meeting: str
    work_package: str
    person: str
    state: str


class QuestionCount(NamedTuple):
    """The number of questions, asked for meetings of one body, that wait for the board of a level."""

    body: str
    level: str
    number: int


@dataclass(frozen=True, kw_only=True)
class AnsweredRequest:
    """A request with its round, and its newest answer where there is one."""

    request: StatusRequest
    round: StatusRound
    meeting_local: datetime
    answer: StatusAnswer | None
    drafted: bool = False
    """True when somebody has begun to write."""

    @property
    def light(self) -> Light | None:
        return self.answer.content.light if self.answer else None

    @property
    def content(self) -> AnswerContent | None:
        return self.answer.content if self.answer else None


@dataclass(frozen=True, kw_only=True)
class RoundRows:
    """The newest round of each municipality."""

    rounds: tuple[RoundLine, ...]
    requests: tuple[RequestRow, ...]


@dataclass(frozen=True, kw_only=True)
class CountyRows(RoundRows):
    """All that the county's page reads."""

    next_meetings: Mapping[str, datetime]
    """Start of the next meeting of each body, as a local wall time."""
    questions: tuple[QuestionCount, ...]
    undelivered: tuple[Undelivered, ...]
    places: Mapping[str, PlaceLine]
    rollouts: Mapping[str, RolloutLine]
    """By the keys of their units."""
    paused: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class MunicipalityRows:
    """All that a municipality's page reads."""

    meetings: tuple[MeetingLine, ...]
    answered: tuple[AnsweredRequest, ...]
    """Of the newest rounds, the newest first."""
    messages: tuple[Message, ...]
    """Messages about the newest round's requests."""
    reports: Mapping[str, ReportLine]
    questions: tuple[BoardQuestion, ...]
    decisions: tuple[Decision, ...]
    actions: tuple[ActionItem, ...]
    undelivered: tuple[Undelivered, ...]
    place: PlaceLine
    unit: UnitLine | None
    paused: bool
    guests_asked: int


@dataclass(frozen=True, kw_only=True)
class PackageRows:
    """All that a package's page reads."""

    answered: tuple[AnsweredRequest, ...]
    """The newest first."""
    questions: tuple[BoardQuestion, ...]
    decisions: tuple[Decision, ...]
    actions: tuple[ActionItem, ...]
    meetings: tuple[MeetingLine, ...]
    reports: Mapping[str, ReportLine] = field(default_factory=dict)
    """The newest of each round's meeting."""


@dataclass(frozen=True, kw_only=True)
class BoardRows:
    """All that a body's page reads."""

    meetings: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]
    """The newest first."""
    reports: Mapping[str, ReportLine]
    agendas: frozenset[str]
    """Meetings whose agenda was sent."""
    minutes: frozenset[str]
    """Meetings whose minutes are recorded."""
    decisions: tuple[Decision, ...]
    actions: tuple[ActionItem, ...]


@dataclass(frozen=True, kw_only=True)
class OpenRoundCounts:
    """Counts over all rounds that take answers."""

    asked: int
    answered: int
    first_deadline: datetime

    @property
    def owing(self) -> int:
        return self.asked - self.answered


@dataclass(frozen=True, kw_only=True)
class StartRows:
    """All that a start page reads."""

    meetings: tuple[MeetingLine, ...]
    answered: tuple[AnsweredRequest, ...]
    """The reader's requests of rounds that are open."""
    open_rounds: OpenRoundCounts | None
    """Over all municipalities, for a county lead; None when no round is open, and for others."""
    reports: Mapping[str, ReportLine]
    """Of the reader's boards' meetings to come."""
    questions: tuple[QuestionCount, ...]
    """Questions that wait for the reader's boards."""
    undelivered: tuple[Undelivered, ...]
    guests_asked: Mapping[str, int]
    """By scope."""
    rollouts: Mapping[str, RolloutLine]
    """Those that are not done, by the keys of their units, for a county lead."""
    places: Mapping[str, PlaceLine]
    paused: frozenset[str]
    stopped: tuple[str, ...] = ()
    """Keys of the units that failed, for those who look after something."""
