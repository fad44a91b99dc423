"""Answers to Doors that are killed: what was acknowledged is stored."""

from pathlib import Path

from benchmarks.answers import measure


async def test_whatever_was_acknowledged_is_stored(tmp_path: Path) -> None:
    figures = await measure(4, 30, 8, tmp_path, kill=True)

    assert figures.kills > 0
    assert figures.acknowledged > 60
    assert figures.missing == 0
