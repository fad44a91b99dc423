"""The bot's published limits hold in every stretch of time, whoever sends."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.database.connection import Database, create_database
from integration.database.limits import SQLReservations
from integration.limits.bot import BotRateLimiter, LocalReservations, Reservation
from tests.clocks import NOON, StillClock
from tests.support.postgres import installed
from workflows.errors import Throttled

WHOLE = ((50, 1.0),)
ONE_CHAT = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))


def most_within(moments: Sequence[datetime], seconds: float) -> int:
    """The most of *moments* that lie within any stretch of that length."""
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= timedelta(seconds=seconds):
            first += 1
        most = max(most, last - first + 1)
    return most


async def sent(calls: Sequence[tuple[int, int]]) -> list[tuple[str, datetime]]:
    """Return the moments at which *calls*, milliseconds after the one before and number of the chat, leave."""
    reservations, now, left = LocalReservations(), NOON, []
    for wait, chat in calls:
        now += timedelta(milliseconds=wait)
        asked_at = now
        while not (reservation := (await reservations.take([f"chat-{chat}"], now=asked_at))[0]).granted:
            asked_at = reservation.at
        left.append((f"chat-{chat}", reservation.at))
    return left


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=250))
async def test_no_stretch_of_time_holds_more_than_is_published(calls: list[tuple[int, int]]) -> None:
    left = await sent(calls)

    assert all(most_within([at for _, at in left], seconds) <= most for most, seconds in WHOLE)
    for chat in {chat for chat, _ in left}:
        own = [at for name, at in left if name == chat]
        assert all(most_within(own, seconds) <= most for most, seconds in ONE_CHAT)


async def test_one_chat_keeps_its_hour_too() -> None:
    own = [at for _, at in await sent([(0, 1)] * 2000)]

    assert [most_within(own, seconds) <= most for most, seconds in ONE_CHAT] == [True] * 4


async def test_the_long_run_comes_near_what_is_permitted() -> None:
    left = [at for _, at in await sent([(0, number) for number in range(1000)])]

    assert len(left) / (max(left) - min(left)).total_seconds() > 0.975 * 50


async def test_ten_leave_at_once_after_a_quiet_moment() -> None:
    clock = StillClock()
    limits = BotRateLimiter(clock, LocalReservations())

    await asyncio.gather(*(limits.acquire(f"chat-{number}", "post") for number in range(10)))

    assert clock.now() == NOON


async def test_workers_share_the_reservations(database: Database) -> None:
    reservations: list[Reservation] = []
    for number in range(10):
        # Another object each time: what one worker took, the next one sees.
        reservations += await SQLReservations(database).take([f"chat-{number}-{each}" for each in range(12)], now=NOON)

    assert most_within([reservation.at for reservation in reservations], 1.0) == 50


@installed
@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=1)], ids=["rows that are new", "rows that are there"])
async def test_workers_that_ask_at_once_keep_the_limits_together(postgres_url: str, later: timedelta) -> None:
    databases = [create_database(postgres_url) for _ in range(4)]

    async def moments(chats: Callable[[int], Sequence[str]], now: datetime) -> list[datetime]:
        stores = [SQLReservations(database) for database in databases]
        taken = await asyncio.gather(*(store.take(chats(number), now=now) for number, store in enumerate(stores)))
        return [reservation.at for reservations in taken for reservation in reservations if reservation.granted]

    # Their connections are open, so that they meet.
    await asyncio.gather(*(database.schema() for database in databases))
    if later:
        await moments(lambda _: ["one"], NOON)
    many = await moments(lambda worker: [f"chat-{worker}-{number}" for number in range(40)], NOON + later)
    one = await moments(lambda _: ["one"] * 7, NOON + later + timedelta(hours=1))

    assert (len(many), most_within(many, 1.0)) == (160, 50)
    assert all(most_within(one, seconds) <= most for most, seconds in ONE_CHAT)
    for database in databases:
        await database.close()


async def test_a_chat_is_shared_too(database: Database) -> None:
    first = await SQLReservations(database).take(["chat"] * 6, now=NOON)
    second = await SQLReservations(database).take(["chat", "other"], now=NOON)

    assert [reservation.granted for reservation in (*first, *second)] == [True] * 6 + [False, True]


async def test_those_who_ask_at_the_same_time_ask_with_one_write() -> None:
    asked: list[int] = []

    class Counted(LocalReservations):
        async def take(self, conversations: Sequence[str], *, now: datetime) -> Sequence[Reservation]:
            asked.append(len(conversations))
            await asyncio.sleep(0)
            return await super().take(conversations, now=now)

    limits = BotRateLimiter(StillClock(), Counted())
    await asyncio.gather(*(limits.acquire(f"chat-{number}", "post") for number in range(9)))

    assert asked == [1, 8]


async def test_a_wait_that_is_too_long_is_handed_back() -> None:
    reservations = LocalReservations()
    await reservations.take([f"chat-{number}" for number in range(2000)], now=NOON)

    with pytest.raises(Throttled):
        await BotRateLimiter(StillClock(), reservations).acquire("chat", "post")


async def test_who_was_asked_for_by_one_that_failed_asks_again() -> None:
    faults = [ConnectionError("away")]

    class Failing(LocalReservations):
        async def take(self, conversations: Sequence[str], *, now: datetime) -> Sequence[Reservation]:
            await asyncio.sleep(0)
            if len(conversations) > 1 and faults:
                raise faults.pop()
            return await super().take(conversations, now=now)

    limits = BotRateLimiter(StillClock(), Failing())
    ended = await asyncio.gather(*(limits.acquire(f"chat-{n}", "post") for n in range(4)), return_exceptions=True)

    assert [type(item) for item in ended] == [type(None), ConnectionError, type(None), type(None)]
