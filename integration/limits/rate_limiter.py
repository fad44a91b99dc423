"""The rate limiter of one application in Graph: within one process, and together with all other workers.

What holds for a team or a channel is kept within one process, since one unit works there at a time, and carried over to
the next (`integration.limits.carried_over`). What holds for the tenant or a mailbox is kept together with all other
workers, too (`integration.limits.shared`).
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.units import EngineClock
from integration.limits.carried_over import CallMemory, CarriedOver
from integration.limits.concurrency import ConcurrencyLimiter
from integration.limits.published import ALSO, LIMITS, OF_A_UNIT, OF_TENANT, Limit
from integration.limits.shared import PermitStore, SharedLimit, SharedRateLimiter
from integration.limits.windows import SlidingWindows, kind_of
from workflows.errors import LimitReached

LONGEST_WAIT = timedelta(minutes=10)
"""A longer wait is not slept: the unit parks until there is room."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(eq=False)
class _Waiter:
    costs: Mapping[str, int]
    full: set[str] = field(default_factory=set)
    """Scopes that had no room for it at its last look."""


class RateLimiter:
    """
    Lets calls pass at the limits of their scopes, in the order in which they come.

    A scope is a kind of limit and what it holds for: `teams` (the whole tenant), `team:{id}`, `mailbox:{id}`. A scope
    that is named twice counts twice, which is how calls cost more than one unit.
    """

    def __init__(
        self,
        clock: EngineClock,
        limits: Mapping[str, Limit] = LIMITS,
        *,
        store: PermitStore | None = None,
        memory: CallMemory | None = None,
        application: str = "",
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._application = application
        self._store = store
        self._shared = SharedRateLimiter(store, clock) if store else None
        self._carried_over = CarriedOver(memory, clock, limits, application) if memory else None
        self._windows = SlidingWindows(limits)
        self._waiting: list[_Waiter] = []
        self._concurrency: dict[str, ConcurrencyLimiter] = {}

    @asynccontextmanager
    async def acquire(self, scopes: Sequence[str], action: str = "call Graph") -> AsyncIterator[None]:
        """
        Wait until a call within all of *scopes* may be sent, and count it as under way in the block.

        Raises LimitReached when that is too far away.
        """
        await self._wait(self._costs(scopes), action)
        mailbox = next((scope for scope in scopes if kind_of(scope) == "mailbox"), None)
        if mailbox is None:
            yield
            return
        # The stored name is older than the words used here.
        name = f"{self._application}/seats/{mailbox}"
        permits = self._concurrency.setdefault(mailbox, ConcurrencyLimiter(name, self._clock, self._store))
        await permits.acquire()
        try:
            yield
        finally:
            permits.release()

    async def _wait(self, costs: Mapping[str, int], action: str) -> None:
        shared = self._shared_costs(costs) if self._shared else {}
        of_a_unit = {scope: cost for scope, cost in costs.items() if kind_of(scope) in OF_A_UNIT}
        if self._carried_over is not None:
            await self._sleep(await self._carried_over.room_at(of_a_unit), action)
        waiter = _Waiter(costs)
        self._waiting.append(waiter)
        try:
            # Nothing is reserved ahead: a call that waits for a narrow limit must hold no room in a wide one.
            while True:
                moment: datetime | None = self._free_at(waiter)
                if moment is not None and moment <= self._clock.now():
                    if self._shared is None or self._shared.try_acquire(shared):
                        break
                    moment = await self._shared.refill(shared)
                if moment is not None:
                    await self._sleep(moment, action)
            self._windows.count(costs, _microseconds(self._clock.now()))
        finally:
            self._waiting.remove(waiter)
        if self._carried_over is not None:
            await self._carried_over.note(of_a_unit)

    async def _sleep(self, moment: datetime, action: str) -> None:
        """Sleep until *moment*. Raises LimitReached when that is too far away."""
        if (wait := moment - self._clock.now()) > LONGEST_WAIT:
            raise LimitReached(action, "our own limit is reached", retry_after=wait)
        if wait > timedelta(0):
            await self._clock.sleep_until(moment)

    def _costs(self, scopes: Sequence[str]) -> Mapping[str, int]:
        costs = Counter(scope for scope in scopes if kind_of(scope) in self._limits)
        for scope, cost in list(costs.items()):
            costs.update(dict.fromkeys(ALSO.get(scope, ()), cost))
        return costs

    def _shared_costs(self, costs: Mapping[str, int]) -> Mapping[SharedLimit, int]:
        return {self._shared_limit(scope): cost for scope, cost in costs.items() if kind_of(scope) not in OF_A_UNIT}

    def _shared_limit(self, scope: str) -> SharedLimit:
        limit = self._limits[kind_of(scope)]
        return SharedLimit(
            name=scope if kind_of(scope) in OF_TENANT else f"{self._application}/{scope}",
            count=int(limit.count * limit.sustained),
            per=timedelta(seconds=limit.seconds),
        )

    @property
    def remembered(self) -> Sequence[str]:
        """Return the scopes whose calls still count."""
        return self._windows.scopes

    def fits(self, scopes: Sequence[str]) -> bool:
        """Tell if calls within all of *scopes* could ever pass in one moment."""
        costs = self._costs(scopes)
        return all(cost <= self._limits[kind_of(scope)].count for scope, cost in costs.items()) and all(
            cost <= limit.most for limit, cost in self._shared_costs(costs).items()
        )

    def _free_at(self, waiter: _Waiter) -> datetime:
        """Return when this call may go; until then it stays before those that came later."""
        now = _microseconds(self._clock.now())
        latest = now
        waiter.full = set()
        for scope, cost in waiter.costs.items():
            ahead = sum(other.costs[scope] for other in self._before(waiter) if scope in other.full)
            free = self._windows.room_at(scope, cost + ahead, now)
            if free > now:
                waiter.full.add(scope)
            latest = max(latest, free)
        return _EPOCH + latest * _MICROSECOND

    def _before(self, waiter: _Waiter) -> Iterator[_Waiter]:
        for other in self._waiting:
            if other is waiter:
                return
            yield other


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
