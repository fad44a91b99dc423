"""Charts say in words what they draw."""

from datetime import date
from typing import Any

import pytest

from web.shell.charts import BOTTOM, TOP, trend_chart
from workflows.overview.model import Trend

DAYS = [date(2026, 10, 6), date(2026, 11, 17), date(2027, 1, 5)]


def trend(*numbers: float, **changes: Any) -> Trend:
    points = tuple(zip(DAYS, numbers, strict=False))
    return Trend(**{"name": "Plasser", "unit": "antall", "better": "higher", "points": points, **changes})


def test_the_line_goes_from_the_first_number_to_the_newest_within_the_picture() -> None:
    chart = trend_chart(trend(1, 3, 2, target=4.0), "nb")

    assert [x for x, _ in chart.dots] == [8, 160, 312]
    assert all(TOP <= y <= BOTTOM for _, y in chart.dots)
    assert chart.target == TOP
    assert chart.line.count("L") == 2
    assert (chart.first_label, chart.last_label) == ("6. oktober", "5. januar")


def test_every_number_is_said_in_words() -> None:
    chart = trend_chart(trend(1.5, 3), "nb")

    assert chart.words == "1,5 (6. oktober 2026) og 3 (17. november 2026)"
    assert chart.newest == "3"


def test_without_numbers_nothing_is_drawn_and_that_is_said() -> None:
    chart = trend_chart(trend(), "nb")

    assert (chart.words, chart.newest, chart.line, list(chart.dots)) == ("Ingen tall ennå.", "", "", [])


def test_a_single_number_is_a_dot_in_the_middle() -> None:
    chart = trend_chart(trend(7), "nb")

    assert list(chart.dots) == [(160, (TOP + BOTTOM) / 2)]
    assert (chart.line, chart.last_label) == ("", "")


@pytest.mark.parametrize(
    ("better", "newest", "tone"),
    [
        pytest.param("higher", 4, "ok", id="reached from below"),
        pytest.param("higher", 3, "none", id="not reached"),
        pytest.param("lower", 3, "ok", id="reached from above"),
        pytest.param("lower", 5, "none", id="still too high"),
    ],
)
def test_a_target_that_is_reached_is_told(better: str, newest: float, tone: str) -> None:
    assert trend_chart(trend(newest, target=4.0, better=better), "nb").tone == tone


def test_a_unit_that_the_name_says_already_is_not_said_twice() -> None:
    assert trend_chart(trend(1, name="Deltakere", unit="deltakere"), "nb").unit == ""
    assert trend_chart(trend(1), "nb").unit == "antall"
