"""A process that begins keeps the limits of a team or channel that the one before has used up."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import pytest

from integration.database.connection import Database
from integration.database.limits import SQLLimits
from integration.limits import carried_over
from integration.limits.published import LIMITS
from integration.limits.rate_limiter import RateLimiter
from tests.clocks import NOON, StillClock
from workflows.errors import LimitReached

SECOND = timedelta(seconds=1)
CHANNEL = ["teams", "channel:c"]


def process(database: Database, clock: StillClock, application: str = "hands") -> RateLimiter:
    """Return the limiter of a process that has just begun."""
    store = SQLLimits(database, clock)
    return RateLimiter(clock, store=store, memory=store, application=application)


async def call(limiter: RateLimiter, *scopes: str) -> None:
    async with limiter.acquire(scopes):
        """Nothing: the waiting is done."""


async def test_a_new_process_waits_until_the_calls_of_the_one_before_have_flowed_back(database: Database) -> None:
    clock = StillClock()
    await call(process(database, clock), *CHANNEL)

    await call(process(database, clock), *CHANNEL)

    # A channel takes one call a second, and 83 % of that in the long run.
    assert clock.now() - NOON == pytest.approx(SECOND / 0.83, abs=SECOND / 1000)


async def test_a_team_that_was_asked_four_things_is_left_alone_for_as_long_as_four_count(database: Database) -> None:
    clock = StillClock()
    await call(process(database, clock), *["team:t"] * 4)

    await call(process(database, clock), "team:t")

    assert clock.now() - NOON >= SECOND


async def test_other_channels_other_applications_and_quiet_ones_wait_for_nothing(database: Database) -> None:
    clock = StillClock()
    await call(process(database, clock), *CHANNEL)

    await call(process(database, clock), "channel:another")
    await call(process(database, clock, application="builder"), *CHANNEL)
    assert clock.now() == NOON

    clock.advance(10 * SECOND)
    await call(process(database, clock), *CHANNEL)
    assert clock.now() == NOON + 10 * SECOND


async def test_a_process_that_knows_its_own_calls_asks_the_database_once_for_each_channel(database: Database) -> None:
    clock, asked = StillClock(), list[set[str]]()

    class Counting(SQLLimits):
        async def free_at(self, names: Collection[str]) -> Mapping[str, datetime]:
            asked.append(set(names))
            return await super().free_at(names)

    limiter = RateLimiter(clock, memory=Counting(database, clock), application="hands")
    for _ in range(3):
        await call(limiter, *CHANNEL)
    await call(limiter, "teams")

    assert asked == [{"hands/channel:c"}]


async def test_channels_that_are_not_called_any_more_are_forgotten(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carried_over, "SCOPES_KEPT", 3)
    clock = StillClock()
    store = SQLLimits(database, clock)
    memory = carried_over.CarriedOver(store, clock, LIMITS, "hands")
    for number in range(9):
        await memory.note({f"channel:{number}": 1})
        clock.advance(10 * SECOND)

    # What was forgotten is asked for again, and counts no more.
    assert await memory.room_at(["channel:0"]) < clock.now()


async def test_a_wait_that_is_too_long_is_handed_back(database: Database) -> None:
    clock = StillClock()
    await SQLLimits(database, clock).note_free_at({"hands/channel:c": NOON + timedelta(hours=1)})

    with pytest.raises(LimitReached):
        await call(process(database, clock), *CHANNEL)
