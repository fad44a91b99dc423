"""A programme says texts in words of its own, and has a colour: what is refused, and where it is told."""

import re
from pathlib import Path

import pytest

import texts
from config.loading import load_programme
from config.wording import without_misfits
from tests.config.samples import FILES, changed, problems_of, write

VELFERD = Path(__file__).parents[2] / "config" / "velferd"


def with_words(folder: Path, words: str) -> Path:
    return write(folder, FILES | {"wording.yaml": f"wording:\n{words}"})


def test_its_own_words_are_read_by_language(tmp_path: Path) -> None:
    programme = load_programme(with_words(tmp_path, "  nb: {web.product: Unge}\n  en: {web.product: Youth}\n"))

    assert programme.wording.by_language() == {"nb": {"web.product": "Unge"}, "nn": {}, "en": {"web.product": "Youth"}}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param("nb: {web.produkt: Unge}", "web.product", id="no such text"),
        pytest.param("nb: {error.number: Feil}", "a text with the values {number} in braces", id="a value left out"),
        pytest.param("nb: {web.product: 'Unge {x}'}", "a text without values in braces", id="a value too many"),
        pytest.param("nb: {web.product: 'Unge {'}", "a text without values in braces", id="a brace that never ends"),
        pytest.param("de: {web.product: Junge}", "expected one of: nb, nn, en", id="no such language"),
    ],
)
def test_words_that_could_not_be_said_are_refused(tmp_path: Path, words: str, told: str) -> None:
    (problem,) = problems_of(with_words(tmp_path, f"  {words}\n"))

    assert told in problem


@pytest.mark.parametrize("colour", ["#ffd400", "lilla"])
def test_a_colour_that_white_letters_cannot_be_read_on_is_refused(tmp_path: Path, colour: str) -> None:
    folder = changed(tmp_path, "programme.yaml", "  county: fylket\n", f"  county: fylket\n  colour: '{colour}'\n")

    (problem,) = problems_of(folder)

    assert "a colour that white letters can be read on" in problem


def test_what_a_programme_says_goes_before_our_words_until_another_is_served() -> None:
    wording = load_programme(VELFERD).wording.by_language()

    texts.reword(wording)
    assert texts.say("guests.role_local_lead") == "Velferdskoordinator"
    assert texts.say("guests.role_local_lead", "en") == texts.standard("guests.role_local_lead", "en")
    assert texts.placeholders("agenda.package") == frozenset()

    texts.reword({})
    assert texts.say("guests.role_local_lead") == "Lokal leder"


def test_the_second_programme_has_four_bodies_that_meet_every_quarter() -> None:
    programme = load_programme(VELFERD)
    kinds = {body.kind: body.rhythm for body in programme.bodies}

    assert len(kinds) == 4
    assert {rhythm.wanted_gap for rhythm in kinds.values() if rhythm} == {91}


def test_words_that_a_later_version_has_no_text_for_are_left_out_when_the_register_is_read() -> None:
    kept, gone = {"web.product": "Unge"}, {"web.former": "Før", "error.number": "Feil"}
    documents = {"wording.yaml": {"wording": {"nb": kept | gone}}, "programme.yaml": {}}

    assert without_misfits(documents) == {"wording.yaml": {"wording": {"nb": kept}}, "programme.yaml": {}}
    assert without_misfits({"programme.yaml": {}}) == {"programme.yaml": {}}


OTHERS_WORDS = re.compile(
    r"(?<![a-zæøå])(eierstyr\w*|styre(?:t|ts|r|ne|ts|møt\w*|leder\w*|medlem\w*)?|arbeidspakk\w*|pakk(?:e|en|ene|er|eleder\w*)"
    r"|lokale? leder\w*|fylkesleder\w*|våre unge)(?![a-zæøå])",
    re.IGNORECASE,
)
"""Words of the programme that we ship, which another one has no use for."""


def test_the_second_programme_says_nothing_in_the_words_of_the_first() -> None:
    own = load_programme(VELFERD).wording.nb
    said = {key: own.get(key, texts.standard(key, "nb")) for key in texts.keys("nb")}

    assert {key: text for key, text in said.items() if OTHERS_WORDS.search(text)} == {}
