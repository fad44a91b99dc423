"""Keeps within a service's published limits together with all other workers, before it has to say so."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from workflows.errors import Throttled
from workflows.ports import Clock

BATCHES = 20
"""Into how many batches a shared limit is cut: fewer writes, or less that one worker takes and does not use."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """*number* places, each of which stays occupied for *hold*."""

    number: int
    hold: timedelta


class Record(Protocol):
    """Where workers note what each of them took."""

    async def occupy(self, wanted: Mapping[str, Places]) -> Mapping[str, datetime]:
        """Occupy one place under each name; the names that had none free, and when one will be."""
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
    def moment(self) -> timedelta:
        """How long a batch may be used."""
        return self.per / BATCHES


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
            lacking = [limit for limit, cost in costs.items() if self._usable(limit) < cost]
            if not lacking:
                return None
            full = await self._record.occupy({limit.name: limit.places for limit in lacking})
            until = self._clock.now()
            for limit in lacking:
                if limit.name not in full:
                    self._left.setdefault(limit.name, deque()).append((until + limit.moment, limit.batch))
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
