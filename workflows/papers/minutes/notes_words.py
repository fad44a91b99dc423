"""Names and days in pasted notes: found where there is one meaning, and not where there are none or several."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

LONGEST_NAME = 80
_MONTHS = (
    ("januar", "january", "jan"),
    ("februar", "february", "feb"),
    ("mars", "march", "mar"),
    ("april", "apr"),
    ("mai", "may"),
    ("juni", "june", "jun"),
    ("juli", "july", "jul"),
    ("august", "aug"),
    ("september", "sept", "sep"),
    ("oktober", "october", "okt", "oct"),
    ("november", "nov"),
    ("desember", "december", "des", "dec"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_NAMED = "|".join(sorted(_MONTH, key=len, reverse=True))
_DAY = re.compile(
    rf"(?<!\d)(?:(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})"
    rf"|(\d{{1,2}})[./](\d{{1,2}})(?:[./](\d{{4}}|\d{{2}}))?"
    rf"|(\d{{1,2}})\.?\s+({_NAMED})\b\.?(?:\s+(\d{{4}}))?)(?![\d/-])",
    re.ASCII | re.IGNORECASE,
)
_WEEKDAY = (
    r"(?:(?:man|tirs|ons|tors|fre|lør|laur|søn|sun)dag\s+(?:den\s+)?|(?:mon|tues|wednes|thurs|fri|satur|sun)day\s+)?"
)
_BEFORE_DUE = re.compile(
    rf"\b(?:innen|innan|frist|senest|seinast|before|by|due|deadline)\s*:?\s*{_WEEKDAY}", re.IGNORECASE
)


def folded(text: str) -> str:
    """Return *text* as names and titles are compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def find_person(words: str, people: Mapping[str, str]) -> str:
    """
    Return the key of the one person whom *words* name; empty for nobody, and where there may be several.

    Words in brackets (an office) say nothing. A part of a name is enough where one person alone has it.
    """
    asked = folded(re.sub(r"\([^()]*\)", " ", words)).strip(" .,:;*-–")
    if not asked or len(asked) > LONGEST_NAME:
        return ""
    whole = [key for key, name in people.items() if folded(name) == asked]
    parts = set(asked.split())
    found = whole or [key for key, name in people.items() if parts <= set(folded(name).split())]
    return found[0] if len(found) == 1 else ""


def parse_day(words: str, near: date) -> date | None:
    """Return the day that *words* are; None when they are anything else, or more."""
    match = re.match(_WEEKDAY, words.strip(), re.IGNORECASE)
    said = words.strip()[match.end() if match else 0 :].rstrip(". ")
    found = _DAY.fullmatch(said)
    return _day_of(found, near) if found else None


def only_due_day(text: str, near: date) -> date | None:
    """Return the day until which a decision says that it is carried out («innen 15. januar»); None for several."""
    days = set(_due_days(text, near))
    return days.pop() if len(days) == 1 else None


def _due_days(text: str, near: date) -> Iterator[date]:
    for before in _BEFORE_DUE.finditer(text):
        match = _DAY.match(text, before.end())
        day = _day_of(match, near) if match else None
        if day is not None:
            yield day


def _day_of(match: re.Match[str], near: date) -> date | None:
    """Return the day of a match; one without a year is the first such day from *near* on."""
    year, month, day, numbered_day, numbered_month, numbered_year, named_day, name, named_year = match.groups()
    if year:
        return _day(int(year), int(month), int(day))
    said = numbered_year or named_year
    of_month = int(numbered_day or named_day)
    of_year = int(numbered_month) if numbered_month else _MONTH[name.casefold()]
    if said:
        return _day(int(said) if len(said) == 4 else 2000 + int(said), of_year, of_month)
    found = (_day(near.year + later, of_year, of_month) for later in (0, 1))
    return next((each for each in found if each is not None and each >= near), None)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
