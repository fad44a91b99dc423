"""Reads, and writes that do not depend on each other, travel as one `$batch` when they are asked for in one moment.

The first to ask carries the others: it waits for those that are known to be on their way and until the limits have
room for all, sends, and hands out the answers. Each part has its own answer, its own error and its own retries, as if
it had been sent alone. The SDK's own batches are no use here: they write `depends_on`, and hide a part's Retry-After.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from engine.gathering import Gathering
from engine.units import Alarm, EngineClock
from integration.graph.errors import error_from
from integration.retry import Call
from workflows.errors import OutsideError, Transient

MOST = 20
"""Parts that Graph takes in one batch."""
TURNS = 2
"""Turns of the event loop that count as one moment, for tasks that nobody announced: one for those that start, one for
those they start."""
PATIENCE = timedelta(seconds=5)
"""The longest wait for calls on their way, which take milliseconds: one that waits for an answer of this very batch
must not hold it for ever."""


class BatchPart(Protocol):
    """One call, as far as the carrier must know it."""

    @property
    def action(self) -> str: ...
    @property
    def scopes(self) -> Sequence[str]: ...


P = TypeVar("P", bound=BatchPart)
A = TypeVar("A")


@dataclass(eq=False)
class _Seat(Generic[P, A]):
    part: P
    bell: Alarm
    outcome: A | OutsideError | None = None


@dataclass(eq=False)
class _Ride(Generic[P, A]):
    seats: list[_Seat[P, A]] = field(default_factory=list)

    @property
    def scopes(self) -> list[str]:
        return [scope for seat in self.seats for scope in seat.part.scopes]

    @property
    def is_full(self) -> bool:
        return len(self.seats) >= MOST

    @property
    def bell(self) -> Alarm:
        """The bell of the one that carries, which has no answer to wait for."""
        return self.seats[0].bell


class Rides(Generic[P, A]):
    """
    Gathers calls and has *carry* send them: one answer or error each, in their order.

    *fits*: tells whether calls within all of these scopes could pass the limits in one moment; more are not taken
    along. *gathering*: those on their way, for whom a batch waits until it is full.
    """

    def __init__(
        self,
        clock: EngineClock,
        carry: Callable[[Sequence[P]], Awaitable[Sequence[A | OutsideError]]],
        fits: Callable[[Sequence[str]], bool],
        gathering: Gathering,
    ) -> None:
        self._clock = clock
        self._carry = carry
        self._fits = fits
        self._gathering = gathering
        self._open: list[_Ride[P, A]] = []

    async def join(self, part: P) -> A:
        """Return the answer to *part*, which travels with others that are asked for now."""
        seat: _Seat[P, A] = _Seat(part, self._clock.alarm())
        ride = self._with_room_for(part)
        if ride is not None:
            ride.seats.append(seat)
            self._gathering.arrive()
            if ride.is_full:
                self._open.remove(ride)
                ride.bell.ring()
            while seat.outcome is None:
                await seat.bell.wait(None)
        else:
            ride = _Ride([seat])
            self._open.append(ride)
            self._gathering.arrive()
            await self._lead(ride)
        if isinstance(seat.outcome, OutsideError):
            raise seat.outcome
        assert seat.outcome is not None
        return seat.outcome

    def _with_room_for(self, part: P) -> _Ride[P, A] | None:
        return next((ride for ride in self._open if self._fits([*ride.scopes, *part.scopes])), None)

    async def _lead(self, ride: _Ride[P, A]) -> None:
        try:
            await self._wait_for_others(ride)
            self._close(ride)
            outcomes = await self._carry([seat.part for seat in ride.seats])
            for seat, outcome in zip(ride.seats, outcomes, strict=True):
                seat.outcome = outcome
        finally:
            self._close(ride)
            for seat in ride.seats:
                # The carrier may be stopped; the others ask again.
                seat.outcome = seat.outcome or Transient(seat.part.action, "the batch it was part of was not sent")
                seat.bell.ring()

    async def _wait_for_others(self, ride: _Ride[P, A]) -> None:
        for _ in range(TURNS):
            await _tick()
        until = self._clock.now() + PATIENCE
        with self._gathering.ringing(ride.bell):
            while not (ride.is_full or self._gathering.is_complete or self._clock.now() >= until):
                await ride.bell.wait(until)

    def _close(self, ride: _Ride[P, A]) -> None:
        if ride in self._open:
            self._open.remove(ride)


async def _tick() -> None:
    turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(turn.set_result, None)
    await turn


def batch_part(
    number: int, method: str, url: str, headers: Mapping[str, str], body: Mapping[str, Any] | bytes | None
) -> dict[str, Any]:
    """One part of a batch, which is answered under its number."""
    part: dict[str, Any] = {"id": str(number), "method": method, "url": url, "headers": dict(headers)}
    if body is not None:
        part["headers"].setdefault("Content-Type", "application/json")
        part["body"] = body
    return part


def part_error(action: str, call: Call, answer: Mapping[str, Any]) -> OutsideError | None:
    """Return the refusal of a part of a batch, in our words; None when it was answered."""
    status = answer.get("status")
    if isinstance(status, int) and 200 <= status < 300:
        return None
    body = answer.get("body")
    error = body.get("error") if isinstance(body, dict) else None
    said = error if isinstance(error, dict) else {}
    inner = said.get("innerError") or said.get("innererror") or {}
    return error_from(
        action,
        call,
        status=status if isinstance(status, int) else 0,
        headers=answer.get("headers") or {},
        code=str(said.get("code") or ""),
        message=str(said.get("message") or ""),
        request_id=inner.get("request-id") if isinstance(inner, dict) else None,
    )
