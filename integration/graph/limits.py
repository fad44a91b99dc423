"""Microsoft's published limits, kept before they are told: a pause of ours is shorter than the one a 429 asks for.

These hold within one process; the limits that must hold across workers are rows in the database.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from workflows.ports import Clock

SUSTAINED = 0.83
"""The share of each of its listed figures that Teams allows over a longer time, and how many times the listed one."""
LONGER = 10
LICENCES = (1_000, 5_000, 15_000, 50_000)
"""Up to which number of licences SharePoint gives the first, second … multiple of its smallest figure."""
GRAINS = 100
"""Calls within a hundredth of a limit's time are remembered as one."""
FEW = 1_000
"""How many scopes are remembered before those that count no more are looked for."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most *count* within any *seconds*, and, if *sustained*, at most that share of it over ten times as long."""

    count: float
    seconds: float = 1
    sustained: float = 1

    @property
    def windows(self) -> Sequence[tuple[float, int]]:
        """How much fits into how many microseconds."""
        listed = (self.count, round(self.seconds * 1e6))
        if self.sustained == 1:
            return (listed,)
        return listed, (self.count * self.sustained * LONGER, listed[1] * LONGER)

    @property
    def rate(self) -> float:
        """What it lets pass per second in the long run."""
        return self.count * self.sustained / self.seconds


def _teams(count: float, seconds: float = 1) -> Limit:
    return Limit(count=count, seconds=seconds, sustained=SUSTAINED)


LIMITS: Mapping[str, Limit] = {
    # Teams: of the whole tenant, then of one team, of its roster, and of one channel.
    "teams": _teams(30),
    "new-teams": _teams(10),
    "new-channels": _teams(10),
    "team": _teams(4),
    "roster": _teams(4, 60),
    "channel": _teams(1),
    # SharePoint and Entra count resource units, Entra's of a tenant with fewer than 50 users.
    "sharepoint": Limit(count=1250, seconds=60),
    "directory": Limit(count=3500, seconds=10),
    "directory-writes": Limit(count=3000, seconds=150),
    "invitations": Limit(count=150, seconds=5),
    # Exchange's transport, of one mailbox: what is more, it only delays.
    "mails": Limit(count=30, seconds=60),
}
CONCURRENT: Mapping[str, int] = {"mailbox": 4}


def limits_of(licences: int) -> Mapping[str, Limit]:
    """The limits of a tenant with that many Microsoft 365 licences."""
    multiple = 1 + sum(licences > most for most in LICENCES)
    smallest = LIMITS["sharepoint"]
    return {**LIMITS, "sharepoint": Limit(count=smallest.count * multiple, seconds=smallest.seconds)}


@dataclass(eq=False)
class _Waiter:
    costs: Mapping[str, int]
    full: set[str] = field(default_factory=set)
    """The scopes that had no room for it when it last looked."""


class Limiter:
    """
    Lets calls pass at the limits of their scopes, in the order in which they come.

    A scope is a kind of limit and what it holds for: `teams` (the whole tenant), `team:{id}`, `mailbox:{id}`. A scope
    that is named twice counts twice, which is how calls cost more than one unit.
    """

    def __init__(self, clock: Clock, limits: Mapping[str, Limit] = LIMITS) -> None:
        self._clock = clock
        self._limits = limits
        self._passed: dict[str, deque[tuple[int, int]]] = {}
        """By scope: when calls passed, in microseconds and rounded up, and what they cost."""
        self._waiting: list[_Waiter] = []
        self._many = FEW
        self._gates: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def pass_through(self, scopes: Sequence[str]) -> AsyncIterator[None]:
        """Wait until a call within all of *scopes* may be sent, and count it as under way in the block."""
        waiter = _Waiter({scope: cost for scope, cost in Counter(scopes).items() if _kind(scope) in self._limits})
        self._waiting.append(waiter)
        try:
            # Nothing is reserved ahead: who waits for a narrow limit must not hold a place in a wide one. And the wait
            # is before the gates: who waits for a gate counts as at work, and simulated time would stand still.
            while (moment := self._free_at(waiter)) > self._clock.now():
                await self._clock.sleep_until(moment)
            self._count(waiter.costs)
        finally:
            self._waiting.remove(waiter)
        async with AsyncExitStack() as stack:
            for scope in dict.fromkeys(scopes):
                if _kind(scope) in CONCURRENT:
                    gate = self._gates.setdefault(scope, asyncio.Semaphore(CONCURRENT[_kind(scope)]))
                    await stack.enter_async_context(gate)
            yield

    @property
    def remembered(self) -> Sequence[str]:
        """The scopes whose calls still count."""
        return tuple(self._passed)

    def fits(self, scopes: Sequence[str]) -> bool:
        """Whether calls within all of *scopes* could ever pass in one moment."""
        costs = Counter(scope for scope in scopes if _kind(scope) in self._limits)
        return all(cost <= self._limits[_kind(scope)].count for scope, cost in costs.items())

    def _free_at(self, waiter: _Waiter) -> datetime:
        """When this call may go; until then it keeps its place before those that came later."""
        now = _microseconds(self._clock.now())
        latest = now
        waiter.full = set()
        for scope, cost in waiter.costs.items():
            ahead = sum(other.costs[scope] for other in self._before(waiter) if scope in other.full)
            free = self._room(scope, cost + ahead, now)
            if free > now:
                waiter.full.add(scope)
            latest = max(latest, free)
        return _EPOCH + latest * _MICROSECOND

    def _before(self, waiter: _Waiter) -> Iterator[_Waiter]:
        for other in self._waiting:
            if other is waiter:
                return
            yield other

    def _room(self, scope: str, cost: int, now: int) -> int:
        """From when on every window of *scope* has room for *cost*."""
        passed = self._passed.get(scope)
        if not passed:
            return now
        return max(_room(passed, cost, now, most, span) for most, span in self._limits[_kind(scope)].windows)

    def _count(self, costs: Mapping[str, int]) -> None:
        now = _microseconds(self._clock.now())
        for scope, cost in costs.items():
            limit = self._limits[_kind(scope)]
            grain = max(1, round(limit.seconds * 1e6 / GRAINS))
            moment = -(-now // grain) * grain
            passed = self._passed.setdefault(scope, deque())
            if passed and passed[-1][0] >= moment:
                moment, before = passed.pop()
                cost += before
            passed.append((moment, cost))
            while passed[0][0] + limit.windows[-1][1] <= now:
                passed.popleft()
        if len(self._passed) > self._many:
            self._forget(now)

    def _forget(self, now: int) -> None:
        """Drop the scopes that count no more, so that the memory does not grow with every team and channel."""
        for scope, passed in list(self._passed.items()):
            if passed[-1][0] + self._limits[_kind(scope)].windows[-1][1] <= now:
                del self._passed[scope]
        self._many = max(FEW, 2 * len(self._passed))


def _room(passed: Sequence[tuple[int, int]], cost: int, now: int, most: float, span: int) -> int:
    spent = sum(each for moment, each in passed if moment + span > now)
    if spent + cost <= most or not spent:
        return now
    for moment, each in passed:
        if moment + span <= now:
            continue
        spent -= each
        if spent + cost <= most or not spent:
            return moment + span
    return now


def _kind(scope: str) -> str:
    return scope.partition(":")[0]


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
