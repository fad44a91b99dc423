"""The check of a programme is measured as a process of its own, and its mistakes are told with their lines."""

from pathlib import Path

import pytest

from benchmarks.checking import LONGEST, Figures, measure, report


def test_a_check_is_measured_beside_its_floor(tmp_path: Path) -> None:
    figures = measure(tmp_path, 2, 1)

    assert min(figures.few, figures.country, figures.floor) > 0
    assert "kommune-002.yaml:102: colour:" in figures.told


@pytest.mark.parametrize(
    ("seconds", "told", "faults"),
    [(LONGEST, "x.yaml:1", 0), (LONGEST + 0.1, "x.yaml:1", 1), (LONGEST, "", 1)],
    ids=["within", "slow", "a mistake without its line"],
)
def test_a_check_over_its_limit_is_named(seconds: float, told: str, faults: int) -> None:
    figures = Figures(few=0.4, country=seconds, floor=0.3, told=told)

    assert len(figures.faults) == faults
    assert f"ratio {seconds / 0.3:.2f}" in report(figures)
