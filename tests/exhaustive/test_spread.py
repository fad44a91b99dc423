"""Workers that are killed while they share units: a few kills of `python -m tests.exhaustive.spread`."""

from datetime import UTC, datetime

import pytest

from tests.exhaustive.spread import Made, play, problems
from tests.support import azurite, postgres

missing = postgres.why_missing() or azurite.why_missing()
AT = datetime(2026, 9, 8, tzinfo=UTC)


@pytest.mark.skipif(bool(missing), reason=missing or "both are installed")
async def test_whoever_is_killed_every_step_stands_once() -> None:
    assert await play(kills=2, seed=1) == []


def test_a_step_that_is_missing_or_stands_twice_is_told() -> None:
    made = [Made("a", 0, "w", AT), Made("a", 0, "v", AT), Made("b", 0, "w", AT)]

    found = problems(made, units=2, steps=2, unfinished=["b"])

    assert found == ["b is not done", "a step 0 stands 2 times", "2 steps are missing"]
