"""Rules for a body's days: possible ones with their times, the cost of each, and clashes.

Days are proleptic ordinals (`date.toordinal`) inside the search, for it compares very many of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import accumulate

from config.values import RoundTimes
from workflows.working_days import DAY, DayOff, WorkCalendar, days, days_to_answer

USUAL_GAP = 42
"""Costs are weighed for a body that meets this seldom."""
# Costs are whole numbers, so that a plan made again comes out the same to the day. A gap costs the square of its days
# away from the wanted one; the others are weighed against that.
OTHER_WEEKDAY = 100
OTHER_START = 40
BESIDE_DAYS_OFF = 60
BUSY_WEEK = 100
BUSY_DAY = 200
OPTIONAL_AWAY = 30
TRAVEL = 300
"""Somebody has another meeting elsewhere on the same day."""
OVERLAP = 5_000
"""Two meetings at once for somebody who may stay away from one of them, or of which one can still move."""
UNWANTED_WEEKDAY = 10_000
FIRST_DAYS_OF_YEAR = 20_000
KEPT = 1_000_000
"""The cost of moving a date: more than everything above together."""

BEFORE_CHRISTMAS_WEEK = 51
FIRST_DAYS = 8
WEEKEND = {DayOff.WEEKEND, None}
BACK, AHEAD = timedelta(days=400), timedelta(days=150)
"""The days around the period that are looked at: for earlier meetings, and for days that would have been wanted."""


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """Another meeting of somebody who belongs to the body. *firm*: neither can it move nor the person be spared."""

    starts: time
    ends: time
    travels: bool = False
    """True when it is elsewhere, so that travel takes time."""
    firm: bool = True


@dataclass(frozen=True, kw_only=True)
class Around:
    """The commitments that a body's dates have to find room among."""

    blocked: frozenset[date] = frozenset()
    """A member cannot."""
    optional_away: frozenset[date] = frozenset()
    """Somebody who may stay away cannot."""
    busy: frozenset[date] = frozenset()
    """Many are needed elsewhere, such as in a council."""
    others: Mapping[date, Sequence[Engagement]] = field(default_factory=dict)
    local_rounds: Sequence[Sequence[date]] = ()
    """Each local board's dates, for a body that meets after every one of them has met."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """On which weekdays and at what times a body meets; the first start is the usual one."""

    weekdays: tuple[int, ...]
    starts: tuple[time, ...]
    minutes: int
    preferred_weekday: int | None = None
    scale: int = 1
    """The weight of a day too early or too late and of another weekday, for a body that meets often."""


class Ground:
    """The days for every body with the same calendar and the same times for its rounds."""

    def __init__(self, calendar: WorkCalendar, rounds: RoundTimes | None, *, first: date, last: date) -> None:
        self.first, self.last = first, last
        self._origin = (first - BACK).toordinal()
        around = list(days(first - BACK, last + AHEAD))
        self._off = [calendar.day_off_reason(day) for day in around]
        self._last_summer_day = _last_summer_days(self._off, self._origin)
        self._rounds, self._calendar = rounds, calendar
        self._why_not: dict[int, str | None] = {}
        self._costs: dict[int, int] = {}

    def why_not(self, day: int) -> str | None:
        """The key of the rule that *day* breaks for everybody; None when it is possible."""
        if day not in self._why_not:
            self._why_not[day] = self._rule_broken(day)
        return self._why_not[day]

    @cached_property
    def open_days(self) -> Sequence[date]:
        """The days of the period that are possible for everybody."""
        return [day for day in days(self.first, self.last) if self.why_not(day.toordinal()) is None]

    def cost(self, day: int) -> int:
        """Return the cost of meeting on *day*, for everybody."""
        if day not in self._costs:
            self._costs[day] = self._cost(date.fromordinal(day))
        return self._costs[day]

    def over_summer(self, start: int, end: int) -> bool:
        """Tell whether a day of the summer holiday lies between two days."""
        return self.last_summer_day(end) >= start

    def last_summer_day(self, before: int) -> int:
        """Return the last day of a summer holiday *before* a day; 0, which lies before all days, when there is none."""
        return self._last_summer_day[self._index(before)]

    def _rule_broken(self, ordinal: int) -> str | None:
        reason = self._off[self._index(ordinal)]
        if reason is not None:
            return reason.text_key
        if self._rounds is not None:
            to_answer = days_to_answer(date.fromordinal(ordinal), self._rounds, self._calendar)
            return "meetings.few_days" if to_answer < self._rounds.sendable_days else None
        return None

    def _cost(self, day: date) -> int:
        cost = 0
        if any(self._off_on(day + step) not in WEEKEND for step in (-DAY, DAY)):
            cost += BESIDE_DAYS_OFF
        beside_summer = any(self._off_on(day + 7 * step) is DayOff.SUMMER for step in (-DAY, DAY))
        if beside_summer or day.isocalendar().week == BEFORE_CHRISTMAS_WEEK:
            cost += BUSY_WEEK
        if day.month == 1 and day.day <= FIRST_DAYS:
            cost += FIRST_DAYS_OF_YEAR
        return cost

    def _off_on(self, day: date) -> DayOff | None:
        return self._off[self._index(day.toordinal())]

    def _index(self, ordinal: int) -> int:
        index = ordinal - self._origin
        return index if 0 <= index < len(self._off) else 0 if index < 0 else len(self._off) - 1


def _last_summer_days(off: Sequence[DayOff | None], origin: int) -> Sequence[int]:
    """Return, for each day from *origin* on, the last day of a summer holiday before it."""
    summer = (day if reason is DayOff.SUMMER else 0 for day, reason in enumerate(off, origin))
    return list(accumulate(summer, max, initial=0))


class BodyDays:
    """The days of one body: the ground's, with its own weekdays and times, and what its people are busy with."""

    def __init__(self, ground: Ground, times: Times, around: Around, kept: Mapping[date, time]) -> None:
        self.ground = ground
        self.times = times
        self.around = around
        self._kept = kept

    def why_not(self, day: date) -> str | None:
        """The key of the rule that *day* breaks for this body; None when it is possible."""
        broken = self.ground.why_not(day.toordinal())
        if broken is not None:
            return broken
        if day in self.around.blocked:
            return "meetings.blocked"
        return None if self.choice(day) else "meetings.clash"

    def possible(self, day: date) -> tuple[int, time] | None:
        """Return the cost of meeting on *day* and the start; None when a rule forbids the day."""
        if self.ground.why_not(day.toordinal()) is not None or day in self.around.blocked:
            return None
        return self.choice(day)

    def choice(self, day: date) -> tuple[int, time] | None:
        """The cheapest start on *day* with its cost; None when somebody sits in another meeting at all of them."""
        engagements = self.around.others.get(day, ())
        best: tuple[int, time] | None = None
        for number, starts in enumerate(self.times.starts):
            cost = self._among(starts, engagements) if engagements else 0
            if cost is None:
                continue
            cost += OTHER_START * number - self._worth_keeping(day, starts)
            if best is None or cost < best[0]:
                best = cost, starts
        return None if best is None else (best[0] + self._cost(day), best[1])

    def clashes(self, day: date, starts: time) -> bool:
        """Tell whether a required person sits in another meeting then."""
        return self._among(starts, self.around.others.get(day, ())) is None

    def _cost(self, day: date) -> int:
        cost = self.ground.cost(day.toordinal())
        if day.weekday() not in self.times.weekdays:
            cost += UNWANTED_WEEKDAY
        elif self.times.preferred_weekday not in (None, day.weekday()):
            cost += OTHER_WEEKDAY * self.times.scale
        if day in self.around.optional_away:
            cost += OPTIONAL_AWAY
        if day in self.around.busy:
            cost += BUSY_DAY
        return cost

    def _worth_keeping(self, day: date, starts: time) -> int:
        if day not in self._kept:
            return 0
        # Another time on the same day moves people less than another day.
        return KEPT if self._kept[day] == starts else KEPT // 2

    def _among(self, starts: time, engagements: Sequence[Engagement]) -> int | None:
        ends = end_of(starts, self.times.minutes)
        cost = 0
        for other in engagements:
            if starts < other.ends and other.starts < ends:
                if other.firm:
                    return None
                cost += OVERLAP
            elif other.travels:
                cost += TRAVEL
        return cost


@cache
def end_of(starts: time, minutes: int) -> time:
    """Return when a meeting ends that starts then."""
    return (datetime.combine(date.min, starts) + timedelta(minutes=minutes)).time()
