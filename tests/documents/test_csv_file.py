"""Tables as CSV: plain values, and nothing that a spreadsheet would calculate."""

import csv
import io

import pytest

from documents.csv_file import csv_file, defused


def test_values_are_written_for_programs() -> None:
    rows = [("Å, «b»", 3, 7.5, 10500.0, True, None), ("to\nlinjer", -4, 0.1, 0.0, False, None)]

    content = csv_file(("a", "b", "c", "d", "e", "f"), rows)

    assert list(csv.reader(io.StringIO(content.decode(), newline=""))) == [
        ["a", "b", "c", "d", "e", "f"],
        ["Å, «b»", "3", "7.5", "10500", "true", ""],
        ["to\nlinjer", "-4", "0.1", "0", "false", ""],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+47", "-1", "@SUM(A1)", " =1", '=HYPERLINK("http://x")'])
def test_what_a_spreadsheet_would_calculate_stays_a_text(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Skyss", "a=b", "č ŋ đ 😀", "7 = 7"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert defused(text) == text


def test_control_signs_do_not_hide_a_formula() -> None:
    assert defused("\x00=1") == "'=1"
    assert defused("\ufeff\t=1") == "'=1"
