"""
Keeps people out of free text: what must never be stored is found before it is. Rules, figures: docs/privacy-guard.md.

The strict rule blocks a Norwegian national identity number (fødselsnummer) of any series in use. The wide rules only
ask: what may be such a number, a phone number, an e-mail address. Whoever confirms sends it anyway.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.digest import digest

_SEPARATOR = r"[\s.,\-:;/_·\u2010-\u2015]"
_STRICT = re.compile(
    rf"(?<!\d)(?:\d{{6}}|\d\d{_SEPARATOR}\d\d{_SEPARATOR}\d\d){_SEPARATOR}{{0,3}}\d{{3}}{_SEPARATOR}?\d{{2}}"
    # A date and a sum of money look alike: that is asked about.
    r"(?!\d|\s?(?:kr|,-))"
)
_WIDE = re.compile(rf"(?<!\d)\d(?:{_SEPARATOR}?\d){{10}}(?!\d)")


def _grouped(separator: str) -> str:
    """As Norwegians group them: 3-2-3 mobile and service numbers, 2-2-2-2 fixed and others. One kind of separator."""
    return separator.join((r"[489]\d\d", r"\d\d", r"\d{3}")) + "|" + separator.join((r"[2-9]\d", *(r"\d\d",) * 3))


_PHONE = re.compile(
    r"(?<![\d+])(?:"
    # Abroad, or with the country's code.
    r"(?:\+|00)[1-9](?:[ .\-]?\d){7,13}"
    # 4-4 with a point or a hyphen is a sum or a span of years.
    rf"|{_grouped(' {1,2}')}|{_grouped('[.]')}|{_grouped('-')}|[49]\d{{3}} {{1,2}}\d{{4}}"
    # Without spaces, also with the country's code.
    r"|(?:47)?[2-9]\d{7}"
    r")(?!\d)"
)
_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_MONTHS_ADDED = (0, 40, 65, 80)
"""Ordinary and D-numbers; H-numbers and synthetic ones; the health network's test numbers; Skatteetaten's Tenor."""
_RESTS_FROM_2032 = range(4)


class Doubt(StrEnum):
    """What a text may hold that should not stand there."""

    NATIONAL_ID = "national_id"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something to ask about. *words*: what was found; never stored or logged."""

    doubt: Doubt
    words: str


def holds_national_id(text: str) -> bool:
    """The strict rule: whether *text* seems to hold a fødselsnummer, D-, H- or synthetic number."""
    return any(is_national_id(_digits(match[0])) for match in _STRICT.finditer(_readable(text)))


def doubts(text: str) -> tuple[Found, ...]:
    """The wide rules: what to ask about before *text* is stored. What the strict rule blocks is not asked about."""
    readable = _readable(text)
    numbers = [match for match in _WIDE.finditer(readable) if may_be_national_id(_digits(match[0]))]
    taken = [match.span() for match in numbers]
    others = (
        (doubt, match)
        for doubt, pattern in ((Doubt.PHONE, _PHONE), (Doubt.EMAIL, _EMAIL))
        for match in pattern.finditer(readable)
        if not any(start < match.end() and match.start() < end for start, end in taken)
    )
    found = [(Doubt.NATIONAL_ID, match) for match in numbers] + list(others)
    return tuple(Found(doubt=doubt, words=match[0]) for doubt, match in found)


def confirmation(found: Mapping[str, tuple[Found, ...]]) -> str:
    """
    What a person sends back to say that exactly this may be stored; empty when there is nothing to ask.

    *found*: by field. Something else found later needs another confirmation.
    """
    parts = sorted(f"{field}\n{item.doubt}\n{item.words}" for field, items in found.items() for item in items)
    return digest(*parts) if parts else ""


def is_national_id(digits: str) -> bool:
    """Whether eleven decimal digits are a date of a series in use and two check digits that fit."""
    numbers = [int(digit) for digit in digits]
    return _is_date(numbers) and _rest(numbers, _FIRST) == 0 and _rest(numbers, _SECOND) == 0


def may_be_national_id(digits: str) -> bool:
    """The same with what comes in 2032, when the first check digit may leave other rests, and with FH-numbers."""
    numbers = [int(digit) for digit in digits]
    # The health services' own numbers hold no date: they begin with 8 or 9.
    allowed = _RESTS_FROM_2032 if _is_date(numbers) else range(1 if numbers[0] >= 8 else 0)
    return _rest(numbers, _FIRST) in allowed and _rest(numbers, _SECOND) == 0


def _readable(text: str) -> str:
    """*text* with what looks like a digit as one, and without what nobody sees and would hide it from the patterns."""
    kept = (
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) not in ("Cf", "Mn", "Me")
    )
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in kept)


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())


def _is_date(numbers: list[int]) -> bool:
    day, month = numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3]
    day = day - 40 if day > 40 else day
    months = (month - added for added in _MONTHS_ADDED)
    return any(1 <= value <= 12 and 1 <= day <= _DAYS[value - 1] for value in months)


def _rest(numbers: list[int], weights: tuple[int, ...]) -> int:
    """What the weighted digits, their check digit among them, leave of eleven; 0 is right."""
    return sum(number * weight for number, weight in zip(numbers, weights, strict=False)) % 11
