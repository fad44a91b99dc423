"""Runs what is due: claims units, keeps their leases, and turns how they end into what happens next.

A unit may be run twice or die anywhere; it reads how things are and does what is missing. The lease only keeps two from
doing the same at the same time.
"""

import asyncio
import contextlib
import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from engine.telemetry import NO_TELEMETRY, Telemetry
from workflows.errors import IdentityClosed, LimitReached, OutcomeUnknown, OutsideError, Permanent, Throttled, Transient
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked

LEASE = timedelta(seconds=120)
LONGEST_RUN = timedelta(seconds=240)
"""Real time after which a unit is stopped; it parks itself instead of waiting, so this is no normal end."""
GRACE = timedelta(seconds=4)
"""Real time that running units get to end when the engine is stopped."""
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=30), timedelta(hours=1)
CONSISTENCY_WINDOW = timedelta(seconds=60)
"""The time a write whose answer was lost may take to be seen."""
CLOSED_DELAY = timedelta(minutes=15)
TRIES = 5
"""The tries of a unit after errors that nobody foresaw, and of one that ends its process."""

Handler = Callable[[DueUnit, History], Awaitable[Outcome]]
log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A unit that an engine holds under a lease. *run* tells this hold from a later one by the same owner."""

    unit: DueUnit
    owner: str
    run: int
    failures: int
    stopped: int = 0
    """The runs just before this one that ended with their process, one after the other, without a step noted."""


class UnitStore(Protocol):
    """
    The store of units, with the history of each: a unit's change is noted together with it.

    What changes a claimed unit answers False, and does nothing, when the lease was lost.
    """

    async def claim(
        self,
        owner: str,
        *,
        now: datetime,
        lease_until: datetime,
        limit: int,
        only: Collection[str] | None = None,
        running: Collection[str] = (),
    ) -> Sequence[Claim]:
        """
        Take up to *limit* due units that nobody holds, the earliest first; *only* those keys, if given.

        None of *running*: a clock that jumps ahead ends leases of units that the claiming engine runs itself.
        """
        ...

    async def renew(self, claim: Claim, *, lease_until: datetime) -> bool: ...
    async def finish(self, claim: Claim, *, now: datetime, note: str) -> bool: ...
    async def park(self, claim: Claim, *, now: datetime, until: datetime, note: str, failures: int) -> bool: ...
    async def fail(self, claim: Claim, *, now: datetime, note: str, failures: int) -> bool: ...
    async def next_moment(self, *, running: Collection[str] = ()) -> datetime | None:
        """Return when there may next be something to claim, *running* left out; None when nothing waits."""
        ...

    async def note(self, unit: str, what: str, *, at: datetime, values: Mapping[str, str | int]) -> None:
        """Add an event to the unit's history."""
        ...


class Alarm(Protocol):
    """Wakes one sleeper before its time."""

    def ring(self) -> None:
        """Wake who waits, or let the next wait end at once."""
        ...

    async def wait(self, until: datetime | None) -> None:
        """Sleep until the alarm rings or *until* has come."""
        ...


class EngineClock(Clock, Protocol):
    """A clock that knows who is at work, because simulated time stands still meanwhile."""

    def busy(self) -> AbstractAsyncContextManager[None]:
        """Work is going on in this task. Sleeping on the clock does not count as work."""
        ...

    def alarm(self) -> Alarm: ...


class Engine:
    """Runs due units, each by the handler of its kind, up to *concurrency* at a time.

    *owner* must differ from every other engine's on the same store. *poll*: look into the store at least this often,
    for what other processes made due.
    """

    def __init__(
        self,
        store: UnitStore,
        clock: EngineClock,
        handlers: Mapping[str, Handler],
        *,
        owner: str,
        concurrency: int = 8,
        lease: timedelta = LEASE,
        poll: timedelta | None = None,
        telemetry: Telemetry = NO_TELEMETRY,
    ) -> None:
        self._store = store
        self._clock = clock
        self._handlers = handlers
        self._owner = owner
        self._concurrency = concurrency
        self._lease = lease
        self._poll = poll
        self._telemetry = telemetry
        self._alarm = clock.alarm()
        self._running: set[asyncio.Task[None]] = set()

    def poke(self) -> None:
        """Look now: something became due."""
        self._alarm.ring()

    async def run_due(self, only: Collection[str] | None = None, *, until: datetime | None = None) -> int:
        """Run units, *only* those keys if given, until none is due now; returns how many runs that took.

        None is begun from *until* on; what runs then is waited for.
        """
        started = 0
        async with self._clock.busy():
            while True:
                # A unit that ends while we look may have made another due: then look once more.
                were_running = bool(self._running)
                is_over = until is not None and self._clock.now() >= until
                fresh = 0 if is_over else await self._start_due(only)
                started += fresh
                if not fresh and not were_running:
                    return started
                await self._alarm.wait(None)

    async def run_forever(self, stop: asyncio.Event) -> None:
        """Run units as they become due, until *stop* is set; what runs then gets a little time to end."""
        watcher = asyncio.create_task(self._ring_on(stop))
        try:
            async with self._clock.busy():
                while not stop.is_set():
                    await self._alarm.wait(await self._look())
        finally:
            watcher.cancel()
            await self._wind_up()

    async def _ring_on(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._alarm.ring()

    async def _look(self) -> datetime | None:
        """Start what is due; returns when to look again at the latest."""
        polled = self._clock.now() + self._poll if self._poll else None
        try:
            upcoming = await self._store.next_moment(running=self._own)
            if upcoming is not None and upcoming <= self._clock.now():
                await self._start_due()
                if len(self._running) >= self._concurrency:
                    return polled
                upcoming = await self._store.next_moment(running=self._own)
        except Exception as exc:  # noqa: BLE001 - The store may be away for a while; the loop outlives that.
            log.error("engine.store_failed", error=type(exc).__name__, where=_where(exc))
            return self._clock.now() + FIRST_DELAY
        return min((moment for moment in (polled, upcoming) if moment), default=None)

    async def _start_due(self, only: Collection[str] | None = None) -> int:
        free = self._concurrency - len(self._running)
        if not free:
            return 0
        now = self._clock.now()
        lease_until = now + self._lease
        claims = await self._store.claim(
            self._owner, now=now, lease_until=lease_until, limit=free, only=only, running=self._own
        )
        for claim in claims:
            task = asyncio.create_task(self._run(claim), name=claim.unit.key)
            self._running.add(task)
        return len(claims)

    @property
    def _own(self) -> Collection[str]:
        """Return the keys of the units that this engine runs now: its tasks are named by them."""
        return [task.get_name() for task in self._running]

    async def _wind_up(self) -> None:
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=GRACE.total_seconds())
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, claim: Claim) -> None:
        async with contextlib.AsyncExitStack() as work:
            try:
                # In here: where the clock does not hear of it, nothing runs, and nobody may wait for its end.
                await work.enter_async_context(self._clock.busy())
                with (
                    structlog.contextvars.bound_contextvars(unit=claim.unit.key, run=claim.run, step=None),
                    self._telemetry.unit(claim.unit, claim.run),
                ):
                    await self._hold(claim)
            except Exception as exc:  # noqa: BLE001 - The outcome could not be stored: the lease ends, and it runs again.
                log.error("unit.outcome_lost", unit=claim.unit.key, error=type(exc).__name__, where=_where(exc))
            finally:
                # Before this task counts as idle, so that no simulated time passes until the engine has looked.
                task = asyncio.current_task()
                if task is not None:
                    self._running.discard(task)
                self._alarm.ring()

    async def _hold(self, claim: Claim) -> None:
        """Run a unit while a heartbeat keeps its lease; stop without a word when another engine took it over."""
        history = UnitHistory(self._store, self._clock, claim.unit.key, telemetry=self._telemetry)
        scope = asyncio.timeout(LONGEST_RUN.total_seconds())
        lost = asyncio.Event()
        outcome: Outcome | Exception
        try:
            async with scope:
                heartbeat = asyncio.create_task(self._keep_lease(claim, scope, lost))
                try:
                    outcome = await self._handle(claim, history)
                finally:
                    heartbeat.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await heartbeat
        except asyncio.CancelledError:
            # The process stops. Whoever starts next need not wait for the lease.
            now = self._clock.now()
            await self._store.park(claim, now=now, until=now, note="", failures=claim.failures)
            raise
        except TimeoutError as exc:
            outcome = exc
        except Exception as exc:  # noqa: BLE001 - Every error has a place in the policy below.
            outcome = exc
        if lost.is_set() or not await self._settle(since_progress(claim, outcome, steps=history.steps), outcome):
            log.warning("unit.taken_over")

    async def _handle(self, claim: Claim, history: History) -> Outcome:
        if claim.stopped >= TRIES:
            raise Permanent(f"run {claim.unit.kind}", "its worker was stopped again and again while it ran")
        handler = self._handlers.get(claim.unit.kind)
        if handler is None:
            raise Permanent(f"run {claim.unit.kind}", "nothing here handles this kind of unit")
        return await handler(claim.unit, history)

    async def _keep_lease(self, claim: Claim, scope: asyncio.Timeout, lost: asyncio.Event) -> None:
        async with self._clock.busy():
            while True:
                await self._clock.sleep_until(self._clock.now() + self._lease / 3)
                try:
                    kept = await self._store.renew(claim, lease_until=self._clock.now() + self._lease)
                except Exception as exc:  # noqa: BLE001 - Two more heartbeats fit into the lease.
                    log.warning("unit.lease_not_renewed", error=type(exc).__name__)
                    continue
                if not kept:
                    lost.set()
                    scope.reschedule(asyncio.get_running_loop().time())
                    return

    async def _settle(self, claim: Claim, outcome: Outcome | Exception) -> bool:
        now = self._clock.now()
        ending = decide(claim, outcome, now=now)
        error = outcome if isinstance(outcome, Exception) else None
        if error is not None:
            request_id = error.request_id if isinstance(error, OutsideError) else None
            log.warning(
                "unit.error",
                error=type(error).__name__,
                where=_where(error),
                tries=claim.failures + 1,
                request_id=request_id,
            )
        match ending:
            case Done():
                event, kept = "unit.done", await self._store.finish(claim, now=now, note=ending.note)
            case Parked():
                failures = claim.failures + 1 if error is not None else 0
                kept = await self._store.park(claim, now=now, until=ending.until, note=ending.note, failures=failures)
                event = "unit.parked"
            case Failed():
                kept = await self._store.fail(claim, now=now, note=ending.note, failures=claim.failures + 1)
                event = "unit.failed"
        if kept:
            self._telemetry.ended(event, error)
            log.info(event)
        return kept


class UnitHistory:
    """The history of one run of a unit, on the engine's clock. `steps`: how many it has noted."""

    def __init__(self, store: UnitStore, clock: Clock, unit: str, *, telemetry: Telemetry = NO_TELEMETRY) -> None:
        self._store = store
        self._clock = clock
        self._unit = unit
        self._telemetry = telemetry
        self.steps = 0

    async def note(self, what: str, **values: str | int) -> None:
        await self._store.note(self._unit, what, at=self._clock.now(), values=values)
        self._telemetry.step(what)
        structlog.contextvars.bind_contextvars(step=what)
        self.steps += 1


@dataclass(frozen=True, kw_only=True)
class Failed:
    """Somebody has to look at it."""

    note: str


def since_progress(claim: Claim, outcome: Outcome | Exception, *, steps: int) -> Claim:
    """
    Return *claim* with the failures that count after a run of so many *steps* ended like this.

    A run that got on and then was told to wait begins to count anew. It counts as the second, not the first: a unit
    that notes something at each run and is told to wait a second again and again must not come back every second. Where
    nobody answers, pauses go on growing: such a run may have noted no more than that.
    """
    return replace(claim, failures=min(claim.failures, 1)) if steps and isinstance(outcome, Throttled) else claim


def decide(claim: Claim, outcome: Outcome | Exception, *, now: datetime) -> Done | Parked | Failed:
    """Decide the state of a unit after a run that ended like this. The notes are for people."""
    delay = min(FIRST_DELAY * 2 ** min(claim.failures, 10), LONGEST_DELAY)
    match outcome:
        case Done():
            return outcome
        case Parked():
            # A moment ahead, or a unit that parks itself for no time would keep the engine running for ever.
            return Parked(until=max(outcome.until, now + timedelta(seconds=1)), note=outcome.note)
        case LimitReached():
            return Parked(until=now + max(outcome.retry_after, timedelta(seconds=1)), note=str(outcome))
        case Throttled():
            # The first time at the service's word; one that names a second again and again is given more each time.
            pause = max(outcome.retry_after, delay if claim.failures else timedelta(seconds=1))
            return Parked(until=now + pause, note=str(outcome))
        case OutcomeUnknown():
            return Parked(until=now + max(CONSISTENCY_WINDOW, delay), note=str(outcome))
        case Transient():
            return Parked(until=now + delay, note=str(outcome))
        case TimeoutError():
            # Where nobody answers, a run ends like this as often as the line is down: silence is no failure.
            return Parked(until=now + delay, note="took too long")
        case IdentityClosed():
            return Parked(until=now + CLOSED_DELAY, note=str(outcome))
        case Permanent():
            return Failed(note=str(outcome))
    # Not its message: what nobody foresaw may carry anybody's words.
    note = f"unexpected {type(outcome).__name__}"
    return Parked(until=now + delay, note=note) if claim.failures + 1 < TRIES else Failed(note=note)


def _where(error: BaseException) -> str:
    """The innermost places an error came through, without what it says: that may be somebody's words."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
