"""
The bot's published limits, kept by all workers together before Teams says 429.

Of one bot in a tenant: 50 requests a second. In one conversation: 7 in a second, 8 in two, 60 in thirty, 1,800 an hour;
the same for making one.
"""

import asyncio
import hashlib
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from workflows.errors import Throttled
from workflows.ports.units import Clock

LANES = 10
LANE_STEP = timedelta(milliseconds=204)
"""Ten lanes, in each of which a request leaves every 204 ms: five of a lane fit into a second, never more than 50 of
all. In the long run that is 49 a second, and after a quiet moment ten go at once."""
AT_ONCE = 6
STEP = timedelta(milliseconds=2010)
"""In a conversation six go at once and then one every step: within all four of its limits, however they are counted."""
PATIENCE = timedelta(seconds=30)

Moments = MutableMapping[str, datetime]
"""By the name of a lane or conversation: when it is free again."""


@dataclass(frozen=True)
class Turn:
    """When a request may leave, or, if not *granted*, when it may ask again: its conversation has none left now."""

    at: datetime
    granted: bool = True


class Turns(Protocol):
    """Who may send when, for everybody who sends as this bot."""

    async def take(self, conversations: Sequence[str], *, now: datetime) -> Sequence[Turn]:
        """A turn for each request, in their order. A turn that is not used is lost, which keeps the limits as well."""
        ...


def lane(number: int) -> str:
    """The name of a lane."""
    return f"bot-lane#{number}"


def named(conversation: str) -> str:
    """Short, whatever Teams calls it."""
    return f"bot:{hashlib.sha256(conversation.encode()).hexdigest()[:40]}"


def names(conversations: Sequence[str]) -> list[str]:
    """What must be known to give these requests their turns."""
    return [*map(lane, range(LANES)), *dict.fromkeys(conversations)]


def give_turns(moments: Moments, conversations: Sequence[str], *, now: datetime) -> list[Turn]:
    """The turns, in the order of *conversations*; *moments* is brought up to date."""
    turns = []
    for name in conversations:
        busy_until = max(moments.get(name, now), now)
        if (room_at := busy_until - (AT_ONCE - 1) * STEP) > now:
            turns.append(Turn(room_at, granted=False))
            continue
        first = min(map(lane, range(LANES)), key=lambda item: moments.get(item, now))
        at = max(moments.get(first, now), now)
        moments[first] = at + LANE_STEP
        moments[name] = max(busy_until, at) + STEP
        turns.append(Turn(at))
    return turns


@dataclass
class OwnTurns:
    """The turns of a process that has the bot for itself."""

    moments: Moments = field(default_factory=dict)

    async def take(self, conversations: Sequence[str], *, now: datetime) -> Sequence[Turn]:
        turns = give_turns(self.moments, conversations, now=now)
        # What is free is not worth remembering: the memory must not grow with every chat.
        self.moments = {name: moment for name, moment in self.moments.items() if moment > now}
        return turns


class BotLimits:
    """Lets requests leave in their turn. Those who ask at the same time are given theirs together."""

    def __init__(self, clock: Clock, turns: Turns) -> None:
        self._clock = clock
        self._turns = turns
        self._waiting: list[tuple[str, asyncio.Future[Turn]]] = []
        self._asking = asyncio.Lock()

    async def turn(self, conversation: str, action: str) -> None:
        """Wait until a request in *conversation* may leave. Raises Throttled when that is too far away to wait."""
        while True:
            turn, now = await self._ask(named(conversation)), self._clock.now()
            if turn.at - now > PATIENCE:
                raise Throttled(action, "our own limit is reached", retry_after=turn.at - now)
            if turn.at > now:
                await self._clock.sleep_until(turn.at)
            if turn.granted:
                return

    async def _ask(self, conversation: str) -> Turn:
        mine: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append((conversation, mine))
        async with self._asking:
            # Whoever was here before asked for all who waited: one write for many.
            if not mine.done():
                asked = [item for item in self._waiting if not item[1].done()]
                self._waiting.clear()
                await self._ask_for(asked)
        return mine.result()

    async def _ask_for(self, asked: Sequence[tuple[str, asyncio.Future[Turn]]]) -> None:
        try:
            turns = await self._turns.take([conversation for conversation, _ in asked], now=self._clock.now())
        except BaseException:
            # The others ask for themselves.
            self._waiting[:0] = [item for item in asked if not item[1].done()]
            raise
        for (_, future), turn in zip(asked, turns, strict=True):
            if not future.done():
                future.set_result(turn)
