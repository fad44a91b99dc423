from collections.abc import AsyncIterator

import pytest

from tests.integration.graph.doubles import Double


@pytest.fixture
async def double() -> AsyncIterator[Double]:
    double = Double()
    yield double
    await double.graph.close()
