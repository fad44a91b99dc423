"""Answers to Doors that are killed: what was acknowledged is stored."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.answers import Door, measure
from benchmarks.answers_figures import Figures, faults, report


class SleepingDoor(Door):
    """A Door whose process does nothing."""

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")


async def test_whatever_was_acknowledged_is_stored(tmp_path: Path) -> None:
    figures = await measure(4, 30, 8, tmp_path, kill=True)

    assert figures.kills > 0
    assert figures.acknowledged > 60
    assert figures.missing == 0


async def test_a_bare_insert_and_one_with_the_same_checks_have_a_price(tmp_path: Path) -> None:
    figures = await measure(4, 10, 1, tmp_path, bare=10)

    assert figures.bare > 0
    assert figures.checked > 0
    assert figures.missing == figures.lost == 0


async def test_each_door_writes_a_calendar_beside_its_answers(tmp_path: Path) -> None:
    figures = await measure(4, 10, 4, tmp_path, feeds=True)

    assert "calendars beside    2, p50 " in report(figures)
    assert figures.missing == figures.lost == 0


FIGURES = Figures(
    answers=1,
    rate=1,
    server=[3.0],
    client=[4.0],
    acknowledged=1,
    lost=0,
    missing=0,
    messages=1,
    kills=0,
    processor=1.0,
    own=1.0,
    answer=5.0,
    bare=2.5,
    checked=4.0,
)


def test_an_answer_is_told_as_so_many_bare_inserts_of_the_same_run() -> None:
    told = report(replace(FIGURES, answer=6.0))

    assert "one answer          6.00 ms of a processor\n" in told
    assert " 2.40 × a bare insert (2.50 ms; aim: 2 ×)\n" in told
    assert " 1.50 × one with the same checks (4.00 ms; aim: 1.5 ×)\n" in told


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        pytest.param(FIGURES, [], id="as it should be"),
        pytest.param(replace(FIGURES, target=3), ["99 of 100 answers took up to 3 ms"], id="slow"),
        pytest.param(replace(FIGURES, lost=2), ["2 answers were never acknowledged"], id="lost"),
        pytest.param(replace(FIGURES, missing=1), ["1 acknowledged answers are not stored"], id="missing"),
        pytest.param(replace(FIGURES, messages=0), ["1 answers sent 0 messages"], id="no messages"),
        pytest.param(replace(FIGURES, answer=5.1), ["one answer costs 5.1 ms"], id="dear"),
        pytest.param(replace(FIGURES, checked=3.0), ["one answer costs 5.0 ms"], id="dear by what it checks"),
        pytest.param(replace(FIGURES, answer=5.1, bare=0.0, checked=0.0), [], id="price not measured"),
    ],
)
def test_a_run_that_is_not_as_it_should_be_says_why(figures: Figures, found: list[str]) -> None:
    assert faults(figures) == found


async def test_a_door_that_is_stopped_while_it_is_killed_leaves_no_process(tmp_path: Path) -> None:
    door = SleepingDoor(tmp_path, {}, 0, "full")
    await door.start()
    killing = asyncio.create_task(door.kill())
    await asyncio.sleep(0)

    await door.stop()
    await killing
    await door.kill()

    assert door.kills == 1
    assert door.process is not None
    assert door.process.returncode is not None
