"""What a mailbox may send. Exchange does not refuse what is too much: it accepts the call and lets the mails bounce."""

from datetime import timedelta

from integration.database.limits import Rate, SQLLimits
from workflows.errors import Throttled
from workflows.ports.units import Clock

RECIPIENTS = Rate(10_000, timedelta(days=1))
"""Exchange's recipient rate limit of one mailbox; everybody whom an invitation, a change or a mail goes to counts."""
MAILS = "mails"
"""The kind of scope under which each call that makes a mailbox send is counted: see `integration.graph.limits`."""


class MailboxLimits:
    """Counts the recipients of each mailbox across workers and restarts, before anything leaves."""

    def __init__(self, limits: SQLLimits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock

    async def take(self, mailbox: str, recipients: int, *, action: str) -> None:
        """Count *recipients*. Raises Throttled, until when there is room again, when the day has no more."""
        if not recipients:
            return
        room_at = await self._limits.take(f"recipients:{mailbox.lower()}", RECIPIENTS, recipients)
        if room_at is not None:
            wait = room_at - self._clock.now()
            raise Throttled(action, "the mailbox has no more recipients left for the day", retry_after=wait)
