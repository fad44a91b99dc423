"""A report is compiled in the same statements, however many municipalities and rounds there are."""

from pathlib import Path

from benchmarks.compiling import measure_country


async def test_compiling_a_report_asks_as_often_in_a_large_country_and_after_many_rounds(tmp_path: Path) -> None:
    few = await measure_country(2, 2, _folder(tmp_path, "few"), times=1)
    many = await measure_country(6, 12, _folder(tmp_path, "many"), times=1)

    assert many.statements == few.statements


def _folder(above: Path, name: str) -> Path:
    (above / name).mkdir()
    return above / name
