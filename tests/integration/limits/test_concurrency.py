"""Calls to one mailbox wait for each other's end, and none of them for ever."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from integration.clock import SimulatedClock
from integration.limits.concurrency import MAILBOX_PERMITS, ConcurrencyLimiter
from integration.limits.shared import Permits
from tests.clocks import NOON, FakeTimekeeper, RestfulClock

FREE_AT = NOON + timedelta(minutes=1)
AT_ONCE = MAILBOX_PERMITS.number


class FullAtFirst:
    """A store whose permits are all taken by other workers up to FREE_AT."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock

    async def take_permits(self, wanted: Mapping[str, Permits]) -> Mapping[str, datetime]:
        return dict.fromkeys(wanted, FREE_AT) if self._clock.now() < FREE_AT else {}


async def test_whoever_waited_for_other_workers_first_keeps_nobody_waiting() -> None:
    clock = SimulatedClock("http://127.0.0.1:1", "service", transport=FakeTimekeeper())
    await clock.join()
    limiter = ConcurrencyLimiter("m", clock, FullAtFirst(clock))
    ended: list[datetime] = []

    async def call() -> None:
        async with clock.busy():
            await limiter.acquire()
            await clock.sleep_until(clock.now() + timedelta(seconds=1))
            limiter.release()
            ended.append(clock.now())

    async with asyncio.timeout(10):
        await asyncio.gather(*(call() for _ in range(AT_ONCE + 1)))

    assert ended == [FREE_AT + timedelta(seconds=1)] * AT_ONCE + [FREE_AT + timedelta(seconds=2)]
    await clock.leave()


async def test_the_permit_of_one_that_is_stopped_goes_to_the_next() -> None:
    limiter = ConcurrencyLimiter("m", RestfulClock(), None)
    for _ in range(AT_ONCE):
        await limiter.acquire()
    first, second = [asyncio.create_task(limiter.acquire()) for _ in range(2)]
    await asyncio.sleep(0)

    limiter.release()
    first.cancel()

    async with asyncio.timeout(10):
        await second
