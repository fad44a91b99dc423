"""Limits that all workers keep together: each takes a share of a limit with one write."""

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from workflows.errors import LimitReached
from workflows.ports.units import Clock

SHARES = 20
"""Shares of a limit, a permit for each: the fewer, the fewer writes, and the more that a worker takes and leaves."""
LEAST_USE = timedelta(milliseconds=250)
"""A share can be used for at least as long: time enough to write down that it was taken."""


@dataclass(frozen=True, kw_only=True)
class Permits:
    """*number* permits, each of which stays taken for *hold*; *wanted* of them at once."""

    number: int
    hold: timedelta
    wanted: int = 1


class PermitStore(Protocol):
    """The permits that workers have taken."""

    async def take_permits(self, wanted: Mapping[str, Permits]) -> Mapping[str, datetime]:
        """Take the wanted permits of each name, or none; return the names with too few, and when to ask again."""
        ...


@dataclass(frozen=True, kw_only=True)
class SharedLimit:
    """
    At most *count* within any *per*, by all workers together.

    It is cut into shares, a permit for each. A worker takes one with a single write, may use it for a short time, and
    that share can be taken again when this time and *per* have passed: so no stretch of *per* holds one share twice.
    """

    name: str
    count: int
    per: timedelta

    @property
    def permits(self) -> Permits:
        return Permits(number=max(1, min(SHARES, self.count // 2)), hold=self.per + self.use_within)

    @property
    def share(self) -> int:
        return self.count // self.permits.number

    @property
    def most(self) -> int:
        """Return how much one call can cost: all shares."""
        return self.permits.number * self.share

    @property
    def use_within(self) -> timedelta:
        """Return how long a share may be used; the writing of it is part of that."""
        return max(self.per / SHARES, LEAST_USE)

    def permits_for(self, cost: int) -> Permits:
        """Return as many permits as *cost* needs."""
        return replace(self.permits, wanted=math.ceil(cost / self.share))


class SharedRateLimiter:
    """
    Keeps limits together with all other workers.

    A wait beyond *longest_wait* is not slept by `acquire`: LimitReached says how long, and the unit parks.
    """

    def __init__(self, store: PermitStore, clock: Clock, *, longest_wait: timedelta = timedelta(seconds=30)) -> None:
        self._store = store
        self._clock = clock
        self._longest_wait = longest_wait
        self._left: dict[str, deque[tuple[datetime, int]]] = {}
        """By limit: until when the rest of each share may be used, and how much that is."""
        self._refilling = asyncio.Lock()

    async def acquire(self, costs: Mapping[SharedLimit, int], action: str) -> None:
        """Wait until a call with these *costs* may leave, and count it. Raises LimitReached when that is far away."""
        while not self.try_acquire(costs):
            free_at = await self.refill(costs)
            if free_at is None:
                continue
            wait = free_at - self._clock.now()
            if wait > self._longest_wait:
                raise LimitReached(action, "our own limit is reached", retry_after=wait)
            await self._clock.sleep_until(free_at)

    def try_acquire(self, costs: Mapping[SharedLimit, int]) -> bool:
        """Count a call, if the shares that this worker has taken suffice."""
        if any(self._usable(limit) < cost for limit, cost in costs.items()):
            return False
        for limit, cost in costs.items():
            self._use(self._left[limit.name], cost)
        return True

    async def refill(self, costs: Mapping[SharedLimit, int]) -> datetime | None:
        """Take what a call lacks. Return None when there is something new to use, else when there may be."""
        async with self._refilling:
            lacking = {limit: cost - left for limit, cost in costs.items() if (left := self._usable(limit)) < cost}
            if not lacking:
                return None
            wanted = {limit.name: limit.permits_for(cost) for limit, cost in lacking.items()}
            # From before they are written: their permits come free counted from then.
            now = self._clock.now()
            full = await self._store.take_permits(wanted)
            for limit in lacking:
                if limit.name not in full:
                    taken = wanted[limit.name].wanted * limit.share
                    self._left.setdefault(limit.name, deque()).append((now + limit.use_within, taken))
        return max(full.values(), default=None)

    def _usable(self, limit: SharedLimit) -> int:
        left, now = self._left.get(limit.name), self._clock.now()
        while left and left[0][0] < now:
            left.popleft()
        if not left:
            # Nothing stays behind of a mailbox that is not written to any more.
            self._left.pop(limit.name, None)
            return 0
        return sum(count for _, count in left)

    @staticmethod
    def _use(left: deque[tuple[datetime, int]], cost: int) -> None:
        while cost:
            until, count = left.popleft()
            if count > cost:
                left.appendleft((until, count - cost))
            cost -= min(cost, count)
