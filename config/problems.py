"""Problems with something that a person or a file gave us."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with what we were given: where it stands, what stands there, what was expected."""

    where: str
    value: str
    expected: str
    rule: str = ""
    """Name of the rule in the texts, for a page that says it to a person; empty: said in general."""

    def __str__(self) -> str:
        return f"{self.where}: {self.value}: expected {self.expected}"


class InvalidInput(Exception):
    """Everything that is wrong with an input, all at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
