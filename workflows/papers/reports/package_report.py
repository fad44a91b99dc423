"""One package's part of a local board's report, with its numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

MISSING = "missing"
"""The light of a package that nobody answered for."""
WORTH_A_LINE = 0.1
"""The part of the way from baseline to target that a number must change by to be told."""


def plain(value: Any) -> Any:
    """Return *value* with its days and moments as text, however deep they lie: plain data for the record."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def day_from(data: str | None) -> date | None:
    """Read a day back from plain data; None for none."""
    return date.fromisoformat(data) if data else None


@dataclass(frozen=True, kw_only=True)
class IndicatorLine:
    """One indicator; a number that nobody gave is None."""

    name: str
    unit: str
    better: str
    key: str = ""
    baseline: float | None = None
    target: float | None = None
    previous: float | None = None
    now: float | None = None
    trend: tuple[tuple[date, float], ...] = ()
    """The numbers of the last rounds with the days of their meetings, the oldest first."""

    @property
    def is_worth_a_line(self) -> bool:
        """
        Tell whether the change since last time is one that a board should hear of.

        A tenth of the way from baseline to target is, and so is a target that is reached or lost. Without a target
        every change is.
        """
        if self.now is None or self.previous is None or self.now == self.previous:
            return False
        if self.target is None:
            return True
        way = abs(self.target - (self.baseline or 0))
        crossed = self._reaches(self.now) != self._reaches(self.previous)
        return crossed or abs(self.now - self.previous) >= WORTH_A_LINE * way

    def _reaches(self, number: float) -> bool:
        target = self.target or 0
        return number >= target if self.better == "higher" else number <= target

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        trend = tuple((date.fromisoformat(day), value) for day, value in data.get("trend", ()))
        return cls(**{**data, "trend": trend})


@dataclass(frozen=True, kw_only=True)
class PackageReport:
    """One package's part of the report. *light* is `missing` when nobody answered."""

    key: str
    name: str
    lead: str
    light: str
    previous_light: str | None = None
    done: str = ""
    next: str = ""
    hinders: str = ""
    question: str = ""
    proposal: str = ""
    on_behalf: bool = False
    edited: bool = False
    """The local lead changed or left out a sentence."""
    outlook: str = ""
    """A risk or an opportunity in a few words; *weight*: see `workflows.status.model.WEIGHTS`."""
    weight: str = ""
    lesson: str = ""
    """What it has learned, with *lesson_for*, one of `workflows.status.model.LessonLevel`."""
    lesson_for: str = ""
    theme: str = ""
    """Key of its theme on that day; empty for none."""
    indicators: tuple[IndicatorLine, ...] = ()
    unchanged: Mapping[str, date] = field(default_factory=dict)
    """The texts that stand as they stood, by name, with the day of the report that had them first."""
    last_light: str = ""
    """The last known status of a package that nobody answered for, and its day; empty when there is none."""
    last_on: date | None = None
    missing_rounds: int = 0
    """Rounds in a row without an answer, this one included."""
    until: date | None = None
    """The last day of the package, where one is decided."""

    @property
    def is_missing(self) -> bool:
        return self.light == MISSING

    @property
    def is_changed(self) -> bool:
        """Tell whether its light is another than last time; no answer is no change."""
        return not self.is_missing and self.light != self.previous_light

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        changed = {
            "indicators": tuple(IndicatorLine.from_data(item) for item in data["indicators"]),
            "unchanged": {name: date.fromisoformat(day) for name, day in data.get("unchanged", {}).items()},
            "last_on": day_from(data.get("last_on")),
            "until": day_from(data.get("until")),
        }
        return cls(**{**data, **changed})
