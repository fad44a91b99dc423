"""Answers to Doors that are killed: what was acknowledged is stored."""

import asyncio
import sys
from pathlib import Path

from benchmarks.answers import Door, Figures, measure, price_of_bare_inserts, report


class SleepingDoor(Door):
    """A Door whose process does nothing."""

    async def start(self) -> None:
        self.process = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(60)")


async def test_whatever_was_acknowledged_is_stored(tmp_path: Path) -> None:
    figures = await measure(4, 30, 8, tmp_path, kill=True)

    assert figures.kills > 0
    assert figures.acknowledged > 60
    assert figures.missing == 0


async def test_a_bare_insert_has_a_price(tmp_path: Path) -> None:
    assert await price_of_bare_inserts(f"sqlite+aiosqlite:///{tmp_path / 'bare.db'}", 5) > 0


def test_an_answer_is_told_as_so_many_bare_inserts_of_the_same_run() -> None:
    figures = Figures(
        answers=1,
        rate=1,
        server=[3.0],
        client=[4.0],
        acknowledged=1,
        lost=0,
        missing=0,
        kills=0,
        processor=1.0,
        own=1.0,
        answer=6.0,
        bare=2.5,
    )

    assert "one answer          6.0 ms of a processor, 2.40 × a bare insert (2.5 ms; aim: 2 ×)" in report(figures)


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
