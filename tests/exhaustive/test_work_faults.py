"""A few writes of meetings, sending and papers, met by faults; all by `python -m tests.exhaustive.work_faults`."""

import pytest

from tests.exhaustive.faults import last_of_each_kind, stage
from tests.exhaustive.work_faults import CHAPTERS

MET = (
    ("POST /connector/v3/conversations/{}/activities", "killed after"),
    ("POST /users/{organizer}/messages/{}/send", "503"),
)
ORGANIZER = "moter@vestfoldfylke.example"


# A killed process closes nothing, its database connections included.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_work_that_meets_a_fault_ends_as_undisturbed() -> None:
    async with stage(CHAPTERS) as on:
        # Each in the last chapter that has it.
        calls = {call.kind.replace(ORGANIZER, "{organizer}"): call for call in last_of_each_kind(on.calls)}

        differences = {f"{fault}: {kind}": found for kind, fault in MET if (found := await on.play(calls[kind], fault))}

        assert differences == {}
