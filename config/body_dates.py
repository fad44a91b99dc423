"""Rules for how a body's dates are found: its rhythm, its occasions and the dates it has fixed itself."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import combinations

from config.reading import ValuePath
from config.values import Body, Rhythm

Finding = tuple[ValuePath, object, str]
"""The path within the body, what stands there, what was expected."""


def date_problems(body: Body) -> Iterator[Finding]:
    """Yield everything that no calendar could follow."""
    if body.rhythm is not None:
        yield from _rhythm(body.rhythm)
    if body.rhythm is not None and body.occasions:
        yield ("occasions",), "occasions", "either a rhythm or occasions: a meeting could count for both"
    for index, occasion in enumerate(body.occasions):
        if occasion.last < occasion.first:
            expected = f"a day not before `first` ({occasion.first})"
            yield ("occasions", index, "last"), occasion.last, expected
        if _past_midnight(occasion.starts, occasion.minutes):
            yield ("occasions", index, "starts"), occasion.starts, "a meeting that ends the same day"
    numbered = enumerate(body.occasions)
    for (_, one), (index, other) in combinations(numbered, 2):
        if one.first <= other.last and other.first <= one.last:
            expected = f"days that {one.key} does not cover too: one meeting could count for both"
            yield ("occasions", index, "first"), other.first, expected
    yield from _fixed_dates(body.fixed_dates)


def _rhythm(rhythm: Rhythm) -> Iterator[Finding]:
    gaps = (1, rhythm.least_gap, rhythm.wanted_gap, rhythm.most_gap, rhythm.most_gap_over_summer)
    if sorted(gaps) != list(gaps):
        given = f"gaps of {rhythm.least_gap}, {rhythm.wanted_gap}, {rhythm.most_gap}, {rhythm.most_gap_over_summer}"
        expected = "1 ≤ least_gap ≤ wanted_gap ≤ most_gap ≤ most_gap_over_summer"
        yield ("rhythm", "wanted_gap"), given, expected
    if rhythm.preferred_weekday is not None and rhythm.preferred_weekday not in rhythm.weekdays:
        yield ("rhythm", "preferred_weekday"), rhythm.preferred_weekday, f"one of its weekdays {rhythm.weekdays}"
    for starts in (rhythm.starts, *rhythm.other_starts):
        if _past_midnight(starts, rhythm.minutes):
            yield ("rhythm", "starts"), starts, "a meeting that ends the same day"


def _fixed_dates(moments: tuple[datetime, ...]) -> Iterator[Finding]:
    seen: set[date] = set()
    for index, moment in enumerate(moments):
        if moment.tzinfo is not None:
            yield ("fixed_dates", index), moment, "local wall time without an offset"
        if moment.date() in seen:
            yield ("fixed_dates", index), moment, "one meeting a day"
        seen.add(moment.date())


def _past_midnight(starts: time, minutes: int) -> bool:
    return datetime.combine(date.min, starts) + timedelta(minutes=minutes) > datetime.combine(date.min, time.max)
