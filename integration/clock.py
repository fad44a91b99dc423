"""Time: the machine's own, or the sandbox's simulated time that passes only while nobody works."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from config.addresses import is_loopback
from engine.units import Alarm, EngineClock
from workflows.errors import Invalid, OutsideError, Transient

if TYPE_CHECKING:
    import httpx

IDLE_SECONDS = 2.0
"""Seconds that an idle connection to the sandbox or the service is used again: after five the service closes it."""
ANSWER_WITHIN = 30.0
"""Seconds that the sandbox may take to answer what it answers at once: all but a wait."""
LONGEST_NAP = 3600.0
"""Seconds slept in one go, so that a machine's clock that is set anew is noticed."""


class ServiceClock(EngineClock, Protocol):
    """The clock of a whole process, which others may share."""

    async def join(self) -> None: ...
    async def leave(self) -> None: ...
    async def set_to(self, moment: datetime) -> None:
        """Set the time, where it is simulated."""
        ...


class SystemClock:
    """Real time. Nobody shares it, so nobody needs to know who is busy."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep_until(self, moment: datetime) -> None:
        while (left := (moment - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - This is what waiting for time is.
            await asyncio.sleep(min(left, LONGEST_NAP))

    def busy(self) -> AbstractAsyncContextManager[None]:
        return contextlib.nullcontext()

    def alarm(self) -> Alarm:
        return _SystemAlarm(self)

    async def join(self) -> None:
        """Nobody to join."""

    async def leave(self) -> None:
        """Nobody to leave."""

    async def set_to(self, moment: datetime) -> None:
        raise RuntimeError("real time cannot be set")


class _SystemAlarm:
    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, until: datetime | None) -> None:
        left = None if until is None else max((until - self._clock.now()).total_seconds(), 0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._rung.wait()
        self._rung.clear()


class _Sleeper:
    def __init__(self, until: datetime | None) -> None:
        self.until = until
        self.woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()


_work: ContextVar[tuple[object, asyncio.Task[Any] | None]] = ContextVar("work", default=(None, None))
"""The task that began the work that this task belongs to, and its clock."""


class SimulatedClock:
    """The sandbox's time at *url* (`…/_sandbox/clock`), as the participant *name*.

    Tasks at work are counted. When none is, the earliest sleeper's moment goes to the sandbox as this participant's
    wait; a task that begins to work takes that wait back, and hears so, before it goes on. Whoever wakes a sleeper
    counts it as working at once: there is no moment in between at which time could pass. Its many methods are one
    state machine: parted, they would share all of its fields.
    """

    def __init__(self, url: str, name: str, *, transport: "httpx.AsyncBaseTransport | None" = None) -> None:
        # Imported by a simulated clock alone: the machine's own asks nobody.
        import ssl

        import httpx

        if not is_loopback(url):
            raise ValueError(f"{url}: expected a loopback address")
        self._url = url.rstrip("/")
        self._name = name
        # No proxy from the environment.
        limits = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
        # On loopback nobody shows a certificate, and reading the authorities takes longer than all else here.
        self._http = httpx.AsyncClient(
            transport=transport,
            timeout=ANSWER_WITHIN,
            trust_env=False,
            limits=limits,
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        )
        self._now: datetime | None = None
        self._joined = False
        self._working = 0
        self._sleepers: set[_Sleeper] = set()
        self._waiter: asyncio.Task[None] | None = None
        self._turn = 0
        self._withdrawing = asyncio.Lock()

    def now(self) -> datetime:
        """The sandbox's time when it last answered."""
        if self._now is None:
            raise RuntimeError("the simulated clock has not been joined yet")
        return self._now

    async def join(self) -> None:
        """Become a participant, also again after a crash. Until it first waits it counts as working."""
        self._pass_to(await self._ask("join"))
        self._joined = True
        if self._working == 0:
            self._start_waiting()

    async def leave(self) -> None:
        """Let time pass without this participant from now on."""
        waiter, self._waiter = self._waiter, None
        if waiter is not None:
            waiter.cancel()
            await asyncio.wait([waiter])
        try:
            if self._joined:
                self._joined = False
                await self._ask("leave")
        finally:
            await self._http.aclose()

    async def set_to(self, moment: datetime) -> None:
        """Begin to simulate at *moment*, or jump ahead to it. Time never goes back."""
        import httpx

        try:
            answer = await self._http.post(self._url, json={"now": moment.isoformat()})
        except httpx.HTTPError as exc:
            raise Transient("set the sandbox's clock", f"no answer ({type(exc).__name__})") from exc
        if answer.is_error:
            raise Invalid("set the sandbox's clock", answer.text)
        self._pass_to(moment)

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Time stands still while the body works; sleeping on this clock lets it pass. Nesting changes nothing."""
        task = asyncio.current_task()
        if _work.get() == (self, task):
            yield
            return
        self._working += 1
        try:
            await self._take_back()
            token = _work.set((self, task))
            try:
                yield
            finally:
                _work.reset(token)
        finally:
            self._rest()

    def alarm(self) -> Alarm:
        return _SimulatedAlarm(self)

    async def sleep_until(self, moment: datetime) -> None:
        """Sleep in simulated time. Tasks that one piece of work starts need their own `busy` to sleep."""
        if moment > self.now():
            await self.sleep(_Sleeper(moment))

    async def sleep(self, sleeper: _Sleeper) -> None:
        """Sleep until *sleeper* is woken."""
        clock, task = _work.get()
        if clock is not self:
            async with self.busy():
                await self.sleep(sleeper)
            return
        if task is not asyncio.current_task():
            raise RuntimeError("a task within busy work must be busy itself to sleep: time would stand still for ever")
        self._sleepers.add(sleeper)
        self._rest()
        try:
            await sleeper.woken
        finally:
            self._sleepers.discard(sleeper)
            if sleeper.woken.cancelled():
                self._working += 1
                with contextlib.suppress(OutsideError):
                    await self._take_back()
        await self._take_back()

    def wake(self, sleeper: _Sleeper) -> None:
        """Wake a sleeper before its time."""
        if not sleeper.woken.done():
            self._working += 1
            sleeper.woken.set_result(None)

    def _rest(self) -> None:
        self._working -= 1
        if self._working == 0 and self._joined:
            self._start_waiting()

    def _start_waiting(self) -> None:
        if self._waiter is not None:
            # One that nobody withdrew. Two would take each other's place at the sandbox again and again.
            self._waiter.cancel()
        self._turn += 1
        self._waiter = asyncio.create_task(self._wait(self._turn), name="simulated clock")

    async def _wait(self, turn: int) -> None:
        try:
            while self._working == 0:
                until = min((sleeper.until for sleeper in self._sleepers if sleeper.until), default=None)
                self._pass_to(await self._ask("wait", until=until.isoformat() if until else None, turn=turn))
        except OutsideError as exc:
            for sleeper in self._sleepers:
                if not sleeper.woken.done():
                    self._working += 1
                    sleeper.woken.set_exception(exc)
        if self._waiter is asyncio.current_task():
            self._waiter = None

    async def _take_back(self) -> None:
        """Withdraw this participant's wait; returns when the sandbox knows that somebody works here."""
        async with self._withdrawing:
            waiter = self._waiter
            if waiter is None:
                return
            # The turn tells the sandbox which wait is meant, should that one reach it only after this call.
            now = await self._ask("resume", turn=self._turn)
            # Not before: a wait that the sandbox still holds is to be withdrawn by whoever works next.
            self._waiter = None
            waiter.cancel()
            await asyncio.wait([waiter])
            self._pass_to(now)

    def _pass_to(self, now: datetime) -> None:
        self._now = now if self._now is None else max(now, self._now)
        for sleeper in self._sleepers:
            if sleeper.until is not None and sleeper.until <= self._now:
                self.wake(sleeper)

    async def _ask(self, what: str, **values: object) -> datetime:
        import httpx

        try:
            # A wait lasts as long as others work.
            within = None if what == "wait" else ANSWER_WITHIN
            answer = await self._http.post(f"{self._url}/{what}", json={"name": self._name, **values}, timeout=within)
            answer.raise_for_status()
            return datetime.fromisoformat(answer.json()["now"])
        except (httpx.HTTPError, KeyError, ValueError) as exc:
            raise Transient(f"{what} the sandbox's clock", f"no answer ({type(exc).__name__})") from exc


class _SimulatedAlarm:
    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._rung = False
        self._sleeper: _Sleeper | None = None

    def ring(self) -> None:
        self._rung = True
        if self._sleeper is not None:
            self._clock.wake(self._sleeper)

    async def wait(self, until: datetime | None) -> None:
        if not self._rung and (until is None or until > self._clock.now()):
            self._sleeper = _Sleeper(until)
            try:
                await self._clock.sleep(self._sleeper)
            finally:
                self._sleeper = None
        self._rung = False


def create_clock(url: str | None, name: str) -> ServiceClock:
    """The simulated clock at *url* as participant *name*; the machine's own when there is no address."""
    return SystemClock() if url is None else SimulatedClock(url, name)
