"""Deliver the messages that wait: in sending hours, and parked while sending is paused."""

from datetime import datetime, timedelta

from workflows.messages.model import Message
from workflows.messages.outbox import Outbox
from workflows.ports.units import Clock, Done, Outcome, Parked
from workflows.working_days import WorkCalendar

PAUSE_CHECK_INTERVAL = timedelta(hours=1)
"""The time between two tries of a unit whose messages are held by a pause."""


class Delivery:
    """One unit's pass over its messages. Remembers that some of them were held by a pause."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._paused = False

    async def deliver(self, message: Message, *, patient: bool = True) -> Message:
        """Send *message* as `Outbox.deliver` does, and return it as it is afterwards."""
        sent = await self._outbox.deliver(message, patient=patient)
        self._paused = self._paused or sent.is_paused
        return sent

    @property
    def parked(self) -> Parked | None:
        """The wait of a unit that a pause kept from sending; None when nothing was held by one."""
        if not self._paused:
            return None
        return Parked(until=self._clock.now() + PAUSE_CHECK_INTERVAL, note="sending is paused")

    @property
    def outcome(self) -> Outcome:
        """The outcome of a unit that does nothing but deliver."""
        return self.parked or Done()


def park_outside_hours(calendar: WorkCalendar, now: datetime, due_at: datetime | None = None) -> Parked | None:
    """Return the pause until the next moment at which messages may leave, not before *due_at*; None within hours."""
    sendable = calendar.next_sendable(max(now, due_at or now))
    return Parked(until=sendable, note="waits for sending hours") if sendable > now else None
