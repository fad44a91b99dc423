"""Calls keep within the published limits before Microsoft has to say so."""

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from integration.limits.published import LIMITS, limits_of
from integration.limits.rate_limiter import RateLimiter
from integration.limits.windows import SCOPES_KEPT
from tests.clocks import NOON, RestfulClock, StillClock

ENOUGH_TURNS = 20
"""Turns of the loop after which whoever may pass has passed."""


async def moments(limiter: RateLimiter, clock: StillClock, scopes: list[str], count: int) -> list[float]:
    taken = []
    for _ in range(count):
        async with limiter.acquire(scopes):
            taken.append((clock.now() - NOON).total_seconds())
    return taken


async def test_a_channel_is_called_once_a_second_and_less_often_in_the_long_run() -> None:
    clock = StillClock()

    assert await moments(RateLimiter(clock), clock, ["teams", "team:a", "channel:x"], 10) == [
        0,
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        10,
        11,
    ]


async def test_what_is_far_from_a_limit_never_waits() -> None:
    clock = StillClock()

    assert await moments(RateLimiter(clock), clock, ["team:a"], 4) == [0, 0, 0, 0]
    assert await moments(RateLimiter(clock), clock, [], 50) == [0] * 50


async def test_each_team_has_a_limit_of_its_own() -> None:
    clock = StillClock()
    limiter = RateLimiter(clock)

    assert [await moments(limiter, clock, [f"team:{name}"], 4) for name in "abc"] == [[0, 0, 0, 0]] * 3


async def test_a_scope_named_twice_counts_twice() -> None:
    clock = StillClock()

    assert await moments(RateLimiter(clock), clock, ["sharepoint"] * 5, 251) == [0] * 250 + [60]


async def test_more_licences_let_more_pass() -> None:
    clock = StillClock()

    assert await moments(RateLimiter(clock, limits_of(12_000)), clock, ["sharepoint"] * 5, 751) == [0] * 750 + [60]


@given(
    kind=st.sampled_from(sorted(LIMITS)),
    calls=st.lists(st.tuples(st.integers(0, 3000), st.integers(1, 4)), max_size=60),
)
def test_no_window_ever_holds_more_than_is_published(kind: str, calls: list[tuple[int, int]]) -> None:
    async def passed() -> list[tuple[float, int]]:
        clock = StillClock()
        limiter = RateLimiter(clock)
        found: list[tuple[float, int]] = []
        for gap, cost in calls:
            cost = min(cost, int(LIMITS[kind].count))
            clock.advance(timedelta(milliseconds=gap))
            found += [(moment, cost) for moment in await moments(limiter, clock, [f"{kind}:x"] * cost, 1)]
        return found

    found = asyncio.run(passed())
    for most, microseconds in LIMITS[kind].windows:
        for start, _ in found:
            assert sum(cost for moment, cost in found if start <= moment < start + microseconds / 1e6 - 1e-5) <= most


async def test_waiting_for_a_wide_limit_does_not_spend_a_narrow_one() -> None:
    clock = StillClock()
    limiter = RateLimiter(clock)
    await moments(limiter, clock, ["team:a"], 4)

    first, second = await moments(limiter, clock, ["team:a", "channel:x"], 2)

    assert first > 0
    assert second - first == 1


async def test_a_dear_call_is_not_overtaken_by_cheap_ones_that_come_later() -> None:
    limiter = RateLimiter(RestfulClock())
    order: list[str] = []

    async def call(name: str, scopes: list[str]) -> None:
        async with limiter.acquire(scopes):
            order.append(name)

    await call("first", ["sharepoint"] * 1240)
    later = [
        asyncio.create_task(call(name, scopes))
        for name, scopes in {"dear": ["sharepoint"] * 20, "cheap": ["sharepoint"], "elsewhere": ["teams"]}.items()
    ]
    for _ in range(ENOUGH_TURNS):
        await asyncio.sleep(0)
    for task in later:
        task.cancel()

    assert order == ["first", "elsewhere"]


async def test_teams_that_are_not_called_any_more_are_forgotten() -> None:
    clock = StillClock()
    limiter = RateLimiter(clock)

    for number in range(5 * SCOPES_KEPT):
        clock.advance(timedelta(seconds=1))
        await moments(limiter, clock, [f"team:{number}"], 1)

    assert len(limiter.remembered) <= SCOPES_KEPT


async def test_a_mailbox_is_asked_four_things_at_a_time() -> None:
    limiter = RateLimiter(StillClock())
    under_way, most = 0, 0

    async def call() -> None:
        nonlocal under_way, most
        async with limiter.acquire(["mailbox:m"]):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1

    await asyncio.gather(*(call() for _ in range(12)))

    assert most == 4
