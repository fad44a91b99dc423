"""A rolled-out place, for tests of several workflows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.rollout import Bench, rolled_out


@pytest.fixture
async def made(database_file: Path) -> AsyncIterator[Bench]:
    """Yield the small place, rolled out."""
    async with rolled_out(database_file) as found:
        yield found
