"""Sliding windows: the calls that still count under each scope, and when there is room for more."""

from collections import deque
from collections.abc import Mapping, Sequence

from integration.limits.published import Limit

RESOLUTION = 100
"""Calls within a hundredth of a limit's time are remembered as one."""
SCOPES_KEPT = 1_000
"""Scopes that are remembered before those that count no more are dropped."""


class SlidingWindows:
    """
    Calls of one process by scope. Moments are microseconds since 1970.

    A scope is a kind of limit and the thing that it holds for: `teams` (the whole tenant), `team:{id}`.
    """

    def __init__(self, limits: Mapping[str, Limit]) -> None:
        self._limits = limits
        self._passed: dict[str, deque[tuple[int, int]]] = {}
        """By scope: when calls passed, rounded up, and what they cost."""
        self._forget_above = SCOPES_KEPT

    @property
    def scopes(self) -> Sequence[str]:
        """Return the scopes whose calls still count."""
        return tuple(self._passed)

    def room_at(self, scope: str, cost: int, now: int) -> int:
        """Return the moment from which every window of *scope* has room for *cost*."""
        passed = self._passed.get(scope)
        if not passed:
            return now
        return max(_room_at(passed, cost, now, most, span) for most, span in self._limits[kind_of(scope)].windows)

    def count(self, costs: Mapping[str, int], now: int) -> None:
        """Count a call that passes *now*, by scope and cost."""
        for scope, cost in costs.items():
            limit = self._limits[kind_of(scope)]
            step = max(1, round(limit.seconds * 1e6 / RESOLUTION))
            moment = -(-now // step) * step
            passed = self._passed.setdefault(scope, deque())
            if passed and passed[-1][0] >= moment:
                moment, before = passed.pop()
                cost += before
            passed.append((moment, cost))
            while passed[0][0] + limit.windows[-1][1] <= now:
                passed.popleft()
        if len(self._passed) > self._forget_above:
            self._forget(now)

    def _forget(self, now: int) -> None:
        """Drop the scopes that count no more, so that the memory does not grow with every team and channel."""
        for scope, passed in list(self._passed.items()):
            if passed[-1][0] + self._limits[kind_of(scope)].windows[-1][1] <= now:
                del self._passed[scope]
        self._forget_above = max(SCOPES_KEPT, 2 * len(self._passed))


def kind_of(scope: str) -> str:
    """Return the kind of limit that *scope* falls under."""
    return scope.partition(":")[0]


def _room_at(passed: Sequence[tuple[int, int]], cost: int, now: int, most: float, span: int) -> int:
    spent, free = sum(each for moment, each in passed if moment + span > now), now
    for moment, each in passed:
        if spent + cost <= most or not spent:
            break
        if moment + span > now:
            spent, free = spent - each, moment + span
    return free
