import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sandbox.graph.test_limits import until_held
from tests.support.sandbox import RunningSandbox

START, NOON, EVENING = "2026-08-17T06:00:00Z", "2026-08-17T12:00:00Z", "2026-08-17T18:00:00Z"
TOMORROW = "2026-08-18T06:00:00Z"


async def clock(sandbox: RunningSandbox, call: str, name: str, **more: Any) -> Any:
    return await sandbox.control("POST", f"clock/{call}", {"name": name, **more})


def waiting(sandbox: RunningSandbox, name: str, until: str | None) -> "asyncio.Task[Any]":
    return asyncio.create_task(clock(sandbox, "wait", name, until=until))


async def until_participants(sandbox: RunningSandbox, **expected: str) -> Any:
    async with asyncio.timeout(10):
        while True:
            shown = await sandbox.control("GET", "clock")
            if shown["participants"] == expected:
                return shown


async def start(sandbox: RunningSandbox, *names: str) -> None:
    await sandbox.control("POST", "clock", {"now": START})
    for name in names:
        assert (await clock(sandbox, "join", name))["now"] == START


async def test_time_is_real_until_it_is_set(sandbox: RunningSandbox) -> None:
    assert (await sandbox.control("GET", "clock"))["simulated"] is False

    await sandbox.control("POST", "clock", {"now": START})

    shown = await sandbox.control("GET", "clock")
    assert (shown["simulated"], shown["now"]) == (True, START)
    assert (await sandbox.graph("GET", "/users")).headers["Date"] == "Mon, 17 Aug 2026 06:00:00 GMT"


async def test_in_real_time_everybody_is_wakened_at_their_moment(sandbox: RunningSandbox) -> None:
    """A reader who follows the README sets no clock."""
    await clock(sandbox, "join", "cli")
    await clock(sandbox, "join", "service")
    soon = datetime.now(UTC) + timedelta(milliseconds=50)

    async with asyncio.timeout(10):
        shown = await clock(sandbox, "wait", "cli", until=soon.isoformat())

    assert shown["came"] is True
    assert datetime.fromisoformat(shown["now"]) >= soon


async def test_a_wait_goes_on_in_simulated_time_when_that_begins(sandbox: RunningSandbox) -> None:
    await clock(sandbox, "join", "service")
    wait = waiting(sandbox, "service", "2199-01-01T00:00:00Z")
    await until_participants(sandbox, service="until 2199-01-01T00:00:00Z")

    await sandbox.control("POST", "clock", {"now": "2199-01-02T00:00:00Z"})

    assert (await wait)["came"] is True


async def test_time_jumps_to_the_earliest_wake_up_when_all_wait(sandbox: RunningSandbox) -> None:
    await start(sandbox, "door", "hands")
    first = waiting(sandbox, "hands", EVENING)
    await until_participants(sandbox, door="busy", hands=f"until {EVENING}")

    second = waiting(sandbox, "door", NOON)

    assert (await second)["now"] == NOON
    assert not first.done()
    await until_participants(sandbox, door="busy", hands=f"until {EVENING}")
    third = waiting(sandbox, "door", None)
    assert (await first)["now"] == EVENING
    await clock(sandbox, "resume", "door")
    assert (await third)["came"] is False


async def test_a_withdrawn_wait_holds_time(sandbox: RunningSandbox) -> None:
    await start(sandbox, "door", "hands")
    wait = waiting(sandbox, "hands", NOON)
    await until_participants(sandbox, door="busy", hands=f"until {NOON}")

    assert (await clock(sandbox, "resume", "hands"))["now"] == START

    assert await wait == {"now": START, "came": False}
    await clock(sandbox, "leave", "door")
    await until_participants(sandbox, hands="busy")


async def test_a_participant_whose_connection_dies_freezes_time_until_it_joins_again(sandbox: RunningSandbox) -> None:
    await start(sandbox, "door", "hands")
    killed = waiting(sandbox, "hands", NOON)
    await until_participants(sandbox, door="busy", hands=f"until {NOON}")
    killed.cancel()
    await until_participants(sandbox, door="busy", hands="busy")

    other = waiting(sandbox, "door", EVENING)
    assert (await until_participants(sandbox, door=f"until {EVENING}", hands="busy"))["now"] == START

    await clock(sandbox, "join", "hands")
    assert (await clock(sandbox, "wait", "hands", until=NOON))["now"] == NOON
    await clock(sandbox, "leave", "hands")
    assert (await other)["now"] == EVENING


async def test_time_stands_still_while_a_request_is_worked_on(sandbox: RunningSandbox) -> None:
    await start(sandbox, "hands")
    await sandbox.control("POST", "faults", [{"do": "hold"}])
    call = asyncio.create_task(sandbox.graph("GET", "/users"))
    await until_held(sandbox, 1)
    wait = waiting(sandbox, "hands", NOON)
    shown = await until_participants(sandbox, hands=f"until {NOON}")
    assert shown["now"] == START

    await sandbox.control("POST", "faults", {"release": True})

    assert (await call).status_code == 200
    assert (await wait)["now"] == NOON


async def test_a_moment_that_has_come_is_not_waited_for(sandbox: RunningSandbox) -> None:
    await start(sandbox, "door", "hands")

    assert await clock(sandbox, "wait", "hands", until=START) == {"now": START, "came": True}


async def test_wrong_calls_are_refused(sandbox: RunningSandbox) -> None:
    await start(sandbox)

    async def status(path: str, body: Any) -> int:
        return (await sandbox.client.post(f"{sandbox.url}/_sandbox/clock{path}", json=body)).status_code

    assert await status("", {"now": "2026-01-01T00:00:00Z"}) == 400, "backwards"
    assert await status("", {"now": "2027-01-01T00:00:00"}) == 400, "no zone"
    assert await status("/wait", {"name": "stranger", "until": NOON}) == 400
    assert await status("/join", {}) == 400


async def test_time_that_is_sent_ahead_stops_at_every_moment_on_the_way(sandbox: RunningSandbox) -> None:
    """A jump over noon would do late what is due then."""
    await start(sandbox, "people", "service")
    noon = waiting(sandbox, "service", NOON)
    await until_participants(sandbox, people="busy", service=f"until {NOON}")

    await sandbox.client.post(f"{sandbox.url}/advance", data={"step": "1 day"})

    shown = await sandbox.control("GET", "clock")
    assert (shown["now"], shown["goal"]) == (START, TOMORROW)
    people = waiting(sandbox, "people", shown["goal"])
    assert (await noon)["now"] == NOON
    evening = waiting(sandbox, "service", EVENING)
    assert (await evening)["now"] == EVENING
    idle = waiting(sandbox, "service", None)
    assert (await people)["now"] == TOMORROW
    assert (await sandbox.control("GET", "clock"))["goal"] is None
    await clock(sandbox, "resume", "service")
    assert (await idle)["came"] is False


async def test_time_that_is_sent_ahead_twice_gets_as_far_as_both(sandbox: RunningSandbox) -> None:
    await start(sandbox, "people")

    for _ in range(2):
        await sandbox.client.post(f"{sandbox.url}/advance", data={"step": "1 day"})

    assert (await sandbox.control("GET", "clock"))["goal"] == "2026-08-19T06:00:00Z"
    assert "On its way to" in (await sandbox.client.get(sandbox.url)).text
    people = waiting(sandbox, "people", None)
    await until_now(sandbox, "2026-08-19T06:00:00Z")
    await clock(sandbox, "resume", "people")
    assert (await people)["came"] is False


async def until_now(sandbox: RunningSandbox, moment: str) -> None:
    async with asyncio.timeout(10):
        while (await sandbox.control("GET", "clock"))["now"] != moment:
            pass
