"""Spellings of days, numbers and lists in each language, as the CLDR of Unicode has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """One language's way of writing them. Weeks begin on Monday."""

    weekdays: Sequence[str]
    months: Sequence[str]
    short_months: Sequence[str]
    after_day: str
    """Stands behind the number of a day."""
    at: str
    """Stands before a time of day."""
    time: str
    last: str
    """Stands before the last of several."""
    signs: Mapping[int, str]
    """What takes the place of signs in a number as Python writes it."""


_BOKMÅL = Spelling(
    weekdays=("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"),
    months=(
        *("januar", "februar", "mars", "april", "mai", "juni"),
        *("juli", "august", "september", "oktober", "november", "desember"),
    ),
    short_months=("jan", "feb", "mar", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "des"),
    after_day=".",
    at="kl.",
    time="%H.%M",
    last="og",
    signs=str.maketrans({",": "\N{NO-BREAK SPACE}", ".": ","}),
)
_NYNORSK = replace(_BOKMÅL, weekdays=("måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag", "søndag"))
_ENGLISH = Spelling(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    short_months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"),
    after_day="",
    at="at",
    time="%H:%M",
    last="and",
    signs={},
)
SPELLINGS = {"nb": _BOKMÅL, "nn": _NYNORSK, "en": _ENGLISH}
