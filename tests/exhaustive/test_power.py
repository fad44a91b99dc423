"""Copies of the database's files, cut where the power might go; `python -m tests.exhaustive.power` cuts everywhere."""

import random
from itertools import islice
from pathlib import Path

import pytest

from tests.exhaustive.power import missing_answers, record_answers, record_messages, wrong_messages
from tests.support.power import library

pytestmark = pytest.mark.skipif(library() is None, reason="Python's SQLite keeps its functions to itself")

COPIES = 25


@pytest.mark.parametrize(("synchronous", "held"), [("full", True), ("normal", False)])
async def test_an_answer_that_was_acknowledged_outlasts_a_power_cut(
    tmp_path: Path, synchronous: str, held: bool
) -> None:
    """With `normal` it does not: the cuts do cut."""
    disk = await record_answers(tmp_path, 12, synchronous=synchronous)
    cuts = list(disk.cuts(random.Random(365)))[:: len(disk.steps) // COPIES]

    missing = [words for cut in cuts for words in await missing_answers(cut, tmp_path / "cut")]

    assert len(cuts) >= COPIES
    assert (missing == []) is held


@pytest.mark.parametrize(("synchronous", "held"), [("full", True), ("normal", False)])
async def test_no_message_goes_out_twice_unnamed_after_a_power_cut(
    tmp_path: Path, synchronous: str, held: bool
) -> None:
    disk, mails = await record_messages(tmp_path, synchronous=synchronous)
    cuts = list(disk.cuts(random.Random(365)))
    assert len(mails) == 1

    wrong = [line for cut in islice(cuts, 0, None, 3) for line in await wrong_messages(cut, tmp_path / "cut", mails)]

    assert (wrong == []) is held
