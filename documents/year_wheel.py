"""A year wheel as a picture: SVG that says the same in words, for those who do not see it."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from html import escape

import texts
from documents.document import Cell, Table


class Ring(StrEnum):
    """A kind of stretch on the wheel, from its rim inwards."""

    MEETING = "meeting"
    ROUND = "round"
    BREAK = "break"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Something from *first* to *last*, both included."""

    ring: Ring
    first: date
    last: date
    name: str


@dataclass(frozen=True, kw_only=True)
class YearWheel:
    """A year: its stretches in the order of time, and the plan's activities, which have a year and no day."""

    name: str
    year: int
    stretches: tuple[Stretch, ...]
    activities: tuple[str, ...]


RADII = {Ring.MEETING: (138, 158), Ring.ROUND: (112, 132), Ring.BREAK: (86, 106)}
COLOURS = {Ring.MEETING: "#2F80D6", Ring.ROUND: "#B5651D", Ring.BREAK: "#4B8B5A"}
"""Each has 3:1 against white and against the dark page; where it lies says what it is, too."""
LEAST = 2.2
"""The least width of a drawn thing in days, so that a single day can be seen."""


def year_wheel_svg(wheel: YearWheel, language: str = texts.DEFAULT) -> str:
    """The picture, to be put into a page. It takes the page's text colour, and needs no styles or scripts."""
    title = texts.say("meetings.wheel_title", language, name=wheel.name, year=str(wheel.year))
    months = [_month(wheel.year, month, language) for month in range(1, 13)]
    rings = [
        f'<circle cx="200" cy="200" r="{sum(RADII[ring]) / 2:g}" fill="none" stroke="currentColor"'
        f' stroke-opacity="0.15" stroke-width="20"/>'
        for ring in Ring
    ]
    parts = [_stretch(wheel.year, item, language) for item in wheel.stretches]
    return (
        '<svg class="year-wheel" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="100%" role="img"'
        ' aria-labelledby="wheel-title wheel-words" font-family="inherit" font-size="12">'
        f'<title id="wheel-title">{escape(title)}</title>'
        f'<desc id="wheel-words">{escape(_words(wheel, language))}</desc>'
        f"{''.join(rings)}{''.join(months)}{''.join(parts)}"
        '<text x="200" y="208" text-anchor="middle" font-size="26" font-weight="600" fill="currentColor">'
        f"{wheel.year}</text>{_activities(wheel, language)}</svg>"
    )


def _activities(wheel: YearWheel, language: str) -> str:
    """Count the plan's activities of the year. They have no day, so they lie in the middle."""
    if not wheel.activities:
        return ""
    words = texts.say("meetings.wheel_activities", language, number=len(wheel.activities))
    return f'<text x="200" y="230" text-anchor="middle" fill="currentColor">{escape(words)}</text>'


def year_wheel_legend(language: str = texts.DEFAULT) -> list[tuple[str, str]]:
    """The rings from the rim inwards: colour and words."""
    return [(COLOURS[ring], texts.say(f"meetings.wheel_{ring}s", language)) for ring in Ring]


def year_wheel_table(wheel: YearWheel, language: str = texts.DEFAULT) -> Table:
    """Everything in the wheel as a table, in the order of time."""
    headers = tuple(texts.say(f"meetings.wheel_{name}", language) for name in ("when", "what"))
    rows = [(Cell(text=_when(item, language)), Cell(text=item.name)) for item in wheel.stretches]
    rows += [(Cell(text=texts.say("meetings.wheel_all_year", language)), Cell(text=text)) for text in wheel.activities]
    name = texts.say("meetings.wheel_in_words", language)
    return Table(name=name, headers=headers, rows=tuple(rows))


def _words(wheel: YearWheel, language: str) -> str:
    """Describe the picture shortly; the table says each of its things."""
    counts = {ring: sum(item.ring is ring for item in wheel.stretches) for ring in Ring}
    values = {f"{ring}s": counts[ring] for ring in Ring}
    return texts.say("meetings.wheel_words", language, **values, activities=len(wheel.activities))


def _when(item: Stretch, language: str) -> str:
    if item.first == item.last:
        return texts.long_date(item.first, language)
    first, last = (texts.short_date(day, language) for day in (item.first, item.last))
    return texts.say("meetings.wheel_from_to", language, first=first, last=last)


def _month(year: int, month: int, language: str) -> str:
    """A month's name at the rim, and the line where it begins."""
    first = date(year, month, 1)
    x, y = _point(_turn(year, first + timedelta(days=15)), 178)
    (x1, y1), (x2, y2) = (_point(_turn(year, first), radius) for radius in (80, 190))
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="currentColor" stroke-opacity="0.3"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" fill="currentColor">'
        f"{escape(texts.month(first, language))}</text>"
    )


def _stretch(year: int, item: Stretch, language: str) -> str:
    """A piece of a ring from the first day to the last, as far as they lie in the year."""
    start = _turn(year, max(item.first, date(year, 1, 1)))
    end = _turn(year, min(item.last, date(year, 12, 31)) + timedelta(days=1))
    least = LEAST / 366
    if end - start < least:
        start, end = (start + end - least) / 2, (start + end + least) / 2
    inner, outer = RADII[item.ring]
    large = int(end - start > 0.5)
    (ax, ay), (bx, by) = _point(start, outer), _point(end, outer)
    (cx, cy), (dx, dy) = _point(end, inner), _point(start, inner)
    path = (
        f"M{ax:.1f} {ay:.1f}A{outer} {outer} 0 {large} 1 {bx:.1f} {by:.1f}"
        f"L{cx:.1f} {cy:.1f}A{inner} {inner} 0 {large} 0 {dx:.1f} {dy:.1f}Z"
    )
    words = f"{_when(item, language)}: {item.name}"
    return f'<path d="{path}" fill="{COLOURS[item.ring]}"><title>{escape(words)}</title></path>'


def _turn(year: int, day: date) -> float:
    """Return the place of a day's beginning in the year: 0 is its first, 1 the first of the next."""
    return (day - date(year, 1, 1)).days / (date(year + 1, 1, 1) - date(year, 1, 1)).days


def _point(turn: float, radius: float) -> tuple[float, float]:
    """January begins at the top, and the year goes clockwise."""
    angle = math.tau * turn
    return 200 + radius * math.sin(angle), 200 - radius * math.cos(angle)
