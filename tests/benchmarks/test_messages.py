"""Look-ups of messages are measured, each of them found, among many more than one round has."""

from pathlib import Path

from benchmarks.messages import measure_country


async def test_each_look_up_is_measured_among_all_messages(tmp_path: Path) -> None:
    number, floor, figures = await measure_country(2, 2, 3, tmp_path, times=1)

    assert number == 2 * 3 * 2 * (1 + 3)
    assert floor > 0
    assert len({item.what for item in figures}) == len(figures) == 5
