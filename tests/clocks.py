"""Clocks for tests."""

import asyncio
import json
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta

import httpx

from engine.units import Alarm

NOON = datetime(2026, 9, 8, 12, 0, tzinfo=UTC)


class StillClock:
    """Stands still until it is moved; who sleeps moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def advance(self, by: timedelta) -> None:
        self.time += by

    async def sleep_until(self, moment: datetime) -> None:
        self.time = max(self.time, moment)

    def busy(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    def alarm(self) -> Alarm:
        return _Bell()


class RestfulClock(StillClock):
    """Stands still, and lets who sleeps sleep for ever: for leases that are not meant to be renewed."""

    async def sleep_until(self, moment: datetime) -> None:
        if moment > self.time:
            await asyncio.Event().wait()


class _Bell:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, until: datetime | None) -> None:
        await self._rung.wait()
        self._rung.clear()


class FakeTimekeeper(httpx.AsyncBaseTransport):
    """The sandbox's side of a simulated clock, without a sandbox: give it to `SimulatedClock` as its transport."""

    def __init__(self, now: datetime = NOON) -> None:
        self.time = now
        self.waits: dict[str, tuple[datetime | None, asyncio.Event] | None] = {}
        self.calls: list[tuple[str, str, str | None]] = []
        self.gone = False
        self.loses: list[str] = []
        """Kinds of call that do not get here, each once."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.gone:
            raise httpx.ConnectError("gone", request=request)
        what, body = request.url.path.rpartition("/")[2], json.loads(request.content)
        if what in self.loses:
            self.loses.remove(what)
            raise httpx.ReadError("lost", request=request)
        self.calls.append((body["name"], what, body.get("until")))
        await self._act(what, body["name"], body.get("until"))
        return httpx.Response(200, json={"now": self.time.isoformat()})

    async def _act(self, what: str, name: str, until: str | None) -> None:
        left = self.waits.pop(name, None)
        if left is not None:
            left[1].set()
        if what == "leave":
            self._advance()
            return
        self.waits[name] = None
        if what == "wait":
            woken = asyncio.Event()
            self.waits[name] = (datetime.fromisoformat(until) if until else None, woken)
            self._advance()
            await woken.wait()

    def _advance(self) -> None:
        waits = [wait for wait in self.waits.values() if wait is not None]
        moments = [until for until, _ in waits if until is not None]
        if len(waits) < len(self.waits) or not moments:
            return
        self.time = max(self.time, min(moments))
        for name, wait in self.waits.items():
            if wait is not None and wait[0] is not None and wait[0] <= self.time:
                self.waits[name] = None
                wait[1].set()
