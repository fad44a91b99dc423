"""The service's clock and the sandbox's, over real HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta

from integration.clock import SimulatedClock
from tests.support.sandbox import RunningSandbox, running_sandbox

START = datetime(2026, 8, 3, 6, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def joined(sandbox: RunningSandbox, name: str) -> SimulatedClock:
    clock = SimulatedClock(f"{sandbox.url}/_sandbox/clock", name)
    await clock.join()
    return clock


async def test_two_services_sleep_through_the_same_days() -> None:
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        first, second = await joined(sandbox, "first"), await joined(sandbox, "second")
        woken: list[datetime] = []

        async def walk(clock: SimulatedClock, hours: int) -> None:
            async with clock.busy():
                for step in range(1, 6):
                    await clock.sleep_until(START + step * hours * HOUR)
                    assert clock.now() == START + step * hours * HOUR
                    woken.append(clock.now())

        await asyncio.gather(walk(first, 24), walk(second, 30))
        assert woken == sorted(woken)
        await first.leave()
        await second.leave()
        assert (await sandbox.control("GET", "clock"))["participants"] == {}


async def test_work_that_begins_and_ends_many_times_while_idle_lets_no_time_pass() -> None:
    """Waits and their withdrawals overtake each other on the wire; the turn puts them right."""
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        clock, other = await joined(sandbox, "service"), await joined(sandbox, "other")
        async with other.busy():
            sleeper = asyncio.create_task(clock.sleep_until(START + HOUR))
            for _ in range(50):
                async with clock.busy():
                    assert clock.now() == START
        async with clock.busy():
            shown = await sandbox.control("GET", "clock")
            assert shown["participants"]["service"] == "busy"
        await sleeper
        assert clock.now() >= START + HOUR
        await clock.leave()
        await other.leave()


async def test_a_service_that_is_gone_stops_time_until_it_is_back() -> None:
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        clock, killed = await joined(sandbox, "service"), await joined(sandbox, "killed")
        async with killed.busy():
            sleeper = asyncio.create_task(clock.sleep_until(START + HOUR))
            await asyncio.sleep(0.05)
            assert not sleeper.done()
            again = await joined(sandbox, "killed")
            await sleeper
            await again.leave()
        await clock.leave()
        await killed.leave()


async def test_a_command_jumps_ahead_and_wakes_who_slept_until_then() -> None:
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        clock, command = await joined(sandbox, "service"), await joined(sandbox, "command")
        async with command.busy():
            sleeper = asyncio.create_task(clock.sleep_until(START + HOUR))
            await asyncio.sleep(0.02)
            await command.set_to(START + 2 * HOUR)
            await sleeper
            assert clock.now() == START + 2 * HOUR
        await command.leave()
        await clock.leave()
