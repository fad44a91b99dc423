"""Finds a body's meeting dates: the cheapest chain of days that keeps every rule, or the rule that no chain can keep.

Going greedily from date to date meets the wall of the summer holiday months later, so the chain is a shortest path over
the days of the period. Between two dates that are already announced the chain is its own problem: they never move.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise

from config.programme import Body, Rhythm
from workflows.working_days import DAY, SATURDAY, DayOff, WorkCalendar, days, days_to_answer

# Costs are whole numbers, so that a plan made again comes out the same to the day. A gap costs the square of its days
# away from the wanted one; the others are weighed against that.
OTHER_WEEKDAY = 100
BESIDE_DAYS_OFF = 60
BUSY_WEEK = 100
SAME_DAY_AS_OTHERS = 300
SUMMER_GAP_DAY = 4
LATE_START_DAY = 2
UNWANTED_WEEKDAY = 10_000
FIRST_DAYS_OF_YEAR = 20_000
BROKEN_GAP = 1_000_000
BROKEN_GAP_DAY = 1_000

BEFORE_CHRISTMAS_WEEK = 51
FIRST_DAYS = 8
WEEKEND = {DayOff.WEEKEND, None}


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Why a date is not the day that the rhythm asked for. *reason*: a key in the texts."""

    wanted: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class PlannedDate:
    day: date
    locked: bool = False
    moved: Moved | None = None


@dataclass(frozen=True, kw_only=True)
class Impossible:
    """No day from *first* to *last* keeps the rules; *reason*, a key in the texts, says what stands in the way."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class DatePlan:
    dates: tuple[PlannedDate, ...]
    problems: tuple[Impossible, ...] = ()

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(item.day for item in self.dates)


def plan_dates(
    body: Body,
    calendar: WorkCalendar,
    *,
    first: date,
    last: date,
    previous: date | None = None,
    locked: Collection[date] = (),
    taken: Mapping[date, int] | None = None,
    blocked: Collection[date] = (),
    local_rounds: Sequence[Sequence[date]] = (),
) -> DatePlan:
    """
    The body's dates from *first* to *last*.

    *previous*: its last meeting before *first*. *locked*: dates already announced, kept as they are. *taken*: how many
    other bodies meet on a day. *blocked*: days on which a member cannot. *local_rounds*: each local board's dates, for
    a body that meets after every one of them has met. A body without a rhythm has no dates.
    """
    if body.rhythm is None:
        return DatePlan(dates=())
    ground = _Ground(body, body.rhythm, calendar, first, last, taken or {}, frozenset(blocked), local_rounds)
    anchors = sorted(day for day in set(locked) if previous is None or day > previous)
    stops: list[date | None] = [previous, *anchors, None]
    chain: list[date | None] = [previous]
    for start, end in pairwise(stops):
        chain += _cheapest(ground, start, end)
    steps = list(pairwise(chain))
    dates = tuple(
        PlannedDate(day=day, locked=day in anchors, moved=None if day in anchors else ground.moved(before, day))
        for before, day in steps
        if day is not None
    )
    unfit = [Impossible(first=day, last=day, reason=reason) for day in anchors if (reason := ground.why_not(day))]
    broken = [ground.impossible(start, end) for start, end in steps if ground.excess(start, end)]
    return DatePlan(dates=dates, problems=tuple(sorted([*unfit, *broken], key=lambda item: (item.first, item.last))))


class _Ground:
    """What one body's days are like: which are possible, what they cost, how far apart two may lie."""

    def __init__(
        self,
        body: Body,
        rhythm: Rhythm,
        calendar: WorkCalendar,
        first: date,
        last: date,
        taken: Mapping[date, int],
        blocked: frozenset[date],
        local_rounds: Sequence[Sequence[date]],
    ) -> None:
        self.first, self.last = first, last
        self._rhythm, self._calendar, self._rounds = rhythm, calendar, body.rounds
        self._taken, self._blocked = taken, blocked
        self._local_rounds = [sorted(dates) for dates in local_rounds if dates] if rhythm.after_local_round else []
        self._ready: dict[date | None, date] = {}
        self._origin = first - timedelta(days=400)
        around = list(days(self._origin, last + timedelta(days=30)))
        reasons = [calendar.day_off_reason(day) for day in around]
        self._reason = dict(zip(around, reasons, strict=True))
        self._summer = [day for day, reason in self._reason.items() if reason is DayOff.SUMMER]
        self._sendable = [0, *accumulate(calendar.is_sendable(day) for day in around)]
        self.candidates = [day for day in days(first, last) if not self.why_not(day)]

    def why_not(self, day: date) -> str | None:
        """The key of the rule that *day* breaks by itself; None when it is possible."""
        reason = self._reason[day] if day in self._reason else self._calendar.day_off_reason(day)
        if reason is not None:
            return reason.text_key
        if day in self._blocked:
            return "meetings.blocked"
        if self._rounds is not None and self._days_to_answer(day) < self._rounds.sendable_days:
            return "meetings.few_days"
        return None

    def cost(self, day: date) -> int:
        """What it costs to meet on *day*, whatever lies before."""
        rhythm = self._rhythm
        cost = SAME_DAY_AS_OTHERS * self._taken.get(day, 0)
        if day.weekday() not in rhythm.weekdays:
            cost += UNWANTED_WEEKDAY
        elif rhythm.preferred_weekday not in (None, day.weekday()):
            cost += OTHER_WEEKDAY
        if any(self._off(day + step) not in WEEKEND for step in (-DAY, DAY)):
            cost += BESIDE_DAYS_OFF
        if self._in_busy_week(day):
            cost += BUSY_WEEK
        if day.month == 1 and day.day <= FIRST_DAYS:
            cost += FIRST_DAYS_OF_YEAR
        return cost

    def step_cost(self, start: date | None, end: date | None) -> int:
        """What it costs to go from one meeting to the next; None is the period's edge."""
        if end is None:
            # As if one more meeting stood at the end: so the last one comes in its time instead of not at all.
            return max(0, (self.last - (start or self.first)).days - self._rhythm.wanted_gap) ** 2
        if start is None:
            return LATE_START_DAY * (end - self.first).days
        gap = (end - start).days
        if gap > self._rhythm.most_gap and self._over_summer(start, end):
            return SUMMER_GAP_DAY * (gap - self._rhythm.least_gap)
        return (gap - self._rhythm.wanted_gap) ** 2

    def excess(self, start: date | None, end: date | None) -> int:
        """By how many days two meetings lie too far apart or too close; 0 when their distance keeps the rules."""
        if start is None and end is None:
            return max(0, (self.last - self.first).days - self._rhythm.least_gap)
        if start is None:
            assert end is not None
            too_early = (self._ready_after(None) - end).days + 1
            return max(0, (end - self.first).days - self._most(self.first, end), too_early)
        if end is None:
            return max(0, (self.last - start).days - self._most(start, self.last))
        gap = (end - start).days
        too_early = (self._ready_after(start) - end).days + 1
        return max(0, gap - self._most(start, end), self._rhythm.least_gap - gap, too_early)

    def reach(self) -> int:
        """No allowed gap is longer."""
        return max(self._rhythm.most_gap, self._rhythm.most_gap_over_summer)

    def moved(self, start: date | None, day: date) -> Moved | None:
        """Why *day* was chosen when the rhythm asked for another."""
        if start is None:
            return None
        wanted = self._wanted(start)
        if wanted == day:
            return None
        reason = self._why_not_after(start, wanted)
        if reason is None and self._taken.get(wanted):
            reason = "meetings.others_meet"
        if reason is None and self.cost(wanted) > self.cost(day):
            reason = "meetings.busy_time"
        return Moved(wanted=wanted, reason=reason or "meetings.fits_the_rest")

    def impossible(self, start: date | None, end: date | None) -> Impossible:
        """Name why two meetings could not have an allowed distance."""
        if start and end and (end - start).days < self._rhythm.least_gap:
            return Impossible(first=start, last=end, reason="meetings.too_close")
        first = self.first if start is None else max(start + timedelta(days=self._rhythm.least_gap), self.first)
        since = start or self.first
        last = max(first, min(since + timedelta(days=self._most(since, end or self.last)), self.last))
        weekdays = [day for day in days(first, last) if day.weekday() < SATURDAY]
        reasons = Counter(reason for day in weekdays if (reason := self._why_not_after(start, day)))
        reason = max(reasons, key=lambda key: reasons[key], default="meetings.fixed_dates")
        return Impossible(first=first, last=last, reason=reason)

    def _why_not_after(self, start: date | None, day: date) -> str | None:
        return self.why_not(day) or ("meetings.local_round" if day <= self._ready_after(start) else None)

    def _wanted(self, start: date) -> date:
        wanted = start + timedelta(days=self._rhythm.wanted_gap)
        weekday = self._rhythm.preferred_weekday
        if weekday is None:
            return wanted
        away = (weekday - wanted.weekday()) % 7
        return wanted + timedelta(days=away if away <= 3 else away - 7)

    def _most(self, start: date, end: date) -> int:
        rhythm = self._rhythm
        over_summer = self._over_summer(start, end)
        return max(rhythm.most_gap, rhythm.most_gap_over_summer) if over_summer else rhythm.most_gap

    def _over_summer(self, start: date, end: date) -> bool:
        return bisect_left(self._summer, end) > bisect_right(self._summer, start)

    def _ready_after(self, start: date | None) -> date:
        """
        The day on which the last local board has met since *start*.

        A board whose next date lies beyond this body's own longest gap, or is not known, is not waited for.
        """
        if not self._local_rounds:
            return date.min
        if start not in self._ready:
            within = (start or self.first) + timedelta(days=self._rhythm.most_gap)
            following = [dates[bisect_right(dates, start or date.min) :] for dates in self._local_rounds]
            self._ready[start] = max((dates[0] for dates in following if dates and dates[0] < within), default=date.min)
        return self._ready[start]

    def _off(self, day: date) -> DayOff | None:
        return self._reason[day] if day in self._reason else self._calendar.day_off_reason(day)

    def _in_busy_week(self, day: date) -> bool:
        week = day.isocalendar().week
        beside_summer = any(self._off(day + 7 * step) is DayOff.SUMMER for step in (-DAY, DAY))
        return beside_summer or week == BEFORE_CHRISTMAS_WEEK

    def _days_to_answer(self, day: date) -> int:
        # As `working_days.days_to_answer`, from running sums: a deadline that moves back over days off leaves none out.
        assert self._rounds is not None
        opens, deadline, release = (
            (day - timedelta(days=before) - self._origin).days
            for before in (self._rounds.opens, self._rounds.deadline, self._rounds.release)
        )
        if opens < 0 or release + 1 >= len(self._sendable):
            return days_to_answer(day, self._rounds, self._calendar)
        release_takes_the_last = self._sendable[release + 1] == self._sendable[deadline + 1]
        return self._sendable[deadline + 1] - self._sendable[opens] - release_takes_the_last


def _cheapest(ground: _Ground, start: date | None, end: date | None) -> list[date | None]:
    """The cheapest chain after *start* up to *end*, both fixed; None is the period's edge."""
    first = bisect_right(ground.candidates, start) if start else 0
    last = bisect_left(ground.candidates, end) if end else len(ground.candidates)
    between = ground.candidates[first:last]
    chain = _shortest_path(ground, start, between, end, strict=True)
    return chain or _shortest_path(ground, start, between, end, strict=False) or [end]


def _shortest_path(
    ground: _Ground, start: date | None, between: Sequence[date], end: date | None, *, strict: bool
) -> list[date | None] | None:
    """Nodes in the order of time. Unless *strict*, a distance that breaks the rules is allowed at a ruinous cost."""
    costs: dict[date | None, int] = {}
    before: dict[date | None, date | None] = {}
    known: list[date] = []

    def settle(day: date | None, sources: Sequence[date], own: int) -> None:
        best: int | None = None
        for source in [_START, *sources]:
            origin = start if source is _START else source
            excess = ground.excess(origin, day)
            if excess and strict:
                continue
            total = costs.get(source, 0) + ground.step_cost(origin, day) + own
            total += BROKEN_GAP + BROKEN_GAP_DAY * excess if excess else 0
            if best is None or total < best:
                best, costs[day], before[day] = total, total, source

    for day in between:
        nearest = bisect_left(known, day - timedelta(days=ground.reach())) if strict else 0
        settle(day, known[nearest:], ground.cost(day))
        if day in costs:
            known.append(day)
    nearest = bisect_left(known, (end or ground.last) - timedelta(days=ground.reach())) if strict else 0
    settle(end, known[nearest:], 0)
    if end not in costs:
        return None
    chain: list[date | None] = [end]
    while (source := before[chain[-1]]) is not _START:
        chain.append(source)
    return chain[::-1]


_START = date.min
"""Stands for the start of a chain, which may be no day at all."""
