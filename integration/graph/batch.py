"""Reads, and writes that do not depend on each other, travel as one `$batch` when they are asked for in one moment.

Whoever asks first carries the others: waits until the limits have room for all of them, sends, and hands out the
answers. Each part has its own answer, its own error and its own retries, as if it had been sent alone. The SDK's own
batches are no use here: they write `depends_on`, and hide a part's Retry-After.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from engine.units import Alarm, EngineClock
from integration.graph.errors import error_from
from integration.retry import Call
from workflows.errors import OutsideError, Transient

MOST = 20
"""Parts that Graph takes in one batch."""
_TICKS = 2
"""Turns of the event loop that count as the same moment: one for tasks that start, one for those they start."""


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


class Rides(Generic[P, A]):
    """
    Gathers calls and has *carry* send them: one answer or error each, in their order.

    *fits*: whether calls within all of these scopes could pass the limits in one moment; more are not taken along.
    """

    def __init__(
        self,
        clock: EngineClock,
        carry: Callable[[Sequence[P]], Awaitable[Sequence[A | OutsideError]]],
        fits: Callable[[Sequence[str]], bool],
    ) -> None:
        self._clock = clock
        self._carry = carry
        self._fits = fits
        self._open: _Ride[P, A] | None = None

    async def join(self, part: P) -> A:
        """The answer to *part*, which travels with whatever else is asked for now."""
        seat: _Seat[P, A] = _Seat(part, self._clock.alarm())
        ride = self._open
        if ride is not None and len(ride.seats) < MOST and self._fits([*ride.scopes, *part.scopes]):
            ride.seats.append(seat)
            while seat.outcome is None:
                await seat.bell.wait(None)
        else:
            ride = self._open = _Ride([seat])
            await self._lead(ride)
        if isinstance(seat.outcome, OutsideError):
            raise seat.outcome
        assert seat.outcome is not None
        return seat.outcome

    async def _lead(self, ride: _Ride[P, A]) -> None:
        try:
            for _ in range(_TICKS):
                await _tick()
            if self._open is ride:
                self._open = None
            outcomes = await self._carry([seat.part for seat in ride.seats])
            for seat, outcome in zip(ride.seats, outcomes, strict=True):
                seat.outcome = outcome
        finally:
            if self._open is ride:
                self._open = None
            for seat in ride.seats:
                # Whoever carries may be stopped; the others ask again.
                seat.outcome = seat.outcome or Transient(seat.part.action, "the batch it was part of was not sent")
                seat.bell.ring()


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
