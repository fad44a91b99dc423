"""What tests of several workflows start from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.rollout import Bench, rolled_out


@pytest.fixture
async def made(database_file: Path) -> AsyncIterator[Bench]:
    """The small place, rolled out."""
    async with rolled_out(database_file) as found:
        yield found
