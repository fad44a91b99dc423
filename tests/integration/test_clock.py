"""Simulated time passes while everybody sleeps, and only then."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from integration.clock import ANSWER_WITHIN, SimulatedClock, SystemClock, create_clock
from tests.clocks import NOON, FakeTimekeeper
from workflows.errors import Invalid, OutsideError, Transient

HOUR = timedelta(hours=1)
URL = "http://127.0.0.1:1/_sandbox/clock"


@pytest.fixture
def timekeeper() -> FakeTimekeeper:
    return FakeTimekeeper()


async def joined(timekeeper: FakeTimekeeper, name: str = "service") -> SimulatedClock:
    clock = SimulatedClock(URL, name, transport=timekeeper)
    await clock.join()
    return clock


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - Turns of the loop, no time.
            await asyncio.sleep(0)


async def test_sleeping_costs_no_real_time_and_wakes_at_the_moment(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)
    await clock.sleep_until(NOON + 100 * HOUR)
    assert clock.now() == NOON + 100 * HOUR
    await clock.leave()


async def test_sleepers_wake_in_the_order_of_their_moments(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)
    woken: list[tuple[int, datetime]] = []

    async def sleeper(hours: int) -> None:
        async with clock.busy():
            await clock.sleep_until(NOON + hours * HOUR)
            woken.append((hours, clock.now()))
            await clock.sleep_until(NOON + (hours + 10) * HOUR)
            woken.append((hours + 10, clock.now()))

    async with clock.busy():
        tasks = [asyncio.create_task(sleeper(hours)) for hours in (3, 1, 2)]
    await asyncio.gather(*tasks)

    assert woken == [(hours, NOON + hours * HOUR) for hours in (1, 2, 3, 11, 12, 13)]
    await clock.leave()


async def test_time_stands_still_while_one_task_works(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)
    sleeper = asyncio.create_task(clock.sleep_until(NOON + HOUR))
    async with clock.busy():
        for _ in range(50):
            await asyncio.sleep(0)
        assert timekeeper.time == NOON
        assert not sleeper.done()
    await sleeper
    assert timekeeper.time == NOON + HOUR
    await clock.leave()


async def test_work_begun_while_idle_takes_the_wait_back_before_it_goes_on(timekeeper: FakeTimekeeper) -> None:
    clock, other = await joined(timekeeper), await joined(timekeeper, "other")
    async with other.busy():
        sleeper = asyncio.create_task(clock.sleep_until(NOON + HOUR))
        await until(lambda: ("service", "wait", (NOON + HOUR).isoformat()) in timekeeper.calls)
        async with clock.busy():
            assert timekeeper.waits["service"] is None
            assert clock.now() == NOON
    await sleeper
    assert clock.now() == NOON + HOUR
    await clock.leave()
    await other.leave()


async def test_two_participants_share_one_time(timekeeper: FakeTimekeeper) -> None:
    first, second = await joined(timekeeper, "first"), await joined(timekeeper, "second")
    seen: list[tuple[str, datetime]] = []

    async def walk(clock: SimulatedClock, name: str, minutes: int) -> None:
        async with clock.busy():
            for step in range(1, 4):
                await clock.sleep_until(NOON + step * timedelta(minutes=minutes))
                seen.append((name, clock.now()))

    await asyncio.gather(walk(first, "first", 20), walk(second, "second", 25))

    assert seen == sorted(seen, key=lambda item: item[1])
    assert [moment for name, moment in seen if name == "second"] == [
        NOON + timedelta(minutes=minutes) for minutes in (25, 50, 75)
    ]
    await first.leave()
    await second.leave()


async def test_who_rings_an_alarm_hands_its_time_over(timekeeper: FakeTimekeeper) -> None:
    """Between the ring and the moment the woken task goes on no time may pass, though the ringer rests at once."""
    clock = await joined(timekeeper)
    alarm = clock.alarm()
    seen: list[datetime] = []

    async def loop() -> None:
        async with clock.busy():
            await alarm.wait(None)
            await asyncio.sleep(0)
            seen.append(clock.now())

    task = asyncio.create_task(loop())
    far = asyncio.create_task(clock.sleep_until(NOON + 9 * HOUR))
    async with clock.busy():
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        alarm.ring()
    await task
    await far
    assert seen == [NOON]
    await clock.leave()


async def test_an_alarm_that_rang_before_ends_the_next_wait_at_once(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)
    alarm = clock.alarm()
    async with clock.busy():
        alarm.ring()
        await alarm.wait(None)
        await alarm.wait(NOON + HOUR)
        assert clock.now() == NOON + HOUR
    await clock.leave()


async def test_a_cancelled_sleeper_leaves_the_time_to_others(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)

    async def nap() -> None:
        async with clock.busy():
            await clock.sleep_until(NOON + HOUR)

    async with clock.busy():
        task = asyncio.create_task(nap())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await clock.sleep_until(NOON + 2 * HOUR)
        assert clock.now() == NOON + 2 * HOUR
    await clock.leave()


async def test_a_killed_participant_stops_time_until_it_joins_again(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)
    timekeeper.waits["killed"] = None
    sleeper = asyncio.create_task(clock.sleep_until(NOON + HOUR))
    await until(lambda: ("service", "wait", (NOON + HOUR).isoformat()) in timekeeper.calls)
    assert timekeeper.time == NOON

    again = await joined(timekeeper, "killed")
    await sleeper
    assert timekeeper.time == NOON + HOUR
    await again.leave()
    await clock.leave()


async def test_a_sandbox_that_is_gone_wakes_everybody_with_an_error(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)
    timekeeper.gone = True
    with pytest.raises(Transient, match=r"could not .* the sandbox's clock"):
        await clock.sleep_until(NOON + HOUR)


async def test_who_works_while_the_sandbox_goes_is_told_when_it_wants_to_sleep(timekeeper: FakeTimekeeper) -> None:
    """One sleeps, another works: neither waits for ever for a time that nobody keeps any more."""
    clock = await joined(timekeeper)
    sleeper = asyncio.create_task(clock.sleep_until(NOON + HOUR))
    async with clock.busy():
        timekeeper.gone = True
        with pytest.raises(Transient):
            await clock.sleep_until(NOON + 2 * HOUR)
    with pytest.raises(Transient):
        await sleeper


async def test_a_wait_whose_end_was_not_heard_is_ended_by_whoever_works_next(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)
    timekeeper.waits["other"] = None
    sleeper = asyncio.create_task(clock.sleep_until(NOON + HOUR))
    await until(lambda: ("service", "wait", (NOON + HOUR).isoformat()) in timekeeper.calls)
    timekeeper.calls.clear()
    timekeeper.loses = ["resume"]

    async def works() -> None:
        async with clock.busy():
            await asyncio.sleep(0)

    ends = await asyncio.gather(works(), works(), return_exceptions=True)
    assert [type(end) for end in ends] == [Transient, type(None)]
    assert [what for _, what, _ in timekeeper.calls].count("resume") == 1

    again = await joined(timekeeper, "other")
    await again.leave()
    await sleeper
    assert clock.now() == NOON + HOUR
    await clock.leave()


async def test_after_a_wait_whose_end_was_not_heard_there_is_one_wait(timekeeper: FakeTimekeeper) -> None:
    """Two would take each other's place for ever."""
    clock = await joined(timekeeper)
    await until(lambda: ("service", "wait", None) in timekeeper.calls)
    timekeeper.loses = ["resume"]
    with pytest.raises(Transient):
        async with clock.busy():
            pass

    for _ in range(200):
        await asyncio.sleep(0)

    assert [what for _, what, _ in timekeeper.calls].count("wait") == 2
    async with clock.busy():
        assert timekeeper.waits["service"] is None
    await clock.leave()


async def test_a_sandbox_that_takes_a_call_and_says_nothing_is_not_waited_for() -> None:
    """But for a wait, which lasts as long as others work."""
    limits: dict[str, float | None] = {}

    async def answer(request: httpx.Request) -> httpx.Response:
        what = request.url.path.rpartition("/")[2]
        limits[what] = request.extensions["timeout"]["read"]
        if what == "wait":
            await asyncio.Event().wait()
        if what == "resume":
            raise httpx.ReadTimeout("nothing", request=request)
        return httpx.Response(200, json={"now": NOON.isoformat()})

    clock = SimulatedClock(URL, "service", transport=httpx.MockTransport(answer))
    await clock.join()
    await until(lambda: "wait" in limits)
    with pytest.raises(Transient, match="ReadTimeout"):
        async with clock.busy():
            pass
    await clock.leave()

    assert limits == {"join": ANSWER_WITHIN, "wait": None, "resume": ANSWER_WITHIN, "leave": ANSWER_WITHIN}


async def test_a_moment_that_has_passed_is_not_slept_for(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)

    await clock.sleep_until(NOON - HOUR)

    assert [what for _, what, _ in timekeeper.calls] == ["join"]
    await clock.leave()


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(httpx.ConnectError("gone"), Transient, id="nobody there"),
        pytest.param(httpx.Response(400, text="time never goes back"), Invalid, id="a moment that has passed"),
    ],
)
async def test_a_time_that_was_not_set_is_told(
    answer: httpx.Response | Exception, expected: type[OutsideError]
) -> None:
    def answered(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    clock = SimulatedClock(URL, "tick", transport=httpx.MockTransport(answered))

    with pytest.raises(expected, match="set the sandbox's clock"):
        await clock.set_to(NOON)
    with pytest.raises(RuntimeError, match="not been joined"):
        clock.now()


async def test_real_time_is_not_set() -> None:
    with pytest.raises(RuntimeError, match="real time cannot be set"):
        await SystemClock().set_to(NOON)


async def test_a_task_inside_busy_work_may_not_sleep_uncounted(timekeeper: FakeTimekeeper) -> None:
    clock = await joined(timekeeper)
    async with clock.busy():
        with pytest.raises(RuntimeError, match="must be busy itself"):
            await asyncio.create_task(clock.sleep_until(NOON + HOUR))
    await clock.leave()


def test_a_simulated_clock_is_only_on_this_machine() -> None:
    with pytest.raises(ValueError, match="expected a loopback address"):
        SimulatedClock("http://sandbox.example", "service")


async def test_without_an_address_time_is_real() -> None:
    clock = create_clock(None, "service")
    assert isinstance(clock, SystemClock)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    await clock.sleep_until(clock.now() + timedelta(milliseconds=2))


async def test_a_real_alarm_rings_or_runs_out() -> None:
    clock = SystemClock()
    alarm = clock.alarm()
    await alarm.wait(clock.now() + timedelta(milliseconds=2))
    alarm.ring()
    async with asyncio.timeout(5):
        await alarm.wait(None)


def test_a_simulated_clock_knows_no_time_before_it_joined(timekeeper: FakeTimekeeper) -> None:
    with pytest.raises(RuntimeError, match="not been joined"):
        SimulatedClock(URL, "service", transport=timekeeper).now()


async def test_a_sandbox_that_goes_while_everybody_sleeps_wakes_each_of_them_with_an_error(
    timekeeper: FakeTimekeeper,
) -> None:
    clock = await joined(timekeeper)
    async with clock.busy():
        pass
    sleepers = [asyncio.create_task(clock.sleep_until(NOON + hours * HOUR)) for hours in (1, 2)]
    timekeeper.gone = True

    ends = await asyncio.gather(*sleepers, return_exceptions=True)

    assert [type(end) for end in ends] == [Transient, Transient]
