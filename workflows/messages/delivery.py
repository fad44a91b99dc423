"""Deliver the messages that wait: in sending hours, and parked while sending is paused."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from workflows.errors import Throttled, Transient
from workflows.messages.model import Message, MessageState
from workflows.messages.outbox import Outbox
from workflows.ports.units import Clock, Done, Outcome, Parked
from workflows.working_days import WorkCalendar

PAUSE_CHECK_INTERVAL = timedelta(hours=1)
"""The time between two tries of a unit whose messages are held by a pause."""


MAX_PASS = timedelta(seconds=60)
"""How long a pass goes on to the next message once one was not taken: where nobody answers, each try takes as long."""


class Delivery:
    """One unit's pass over its messages. Remembers which were held by a pause, and errors that another try may help."""

    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self._outbox = outbox
        self._clock = clock
        self._started_at = clock.now()
        self._paused = False
        self._error: Transient | None = None
        self._waits: Parked | None = None

    async def deliver(self, message: Message, *, patient: bool = True) -> Message:
        """Send *message* as `Outbox.deliver` does, and return it as it is afterwards."""
        sent = await self._outbox.deliver(message, patient=patient)
        self._paused = self._paused or sent.is_paused
        return sent

    async def attempt(self, message: Message, *, patient: bool = True) -> bool:
        """
        Send *message* beside others; True when it was sent. `end` raises the errors that wait until then.

        A mailbox that does not answer keeps nobody else waiting, unless that takes too long. Raises Throttled at once.
        """
        try:
            sent = await self.deliver(message, patient=patient)
        except Transient as error:
            self.keep(error)
            return False
        return sent.state is MessageState.SENT

    def wait(self, outside: Parked) -> None:
        """Leave a message for later; the unit comes back for the one whose time comes first."""
        if self._waits is None or outside.until < self._waits.until:
            self._waits = outside

    def keep(self, error: Transient) -> None:
        """Keep *error* for the end of the pass; raise it at once when it names a wait, or the pass has taken long."""
        self._error = self._error or error
        if isinstance(error, Throttled) or self._clock.now() - self._started_at > MAX_PASS:
            raise error

    @property
    def parked(self) -> Parked | None:
        """The wait of a unit that a pause kept from sending; None when nothing was held by one."""
        if not self._paused:
            return None
        return Parked(until=self._clock.now() + PAUSE_CHECK_INTERVAL, note="sending is paused")

    def end(self) -> Outcome:
        """Return the outcome of a unit that does nothing but deliver. Raises the first error that was kept."""
        if self._error is not None:
            raise self._error
        return min(filter(None, (self.parked, self._waits)), key=lambda wait: wait.until, default=Done())


def least_tried_first(messages: Iterable[Message]) -> list[Message]:
    """Return *messages* with those first that have failed least: one that always fails comes last."""
    return sorted(messages, key=lambda message: message.tries)


def park_outside_hours(calendar: WorkCalendar, now: datetime, due_at: datetime | None = None) -> Parked | None:
    """Return the pause until the next moment at which messages may leave, not before *due_at*; None within hours."""
    sendable = calendar.next_sendable(max(now, due_at or now))
    return Parked(until=sendable, note="waits for sending hours") if sendable > now else None
