"""Distances between a body's meetings: those that keep its rhythm's rules, with their costs, and broken ones."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date

from config.values import Rhythm
from workflows.meetings.date_rules import BodyDays

SUMMER_GAP_DAY = 4
LATE_START_DAY = 2
BROKEN_GAP = 1_000_000_000
BROKEN_GAP_DAY = 1_000_000


class Distances:
    """The distances from one meeting of a body to its next. Days are ordinals; None is the period's edge."""

    def __init__(self, rules: BodyDays, rhythm: Rhythm) -> None:
        self._rhythm = rhythm
        self._ground = rules.ground
        self._first, self._last = rules.ground.first.toordinal(), rules.ground.last.toordinal()
        self._scale = rules.times.scale
        self._rounds = _ordinals(rules.around.local_rounds) if rhythm.after_local_round else []
        self._ready: dict[int | None, int] = {}
        self.allowed = self._allowed()

    @property
    def waits(self) -> bool:
        """True when the body meets after every local board has met."""
        return bool(self._rounds)

    def one_step_before(self, day: int, reached: Sequence[int]) -> Sequence[int]:
        """Return the indexes in *reached* of the days that lie an allowed distance before *day*."""
        rhythm = self._rhythm
        high = bisect_right(reached, day - rhythm.least_gap)
        near = bisect_left(reached, day - rhythm.most_gap, 0, high)
        summer = self._ground.last_summer_day(day)
        if summer < day - rhythm.most_gap_over_summer:
            return range(near, high)
        low = bisect_left(reached, day - rhythm.most_gap_over_summer, 0, near)
        return [*range(low, bisect_right(reached, summer, low, near)), *range(near, high)]

    def step(self, start: int | None, end: int | None, *, strict: bool) -> int | None:
        """Return the cost of going from one meeting to the next; None when that is against the rules."""
        excess = self.excess(start, end)
        if excess:
            return None if strict else BROKEN_GAP + BROKEN_GAP_DAY * excess
        if end is None:
            # As if one more meeting stood at the end: so the last one comes in its time instead of not at all.
            late = self._last - (start or self._first) - self._rhythm.wanted_gap
            return (max(0, late) * self._scale) ** 2
        if start is None:
            late = end - self._first
            return LATE_START_DAY * late + (max(0, late - self._rhythm.wanted_gap) * self._scale) ** 2
        return self._off_beat(end - start)

    def _allowed(self) -> Mapping[int, int]:
        """
        Return the costs of the distances that keep the rules: the longer ones where a summer holiday lies between.

        A body that waits for others has none: it depends on their dates too.
        """
        if self._rounds:
            return {}
        longest = max(self._rhythm.most_gap, self._rhythm.most_gap_over_summer)
        return {gap: self._off_beat(gap) for gap in range(self._rhythm.least_gap, longest + 1)}

    def _off_beat(self, gap: int) -> int:
        if gap > self._rhythm.most_gap:
            return SUMMER_GAP_DAY * (gap - self._rhythm.least_gap)
        return ((gap - self._rhythm.wanted_gap) * self._scale) ** 2

    def excess(self, start: int | None, end: int | None) -> int:
        """By how many days two meetings lie too far apart or too close; 0 when their distance keeps the rules."""
        since, until = start or self._first, end or self._last
        gap = until - since
        rhythm = self._rhythm
        if start is None and end is None:
            return max(0, gap - rhythm.least_gap)
        excess = gap - rhythm.most_gap if gap > rhythm.most_gap else 0
        if excess and self._ground.over_summer(since, until):
            excess = max(0, gap - rhythm.most_gap_over_summer)
        if end is not None:
            if start is not None and gap < rhythm.least_gap:
                excess = rhythm.least_gap - gap
            if self._rounds:
                excess = max(excess, self.ready_after(start) - end + 1)
        return excess

    def most(self, start: int, end: int) -> int:
        """Return the longest distance that is allowed there."""
        rhythm = self._rhythm
        return rhythm.most_gap_over_summer if self._ground.over_summer(start, end) else rhythm.most_gap

    def ready_after(self, start: int | None) -> int:
        """
        The day on which the last local board has met since *start*.

        A board whose next date lies beyond this body's own longest gap, or is not known, is not waited for.
        """
        if start not in self._ready:
            within = (start or self._first) + self._rhythm.most_gap
            following = [dates[bisect_right(dates, start or 0) :] for dates in self._rounds]
            self._ready[start] = max((dates[0] for dates in following if dates and dates[0] < within), default=0)
        return self._ready[start]


def _ordinals(rounds: Sequence[Sequence[date]]) -> list[list[int]]:
    return [sorted(day.toordinal() for day in dates) for dates in rounds if dates]
