"""Problems with something that a person or a file gave us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import texts

FOR_PROGRAMS = "en"
"""The language of logs and of what programs read."""


@dataclass(frozen=True, kw_only=True)
class Phrase:
    """A few words of ours in a problem: a text `problem.<key>` and its values, put into a language where it is told."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def said(self, language: str) -> str:
        """Return the words in *language*."""
        return texts.say(f"problem.{self.key}", language, **self.values)

    def __str__(self) -> str:
        return self.said(FOR_PROGRAMS)


def phrase(key: str, **values: str | int) -> Phrase:
    """Return the words of the text `problem.<key>`."""
    return Phrase(key=key, values=values)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with what we were given: where it stands, what stands there, what was expected."""

    where: str
    value: str | Phrase
    """The given value as it was written, or words of ours where there is none to show."""
    expected: Phrase
    rule: str = ""
    """Name of the rule in the texts, for a page that says it to a person; empty: said in general."""

    def said(self, language: str) -> str:
        """Return the problem in *language*: its place, its value, and what was expected."""
        value = self.value if isinstance(self.value, str) else self.value.said(language)
        return texts.say("problem.line", language, place=self.where, value=value, expected=self.expected.said(language))

    def __str__(self) -> str:
        return self.said(FOR_PROGRAMS)


class Unusable(ValueError):
    """A file or a value that cannot be used; *expected*: everything that it lacks."""

    def __init__(self, *expected: Phrase) -> None:
        super().__init__("; ".join(str(item) for item in expected))
        self.expected = expected

    def said(self, name: str, language: str) -> str:
        """Return in *language* what was expected of that which is called *name*."""
        expected = texts.join((item.said(language) for item in self.expected), language)
        return texts.say("problem.unusable", language, name=name, expected=expected)


class InvalidInput(Exception):
    """
    Everything that is wrong with an input, all at once.

    *language*: the one that the input says it is written for; empty where it says none.
    """

    def __init__(self, problems: Sequence[Problem], *, language: str = "") -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
        self.language = language
