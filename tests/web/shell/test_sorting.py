"""Tables sorted by their address."""

import pytest

from web.shell.sorting import sorted_by

ROWS = [("b", 2), ("a", 2), ("c", 1)]
KEYS = {"name": lambda row: row[0], "number": lambda row: row[1]}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        pytest.param("name", "abc", id="by a column"),
        pytest.param("-name", "cba", id="the other way round"),
        pytest.param("number", "cba", id="equal rows stay as they came"),
        pytest.param("", "abc", id="nothing asked for"),
        pytest.param("secret", "abc", id="a column that we do not have"),
    ],
)
def test_rows_stand_in_the_order_that_the_address_asks_for(asked: str, names: str) -> None:
    rows, _ = sorted_by([*ROWS[2:], *ROWS[:2]], asked, keys=KEYS, default="name", path="/side", kept={})

    assert "".join(name for name, _ in rows) == names


def test_a_column_leads_to_its_own_order_and_when_it_has_it_to_the_other_way_round() -> None:
    _, sorting = sorted_by(ROWS, "name", keys=KEYS, default="name", path="/side", kept={"q": "å b", "empty": ""})

    assert sorting.address("name") == "/side?q=%C3%A5+b&sort=-name"
    assert sorting.address("number") == "/side?q=%C3%A5+b&sort=number"
    assert (sorting.state("name"), sorting.state("number")) == ("ascending", "none")


def test_descending_is_said_to_those_who_hear_the_table() -> None:
    _, sorting = sorted_by(ROWS, "-number", keys=KEYS, default="name", path="/side", kept={})

    assert sorting.state("number") == "descending"
    assert sorting.address("number") == "/side?sort=number"
