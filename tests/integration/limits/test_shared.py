"""Several workers that keep one limit, each taking a batch of it at a time."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integration.database.connection import Database, create_database
from integration.database.limits import SQLLimits
from integration.limits.concurrency import MAILBOX_PERMITS
from integration.limits.published import LIMITS, Limit
from integration.limits.rate_limiter import RateLimiter
from integration.limits.shared import SHARES, Permits, SharedLimit, SharedRateLimiter
from tests.clocks import NOON, RestfulClock, StillClock
from workflows.errors import Throttled

SECOND = timedelta(seconds=1)
MINUTE = SharedLimit(name="hands/sharepoint", count=1250, per=timedelta(minutes=1))


class Counting(SQLLimits):
    """Counts how often the rows are written."""

    writes = 0

    async def take_permits(self, wanted: Mapping[str, Permits]) -> Mapping[str, datetime]:
        self.writes += 1
        return await super().take_permits(wanted)


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Database]:
    """The same database, as another process opens it."""
    found = create_database(database_url)
    yield found
    await found.close()


@given(calls=st.lists(st.tuples(st.integers(0, 1), st.integers(1, 9), st.floats(0, 30)), min_size=1, max_size=40))
@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=15)
async def test_no_stretch_of_time_holds_more_than_the_limit_whoever_calls(
    database: Database, other: Database, calls: list[tuple[int, int, float]]
) -> None:
    clock = StillClock()
    workers = [
        SharedRateLimiter(SQLLimits(each, clock), clock, longest_wait=timedelta(hours=1)) for each in (database, other)
    ]
    limit = SharedLimit(name=uuid.uuid4().hex, count=30, per=timedelta(minutes=1))
    passed: list[tuple[datetime, int]] = []

    for worker, cost, pause in calls:
        clock.advance(pause * SECOND)
        await workers[worker].acquire({limit: cost}, "call")
        passed.append((clock.now(), cost))

    for since, _ in passed:
        assert sum(cost for at, cost in passed if since <= at < since + limit.per) <= limit.count


async def test_a_worker_writes_once_for_many_calls(database: Database) -> None:
    clock = StillClock()
    store = Counting(database, clock)
    shared = SharedRateLimiter(store, clock)

    for _ in range(MINUTE.share // 2):
        await shared.acquire({MINUTE: 2}, "call")

    assert MINUTE.share == 1250 // SHARES
    assert store.writes == 1


async def test_what_one_worker_took_and_left_comes_back_by_itself(database: Database, other: Database) -> None:
    clock = StillClock()
    gone = SharedRateLimiter(SQLLimits(database, clock), clock)
    for _ in range(SHARES):
        await gone.acquire({MINUTE: MINUTE.share}, "call")

    left = SharedRateLimiter(SQLLimits(other, clock), clock)
    with pytest.raises(Throttled) as caught:
        await left.acquire({MINUTE: 1}, "call")
    clock.advance(caught.value.retry_after)
    await left.acquire({MINUTE: 1}, "call")

    assert clock.now() - NOON == MINUTE.per + MINUTE.use_within


async def test_two_processes_together_keep_what_is_published_for_an_application(
    database: Database, other: Database
) -> None:
    clock = StillClock()
    limits = {"sharepoint": Limit(count=40, seconds=60), "sharepoint-day": Limit(count=100, seconds=86_400)}
    workers = [
        RateLimiter(clock, {**LIMITS, **limits}, store=SQLLimits(each, clock), application="hands")
        for each in (database, other)
    ]
    moments = []
    for number in range(50):
        async with workers[number % 2].acquire(["sharepoint"] * 2):
            moments.append(clock.now())
    assert all(later - moment >= timedelta(minutes=1) for moment, later in zip(moments, moments[20:], strict=False))

    with pytest.raises(Throttled, match="our own limit") as caught:
        async with workers[0].acquire(["sharepoint"], "list a site"):
            pass
    assert caught.value.retry_after > timedelta(hours=20)


async def test_applications_have_limits_of_their_own_but_share_the_tenant_s(database: Database) -> None:
    clock = StillClock()
    store = SQLLimits(database, clock)
    hands, builder = (
        RateLimiter(
            clock,
            {"invitations": LIMITS["invitations"], "new-teams": LIMITS["new-teams"]},
            store=store,
            application=name,
        )
        for name in ("hands", "builder")
    )

    async def passes(limiter: RateLimiter, scope: str, cost: int) -> bool:
        came = clock.time
        async with limiter.acquire([scope] * cost):
            return clock.time == came

    assert await passes(hands, "new-teams", 8)
    assert await passes(builder, "new-teams", 8)
    assert await passes(hands, "invitations", 140)
    assert not await passes(builder, "invitations", 20)


async def test_a_mailbox_is_asked_four_things_at_a_time_by_all_workers(database: Database, other: Database) -> None:
    clock, hold = RestfulClock(), asyncio.Event()
    first, second = [
        RateLimiter(clock, store=SQLLimits(each, clock), application="hands") for each in (database, other)
    ]
    under_way = 0

    async def call(limiter: RateLimiter) -> None:
        nonlocal under_way
        async with limiter.acquire(["mailbox:m"]):
            under_way += 1
            await hold.wait()
            under_way -= 1

    async def until(number: int) -> None:
        async with asyncio.timeout(10):
            while under_way < number:  # noqa: ASYNC110 - It ends as soon as they have come.
                await asyncio.sleep(0)

    calls = [asyncio.create_task(call(first)) for _ in range(3)]
    await until(3)
    calls += [asyncio.create_task(call(limiter)) for limiter in (first, second) * 5]
    await until(MAILBOX_PERMITS.number)
    await asyncio.wait(calls, timeout=0.1)
    assert under_way == MAILBOX_PERMITS.number

    # A worker without a seat waits for those that are not given back to come free by themselves.
    for task in calls:
        task.cancel()
    await asyncio.wait(calls)
    hold.set()
    clock.advance(MAILBOX_PERMITS.hold)
    await asyncio.wait_for(call(second), 5)


async def test_a_call_that_costs_many_batches_passes_where_it_fits_and_others_are_not_begun(database: Database) -> None:
    clock = StillClock()
    limiter = RateLimiter(clock, store=SQLLimits(database, clock), application="hands")
    most = int(LIMITS["new-channels"].count * LIMITS["new-channels"].sustained)

    assert limiter.fits(["new-channels"] * most)
    assert not limiter.fits(["new-channels"] * (most + 1))
    for _ in range(2):
        async with limiter.acquire(["new-channels"] * most):
            pass
    assert timedelta(seconds=1) <= clock.now() - NOON <= timedelta(seconds=2)
