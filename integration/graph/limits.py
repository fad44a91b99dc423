"""Microsoft's published limits, kept before they are told: a pause of ours is shorter than the one a 429 asks for.

What holds for a team or a channel is kept within one process, since one unit works there at a time. What holds for the
tenant or a mailbox is kept together with all other workers, too (`integration.pace.Shared`).
"""

from collections import Counter, deque
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from engine.units import Alarm, EngineClock
from integration.pace import Places, Record, Shared, SharedLimit
from workflows.errors import Throttled

SUSTAINED = 0.83
"""The share of each of its listed figures that Teams allows over a longer time, and how many times the listed one."""
LONGER = 10
LICENCES = (1_000, 5_000, 15_000, 50_000)
"""Up to which number of licences SharePoint gives the first, second … multiple of its smallest figure."""
GRAINS = 100
"""Calls within a hundredth of a limit's time are remembered as one."""
FEW = 1_000
"""How many scopes are remembered before those that count no more are looked for."""
PATIENCE = timedelta(minutes=10)
"""A longer wait is not slept: the unit parks until there is room."""
SEATS = Places(number=4, hold=timedelta(seconds=120))
"""How many calls may be under way to a mailbox at once, over all workers."""
SEATED = SEATS.hold / 2
"""How long after it was taken a seat may be sat down on: a call ends long before its seat is free again."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most *count* within any *seconds*, and, if *sustained*, at most that share of it over ten times as long."""

    count: float
    seconds: float = 1
    sustained: float = 1

    @property
    def windows(self) -> Sequence[tuple[float, int]]:
        """How much fits into how many microseconds."""
        listed = (self.count, round(self.seconds * 1e6))
        if self.sustained == 1:
            return (listed,)
        return listed, (self.count * self.sustained * LONGER, listed[1] * LONGER)

    @property
    def rate(self) -> float:
        """What it lets pass per second in the long run."""
        return self.count * self.sustained / self.seconds


def _teams(count: float, seconds: float = 1) -> Limit:
    return Limit(count=count, seconds=seconds, sustained=SUSTAINED)


LIMITS: Mapping[str, Limit] = {
    # Teams: of the whole tenant, then of one team, of its roster, and of one channel.
    "teams": _teams(30),
    "new-teams": _teams(10),
    "new-channels": _teams(10),
    "team": _teams(4),
    "roster": _teams(4, 60),
    "channel": _teams(1),
    # SharePoint and Entra count resource units, Entra's of a tenant with fewer than 50 users.
    "sharepoint": Limit(count=1250, seconds=60),
    "sharepoint-day": Limit(count=1_200_000, seconds=86_400),
    "sharepoint-tenant": Limit(count=18_750, seconds=300),
    "directory": Limit(count=3500, seconds=10),
    "directory-writes": Limit(count=3000, seconds=150),
    "directory-writes-tenant": Limit(count=18_000, seconds=300),
    "invitations": Limit(count=150, seconds=5),
    # Of one mailbox: what Exchange answers, and what its transport sends (it only delays what is more).
    "mailbox": Limit(count=10_000, seconds=600),
    "mails": Limit(count=30, seconds=60),
}
ALSO: Mapping[str, Sequence[str]] = {
    "sharepoint": ("sharepoint-day", "sharepoint-tenant"),
    "directory-writes": ("directory-writes-tenant",),
}
"""What a call within a scope costs elsewhere as well, in the same units."""
OF_TENANT = {"sharepoint-tenant", "directory-writes-tenant", "invitations", "mails"}
"""Counted for all applications together; the others for each."""
OF_A_UNIT = {"team", "roster", "channel"}
"""Where only one unit works at a time, so that one worker knows of all calls."""


def limits_of(licences: int) -> Mapping[str, Limit]:
    """The limits of a tenant with that many Microsoft 365 licences."""
    multiple = 1 + sum(licences > most for most in LICENCES)
    return {
        name: replace(limit, count=limit.count * multiple) if name.startswith("sharepoint") else limit
        for name, limit in LIMITS.items()
    }


@dataclass(eq=False)
class _Waiter:
    costs: Mapping[str, int]
    full: set[str] = field(default_factory=set)
    """The scopes that had no room for it when it last looked."""


class Limiter:
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
        record: Record | None = None,
        application: str = "",
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._application = application
        self._record = record
        self._shared = Shared(record, clock) if record else None
        self._passed: dict[str, deque[tuple[int, int]]] = {}
        """By scope: when calls passed, in microseconds and rounded up, and what they cost."""
        self._waiting: list[_Waiter] = []
        self._many = FEW
        self._gates: dict[str, _Gate] = {}

    @asynccontextmanager
    async def pass_through(self, scopes: Sequence[str], action: str = "call Graph") -> AsyncIterator[None]:
        """
        Wait until a call within all of *scopes* may be sent, and count it as under way in the block.

        Raises Throttled when that is too far away.
        """
        await self._wait(self._costs(scopes), action)
        mailbox = next((scope for scope in scopes if _kind(scope) == "mailbox"), None)
        if mailbox is None:
            yield
            return
        gate = self._gates.setdefault(mailbox, _Gate(f"{self._application}/seats/{mailbox}", self._clock, self._record))
        await gate.enter()
        try:
            yield
        finally:
            gate.leave()

    async def _wait(self, costs: Mapping[str, int], action: str) -> None:
        shared = self._shared_costs(costs) if self._shared else {}
        waiter = _Waiter(costs)
        self._waiting.append(waiter)
        try:
            # Nothing is reserved ahead: who waits for a narrow limit must not hold a place in a wide one.
            while True:
                moment: datetime | None = self._free_at(waiter)
                if moment is not None and moment <= self._clock.now():
                    if self._shared is None or self._shared.draw(shared):
                        break
                    moment = await self._shared.refill(shared)
                if moment is None:
                    continue
                if (wait := moment - self._clock.now()) > PATIENCE:
                    raise Throttled(action, "our own limit is reached", retry_after=wait)
                await self._clock.sleep_until(moment)
            self._count(costs)
        finally:
            self._waiting.remove(waiter)

    def _costs(self, scopes: Sequence[str]) -> Mapping[str, int]:
        costs = Counter(scope for scope in scopes if _kind(scope) in self._limits)
        for scope, cost in list(costs.items()):
            costs.update(dict.fromkeys(ALSO.get(scope, ()), cost))
        return costs

    def _shared_costs(self, costs: Mapping[str, int]) -> Mapping[SharedLimit, int]:
        return {self._shared_limit(scope): cost for scope, cost in costs.items() if _kind(scope) not in OF_A_UNIT}

    def _shared_limit(self, scope: str) -> SharedLimit:
        limit = self._limits[_kind(scope)]
        return SharedLimit(
            name=scope if _kind(scope) in OF_TENANT else f"{self._application}/{scope}",
            count=int(limit.count * limit.sustained),
            per=timedelta(seconds=limit.seconds),
        )

    @property
    def remembered(self) -> Sequence[str]:
        """The scopes whose calls still count."""
        return tuple(self._passed)

    def fits(self, scopes: Sequence[str]) -> bool:
        """Whether calls within all of *scopes* could ever pass in one moment."""
        costs = self._costs(scopes)
        return all(cost <= self._limits[_kind(scope)].count for scope, cost in costs.items()) and all(
            cost <= limit.most for limit, cost in self._shared_costs(costs).items()
        )

    def _free_at(self, waiter: _Waiter) -> datetime:
        """When this call may go; until then it keeps its place before those that came later."""
        now = _microseconds(self._clock.now())
        latest = now
        waiter.full = set()
        for scope, cost in waiter.costs.items():
            ahead = sum(other.costs[scope] for other in self._before(waiter) if scope in other.full)
            free = self._room(scope, cost + ahead, now)
            if free > now:
                waiter.full.add(scope)
            latest = max(latest, free)
        return _EPOCH + latest * _MICROSECOND

    def _before(self, waiter: _Waiter) -> Iterator[_Waiter]:
        for other in self._waiting:
            if other is waiter:
                return
            yield other

    def _room(self, scope: str, cost: int, now: int) -> int:
        """From when on every window of *scope* has room for *cost*."""
        passed = self._passed.get(scope)
        if not passed:
            return now
        return max(_room(passed, cost, now, most, span) for most, span in self._limits[_kind(scope)].windows)

    def _count(self, costs: Mapping[str, int]) -> None:
        now = _microseconds(self._clock.now())
        for scope, cost in costs.items():
            limit = self._limits[_kind(scope)]
            grain = max(1, round(limit.seconds * 1e6 / GRAINS))
            moment = -(-now // grain) * grain
            passed = self._passed.setdefault(scope, deque())
            if passed and passed[-1][0] >= moment:
                moment, before = passed.pop()
                cost += before
            passed.append((moment, cost))
            while passed[0][0] + limit.windows[-1][1] <= now:
                passed.popleft()
        if len(self._passed) > self._many:
            self._forget(now)

    def _forget(self, now: int) -> None:
        """Drop the scopes that count no more, so that the memory does not grow with every team and channel."""
        for scope, passed in list(self._passed.items()):
            if passed[-1][0] + self._limits[_kind(scope)].windows[-1][1] <= now:
                del self._passed[scope]
        self._many = max(FEW, 2 * len(self._passed))


class _Gate:
    """
    Lets four calls at a time through to a mailbox, over all workers: each sits down on a seat of this worker's.

    Who waits sleeps on the clock: simulated time would stand still for who only waits.
    """

    def __init__(self, name: str, clock: EngineClock, record: Record | None) -> None:
        self._name = name
        self._clock = clock
        self._record = record
        self._seats: list[datetime] = []
        """Until when each seat may be sat down on."""
        self._under_way = 0
        self._bells: deque[Alarm] = deque()

    async def enter(self) -> None:
        while True:
            free_at = await self._find_seat()
            if self._under_way < len(self._seats):
                self._under_way += 1
                return
            bell = self._clock.alarm()
            self._bells.append(bell)
            await bell.wait(free_at)

    def leave(self) -> None:
        self._under_way -= 1
        if self._bells:
            self._bells.popleft().ring()

    async def _find_seat(self) -> datetime | None:
        """See to one more seat if there is none left; when there may be one, if nobody here is to leave one."""
        now = self._clock.now()
        self._seats = [until for until in self._seats if until > now]
        if self._under_way < len(self._seats) or self._under_way >= SEATS.number:
            return None
        full = await self._record.occupy({self._name: SEATS}) if self._record else {}
        if self._name in full:
            return full[self._name]
        self._seats.append(self._clock.now() + SEATED)
        return None


def _room(passed: Sequence[tuple[int, int]], cost: int, now: int, most: float, span: int) -> int:
    spent = sum(each for moment, each in passed if moment + span > now)
    if spent + cost <= most or not spent:
        return now
    for moment, each in passed:
        if moment + span <= now:
            continue
        spent -= each
        if spent + cost <= most or not spent:
            return moment + span
    return now


def _kind(scope: str) -> str:
    return scope.partition(":")[0]


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
