"""Recipients of a mailbox in a day. Exchange accepts the call that is too much, and lets its mails bounce."""

from datetime import datetime, timedelta
from typing import Protocol

from integration.limits.rate import Rate, at_most
from workflows.errors import LimitReached
from workflows.ports.units import Clock

RECIPIENTS = at_most(10_000, timedelta(days=1))
"""Exchange's recipient rate limit of one mailbox; everybody whom an invitation, a change or a mail goes to counts."""


class RateStore(Protocol):
    """Rates that hold across workers and restarts."""

    async def take(self, name: str, rate: Rate, count: int = 1) -> datetime | None:
        """Take *count* under *name*; None when they were taken, else the moment at which there is room."""
        ...


class RecipientLimiter:
    """Counts the recipients of each mailbox across workers and restarts, before anything leaves."""

    def __init__(self, store: RateStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def take(self, mailbox: str, recipients: int, *, action: str) -> None:
        """Count *recipients*. Raises LimitReached, until when there is room again, when the day has no more."""
        if not recipients:
            return
        room_at = await self._store.take(f"recipients:{mailbox.lower()}", RECIPIENTS, recipients)
        if room_at is not None:
            wait = room_at - self._clock.now()
            raise LimitReached(action, "the mailbox has no more recipients left for the day", retry_after=wait)
