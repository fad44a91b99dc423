"""The criteria of WCAG 2.2 at levels A and AA, each with its state and how it was tried: evidence for uustatus.no.

Change a line when something more was tried; never call a criterion met that nobody has looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class CriterionState(StrEnum):
    """State of a criterion. Its value ends the key of its text."""

    MET = "met"
    """Met wherever it was tried."""
    PARTLY = "partly"
    """Tried, but not all of it."""
    ABSENT = "absent"
    """There is nothing that it is about."""
    UNTRIED = "untried"


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """A criterion with its state and how that was found. *how* ends the key of its text."""

    number: str
    level: str
    state: CriterionState
    how: str

    @property
    def name_key(self) -> str:
        """The key of its name."""
        return f"wcag.c{self.number.replace('.', '_')}"


_LEVEL_AA = (
    "1.2.4 1.2.5 1.3.4 1.3.5 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13 2.4.5 2.4.6 2.4.7 2.4.11 2.5.7 2.5.8 "
    "3.1.2 3.2.3 3.2.4 3.3.3 3.3.4 3.3.8 4.1.3"
)
_FOUND = {
    (CriterionState.MET, "axe"): "1.1.1 1.3.1 1.4.3 2.4.1 2.4.2 2.5.3 3.1.1 3.3.2 4.1.2",
    (CriterionState.MET, "keyboard"): "2.1.1 2.1.2 2.4.3 2.4.7 3.2.1 3.2.2",
    (CriterionState.MET, "reading"): (
        "1.3.2 1.3.3 1.3.4 1.4.1 1.4.5 2.4.4 2.4.5 2.4.6 2.5.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.3 3.3.4"
    ),
    (CriterionState.MET, "time"): "2.2.1",
    (CriterionState.MET, "sign_in"): "3.3.8",
    (CriterionState.PARTLY, "narrow"): "1.4.10",
    (CriterionState.ABSENT, "absent"): (
        "1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.4.2 1.4.13 2.1.4 2.2.2 2.3.1 2.5.1 2.5.4 2.5.7"
    ),
    (CriterionState.UNTRIED, "untried"): "1.3.5 1.4.4 1.4.11 1.4.12 2.4.11 2.5.8 3.1.2 3.3.7 4.1.3",
}


def _in_order(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split("."))


CRITERIA: Sequence[Criterion] = sorted(
    (
        Criterion(number=number, level="AA" if number in _LEVEL_AA.split() else "A", state=state, how=how)
        for (state, how), numbers in _FOUND.items()
        for number in numbers.split()
    ),
    key=lambda criterion: _in_order(criterion.number),
)
"""All 55 of them, in their order."""
