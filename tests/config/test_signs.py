"""Signs that nobody sees never stand in a name, and are told by their number."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from config.fields import Line, Text
from config.loading import load_programme
from config.problems import InvalidInput
from config.signs import code_point, escaped, is_blank, unseen_signs
from tests.config.samples import DAL, FILES, changed, problems_of, write

LINE: TypeAdapter[str] = TypeAdapter(Line)
TEXT: TypeAdapter[str] = TypeAdapter(Text)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param(r"F\0r", r"F\u0000r: expected text on one line, without U+0000", id="NUL"),
        pytest.param(r"A\r\nB: c", r"A\u000d\u000aB: c: expected text on one line, without U+000D", id="CR/LF"),
        pytest.param(r"A\nB", r"A\u000aB: expected text on one line, without U+000A", id="LF"),
        pytest.param(r"a\uFFFEb", r"a\ufffeb: expected text on one line, without U+FFFE", id="no character"),
        pytest.param(
            r"\u202Eabc", r"\u202eabc: expected text on one line, without U+202E (RIGHT-TO-LEFT OVERRIDE)", id="turning"
        ),
        pytest.param(
            r"\u200B", r"\u200b: expected text on one line, without U+200B (ZERO WIDTH SPACE)", id="zero width"
        ),
        pytest.param(
            r"\u200D", r"\u200d: expected text with something to see, not only U+200D (ZERO WIDTH JOINER)", id="joiner"
        ),
        pytest.param(" ", "nothing: expected text with something to see, not only U+0020 (SPACE)", id="blank"),
        pytest.param(r"\u3164", r"\u3164: expected text on one line, without U+3164 (HANGUL FILLER)", id="filler"),
    ],
)
def test_an_unseen_sign_in_a_name_is_told_with_its_line_and_number(tmp_path: Path, written: str, told: str) -> None:
    folder = changed(tmp_path, DAL, "name: Dal,", f'name: "{written}",')

    assert problems_of(folder) == [f"{DAL}:1: municipality.name: {told}"]


def test_half_a_pair_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = changed(tmp_path, DAL, "name: Dal,", r'name: "a\uD800b",')

    assert problems_of(folder) == [f"{DAL}:1: found invalid Unicode character escape code: expected valid YAML"]


@pytest.mark.parametrize(
    ("file", "name", "where"),
    [
        pytest.param(DAL, "Verksted", f"{DAL}:11: work_packages[dal-verksted].name", id="package"),
        pytest.param(DAL, "Plasser", f"{DAL}:13: work_packages[dal-verksted].indicators[plasser].name", id="indicator"),
        pytest.param("people.yaml", "Leder", "people.yaml:4: people[leder].name", id="person"),
        pytest.param("programme.yaml", "Unge i Fjordfylket", "programme.yaml:3: programme.name", id="programme"),
        pytest.param(
            "organisations.yaml",
            "Dal kommune",
            "organisations.yaml:3: organisations[dal-kommune].name",
            id="organisation",
        ),
        pytest.param(
            "template.yaml", "Styret", "template.yaml:8: places.municipality.channels[board].name", id="channel"
        ),
        pytest.param(
            "template.yaml",
            "Møtedato",
            "template.yaml:15: places.municipality.lists[reports].columns[0].label",
            id="column",
        ),
    ],
)
def test_no_name_of_the_register_has_an_unseen_sign(tmp_path: Path, file: str, name: str, where: str) -> None:
    folder = changed(tmp_path, file, f": {name}", r': "a\r\nBcc: b"')

    assert f"{where}: a\\u000d\\u000aBcc: b: expected text on one line, without U+000D" in problems_of(folder)


@pytest.mark.parametrize("sign", ["\U0001faea", "👩‍💻", "é", "e\u0301", "Ⅻ", "日本", "a\u00a0b"], ids=repr)
def test_signs_that_can_be_seen_are_kept_also_those_newer_than_this_python(sign: str) -> None:
    assert LINE.validate_python(sign) == sign


def test_a_text_keeps_its_lines_where_it_is_no_name() -> None:
    assert TEXT.validate_python("En.\n\n\tTo.") == "En.\n\n\tTo."
    with pytest.raises(ValidationError):
        TEXT.validate_python("En.\x85To.")


@given(st.text(st.characters(), min_size=1, max_size=40))
def test_a_name_is_taken_exactly_when_everything_of_it_can_be_seen(name: str) -> None:
    """Nothing is taken that hides a sign, nothing is refused that shows all of them."""
    try:
        LINE.validate_python(name)
    except ValidationError:
        assert is_blank(name) or any(unseen_signs(name))
    else:
        assert not is_blank(name)
        assert escaped(name).replace("\\u200c", "\u200c").replace("\\u200d", "\u200d") == name


@given(st.characters())
def test_every_sign_has_a_number_and_its_escape_can_be_printed(sign: str) -> None:
    assert code_point(sign).startswith(f"U+{ord(sign):04X}")
    escaped(sign).encode("utf-8")


@pytest.mark.parametrize("address", ["o'hara@fylket.example", "leder+a@fylket.example", "pål.ås@fylket.example"])
def test_addresses_that_exchange_gives_are_taken(tmp_path: Path, address: str) -> None:
    folder = changed(tmp_path, "people.yaml", "leder@fylket.example", f'"{address}"')

    assert load_programme(folder).person("leder").email == address


@pytest.mark.parametrize(
    "address", ["le\\u200Bder@fylket.example", "leder@fylket.exam\\u202Eple", "a\\0@fylket.example"]
)
def test_an_address_with_an_unseen_sign_is_refused(tmp_path: Path, address: str) -> None:
    folder = changed(tmp_path, "people.yaml", "leder@fylket.example", f'"{address}"')

    assert "people.yaml:4: people[leder].email" in problems_of(folder)[0]


@pytest.mark.parametrize(
    "address",
    [
        "https://",
        "http://elsewhere.example/a",
        "https:///a",
        "https://a b.example",
        "javascript:alert(1)",
        "https://[",
        "https://a.example:x/",
    ],
)
def test_a_calendar_s_address_leads_somewhere_over_https(tmp_path: Path, address: str) -> None:
    municipality = f'organisation: dal-kommune, meetings: theirs, meeting_feed: "{address}"}}'
    folder = changed(tmp_path, DAL, "organisation: dal-kommune}", municipality)

    assert problems_of(folder) == [
        f"{DAL}:1: municipality.meeting_feed: {address}: expected a public address that starts with https://"
    ]


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    files = FILES | {
        "people.yaml": FILES["people.yaml"].replace("name: Leder,", r'name: "L\0",', 1),
        DAL: FILES[DAL].replace("name: Verksted", r'name: "V\u200B"', 1),
    }

    with pytest.raises(InvalidInput) as caught:
        load_programme(write(tmp_path, files))

    assert [problem.where.rpartition(": ")[2] for problem in caught.value.problems] == [
        "people[leder].name",
        "work_packages[dal-verksted].name",
    ]
