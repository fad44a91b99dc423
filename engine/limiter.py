"""Keeps a pace within one unit, for limits that belong to a team, a channel or a mailbox."""

from datetime import datetime, timedelta

from workflows.ports import Clock


class Pace:
    """Lets one through every *step*; limits that several workers share are rows (`integration.database.limits`)."""

    def __init__(self, clock: Clock, step: timedelta) -> None:
        self._clock = clock
        self._step = step
        self._free_at: datetime | None = None

    async def turn(self) -> None:
        """Sleep until the caller's turn; turns are given in the order of the calls."""
        now = self._clock.now()
        start = now if self._free_at is None else max(now, self._free_at)
        self._free_at = start + self._step
        await self._clock.sleep_until(start)
