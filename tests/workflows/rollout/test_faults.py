"""A fault for some kinds of write; every fault for every write by `python -m tests.exhaustive.rollout_faults`."""

import pytest

from tests.exhaustive.faults import FAULTS, stage
from tests.exhaustive.rollout_faults import CHAPTERS

EVERY = 2
"""Kinds of which one is met."""


# A killed process closes nothing, its database connections included.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_whatever_goes_wrong_once_the_end_is_the_same() -> None:
    async with stage(CHAPTERS) as on:
        # The last of its kind, when most is there that could be doubled.
        kinds = {call.kind: call for call in on.calls if call.is_write}
        met = list(kinds.values())[::EVERY]
        faults = [list(FAULTS)[number % len(FAULTS)] for number in range(len(met))]

        differences = {
            f"{fault}: {call}": found
            for call, fault in zip(met, faults, strict=True)
            if (found := await on.play(call, fault))
        }

        assert differences == {}
        assert len(met) > len(FAULTS)
