"""Keeps people out of free text: what must never be stored is found before it is.

One rule for now, and it blocks: a Norwegian national identity number (fødselsnummer) with valid check digits. Ordinary
numbers count, D-numbers (day + 40) and the synthetic series (month + 40, + 65, + 80), with or without a separator
after the sixth digit, also written with full-width digits or with invisible characters in between.
"""

import re
import unicodedata

_CANDIDATE = re.compile(r"(?<!\d)(\d{6})[\s.\-:\u2010-\u2015]{0,2}(\d{5})(?!\d)")
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def holds_national_id(text: str) -> bool:
    """Whether *text* seems to hold a fødselsnummer or D-number."""
    # Format characters (zero-width ones among them) are invisible and would hide a number from the pattern.
    visible = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return any(is_national_id("".join(match.groups())) for match in _CANDIDATE.finditer(visible))


def is_national_id(digits: str) -> bool:
    """Whether eleven decimal digits are a date and two check digits that fit."""
    numbers = [int(digit) for digit in digits]
    return (
        _is_date(numbers)
        and _check_digit(numbers[:9], _FIRST) == numbers[9]
        and (_check_digit(numbers[:10], _SECOND) == numbers[10])
    )


def _is_date(numbers: list[int]) -> bool:
    day, month = numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3]
    day = day - 40 if day > 40 else day
    months = {month - added for added in (0, 40, 65, 80)}
    return 1 <= day <= 31 and any(1 <= value <= 12 for value in months)


def _check_digit(numbers: list[int], weights: tuple[int, ...]) -> int | None:
    rest = sum(number * weight for number, weight in zip(numbers, weights, strict=True)) % 11
    return None if rest == 1 else (11 - rest) % 11
