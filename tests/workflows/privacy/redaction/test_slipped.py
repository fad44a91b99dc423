"""A text is found in every way of writing it, and nowhere else."""

import json
import unicodedata

import pytest

from workflows.errors import Invalid
from workflows.privacy.redaction.slipped import SlippedText

NAME = SlippedText(text="Ola Åsnes-Bø")
MARKER = "[sladdet 1]"


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Ola Åsnes-Bø", id="as it is"),
        pytest.param("OLA ÅSNES-BØ", id="capitals"),
        pytest.param(unicodedata.normalize("NFD", "ola åsnes-bø"), id="decomposed"),
        pytest.param("Ola  Åsnes-Bø", id="two blanks"),
        pytest.param("Ola\nÅsnes-Bø", id="two lines"),
        pytest.param("Ola\u00a0\u00c5s\u00adnes‑Bø", id="no break, and a soft hyphen"),
        pytest.param("Ola&nbsp;&Aring;snes-B&oslash;", id="HTML by name"),
        pytest.param("Ola &#197;snes-B&#xF8;", id="HTML by number"),
        pytest.param("Ola \\u00c5snes-B\\u00f8", id="JSON"),
        pytest.param("Ola%20%C3%85snes-B%c3%b8", id="address"),
        pytest.param("Ola Åsnes-Bøs", id="genitive"),
    ],
)
def test_a_text_is_found_however_it_is_written(written: str) -> None:
    assert NAME.without(f"Vi så {written} i går.", MARKER) == f"Vi så {MARKER} i går."
    assert NAME.count(f"({written})") == 1


@pytest.mark.parametrize(
    "other",
    ["Kåre Ola Åsnes", "Viola Åsnes-Bø", "Ola Åsnes-Bøe", "OlaÅsnes-Bø", unicodedata.normalize("NFD", "Ola Åsnes-Bǿ")],
)
def test_a_part_of_another_word_is_not_the_text_unless_parts_are_asked_for(other: str) -> None:
    assert NAME.without(other, MARKER) == other
    assert SlippedText(text="Ola", parts=True).count("Kåre Violas") == 1


def test_it_is_taken_out_of_each_part_of_a_value_and_tags_stay() -> None:
    value = {"a": ["Ola <b>Åsnes-Bø</b>", 1, None], "b": json.dumps({"c": "\nOla Åsnes-Bø"})}

    assert NAME.without(value, MARKER) == {"a": [f"{MARKER}<b></b>", 1, None], "b": '{"c": "\\n' + MARKER + '"}'}
    assert NAME.count_in(value) == 2


@pytest.mark.parametrize("text", ["", "  ", "Bo", "-- -", "<>"])
def test_a_text_that_says_too_little_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        SlippedText(text=text)


def test_an_error_does_not_tell_the_text() -> None:
    assert "Ola" not in repr(NAME)


@pytest.mark.parametrize("text", ["(abc+)+$", "abc.*b", "[x]yz", "\\d\\d\\d"])
def test_signs_of_patterns_are_signs(text: str) -> None:
    assert SlippedText(text=text).count(f"er {text} her") == 1
    assert SlippedText(text=text).count("abccc abcxb xyz 123") == 0
