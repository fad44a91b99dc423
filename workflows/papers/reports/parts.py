"""Parts of a local board's report: what it decides, what changed, money, activities, and what a correction changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self


@dataclass(frozen=True, kw_only=True)
class CorrectedText:
    """One text that a corrected version has otherwise. What stood there before is not told: it may be what was wrong.

    *package*: its name, empty for the lead's assessment. *field*: the text's name.
    """

    package: str
    field: str


class ChangeKind(StrEnum):
    LIGHT = "light"
    FIRST_LIGHT = "first_light"
    HINDERS = "hinders"
    """Something new is in the way."""
    HINDERS_GONE = "hinders_gone"
    NEXT = "next"
    """There is another plan for the time to come."""
    OUTLOOK = "outlook"
    NUMBER = "number"
    LEAD = "lead"
    UNTIL = "until"
    ENDED = "ended"
    """The package was in the last report and is no more."""


@dataclass(frozen=True, kw_only=True)
class ReportChange:
    """
    One change since the last report of the same board.

    *before* and *now*: as plain data, by the kind; no text that people wrote, which its package has.
    """

    package: str
    """Its key; its name where it has ended."""
    kind: ChangeKind
    name: str = ""
    """The indicator's."""
    before: str | float | None = None
    now: str | float | None = None

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "kind": ChangeKind(data["kind"])})


@dataclass(frozen=True, kw_only=True)
class WantedDecision:
    """A question that the board is asked to decide."""

    package: str
    """Its key: the background is what its report says of it, as its local lead let it stand."""
    question: str
    proposal: str = ""
    view: str = ""
    """The local lead's view of it."""


@dataclass(frozen=True, kw_only=True)
class AnsweredQuestion:
    """A question of the board's packages that was answered, or said to be solved or not, since its last report."""

    package: str
    """Its name."""
    question: str
    answer: str
    by: str
    """`board`, `owner` or `lead`."""
    label: str = ""
    """The item of the minutes with the decision, «12/26»; empty for a lead's answer."""
    state: str
    """`answered`, `unsolved` or `closed`."""
    words: str = ""
    """The package's words on whether it is solved."""


@dataclass(frozen=True, kw_only=True)
class BudgetFigure:
    """A line of the budget in the meeting's year, in whole kroner; an amount that is not set is None."""

    purpose: str
    amount: int | None
    spent: int


@dataclass(frozen=True, kw_only=True)
class ActivityLine:
    """An activity of the plan that is due in the meeting's year and not done. *state*: not_begun or under_way."""

    text: str
    state: str
    responsible: str = ""
