"""Rules for how a body's dates are found: its rhythm, its occasions and the dates it has fixed itself."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import combinations

from config.problems import Phrase, phrase
from config.source import ValuePath
from config.values import Body, Rhythm

Finding = tuple[ValuePath, object, Phrase]
"""The path within the body, what stands there, what was expected."""


def date_problems(body: Body) -> Iterator[Finding]:
    """Yield everything that no calendar could follow."""
    if body.rhythm is not None:
        yield from _rhythm(body.rhythm)
    if body.rhythm is not None and body.occasions:
        yield ("occasions",), "occasions", phrase("rhythm_or_occasions")
    for index, occasion in enumerate(body.occasions):
        if occasion.last < occasion.first:
            expected = phrase("not_before", start="first", first=str(occasion.first))
            yield ("occasions", index, "last"), occasion.last, expected
        if _past_midnight(occasion.starts, occasion.minutes):
            yield ("occasions", index, "starts"), occasion.starts, phrase("ends_same_day")
    numbered = enumerate(body.occasions)
    for (_, one), (index, other) in combinations(numbered, 2):
        if one.first <= other.last and other.first <= one.last:
            expected = phrase("days_of_its_own", body=one.key)
            yield ("occasions", index, "first"), other.first, expected
    yield from _fixed_dates(body.fixed_dates)


def _rhythm(rhythm: Rhythm) -> Iterator[Finding]:
    gaps = (1, rhythm.least_gap, rhythm.wanted_gap, rhythm.most_gap, rhythm.most_gap_over_summer)
    if sorted(gaps) != list(gaps):
        given = phrase("gaps", days=", ".join(map(str, gaps[1:])))
        yield ("rhythm", "wanted_gap"), given, phrase("gaps_in_order")
    if rhythm.preferred_weekday is not None and rhythm.preferred_weekday not in rhythm.weekdays:
        yield (
            ("rhythm", "preferred_weekday"),
            rhythm.preferred_weekday,
            _of_weekdays(rhythm),
        )
    for starts in (rhythm.starts, *rhythm.other_starts):
        if _past_midnight(starts, rhythm.minutes):
            yield ("rhythm", "starts"), starts, phrase("ends_same_day")


def _of_weekdays(rhythm: Rhythm) -> Phrase:
    return phrase("of_its_weekdays", weekdays=", ".join(map(str, rhythm.weekdays)))


def _fixed_dates(moments: tuple[datetime, ...]) -> Iterator[Finding]:
    seen: set[date] = set()
    for index, moment in enumerate(moments):
        if moment.tzinfo is not None:
            yield ("fixed_dates", index), moment, phrase("wall_time")
        if moment.date() in seen:
            yield ("fixed_dates", index), moment, phrase("one_a_day")
        seen.add(moment.date())


def _past_midnight(starts: time, minutes: int) -> bool:
    return datetime.combine(date.min, starts) + timedelta(minutes=minutes) > datetime.combine(date.min, time.max)
