"""What must never be stored is found however it is written. Only synthetic numbers (month + 80) stand here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.privacy_guard import holds_national_id, is_national_id


def synthetic(day: int = 1, month: int = 81, *, start: int = 0) -> str:
    """The first synthetic number of a date whose check digits exist."""
    for individual in range(start, start + 1000):
        first_nine = f"{day:02}{month:02}00{individual % 1000:03}"
        found = next((f"{first_nine}{end:02}" for end in range(100) if is_national_id(f"{first_nine}{end:02}")), None)
        if found:
            return found
    raise AssertionError("no number")


NUMBER = synthetic()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(NUMBER, id="plain"),
        pytest.param(f"Ring {NUMBER}.", id="in a sentence"),
        pytest.param(f"{NUMBER[:6]} {NUMBER[6:]}", id="space"),
        pytest.param(f"{NUMBER[:6]}\u00a0{NUMBER[6:]}", id="hard space"),
        pytest.param(f"{NUMBER[:6]}-{NUMBER[6:]}", id="hyphen"),
        pytest.param(f"{NUMBER[:6]}–{NUMBER[6:]}", id="dash"),
        pytest.param("\u200b".join(NUMBER), id="invisible characters"),
        pytest.param("".join(chr(ord(digit) + 0xFEE0) for digit in NUMBER), id="full width"),
        pytest.param(synthetic(day=41), id="D-number"),
        pytest.param(synthetic(month=65 + 12), id="another synthetic series"),
    ],
)
def test_a_national_id_is_found(text: str) -> None:
    assert holds_national_id(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(NUMBER[:10], id="ten digits"),
        pytest.param(f"1{NUMBER}", id="twelve digits"),
        pytest.param(f"{NUMBER[:10]}{(int(NUMBER[10]) + 1) % 10}", id="wrong check digit"),
        pytest.param("33 44 55 66", id="phone number"),
        pytest.param("974 575 086", id="organisation number"),
        pytest.param("40 plasser i 2026", id="ordinary numbers"),
        pytest.param("00000000000", id="no date"),
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert not holds_national_id(text)


@given(st.text())
def test_any_text_can_be_looked_through(text: str) -> None:
    assert holds_national_id(text) in (True, False)
