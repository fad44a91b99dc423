"""Findings of the doctor: what was looked at, how it stands, and the words that tell it in the reader's language.

A finding names a rule: `doctor.<rule>` in the texts tells what was looked at, `doctor.todo_<todo>` what to do about it,
and both take the values that they name. A new rule is a `Finding` and its texts in `texts/*/doctor.yaml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import texts


class Verdict(StrEnum):
    OK = "ok"
    MISSING = "missing"
    TOO_MUCH = "too much"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at: a rule, the values of its words, and how it stands."""

    verdict: Verdict
    rule: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    """Values for the words, written the same in every language: names, addresses, numbers."""
    todo: str = ""
    """Name of the text that says what to do about it."""
    command: str = ""
    """The command to type, which no language changes."""
    detail: str = ""
    """The answer of another system, in its own words."""

    @property
    def fails(self) -> bool:
        return self.verdict in (Verdict.MISSING, Verdict.TOO_MUCH)


@dataclass(frozen=True, kw_only=True)
class FindingWords:
    """A finding in the words of one language. The command and the detail are in none."""

    what: str
    todo: str
    command: str
    detail: str


def describe(finding: Finding, language: str) -> FindingWords:
    """Return a finding in the reader's words."""
    return FindingWords(
        what=_say(finding.rule, finding.values, language),
        todo=_say(f"todo_{finding.todo}", finding.values, language) if finding.todo else "",
        command=finding.command,
        detail=finding.detail,
    )


def can_describe(finding: Finding) -> bool:
    """Tell whether there are words for a finding: one that another version kept may name a rule that is gone."""
    rules = [finding.rule, *([f"todo_{finding.todo}"] if finding.todo else [])]
    known = texts.keys()
    return all(
        f"doctor.{rule}" in known and texts.placeholders(f"doctor.{rule}") <= finding.values.keys() for rule in rules
    )


def _say(rule: str, values: Mapping[str, str | int], language: str) -> str:
    key = f"doctor.{rule}"
    named = texts.placeholders(key, language)
    return texts.say(key, language, **{name: value for name, value in values.items() if name in named})
