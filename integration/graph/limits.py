"""Microsoft's published limits, kept before they are told: a pause of ours is shorter than the one a 429 asks for.

These hold within one process; the limits that must hold across workers are rows in the database.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.ports import Clock


@dataclass(frozen=True, kw_only=True)
class Rate:
    """*per_second* calls on average, at most *burst* of them at once."""

    per_second: float
    burst: int

    @property
    def interval(self) -> timedelta:
        return timedelta(seconds=1 / self.per_second)


# A little below what Teams allows over a longer window, which is about 83 % of each listed figure.
RATES: Mapping[str, Rate] = {
    "teams": Rate(per_second=24, burst=20),
    "new-teams": Rate(per_second=8, burst=8),
    "team": Rate(per_second=3.2, burst=3),
    "channel": Rate(per_second=0.8, burst=1),
    "sharepoint": Rate(per_second=8, burst=80),
}
CONCURRENT: Mapping[str, int] = {"mailbox": 4}


class Limiter:
    """
    Lets calls pass at the rates of their scopes.

    A scope is a kind of limit and what it holds for: `teams` (the whole tenant), `team:{id}`, `mailbox:{id}`.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._spent: dict[str, datetime] = {}
        """By scope: until when the calls let through use up its rate. A burst lets this run ahead of the clock."""
        self._gates: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def pass_through(self, scopes: Sequence[str]) -> AsyncIterator[None]:
        """Wait until a call within all of *scopes* may be sent, and count it as under way in the block."""
        # Nothing is reserved ahead: who waits for a narrow limit must not hold a place in a wide one. And the wait is
        # before the gates: who waits for a gate counts as at work, and simulated time would stand still for both.
        while (moment := self._free_at(scopes)) > self._clock.now():
            await self._clock.sleep_until(moment)
        self._count(scopes)
        async with AsyncExitStack() as stack:
            for scope in scopes:
                kind = scope.partition(":")[0]
                if kind in CONCURRENT:
                    await stack.enter_async_context(self._gates.setdefault(scope, asyncio.Semaphore(CONCURRENT[kind])))
            yield

    def _free_at(self, scopes: Sequence[str]) -> datetime:
        """When the next call within all of *scopes* may go."""
        now = self._clock.now()
        spent = ((self._spent.get(scope, now), rate) for scope, rate in _rates(scopes))
        return max((until - rate.interval * (rate.burst - 1) for until, rate in spent), default=now)

    def _count(self, scopes: Sequence[str]) -> None:
        now = self._clock.now()
        for scope, rate in _rates(scopes):
            self._spent[scope] = max(self._spent.get(scope, now), now) + rate.interval


def _rates(scopes: Sequence[str]) -> list[tuple[str, Rate]]:
    kinds = ((scope, scope.partition(":")[0]) for scope in scopes)
    return [(scope, RATES[kind]) for scope, kind in kinds if kind in RATES]
