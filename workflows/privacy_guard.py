"""
Keeps people out of free text: finds what must never be stored, before it is. Rules, figures: docs/privacy-guard.md.

The strict rule blocks a Norwegian national identity number (fødselsnummer) of any series in use. The wide rules only
ask: about the text that may hold such a number, a phone number, an e-mail address, or something about one person's
health or criminal record. The person who wrote it may confirm and send it all the same.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from workflows.digest import digest
from workflows.national_id import is_national_id, may_be_national_id
from workflows.sensitive_words import criminal_record_of_somebody, health_of_somebody

_SEPARATOR = r"[\s.,\-:;/_·\u2010-\u2015]"
_STRICT = re.compile(
    rf"(?<!\d)(?:\d{{6}}|\d\d{_SEPARATOR}\d\d{_SEPARATOR}\d\d){_SEPARATOR}{{0,3}}\d{{3}}{_SEPARATOR}?\d{{2}}"
    # A date and a sum of money look alike: that is asked about.
    r"(?!\d|\s?(?:kr|,-))"
)
_WIDE = re.compile(rf"(?<!\d)\d(?:{_SEPARATOR}?\d){{10}}(?!\d)")

_MONTH_NAMES = {
    month: number
    for number, months in enumerate(
        (
            ("januar", "jan", "january"),
            ("februar", "feb", "february"),
            ("mars", "mar", "march"),
            ("april", "apr"),
            ("mai", "may"),
            ("juni", "jun", "june"),
            ("juli", "jul", "july"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("oktober", "okt", "october", "oct"),
            ("november", "nov"),
            ("desember", "des", "december", "dec"),
        ),
        start=1,
    )
    for month in months
}
_MONTH = "(?:" + "|".join(sorted(_MONTH_NAMES, key=len, reverse=True)) + r")\b\.?"
_JOINT = r"[\W_]{0,2}"
"""Between the parts of a date or of a number: nothing, or any two signs that are neither letter nor digit."""
_DATE = (
    r"(?:(?P<long>\d{8}|\d\d?[\W_]{1,2}\d\d?[\W_]{1,2}\d{4})"
    r"|(?P<iso>\d{4}[-/.]\d\d[-/.]\d\d)"
    rf"|(?P<named>\d\d?\.?\s{{0,2}}{_MONTH}\s{{1,2}}\d{{4}})"
    rf"|(?P<short>\d\d{_JOINT}\d\d{_JOINT}\d\d))"
)
_HALVES = re.compile(rf"(?<!\d){_DATE}\D{{0,40}}?(?P<last>\d{{3}}{_JOINT}\d\d)(?!\d)", re.IGNORECASE)
"""A date of birth and the five digits after it, whatever stands between them."""

_ANY_DATE = re.sub(r"\?P<\w+>", "?:", _DATE)
_YEAR = r"(?:19|20)\d\d(?!\d)"
_CALLED = re.compile(
    # The number's name, and a number of three digits or more.
    r"(?<!\w)(?:[fp]\.?\s?nr\.?|(?:fødsels|person|[dh]-)n(?:umme)?r(?:et)?\.?|national identity number)(?!\w)"
    r"[^\d\n]{0,20}\d(?:[\W_]{0,2}\d){2,12}"
    # «Born», and a day or a date. A year alone is a cohort and nobody's birthday.
    r"|(?<!\w)(?:født|fødd|fødselsdato|fødselsdag|born)(?!\w)"
    rf"[^\d\n]{{0,15}}(?:\d{{4}}[-/.]\d\d[-/.]\d\d|(?!{_YEAR})"
    rf"(?:{_ANY_DATE}|\d\d?\.?\s{{0,2}}{_MONTH}|\d(?:[\W_]{{0,2}}\d){{3,12}}))"
    rf"|(?<!\w)f\.\s?{_ANY_DATE}",
    re.IGNORECASE,
)


def _grouped(separator: str) -> str:
    """Group a phone number as Norwegians do, with one kind of separator: 3-2-3 mobile, 2-2-2-2 fixed and others."""
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
# Each part at most as long as it may be, so that a long run of such signs is not read again from each of them.
_EMAIL = re.compile(r"[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}")

_OTHER_SIGNS = re.compile(r"[^\x00-\x7f]")
MAX_SWELL = 4
"""Plain signs that one sign of any script is read as; «㉘» is «28», «⑿» is «(12)»."""


class Doubt(StrEnum):
    """Something that a text may hold and that should not stand there."""

    NATIONAL_ID = "national_id"
    PHONE = "phone"
    EMAIL = "email"
    HEALTH = "health"
    CRIMINAL_RECORD = "criminal_record"


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something to ask about. *words*: as they stand in the text; never stored or logged."""

    doubt: Doubt
    words: str


def holds_national_id(text: str) -> bool:
    """Apply the strict rule: True when *text* seems to hold a fødselsnummer, D-, H- or synthetic number."""
    return any(is_national_id(_digits(match[0])) for match in _STRICT.finditer(_readable(text)))


def doubts(text: str) -> tuple[Found, ...]:
    """Apply the wide rules: list what to ask about before *text* is stored. Whatever is blocked is among it."""
    readable = _readable(text)
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for doubt, match in _matches(readable):
        start, end = match.span()
        if not any(first < end and start < last for first, last in taken):
            taken.append((start, end))
            found.append(Found(doubt=doubt, words=match[0]))
    found += [Found(doubt=Doubt.HEALTH, words=words) for words in health_of_somebody(readable)]
    found += [Found(doubt=Doubt.CRIMINAL_RECORD, words=words) for words in criminal_record_of_somebody(readable)]
    return tuple(found)


def confirmation(found: Mapping[str, tuple[Found, ...]]) -> str:
    """
    Return what a person sends back to say that exactly this may be stored; empty when there is nothing to ask.

    *found*: by field. Something else found later needs another confirmation.
    """
    parts = sorted(f"{field}\n{item.doubt}\n{item.words}" for field, items in found.items() for item in items)
    return digest(*parts) if parts else ""


def _matches(readable: str) -> Iterator[tuple[Doubt, re.Match[str]]]:
    """Find what each rule finds, the surest rule first: of two that overlap, the first is asked about."""
    for match in _WIDE.finditer(readable):
        if may_be_national_id(_digits(match[0])):
            yield Doubt.NATIONAL_ID, match
    for match in _HALVES.finditer(readable):
        if may_be_national_id(_day_month_year(match) + _digits(match["last"])):
            yield Doubt.NATIONAL_ID, match
    for doubt, pattern in ((Doubt.NATIONAL_ID, _CALLED), (Doubt.PHONE, _PHONE), (Doubt.EMAIL, _EMAIL)):
        for match in pattern.finditer(readable):
            yield doubt, match


def _day_month_year(match: re.Match[str]) -> str:
    """Return the six digits that a number begins with, of a date in any of its forms."""
    if match["short"]:
        return _digits(match["short"])
    if match["iso"]:
        digits = _digits(match["iso"])
        return digits[6:8] + digits[4:6] + digits[2:4]
    parts = re.findall(r"\d+|[^\W\d_]+", match["long"] or match["named"])
    if len(parts) == 1:
        return f"{parts[0][:4]}{parts[0][6:]}"
    day, month, year = parts
    month = _MONTH_NAMES.get(month.lower(), month)
    return f"{int(day):02}{int(month):02}{year[2:]}"


def _readable(text: str) -> str:
    """
    Return *text* with what looks like a digit as one, and without what nobody sees and would hide it from the patterns.

    Sign by sign: some signs stand for a whole sentence, and the time this takes is to follow what was typed, not what
    it swells to.
    """
    return _OTHER_SIGNS.sub(lambda match: _plain(match[0]), text)


def _plain(char: str) -> str:
    if unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    wide = unicodedata.normalize("NFKC", char)
    return wide if len(wide) <= MAX_SWELL else char


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdecimal())
