"""One fault for every kind of write; every fault for every kind by `python -m tests.exhaustive.rollout_faults`."""

import pytest

from tests.exhaustive.rollout_faults import FAULTS, difference, stage


# A killed process closes nothing, its database connections included.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_whatever_goes_wrong_once_the_end_is_the_same() -> None:
    async with stage() as on:
        undisturbed, made = await on.play()
        kinds = list(dict.fromkeys(made))
        names = [list(FAULTS)[number % len(FAULTS)] for number in range(len(kinds))]

        differences = {
            f"{fault}: {kind}": found
            for kind, fault in zip(kinds, names, strict=True)
            if (found := difference(undisturbed, (await on.play(kind, fault))[0]))
        }

        assert differences == {}
        assert len(kinds) > len(FAULTS)
