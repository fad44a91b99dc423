from typing import Any

import pytest

from tests.support.differences import differences


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        pytest.param({"a": 1}, {"a": 1}, [], id="equal"),
        pytest.param({"a": {"b": 1}}, {"a": {"b": 2}}, ["~ a / b: 1 → 2"], id="changed"),
        pytest.param({"a": {"b": 1}}, {"a": {"c": "å"}}, ["- a / b: 1", '+ a / c: "å"'], id="gone and new"),
        pytest.param({"a": [1, 2]}, {"a": [2, 1]}, [], id="another order"),
        pytest.param({"a": ["x"]}, {"a": ["x", "x", "x"]}, ['+ a: "x" (× 2)'], id="doubled"),
        pytest.param({"a": [1]}, {"a": {}}, ["~ a: [1] → {}"], id="another kind"),
    ],
)
def test_each_difference_is_a_line(before: Any, after: Any, lines: list[str]) -> None:
    assert differences(before, after) == lines
