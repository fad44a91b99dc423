"""Keeps within a service's published limits together with all other workers, before it has to say so."""

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from workflows.errors import Throttled
from workflows.ports.units import Clock

BATCHES = 20
"""Into how many batches a shared limit is cut: fewer writes, or less that one worker takes and does not use."""
SHORTEST = timedelta(milliseconds=250)
"""A batch can be used for at least as long: time enough to write down that it was taken."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """*number* places, each of which stays occupied for *hold*; *wanted* of them at once."""

    number: int
    hold: timedelta
    wanted: int = 1


class Record(Protocol):
    """Where workers note what each of them took."""

    async def occupy(self, wanted: Mapping[str, Places]) -> Mapping[str, datetime]:
        """Occupy the wanted places under each name, or none of them there: those names, and when to ask again."""
        ...


@dataclass(frozen=True, kw_only=True)
class SharedLimit:
    """
    At most *count* within any *per*, by all workers together.

    It is cut into batches. A worker takes one with a single write, may use it for a moment, and that batch can be
    taken again when the moment and *per* have passed: so no stretch of *per* ever holds one batch twice.
    """

    name: str
    count: int
    per: timedelta

    @property
    def places(self) -> Places:
        return Places(number=max(1, min(BATCHES, self.count // 2)), hold=self.per + self.moment)

    @property
    def batch(self) -> int:
        return self.count // self.places.number

    @property
    def most(self) -> int:
        """How much one call can cost: all batches."""
        return self.places.number * self.batch

    @property
    def moment(self) -> timedelta:
        """How long a batch may be used; the writing of it is part of that."""
        return max(self.per / BATCHES, SHORTEST)

    def batches(self, cost: int) -> Places:
        """As many as *cost* needs."""
        return replace(self.places, wanted=math.ceil(cost / self.batch))


class Shared:
    """
    Keeps limits together with all other workers.

    A wait beyond *patience* is not slept by `turn`: Throttled says how long, and the unit parks.
    """

    def __init__(self, record: Record, clock: Clock, *, patience: timedelta = timedelta(seconds=30)) -> None:
        self._record = record
        self._clock = clock
        self._patience = patience
        self._left: dict[str, deque[tuple[datetime, int]]] = {}
        """By limit: until when what is left of each batch may be used, and how much that is."""
        self._refilling = asyncio.Lock()

    async def turn(self, costs: Mapping[SharedLimit, int], action: str) -> None:
        """Wait until a call with these *costs* may leave, and count it. Raises Throttled when that is too far away."""
        while not self.draw(costs):
            free_at = await self.refill(costs)
            if free_at is None:
                continue
            wait = free_at - self._clock.now()
            if wait > self._patience:
                raise Throttled(action, "our own limit is reached", retry_after=wait)
            await self._clock.sleep_until(free_at)

    def draw(self, costs: Mapping[SharedLimit, int]) -> bool:
        """Count a call, if what this worker has taken suffices."""
        if any(self._usable(limit) < cost for limit, cost in costs.items()):
            return False
        for limit, cost in costs.items():
            self._use(self._left[limit.name], cost)
        return True

    async def refill(self, costs: Mapping[SharedLimit, int]) -> datetime | None:
        """Take what a call lacks. None when there is something new to draw from, else when there may be."""
        async with self._refilling:
            lacking = {limit: cost - left for limit, cost in costs.items() if (left := self._usable(limit)) < cost}
            if not lacking:
                return None
            wanted = {limit.name: limit.batches(cost) for limit, cost in lacking.items()}
            # From before they are written: their places come free counted from then.
            now = self._clock.now()
            full = await self._record.occupy(wanted)
            for limit in lacking:
                if limit.name not in full:
                    taken = wanted[limit.name].wanted * limit.batch
                    self._left.setdefault(limit.name, deque()).append((now + limit.moment, taken))
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
