"""Several things at once: they may sleep on a simulated clock, and all of them end."""

import asyncio
from datetime import timedelta

import pytest

from engine.together import together
from integration.clock import SimulatedClock
from tests.clocks import NOON, FakeTimekeeper, StillClock
from workflows.errors import Transient


async def test_sleepers_share_simulated_time_and_cost_no_more_talk_with_the_sandbox() -> None:
    timekeeper = FakeTimekeeper()
    clock = SimulatedClock("http://127.0.0.1/_sandbox/clock", "us", transport=timekeeper)
    await clock.join()

    async def sleep(seconds: int) -> int:
        await clock.sleep_until(NOON + timedelta(seconds=seconds))
        return seconds

    async with clock.busy():
        before = len(timekeeper.calls)
        assert await together(clock, sleep(3), sleep(1), sleep(2)) == [3, 1, 2]
        asked = [what for _, what, _ in timekeeper.calls[before:]]

    assert clock.now() == NOON + timedelta(seconds=3)
    assert asked.count("wait") == 3
    await clock.leave()


async def test_an_error_comes_when_the_others_have_ended() -> None:
    ended: list[str] = []

    async def fails() -> None:
        raise ValueError("no")

    async def works() -> None:
        await asyncio.sleep(0)
        ended.append("works")

    with pytest.raises(ValueError, match="no"):
        await together(StillClock(), fails(), works())

    assert ended == ["works"]


async def test_what_the_clock_did_not_hear_of_is_an_error_and_keeps_nobody_waiting() -> None:
    timekeeper = FakeTimekeeper()
    clock = SimulatedClock("http://127.0.0.1/_sandbox/clock", "us", transport=timekeeper)
    await clock.join()
    timekeeper.loses = ["resume"]
    ended: list[str] = []

    async def works(name: str) -> None:
        ended.append(name)

    async with asyncio.timeout(10):
        with pytest.raises(Transient, match="resume"):
            await together(clock, works("first"), works("second"))

    assert ended == ["second"]
    await clock.leave()


async def test_nothing_to_do_is_done_at_once() -> None:
    assert await together(StillClock()) == []


async def test_who_is_stopped_stops_what_it_began() -> None:
    stopped = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = asyncio.create_task(together(StillClock(), endless(), endless()))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert stopped.is_set()
