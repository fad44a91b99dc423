"""Calls keep within the published limits before Microsoft has to say so."""

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from integration.graph.limits import RATES, Limiter
from tests.clocks import NOON, StillClock


async def moments(limiter: Limiter, clock: StillClock, scopes: list[str], count: int) -> list[float]:
    taken = []
    for _ in range(count):
        async with limiter.pass_through(scopes):
            taken.append((clock.now() - NOON).total_seconds())
    return taken


async def test_a_channel_is_called_less_than_once_a_second() -> None:
    clock = StillClock()

    assert await moments(Limiter(clock), clock, ["teams", "team:a", "channel:x"], 4) == [0, 1.25, 2.5, 3.75]


async def test_what_is_far_from_a_limit_never_waits() -> None:
    clock = StillClock()

    assert await moments(Limiter(clock), clock, ["team:a"], 3) == [0, 0, 0]
    assert await moments(Limiter(clock), clock, [], 50) == [0] * 50


async def test_each_team_has_a_limit_of_its_own() -> None:
    clock = StillClock()
    limiter = Limiter(clock)

    assert [await moments(limiter, clock, [f"team:{name}"], 3) for name in "abc"] == [[0, 0, 0]] * 3


@given(kind=st.sampled_from(sorted(RATES)), gaps=st.lists(st.integers(0, 3000), max_size=60))
def test_no_window_holds_more_than_a_burst_and_what_the_rate_gives(kind: str, gaps: list[int]) -> None:
    async def taken() -> list[float]:
        clock = StillClock()
        limiter = Limiter(clock)
        passed: list[float] = []
        for gap in gaps:
            clock.advance(timedelta(milliseconds=gap))
            passed += await moments(limiter, clock, [f"{kind}:x"], 1)
        return passed

    passed, rate = asyncio.run(taken()), RATES[kind]
    for first, start in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= rate.burst + (passed[last] - start) * rate.per_second + 0.01


async def test_waiting_for_a_wide_limit_does_not_spend_a_narrow_one() -> None:
    clock = StillClock()
    limiter = Limiter(clock)
    await moments(limiter, clock, ["team:a"], 3)

    first, second = await moments(limiter, clock, ["team:a", "channel:x"], 2)

    assert first > 0
    assert second - first == 1.25


async def test_a_mailbox_is_asked_four_things_at_a_time() -> None:
    limiter = Limiter(StillClock())
    under_way, most = 0, 0

    async def call() -> None:
        nonlocal under_way, most
        async with limiter.pass_through(["mailbox:m"]):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*(call() for _ in range(12)))

    assert most == 4
