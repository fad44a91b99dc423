"""Parts of the owner board's summary: lights, questions passed on or settled below, sums, agreements, the calendar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from workflows.papers.reports.package_report import day_from


@dataclass(frozen=True, kw_only=True)
class PackageLight:
    """One package of a municipality: its light in the newest report, and in the last summary."""

    key: str
    name: str
    light: str
    before: str = ""
    """Empty when the last summary did not have it."""

    @property
    def has_moved(self) -> bool:
        return bool(self.before) and self.before != self.light


@dataclass(frozen=True, kw_only=True)
class PassedOn:
    """A question that a local board has decided to pass on to the owner board."""

    municipality: str
    """Its name."""
    package: str
    question: str
    proposal: str = ""
    decision: str = ""
    """The local board's decision, in the words of its minutes."""
    decided_on: date | None = None
    view: str = ""
    """The county lead's view of it."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "decided_on": day_from(data["decided_on"])})


@dataclass(frozen=True, kw_only=True)
class SettledBelow:
    """
    A question that was settled in its municipality, for the owner board to know of and not to decide.

    It says where, when and by whom, and has no word of the question or of its answer: they were not meant for this
    level.
    """

    municipality: str
    """Its name."""
    package: str
    on: date
    label: str = ""
    """The item of the local board's minutes, «12/26»; empty where the local lead answered within their authority."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "on": date.fromisoformat(data["on"])})


@dataclass(frozen=True, kw_only=True)
class OwnerLesson:
    """Text on what a package has learned, whose author meant it for the owner board."""

    municipality: str
    """Its name."""
    package: str
    text: str


@dataclass(frozen=True, kw_only=True)
class IndicatorSum:
    """Numbers of several municipalities that the register says may be added."""

    name: str
    unit: str
    now: float
    target: float | None
    """None unless each of those that count has one."""
    counted: int
    """The indicators that have a number."""
    of: int


@dataclass(frozen=True, kw_only=True)
class AgreementLine:
    """A cooperation agreement that somebody must do something about. *state*: missing, expired or expires."""

    partner: str
    municipality: str = ""
    """Its name; empty for the programme's own."""
    state: str
    on: date | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "on": day_from(data["on"])})


@dataclass(frozen=True, kw_only=True)
class CalendarLine:
    """A board meeting to come."""

    on: date
    board: str

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "on": date.fromisoformat(data["on"])})
