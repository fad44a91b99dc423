"""Keeps within a service's published limits before it has to say so."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.errors import Throttled
from workflows.ports import Clock


@dataclass(frozen=True)
class Window:
    """At most *count* calls within any *span*."""

    count: int
    span: timedelta


class Pace:
    """
    Lets calls through as fast as *windows* allow, for each key by itself.

    Holds for this process only. A wait beyond *patience* is not slept: Throttled says how long, and the unit parks.
    """

    def __init__(self, clock: Clock, windows: Sequence[Window], *, patience: timedelta = timedelta(seconds=30)) -> None:
        self._clock = clock
        self._windows = tuple(windows)
        self._patience = patience
        self._longest = max(window.span for window in self._windows)
        self._calls: dict[str, deque[datetime]] = {}

    async def turn(self, key: str, action: str) -> None:
        """Wait until a call for *key* may leave, and count it. Raises Throttled when that is too far away."""
        while (free_at := self._free_at(key)) > (now := self._clock.now()):
            if free_at - now > self._patience:
                raise Throttled(action, "our own limit is reached", retry_after=free_at - now)
            await self._clock.sleep_until(free_at)
        # Nothing is awaited between the look and the count, so no other call slips in between.
        self._forget(now)
        self._calls.setdefault(key, deque(maxlen=self._windows_max)).append(now)

    @property
    def _windows_max(self) -> int:
        return max(window.count for window in self._windows)

    def _free_at(self, key: str) -> datetime:
        calls = self._calls.get(key, ())
        blocked = [calls[-window.count] + window.span for window in self._windows if len(calls) >= window.count]
        return max(blocked, default=self._clock.now())

    def _forget(self, now: datetime) -> None:
        """Drop keys that no window remembers, so that the memory does not grow with every chat."""
        for key in [key for key, calls in self._calls.items() if calls[-1] + self._longest <= now]:
            del self._calls[key]
