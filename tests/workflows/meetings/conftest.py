"""One sandbox for all of these tests, emptied before each."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.sandbox import RunningSandbox, running_sandbox


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox() as sandbox:
        yield sandbox
