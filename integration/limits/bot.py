"""
The bot's published limits, kept by all workers together before Teams says 429.

Of one bot in a tenant: 50 requests a second. In one conversation: 7 in a second, 8 in two, 60 in thirty, 1,800 an hour;
the same for making one.
"""

import asyncio
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from integration.limits.rate import Rate
from workflows.digest import digest
from workflows.errors import LimitReached
from workflows.ports.units import Clock

REQUESTS_PER_SECOND = 50
"""Of one bot in a tenant, in any second."""
PERMITS = 10
"""Requests that leave at once after a quiet moment; each then waits until its permit is free again."""
PERMIT_NAMES = tuple(f"bot-lane#{number}" for number in range(PERMITS))
"""As they are stored; they are older than the word."""
SLACK = timedelta(milliseconds=20)
PERMIT_HOLD = (timedelta(seconds=1) + SLACK) * PERMITS / REQUESTS_PER_SECOND
"""A permit is used five times in a little more than a second: never more than 50 of all, 49 in the long run."""
CONVERSATION = Rate(burst=6, interval=timedelta(milliseconds=2010))
"""Within all four limits of a conversation, however they are counted."""
LONGEST_WAIT = timedelta(seconds=30)

Moments = MutableMapping[str, datetime]
"""By the name of a permit or conversation: when it is free again."""


@dataclass(frozen=True)
class Reservation:
    """The moment at which a request may leave, or, if not *granted*, ask again: its conversation has no room now."""

    at: datetime
    granted: bool = True


class Reservations(Protocol):
    """The moments given to all workers that send as this bot."""

    async def take(self, conversations: Sequence[str], *, now: datetime) -> Sequence[Reservation]:
        """Reserve a moment for each request, in their order. One that is not used is lost, which keeps the limits."""
        ...


def named(conversation: str) -> str:
    """Return a short name of a conversation, whatever Teams calls it."""
    return f"bot:{digest(conversation)}"


def reserve(moments: Moments, conversations: Sequence[str], *, now: datetime) -> list[Reservation]:
    """Reserve a moment for each of *conversations*, and bring *moments* up to date."""
    reservations = []
    for name in conversations:
        taken = CONVERSATION.take(moments.get(name), now)
        if taken.room_at is not None:
            reservations.append(Reservation(taken.room_at, granted=False))
            continue
        first = min(PERMIT_NAMES, key=lambda item: moments.get(item, now))
        at = max(moments.get(first, now), now)
        moments[first] = at + PERMIT_HOLD
        moments[name] = max(taken.free_at, at + CONVERSATION.interval)
        reservations.append(Reservation(at))
    return reservations


@dataclass
class LocalReservations:
    """Reservations of a process that has the bot for itself."""

    moments: Moments = field(default_factory=dict)

    async def take(self, conversations: Sequence[str], *, now: datetime) -> Sequence[Reservation]:
        reservations = reserve(self.moments, conversations, now=now)
        # Free ones are not worth remembering: the memory must not grow with every chat.
        self.moments = {name: moment for name, moment in self.moments.items() if moment > now}
        return reservations


class BotRateLimiter:
    """Lets requests of the bot leave at their reserved moments. Those asked for at the same time are one write."""

    def __init__(self, clock: Clock, store: Reservations) -> None:
        self._clock = clock
        self._store = store
        self._waiting: list[tuple[str, asyncio.Future[Reservation]]] = []
        self._asking = asyncio.Lock()

    async def acquire(self, conversation: str, action: str) -> None:
        """Wait until a request in *conversation* may leave. Raises LimitReached when that is too far away to wait."""
        while True:
            reservation, now = await self._ask(named(conversation)), self._clock.now()
            if reservation.at - now > LONGEST_WAIT:
                raise LimitReached(action, "our own limit is reached", retry_after=reservation.at - now)
            if reservation.at > now:
                await self._clock.sleep_until(reservation.at)
            if reservation.granted:
                return

    async def _ask(self, conversation: str) -> Reservation:
        mine: asyncio.Future[Reservation] = asyncio.get_running_loop().create_future()
        self._waiting.append((conversation, mine))
        async with self._asking:
            # The request before asked for all that waited: one write for many.
            if not mine.done():
                asked = [item for item in self._waiting if not item[1].done()]
                self._waiting.clear()
                await self._ask_for(asked)
        return mine.result()

    async def _ask_for(self, asked: Sequence[tuple[str, asyncio.Future[Reservation]]]) -> None:
        try:
            reservations = await self._store.take([conversation for conversation, _ in asked], now=self._clock.now())
        except BaseException:
            # The others ask for themselves.
            self._waiting[:0] = [item for item in asked if not item[1].done()]
            raise
        for (_, future), reservation in zip(asked, reservations, strict=True):
            if not future.done():
                future.set_result(reservation)
