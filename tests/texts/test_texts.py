"""The texts: every key of every language, and how values are written."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import texts
from texts import TextError, UnknownText

BOARD_MEETING = datetime(2026, 9, 8, 9, 0, tzinfo=ZoneInfo("Europe/Oslo"))
LANGUAGES = texts.languages()
# Words that give away English left in a Norwegian text; Norwegian words that look alike are not among them.
ENGLISH = re.compile(
    r"\b(the|and|of|you|your|please|is|are|was|not|error|submit|click|here|button|meeting|board|report|send us|ok|todo|"
    r"loading|save|close|open|answer|deadline|reminder|team lead|with|this|that)\b",
    re.IGNORECASE,
)

BOKMÅL = re.compile(
    r"\b(ikke|jeg|hva|hvem|hvor|hvordan|hvilke[nt]?|hvis|noe|noen|fra|nå|dere|deres|ennå|bare|melding(en)|siden sist|"
    r"forrige|lagret|avsluttet|åpne|trenger|mangler|leder|møtes|mer|uke|mellom|også|gjøre|skriver|sende[rt]e|"
    r"lenken?|blir laget|være|vært)\b",
    re.IGNORECASE,
)
NORWEGIAN = re.compile(r"[æøåÆØÅ]|\b(og|ikke|ikkje|du|deg|vi|er|til|av|på|med|det)\b", re.IGNORECASE)


def raw(language: str, key: str) -> str:
    """The text with every value replaced by a neutral mark."""
    return texts.say(key, language, **dict.fromkeys(texts.placeholders(key, language), "…"))


def found_in(language: str, words: re.Pattern[str], *, but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return every text of a language that has such words, by its key; those of *but* may stand anywhere.

    All texts are one test: a test for each of thousands of keys would cost a minute to say the same.
    """
    found = {}
    for key in sorted(texts.keys(language)):
        text = raw(language, key)
        for allowed in but:
            text = text.replace(allowed, "")
        if matches := words.findall(text):
            found[key] = [str(match) for match in matches]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_keys(language: str) -> None:
    assert texts.keys(language) == texts.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_asks_for_the_same_values_and_says_something(language: str) -> None:
    keys = texts.keys(language)
    otherwise = [key for key in keys if texts.placeholders(key, language) != texts.placeholders(key)]
    said = {key: raw(language, key) for key in keys}

    assert not otherwise
    assert not {key: text for key, text in said.items() if not text.strip() or text.strip() != text or "{" in text}


def test_no_english_is_left_over() -> None:
    assert not found_in("nb", ENGLISH)


def test_no_bokmål_is_left_over_in_nynorsk() -> None:
    assert not found_in("nn", BOKMÅL)


def test_no_norwegian_is_left_over_in_english() -> None:
    assert not found_in("en", NORWEGIAN, but=("Våre unge 365", "bokmål"))


def test_quotation_marks_are_norwegian() -> None:
    assert not found_in("nb", re.compile('"'))


def test_a_value_is_put_in() -> None:
    assert texts.say("error.number", number="a1") == "Feilnummer: a1. Oppgi det hvis du spør om hjelp."


def test_a_value_that_looks_like_a_placeholder_stays_as_it_is() -> None:
    assert "{number} {0} }{" in texts.say("error.number", number="{number} {0} }{")


@pytest.mark.parametrize("values", [{}, {"number": "1", "name": "x"}, {"nummer": "1"}])
def test_a_missing_or_superfluous_value_is_an_error(values: dict[str, str]) -> None:
    with pytest.raises(TextError, match=r"error\.number.*missing values .* superfluous values"):
        texts.say("error.number", **values)


def test_an_unknown_key_is_an_error_that_names_it() -> None:
    with pytest.raises(UnknownText, match=r"no text 'light\.blue' in the language 'nb'"):
        texts.say("light.blue")


def test_an_unknown_language_is_an_error_and_not_quietly_bokmål() -> None:
    with pytest.raises(UnknownText, match="'de'"):
        texts.say("light.green", "de")


def test_a_language_without_texts_is_replaced_only_when_asked() -> None:
    assert texts.choose("nb") == "nb"
    assert texts.choose("de", "nb") == "nb"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("- a", "expected keys with texts", id="a list"),
        pytest.param("a.b: ''", "a.b: expected a text", id="empty"),
        pytest.param("a.b: 3", "a.b: expected a text", id="a number"),
        pytest.param("Hei: du", "expected a key like area.name", id="a key without an area"),
        pytest.param("a.b: '{x.y}'", "plain names", id="an attribute"),
        pytest.param("a.b: '{}'", "plain names", id="a nameless value"),
        pytest.param("a.b: 'half {'", "half", id="an open brace"),
        pytest.param("a.b: x\na.b: y", "a.b", id="the same key twice"),
        pytest.param("a: [", "area.yaml", id="no YAML"),
    ],
)
def test_a_wrong_file_is_an_error_that_names_the_place(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "area.yaml"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(TextError, match=message):
        texts.read_texts(path)


def test_moments_and_dates_are_written_as_norwegians_write_them() -> None:
    assert texts.long_moment(BOARD_MEETING) == "tirsdag 8. september 2026 kl. 09.00"
    assert texts.long_moment(BOARD_MEETING, "nn") == "tysdag 8. september 2026 kl. 09.00"
    assert texts.long_moment(BOARD_MEETING, "en") == "Tuesday 8 September 2026 at 09:00"
    assert texts.long_date(date(2027, 5, 17)) == "mandag 17. mai 2027"
    assert texts.short_date(date(2026, 9, 8)) == "8. september 2026"
    assert texts.clock_time(BOARD_MEETING) == "09.00"


def test_an_end_is_told_with_its_day_when_that_is_another() -> None:
    assert texts.end_of(BOARD_MEETING, BOARD_MEETING + timedelta(hours=2)) == "11.00"
    assert texts.end_of(BOARD_MEETING, BOARD_MEETING + timedelta(hours=30)) == "onsdag 9. september 2026 kl. 15.00"


def test_a_moment_in_utc_is_refused_because_readers_live_by_local_time() -> None:
    with pytest.raises(TextError, match="local time"):
        texts.long_moment(BOARD_MEETING.astimezone(UTC))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7.5, "7,5"),
        (Decimal("0.25"), "0,25"),
        (2026, "2026"),
        (10_000, "10\N{NO-BREAK SPACE}000"),
        (-1_234_567.5, "-1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567,5"),
    ],
)
def test_numbers_have_a_comma_and_hard_spaces(value: float, expected: str) -> None:
    assert texts.number(value) == expected


def test_lists_end_with_og() -> None:
    assert texts.join(["a", "b", "c"]) == "a, b og c"
    assert texts.join([]) == ""


@pytest.mark.parametrize(
    ("name", "inside"), [("Lederteamet i Å-dal", "lederteamet i Å-dal"), ("NAV-styret", "NAV-styret"), ("", "")]
)
def test_a_name_inside_a_sentence_begins_small_unless_it_is_an_abbreviation(name: str, inside: str) -> None:
    assert texts.within(name) == inside


def test_values_of_other_kinds_are_refused() -> None:
    with pytest.raises(TextError, match="is no value"):
        texts.say("error.number", number=True)
    with pytest.raises(TextError, match="NoneType"):
        texts.say("error.number", number=None)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["Askim", "Sandefjord", "Ætat", "Øvik", "Ål", "Ås"], id="æ, ø and å last, in this order"),
        pytest.param(["Axel", "Zakarias", "Åse", "Aasen"], id="aa is an å"),
        pytest.param(["Kárášjohka", "Karlsøy", "Kautokeino", "Kåfjord"], id="Sámi letters with theirs"),
        pytest.param(["Dal", "đuođđi", "Edel", "Émile", "Erik"], id="letters with other marks"),
        pytest.param(["Hagen", "hansen", "Holm"], id="capitals like others"),
        pytest.param(["Mars", "Möller", "Møllerup"], id="ö is an ø"),
    ],
)
def test_names_sort_as_norwegian_does(names: list[str]) -> None:
    turned = names[::-1]
    assert sorted(turned, key=texts.sort_key) == names
    composed = [unicodedata.normalize("NFD", name) for name in names]
    turned = composed[::-1]
    assert sorted(turned, key=texts.sort_key) == composed
