"""Finds a body's meeting dates: the cheapest chain of days that keeps every rule, or the rule that no chain can keep.

1. Every day is either impossible, for a reason that can be named, or possible at a cost (`date_rules`).
2. Every distance between two meetings is against the rhythm, or has a cost: the further from the wanted, the more.
3. Going greedily from date to date meets the wall of the summer holiday months later. So the plan is a shortest path:
   day by day, the cheapest chain that ends there is found from the cheapest chains to the days before it.
4. Dates that are announced cut the period into parts, each a path of its own from one announced date to the next.
5. A date that was planned before is worth more than all costs together, so that only what must move moves.
6. When no chain keeps the rules, distances may break them at a ruinous price; each broken one is named, with what
   stands in the way on how many days. A day that is itself impossible is never taken.
7. Equal costs are decided by the earlier day: the same question always has the same answer.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import pairwise

from config.values import Body, Occasion, Rhythm
from workflows.meetings.date_rules import USUAL_GAP, Around, BodyDays, Ground, Times
from workflows.meetings.distances import Distances
from workflows.working_days import SATURDAY, days


@dataclass(frozen=True, kw_only=True)
class Moved:
    """The reason for a date other than the rhythm's. *reason*: a key in the texts."""

    wanted: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class PlannedDate:
    day: date
    starts: time
    moved: Moved | None = None


@dataclass(frozen=True, kw_only=True)
class Impossible:
    """
    No day from *first* to *last* keeps the rules, or the date *announced* for that day does not.

    *reasons*: keys in the texts, each with the number of weekdays on which it stands in the way, the most frequent
    first; 0 when it is about no days.
    """

    first: date
    last: date
    reasons: tuple[tuple[str, int], ...]
    announced: bool = False


@dataclass(frozen=True, kw_only=True)
class DatePlan:
    """*dates*: what is to be added to the announced ones. *given_up*: dates of the plan before, and why they went."""

    dates: tuple[PlannedDate, ...]
    problems: tuple[Impossible, ...] = ()
    given_up: Mapping[date, str] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(item.day for item in self.dates)


def plan_rhythm(
    body: Body,
    ground: Ground,
    *,
    around: Around | None = None,
    previous: date | None = None,
    announced: Mapping[date, time] | None = None,
    kept: Mapping[date, time] | None = None,
) -> DatePlan:
    """
    The dates of the body's rhythm in the period of *ground*.

    *previous*: its last meeting before the period. *announced*: dates with their start that stay whatever comes.
    *kept*: dates planned before but not announced. A body without a rhythm gets no dates.
    """
    if body.rhythm is None:
        return DatePlan(dates=())
    announced, kept = announced or {}, kept or {}
    rhythm = body.rhythm
    search = _Search(BodyDays(ground, times_of(rhythm), around or Around(), kept), rhythm)
    anchors = sorted(day.toordinal() for day in announced if previous is None or day > previous)
    stops = [previous.toordinal() if previous else None, *anchors, None]
    chain = stops[:1]
    for start, end in pairwise(stops):
        chain += search.cheapest(start, end)
    steps = list(pairwise(chain))
    fixed = set(anchors)
    dates = tuple(search.planned(before, day) for before, day in steps if day is not None and day not in fixed)
    broken = [
        search.impossible(start, end, both_fixed=start in fixed and end in fixed)
        for start, end in steps
        if search.distances.excess(start, end)
    ]
    problems = [*unfit(search.days, announced), *broken]
    return DatePlan(
        dates=dates,
        problems=tuple(sorted(problems, key=lambda item: (item.first, item.last))),
        given_up=_given_up(search.days, kept, dates),
    )


def plan_occasion(
    occasion: Occasion, ground: Ground, *, around: Around | None = None, kept: Mapping[date, time] | None = None
) -> DatePlan:
    """The cheapest day of the occasion's weeks within the period of *ground*, the middlemost of equals."""
    kept = kept or {}
    first, last = max(occasion.first, ground.first), min(occasion.last, ground.last)
    if last < first:
        return DatePlan(dates=())
    rules = BodyDays(ground, times_of_occasion(occasion), around or Around(), kept)
    middle = occasion.first + (occasion.last - occasion.first) / 2
    options = [(*choice, day) for day in days(first, last) if (choice := rules.possible(day))]
    if not options:
        reasons = _counted(rules.why_not(day) for day in days(first, last) if first == last or day.weekday() < SATURDAY)
        return DatePlan(dates=(), problems=(Impossible(first=first, last=last, reasons=reasons),))
    _, starts, day = min(options, key=lambda option: (option[0], abs(option[2] - middle), option[2]))
    dates = (PlannedDate(day=day, starts=starts),)
    return DatePlan(dates=dates, given_up=_given_up(rules, kept, dates))


def times_of(rhythm: Rhythm) -> Times:
    """On which weekdays and at what times a body with that rhythm meets."""
    return Times(
        weekdays=rhythm.weekdays,
        starts=(rhythm.starts, *rhythm.other_starts),
        minutes=rhythm.minutes,
        preferred_weekday=rhythm.preferred_weekday,
        scale=max(1, USUAL_GAP // rhythm.wanted_gap),
    )


def times_of_occasion(occasion: Occasion) -> Times:
    """The same of a single meeting."""
    return Times(weekdays=occasion.weekdays, starts=(occasion.starts,), minutes=occasion.minutes)


def unfit(rules: BodyDays, announced: Mapping[date, time]) -> list[Impossible]:
    """The announced dates that a rule speaks against by now. They stay: moving them is for people to decide."""
    found = []
    for day, starts in announced.items():
        # Too few days to answer is a matter of planning; a meeting that is called has the round it has.
        reason = rules.why_not(day)
        if reason in (None, "meetings.few_days", "meetings.clash"):
            reason = "meetings.clash" if rules.clashes(day, starts) else None
        if reason is not None:
            found.append(Impossible(first=day, last=day, reasons=((reason, 0),), announced=True))
    return found


def _given_up(rules: BodyDays, kept: Mapping[date, time], dates: Sequence[PlannedDate]) -> dict[date, str]:
    chosen = {item.day for item in dates}
    return {day: rules.why_not(day) or "meetings.fits_the_rest" for day in sorted(kept) if day not in chosen}


def _counted(reasons: Iterable[str | None]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(reason for reason in reasons if reason).most_common())


class _Search:
    """The shortest path. Days are ordinals; None is the period's edge."""

    def __init__(self, rules: BodyDays, rhythm: Rhythm) -> None:
        self.days = rules
        self._rhythm = rhythm
        self._ground = rules.ground
        self._first, self._last = rules.ground.first.toordinal(), rules.ground.last.toordinal()
        self.distances = Distances(rules, rhythm)
        self._choices = {day.toordinal(): choice for day in rules.ground.open_days if (choice := rules.possible(day))}
        self._candidates = list(self._choices)

    def cheapest(self, start: int | None, end: int | None) -> list[int | None]:
        """The cheapest chain after *start* up to *end*, both fixed."""
        first = bisect_right(self._candidates, start) if start else 0
        last = bisect_left(self._candidates, end) if end else len(self._candidates)
        between = self._candidates[first:last]
        return self._path(start, between, end, strict=True) or self._path(start, between, end, strict=False) or [end]

    def _path(
        self, start: int | None, between: Sequence[int], end: int | None, *, strict: bool
    ) -> list[int | None] | None:
        """Unless *strict*, a distance that breaks the rules is allowed at a ruinous cost."""
        costs, reached = ([], []) if start is None else ([0], [start])
        before: dict[int | None, int] = {}
        for day in [*between, end]:
            first = self.distances.step(None, day, strict=strict) if start is None else None
            if day is not None and strict and self.distances.allowed:
                best, source = self._cheapest_allowed(day, first, reached, costs)
            else:
                best, source = self._cheapest_step(day, first, reached, costs, strict=strict)
            if best is None:
                continue
            before[day] = source
            if day is not None and day != end:
                costs.append(best + self._choices[day][0])
                reached.append(day)
        if end not in before:
            return None
        chain: list[int | None] = [end]
        while (source := before[chain[-1]]) not in (start, _START):
            chain.append(source)
        return chain[::-1]

    def _cheapest_allowed(
        self, day: int, first: int | None, reached: Sequence[int], costs: Sequence[int]
    ) -> tuple[int | None, int]:
        """Return the same as `_cheapest_step`, of distances whose costs are known: what a search asks most."""
        best, source = first, _START
        allowed = self.distances.allowed
        for index in self.distances.one_step_before(day, reached):
            cost = costs[index] + allowed[day - reached[index]]
            if best is None or cost < best:
                best, source = cost, reached[index]
        return best, source

    def _cheapest_step(
        self, day: int | None, first: int | None, reached: Sequence[int], costs: Sequence[int], *, strict: bool
    ) -> tuple[int | None, int]:
        """Return the cost of the cheapest chain that goes on to *day*, and the day before; *first*: as the first."""
        best, source = first, _START
        for index, other in enumerate(reached):
            step = self.distances.step(other, day, strict=strict)
            if step is not None and (best is None or costs[index] + step < best):
                best, source = costs[index] + step, other
        return best, source

    def planned(self, start: int | None, day: int) -> PlannedDate:
        """A day of the chain, with why it is not the one that the rhythm asked for."""
        on = date.fromordinal(day)
        return PlannedDate(day=on, starts=self._choices[day][1], moved=self._moved(start, on))

    def _moved(self, start: int | None, day: date) -> Moved | None:
        if start is None:
            return None
        wanted = self._wanted(date.fromordinal(start))
        if wanted == day or wanted < self._ground.first:
            return None
        reason = self._why_not_after(start, wanted)
        if reason is None and any(other.firm or other.travels for other in self.days.around.others.get(wanted, ())):
            reason = "meetings.others_meet"
        if reason is None and wanted in self.days.around.busy:
            reason = "meetings.needed_elsewhere"
        if reason is None and self._ground.cost(wanted.toordinal()) > self._ground.cost(day.toordinal()):
            reason = "meetings.busy_time"
        return Moved(wanted=wanted, reason=reason or "meetings.fits_the_rest")

    def impossible(self, start: int | None, end: int | None, *, both_fixed: bool) -> Impossible:
        """Name why two meetings could not have an allowed distance."""
        rhythm = self._rhythm
        if both_fixed and start and end and end - start < rhythm.least_gap:
            close = (("meetings.too_close", 0),)
            return Impossible(first=date.fromordinal(start), last=date.fromordinal(end), reasons=close)
        first = self._first if start is None else max(start + rhythm.least_gap, self._first)
        since = start or self._first
        last = max(first, min(since + self.distances.most(since, end or self._last), self._last))
        around = [date.fromordinal(day) for day in range(first, last + 1)]
        reasons = _counted(self._why_not_after(start, day) for day in around if day.weekday() < SATURDAY)
        return Impossible(first=around[0], last=around[-1], reasons=reasons or (("meetings.fixed_dates", 0),))

    def _why_not_after(self, start: int | None, day: date) -> str | None:
        too_early = self.distances.waits and day.toordinal() <= self.distances.ready_after(start)
        return self.days.why_not(day) or ("meetings.local_round" if too_early else None)

    def _wanted(self, start: date) -> date:
        wanted = start + timedelta(days=self._rhythm.wanted_gap)
        weekday = self._rhythm.preferred_weekday
        if weekday is None:
            return wanted
        away = (weekday - wanted.weekday()) % 7
        return wanted + timedelta(days=away if away <= 3 else away - 7)


_START = 0
"""Stands for the start of a chain, which may be no day at all."""
