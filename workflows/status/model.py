"""Values of a status round: rounds, requests, answers, and the result of a round.

No rules stand here that need the outside; reports and pages read these values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from workflows.words import Words


class Light(StrEnum):
    """The light of a package's work. A package nobody answered for has no light: it is missing."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"
    """Not started."""
    DONE = "done"


class RoundState(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class RequestState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    MISSING = "missing"
    """The round closed without an answer."""
    WAIVED = "waived"
    """Nobody needs to answer any more: the meeting was cancelled or the package ended."""


class RequestStage(StrEnum):
    """The stage of a request, as those who look after the round see it."""

    PLANNED = "planned"
    """The round is open, and nothing has left yet."""
    SENT = "sent"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    """The reminders were not answered, and the local lead was told."""
    DRAFT = "draft"
    """Somebody has begun to write and has sent nothing."""
    ANSWERED = "answered"
    CORRECTED = "corrected"
    MISSING = "missing"
    WAIVED = "waived"


class AnswerSurface(StrEnum):
    """The surface on which an answer was written."""

    CARD = "card"
    FORM = "form"


class Level(StrEnum):
    """The board that a lifted question waits for, or that settled it."""

    LOCAL = "local_board"
    OWNER = "owner_board"


class EscalationState(StrEnum):
    """
    The state of a lifted question. An answer raises and withdraws; the rest is written by
    `workflows.papers.questions`, which says what follows on what.
    """

    RAISED = "raised"
    WITHDRAWN = "withdrawn"
    """A later answer no longer asks."""
    VIEWED = "viewed"
    """The lead of that level has written a view for the board."""
    ON_AGENDA = "on_agenda"
    DECIDED = "decided"
    """Minutes say so; they are not approved yet."""
    SENT_BACK = "sent_back"
    """It cannot be decided as it stands: the package is told what is lacking."""
    PASSED_ON = "passed_on"
    """The local board has decided to ask the owner board."""
    ANSWERED = "answered"
    """The package was told what was decided."""
    UNSOLVED = "unsolved"
    """The package says that the decision has not solved it yet."""
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class StatusRound:
    """The round before one local board meeting."""

    meeting: str
    """The meeting's key."""
    municipality: str
    state: RoundState
    opens_at: datetime
    reminders_at: tuple[datetime, ...]
    deadline_at: datetime
    release_at: datetime

    def takes_answers(self, now: datetime) -> bool:
        return self.state is RoundState.OPEN and now < self.deadline_at


@dataclass(frozen=True, kw_only=True)
class StatusRequest:
    """One package's request in one round."""

    id: str
    meeting: str
    work_package: str
    person: str
    """The person asked when the round opened; empty when nobody leads the package or the municipality."""
    state: RequestState
    opened_at: datetime
    latest_version: int = 0


@dataclass(frozen=True, kw_only=True)
class OpenDecision:
    """Something the board decided that a package has yet to report on. *text*: as the minutes have it."""

    key: str
    text: str
    question: str = ""
    """The package's own question that it answers: then it is asked whether that is solved. Empty for none."""


TEXT_FIELDS = ("done", "next", "hinders", "question", "proposal", "lesson")
NEWS_FIELDS = ("done", "question", "proposal", "lesson")
"""Texts that start empty in each round: what is said in them was said then."""


class LessonLevel(StrEnum):
    """The readers that the author of a lesson means it for; each level holds the ones before it."""

    BOARD = "board"
    """The package's own board."""
    LEADS = "leads"
    """The leads of work packages in all municipalities."""
    OWNER = "owner"
    """The owner board as well."""


WEIGHTS = tuple(f"{kind}_{likely}_{large}" for kind in ("risk", "opportunity") for likely in "12" for large in "12")
"""The weights of a risk or an opportunity: its kind, how likely it is, and how much would follow."""


@dataclass(frozen=True, kw_only=True)
class AnswerContent:
    """
    The checked content of an answer.

    *outlook*: a risk or an opportunity in a few words, with its *weight*, one of WEIGHTS; both empty for none.
    *lesson*: what the package has learned, with *lesson_for*, one of LessonLevel; both empty for nothing.
    *indicators*: the numbers given, by the indicator's key. *follow_ups*: what was told about earlier decisions, by the
    key of the decision or action item. *solved*: whether an answered question is solved, by the same key.
    """

    light: Light
    done: str = ""
    next: str = ""
    hinders: str = ""
    question: str = ""
    proposal: str = ""
    lesson: str = ""
    lesson_for: str = ""
    outlook: str = ""
    weight: str = ""
    indicators: Mapping[str, float] = field(default_factory=dict)
    follow_ups: Mapping[str, str] = field(default_factory=dict)
    solved: Mapping[str, bool] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """Plain data for the record; `from_data` reads it back."""
        texts = {name: getattr(self, name) for name in TEXT_FIELDS}
        numbers, told = dict(self.indicators), dict(self.follow_ups)
        outlook = {"outlook": self.outlook, "weight": self.weight} if self.weight else {}
        reach = {"lesson_for": self.lesson_for} if self.lesson else {}
        answers = {"indicators": numbers, "follow_ups": told, "solved": dict(self.solved)}
        return {"light": self.light.value, **texts, **reach, **outlook, **answers}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        texts = {name: str(data.get(name, "")) for name in (*TEXT_FIELDS, "lesson_for", "outlook", "weight")}
        indicators = {key: float(value) for key, value in data.get("indicators", {}).items()}
        follow_ups = {str(key): str(value) for key, value in data.get("follow_ups", {}).items()}
        solved = {str(key): bool(value) for key, value in data.get("solved", {}).items()}
        light = Light(data["light"])
        return cls(light=light, indicators=indicators, follow_ups=follow_ups, solved=solved, **texts)


@dataclass(frozen=True, kw_only=True)
class StatusAnswer:
    """One version of an answer; the newest counts, every one is kept."""

    request: str
    version: int
    at: datetime
    by: str
    """The key of the person who wrote it."""
    surface: AnswerSurface
    content: AnswerContent
    on_behalf: bool = False
    """The local lead wrote it for the package's lead."""


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """A question lifted to the board that meets."""

    id: str
    request: str
    meeting: str
    level: Level
    question: str
    proposal: str
    state: EscalationState
    raised_at: datetime


# ---------------------------------------------------------------------------------------------- how a round turned out


def adds_to_name(unit: str, name: str) -> bool:
    """Return True when an indicator's unit says more than its name: «Deltakere (deltakere)» says it twice."""
    return bool(unit) and unit.casefold() not in name.casefold()


@dataclass(frozen=True, kw_only=True)
class IndicatorResult:
    """One indicator of a package. *previous*: the newest number from an earlier round, else the baseline."""

    key: str
    name: str
    unit: str
    better: str
    """higher or lower"""
    baseline: float | None = None
    target: float | None = None
    previous: float | None = None
    now: float | None = None


@dataclass(frozen=True, kw_only=True)
class PackageResult:
    """One package's result for the board: its lead's answer, or that there is none."""

    request: str
    work_package: str
    name: str
    lead: str
    """The lead as readers know them; empty when there is none."""
    light: Light | None
    """None: status is missing."""
    done: str = ""
    next: str = ""
    hinders: str = ""
    question: str = ""
    proposal: str = ""
    lesson: str = ""
    lesson_for: str = ""
    outlook: str = ""
    weight: str = ""
    previous: AnswerContent | None = None
    """The newest answer of earlier rounds."""
    previous_on: date | None = None
    """The day of that answer."""
    indicators: tuple[IndicatorResult, ...] = ()
    follow_ups: Mapping[str, str] = field(default_factory=dict)
    """Reports on earlier decisions, by their keys."""
    on_behalf: bool = False

    @property
    def is_missing(self) -> bool:
        return self.light is None

    @property
    def previous_light(self) -> Light | None:
        return self.previous.light if self.previous else None


@dataclass(frozen=True, kw_only=True)
class RoundResult:
    """A whole round as the report needs it, packages in the register's order."""

    round: StatusRound
    packages: tuple[PackageResult, ...]

    @property
    def questions(self) -> tuple[PackageResult, ...]:
        """The packages that ask the board for something."""
        return tuple(package for package in self.packages if package.question)


@dataclass(frozen=True, kw_only=True)
class RequestLine:
    """One package's state as the local lead sees it. Never how long somebody took: that would be a control measure."""

    request: str
    work_package: str
    name: str
    lead: str
    state: RequestState
    stage: RequestStage
    surfaces: tuple[str, ...] = ()
    """The surface on which the request reached the lead."""
    failed_on: tuple[str, ...] = ()
    """Surfaces that did not take a message."""
    failures: tuple[str, ...] = ()
    """The service's own words about it: for IT."""
    reminders: int = 0
    on_behalf: bool = False
    """The local lead answered for the package's lead."""
    lifts: bool = False
    """The answer asks the board for a decision."""


@dataclass(frozen=True, kw_only=True)
class RoundOverview:
    """The requests of a round and their stages."""

    round: StatusRound
    lines: tuple[RequestLine, ...]

    @property
    def owing(self) -> tuple[RequestLine, ...]:
        return tuple(line for line in self.lines if line.state in (RequestState.OPEN, RequestState.MISSING))

    @property
    def answer_rate(self) -> float | None:
        """The share answered of those asked; None when nobody was."""
        asked = [line for line in self.lines if line.state is not RequestState.WAIVED]
        if not asked:
            return None
        return sum(line.state is RequestState.ANSWERED for line in asked) / len(asked)


# ----------------------------------------------------------------------------------------- when an answer is not taken


class AnswerRefused(Exception):
    """An answer was not stored, and *words* say why to the person who wrote it.

    AnswerRefused
    ├── UnknownRequest     there is no such request
    ├── NotYours           somebody else leads this package
    ├── RoundOver          the round takes no answers (any more), or nobody needs to answer
    ├── NumbersWanted      nothing changed, but the package's numbers are asked for once
    ├── AnsweredMeanwhile  there is an answer that the form was drawn without
    └── InvalidAnswer      what was written must be changed first: *problems* by field
    """

    def __init__(self, words: Words) -> None:
        super().__init__(words.key)
        self.words = words


class UnknownRequest(AnswerRefused):
    """There is no such request."""


class NotYours(AnswerRefused):
    """Only the package's lead and the local lead may see and answer it."""


class RoundOver(AnswerRefused):
    """The round takes no answers any more, or this answer is not needed."""


class InvalidAnswer(AnswerRefused):
    """
    Something written must be changed first. *problems*: field name → what to do; "" stands for the whole answer.

    *confirm*: what to send back as `confirmed` to have the texts stored that the privacy guard asks about; empty when
    it asks about none.
    """

    def __init__(self, problems: Mapping[str, Words], *, confirm: str = "") -> None:
        super().__init__(Words(key="status.error.summary"))
        self.problems = dict(problems)
        self.confirm = confirm


class AnsweredMeanwhile(AnswerRefused):
    """There is an answer that the form or card was drawn without: show it, so that a second press is a choice."""


class NumbersWanted(AnswerRefused):
    """«No change since last time» was pressed for a package with numbers, and none was given: ask for them once."""
