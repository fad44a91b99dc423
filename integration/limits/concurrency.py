"""Calls under way to a mailbox at once, over all workers."""

from collections import deque
from contextlib import suppress
from datetime import datetime, timedelta

from engine.units import Alarm, EngineClock
from integration.limits.shared import Permits, PermitStore

MAILBOX_PERMITS = Permits(number=4, hold=timedelta(seconds=120))
"""Exchange answers so many calls to a mailbox at once. A permit comes free by itself: workers may die."""
PERMIT_LIFE = MAILBOX_PERMITS.hold / 2
"""The time after it was taken in which a permit may be given to a call: a call ends long before its permit is free."""


class ConcurrencyLimiter:
    """
    Lets four calls at a time through to a mailbox, over all workers: each holds a permit that this worker took.

    Waiting calls sleep on the clock: simulated time would stand still for any other wait.
    """

    def __init__(self, name: str, clock: EngineClock, store: PermitStore | None) -> None:
        self._name = name
        self._clock = clock
        self._store = store
        self._permits: list[datetime] = []
        """Until when each permit may be given to a call."""
        self._under_way = 0
        self._bells: deque[Alarm] = deque()

    async def acquire(self) -> None:
        """Wait for a permit and hold it."""
        while True:
            free_at = await self._find_permit()
            if self._under_way < len(self._permits):
                self._under_way += 1
                return
            await self._wait(free_at)

    def release(self) -> None:
        """Give the permit to the next call that waits."""
        self._under_way -= 1
        self._ring_next()

    async def _wait(self, until: datetime | None) -> None:
        """Wait until a call here ends, or *until* has come."""
        bell = self._clock.alarm()
        self._bells.append(bell)
        try:
            await bell.wait(until)
        except BaseException:
            if bell not in self._bells:
                # It was rung for one that is stopped.
                self._ring_next()
            raise
        finally:
            # Of one that went by itself: rung for nobody, the call behind it would wait for ever.
            with suppress(ValueError):
                self._bells.remove(bell)

    def _ring_next(self) -> None:
        if self._bells:
            self._bells.popleft().ring()

    async def _find_permit(self) -> datetime | None:
        """Take one more permit if none is left; return when one may be free if no call here is to release one."""
        now = self._clock.now()
        self._permits = [until for until in self._permits if until > now]
        if self._under_way < len(self._permits) or self._under_way >= MAILBOX_PERMITS.number:
            return None
        full = await self._store.take_permits({self._name: MAILBOX_PERMITS}) if self._store else {}
        if self._name in full:
            return full[self._name]
        self._permits.append(self._clock.now() + PERMIT_LIFE)
        return None
