"""Names what does not come in time."""

import asyncio
import sys

import pytest

from tests.support.patience import output_of, waiting_for


async def test_what_does_not_come_is_named() -> None:
    with pytest.raises(AssertionError, match=r"waited in vain for the bell, 0\.01 seconds"):
        async with waiting_for("the bell", seconds=0.01):
            await asyncio.Event().wait()


async def test_a_limit_within_it_is_not_its_own() -> None:
    with pytest.raises(TimeoutError):
        async with waiting_for("the bell"), asyncio.timeout(0):
            await asyncio.Event().wait()


async def test_a_process_that_does_not_end_is_killed() -> None:
    code = "import sys; sys.stdin.read()"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdin=asyncio.subprocess.PIPE)

    # Its own standard input is left open: it would wait for ever.
    process.stdin, stdin = None, process.stdin
    with pytest.raises(AssertionError, match="the end of the reader"):
        await output_of(process, "the reader", seconds=0.01)

    assert await process.wait() < 0
    assert stdin is not None
    stdin.close()
