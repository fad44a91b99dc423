"""A limit for what a test waits for outside of itself: past it the test falls, and says what did not come."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE = 180
"""Seconds: far more than anything here takes on a slow machine."""


@asynccontextmanager
async def waiting_for(what: str, *, seconds: float = PATIENCE) -> AsyncIterator[None]:
    """Fail when the body has not ended after *seconds*."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError:
        if not limit.expired():
            raise
        raise AssertionError(f"waited in vain for {what}, {seconds:g} seconds") from None


async def output_of(process: Process, what: str, *, seconds: float = PATIENCE) -> tuple[bytes, bytes]:
    """Wait until *process* has ended, and return what it wrote. One that does not end is killed, and fails the test."""
    try:
        async with waiting_for(f"the end of {what}", seconds=seconds):
            return await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
