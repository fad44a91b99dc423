"""Problems in words: every expectation has its text, and is told in the language of whoever wrote the file."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

import texts
from config.fields import FeedAddress, Line, LocalTime, Slug, Text, WebAddress
from config.loading import load_programme
from config.problems import InvalidInput, Problem, phrase
from config.shapes import KINDS, LIMITS, PATTERNS, PLAIN, expected_by
from tests.config.samples import changed

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r'\bphrase\(\s*"(\w+)"|PydanticCustomError\("problem\.(\w+)"')
NYNORSK = ("programme.yaml", "county: fylket\n", "county: fylket\n  language: nn\n")


def test_a_problem_is_said_in_three_languages_with_its_place_and_value() -> None:
    late = Problem(
        where="people.yaml:4: people[leder]", value=phrase("nothing"), expected=phrase("section", name="name")
    )

    assert [late.said(language) for language in ("nb", "nn", "en")] == [
        "people.yaml:4: people[leder]: ingenting: ventet `name:`",
        "people.yaml:4: people[leder]: ingenting: venta `name:`",
        "people.yaml:4: people[leder]: nothing: expected `name:`",
    ]
    assert str(late) == late.said("en")


def test_every_phrase_that_the_code_names_has_its_text() -> None:
    """Those of a pattern, a limit and a kind of value are named in tables."""
    sources = [
        path
        for folder in ("config", "workflows", "web", "documents", "integration")
        for path in (ROOT / folder).rglob("*.py")
    ]
    named = {next(filter(None, found)) for path in sources for found in NAMED.findall(path.read_text("utf-8"))}
    named |= {*PATTERNS.values(), *PLAIN.values(), *KINDS.values(), *(key for key, _ in LIMITS.values())}

    assert len(named) > 90
    assert not {f"problem.{key}" for key in named} - texts.keys()


@pytest.mark.parametrize(
    ("shape", "given", "expected"),
    [
        (Literal["nb", "nn"], "de", "en av: nb, nn"),
        (Annotated[int, Field(ge=5)], 4, "minst 5"),
        (Annotated[int, Field(le=600)], 601, "høyst 600"),
        (Annotated[Decimal, Field(gt=0)], 0, "mer enn 0"),
        (Annotated[int, Field(lt=3)], 3, "mindre enn 3"),
        (Annotated[str, Field(min_length=2)], "a", "tekst på minst 2 tegn"),
        (Annotated[str, Field(max_length=2)], "abc", "tekst på høyst 2 tegn"),
        (Annotated[list[int], Field(min_length=1)], [], "minst så mange: 1"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "høyst så mange: 1"),
        (int, "to", "et helt tall"),
        (int, 2.5, "et helt tall"),
        (float, "x", "et tall"),
        (Decimal, "x", "et tall"),
        (bool, "kanskje", "true eller false"),
        (date, "i går", "en dato som 2026-09-08"),
        (time, "ni", "et klokkeslett som 09:00"),
        (datetime, "ni", "dato og klokkeslett som 2026-09-08 09:00"),
        (tuple[int, ...], 1, "en liste"),
        (dict[str, int], 1, "nøkler med verdier"),
        (str, 1, "tekst (i anførselstegn hvis det er et tall)"),
        (Annotated[str, Field(max_length=5)], "\ud800", "tekst uten U+D800"),
        (Slug, "Å", "små bokstaver a–z, sifre og enkle bindestreker"),
        (Annotated[str, Field(pattern="^x$")], "y", "noe som ^x$"),
        (Line, "a\nb", "tekst på én linje, uten U+000A"),
        (Text, "a\0", "tekst uten U+0000"),
        (Line, "\u200c", "tekst med noe å se, ikke bare U+200C (ZERO WIDTH NON-JOINER)"),
        (LocalTime, "09:00Z", "et lokalt klokkeslett som «09:00»"),
        (WebAddress, "http://x.example", "en adresse som begynner med https://"),
        (FeedAddress, "http://10.0.0.1", "en åpen adresse som begynner med https://"),
        (type(None), 1, "noe annet (Input should be None)"),
    ],
)
def test_what_pydantic_expects_is_said_in_our_words(shape: Any, given: object, expected: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(shape).validate_python(given)

    assert expected_by(refused.value.errors()[0]).said("nb") == expected


@pytest.mark.parametrize(
    ("changes", "language"),
    [
        pytest.param([NYNORSK], "nn", id="named"),
        pytest.param([], "", id="not named"),
        pytest.param([("programme.yaml", "county: fylket\n", "county: fylket\n  language: de\n")], "", id="unknown"),
        pytest.param([("programme.yaml", "programme:\n", "programme: [\n")], "", id="no YAML"),
        pytest.param([("programme.yaml", "programme:\n", "programme: x\nother:\n")], "", id="no programme"),
    ],
)
def test_problems_know_the_language_of_their_programme(
    tmp_path: Path, changes: list[tuple[str, str, str]], language: str
) -> None:
    folder = changed(tmp_path, "people.yaml", "role: county_lead", "role: king")
    for name, old, new in changes:
        file = folder / name
        file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")

    with pytest.raises(InvalidInput) as refused:
        load_programme(folder)

    assert refused.value.language == language
