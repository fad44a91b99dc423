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
        self._next: dict[str, datetime] = {}
        self._gates: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def pass_through(self, scopes: Sequence[str]) -> AsyncIterator[None]:
        """Wait until a call within all of *scopes* may be sent, and count it as under way in the block."""
        moment = max((self._reserve(scope) for scope in scopes), default=None)
        if moment is not None and moment > self._clock.now():
            # Before the gates: who waits for a gate counts as at work, and simulated time would stand still for both.
            await self._clock.sleep_until(moment)
        async with AsyncExitStack() as stack:
            for scope in scopes:
                kind = scope.partition(":")[0]
                if kind in CONCURRENT:
                    await stack.enter_async_context(self._gates.setdefault(scope, asyncio.Semaphore(CONCURRENT[kind])))
            yield

    def _reserve(self, scope: str) -> datetime:
        """Take the next place in *scope* and return its moment."""
        now = self._clock.now()
        rate = RATES.get(scope.partition(":")[0])
        if rate is None:
            return now
        interval = timedelta(seconds=1 / rate.per_second)
        # The virtual schedule may run ahead of the clock by a burst; what is beyond has to wait.
        full = max(self._next.get(scope, now), now) + interval
        self._next[scope] = full
        return full - interval * rate.burst
