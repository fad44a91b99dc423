"""Counts of calls, recorded or not, and of those that met a limit."""

from tests.support.sandbox import RunningSandbox


async def test_calls_are_counted_without_a_record_and_throttled_parts_of_batches_too(sandbox: RunningSandbox) -> None:
    await sandbox.control("POST", "har", {"record": False})
    await sandbox.control("POST", "clock", {"now": "2026-08-03T07:00:00Z"})
    await sandbox.token("builder")
    before = (await sandbox.control("GET", "calls"))["calls"]["builder"]["all"]
    parts = [{"id": str(number), "method": "GET", "url": "/teams/nowhere"} for number in range(6)]

    await sandbox.graph("POST", "/$batch", {"requests": parts})
    await sandbox.graph("GET", "/users")

    counted = await sandbox.control("GET", "calls")
    assert counted["calls"]["builder"]["all"] == before + 2
    assert counted["throttled"] == 2
