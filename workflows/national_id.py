"""Norwegian national identity numbers: fødselsnummer and D-, H- and synthetic numbers. Rules: docs/privacy-guard.md."""

from stdnum.no.fodselsnummer import calc_check_digit1, calc_check_digit2

_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTHS_ADDED = (0, 40, 65, 80)
"""Ordinary and D-numbers; H-numbers and synthetic ones; the health network's test numbers; Skatteetaten's Tenor."""
_REMAINDERS_FROM_2032 = range(4)
"""Left by the first check digit, modulo 11. Until 2032 it leaves 0."""


def is_national_id(digits: str) -> bool:
    """Return True when eleven digits are a date of a series in use and two check digits that fit."""
    return _is_date(digits) and _checks(digits, range(1))


def may_be_national_id(digits: str) -> bool:
    """Return the same with the check digits that come in 2032, and for the health services' FH-numbers."""
    if _is_date(digits):
        return _checks(digits, _REMAINDERS_FROM_2032)
    # FH-numbers hold no date: they begin with 8 or 9.
    return digits[0] in "89" and _checks(digits, range(1))


def _is_date(digits: str) -> bool:
    day, month = int(digits[:2]), int(digits[2:4])
    day = day - 40 if day > 40 else day
    months = (month - added for added in _MONTHS_ADDED)
    return any(1 <= value <= 12 and 1 <= day <= _MONTH_LENGTHS[value - 1] for value in months)


def _checks(digits: str, remainders: range) -> bool:
    # The library writes 10, which is no digit, where no check digit fits.
    first, second = int(calc_check_digit1(digits)), calc_check_digit2(digits)
    return digits[10] == second and any(int(digits[9]) == (first + remainder) % 11 for remainder in remainders)
