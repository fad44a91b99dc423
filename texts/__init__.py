"""Every word a participant reads, by key and language, and how dates, numbers and lists are written.

The texts of a language stand in `texts/<language>/<area>.yaml` as flat keys: `area.name: "… {value} …"`. A deployment
package has them as one `texts/<language>.json` instead, because reading YAML would cost each new worker a quarter of a
second before its first answer (`tools/package.py`).

A programme may say some of them in words of its own (`reword`): its name of the product, of a role, of its readers.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Any
from unicodedata import combining, normalize

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

FOLDER = Path(__file__).parent
DEFAULT = "nb"
# Never Babel's bare `nb` and `nn`: their weeks are numbered wrongly.
_LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB"}
_SORTED_AS = str.maketrans(
    {"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "ü": "y", "đ": "d", "ð": "d", "ŋ": "n", "ŧ": "t", "þ": "th"}
)
"""Letters that sort as others, or behind z: «{|}» are the three signs after it."""
REMEMBERED = 4_096
"""Days and numbers kept as they are written: a long table has the same ones again and again."""
_TEXT_TAG = "tag:yaml.org,2002:str"
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+")
_wording: dict[str, Mapping[str, str]] = {}
"""Texts of the programme that this process serves, by language; they go before ours."""


class TextError(Exception):
    """A mistake in our texts or in how one was asked for: never the reader's fault."""


class UnknownText(TextError, KeyError):
    """There is no such text, or no such language."""

    def __str__(self) -> str:
        return str(self.args[0])


def say(key: str, language: str = DEFAULT, **values: Any) -> str:
    """
    Return the text *key* with its *values* put in.

    Strings go in as they are; numbers, dates and moments are written as the language writes them (moments must be local
    time). Raises UnknownText for an unknown key, TextError for a missing or superfluous value. Nothing is escaped:
    code that puts the text into HTML or Markdown does that.
    """
    text = _text(key, language)
    expected = _placeholders(text)
    if values.keys() != expected:
        missing, superfluous = sorted(expected - values.keys()), sorted(values.keys() - expected)
        raise TextError(f"text {key!r} ({language}): missing values {missing}, superfluous values {superfluous}")
    return text.format_map({name: written(value, language) for name, value in values.items()})


def fill(key: str, language: str, value_of: Callable[[str], Any]) -> str:
    """Return the text *key* with its values put in, as `say` does; *value_of* gives each by its name."""
    text = _text(key, language)
    return text.format_map({name: written(value_of(name), language) for name in _placeholders(text)})


def reword(wording: Mapping[str, Mapping[str, str]]) -> None:
    """
    Let a programme's own texts, by language and key, go before ours from now on, and forget those of before.

    They are the process's, as the texts are: a process serves one programme. Their keys and values were checked when
    the programme was read.
    """
    _wording.clear()
    _wording.update(wording)


def placeholders(key: str, language: str = DEFAULT) -> frozenset[str]:
    """Return the names of the values that the text *key* needs."""
    return _placeholders(_text(key, language))


def standard(key: str, language: str = DEFAULT) -> str:
    """Return our own text *key* as it stands in its file, whatever a programme says instead."""
    try:
        return _texts(language)[key]
    except KeyError:
        raise UnknownText(f"no text {key!r} in the language {language!r}") from None


def keys(language: str = DEFAULT) -> frozenset[str]:
    """Return every key of a language."""
    return frozenset(_texts(language))


@cache
def languages() -> Sequence[str]:
    """Return the languages that have texts."""
    return sorted(name for name in _LOCALES if packed_texts(FOLDER, name).exists() or _files(name))


def choose(wanted: str, default: str = DEFAULT) -> str:
    """Return the *wanted* language if we have its texts, else *default* (the programme's own language)."""
    return wanted if wanted in languages() else default


def written(value: Any, language: str = DEFAULT) -> str:
    """Return a value as the language writes it."""
    match value:
        case str():
            return value
        case bool():
            raise TextError(f"{value!r} is no value of a text")
        case datetime():
            return long_moment(value, language)
        case date():
            return long_date(value, language)
        case int() | float() | Decimal():
            return number(value, language)
    raise TextError(f"a {type(value).__name__} is no value of a text")


@lru_cache(REMEMBERED)
def long_date(day: date, language: str = DEFAULT) -> str:
    """Return a day as «tirsdag 8. september 2026»."""
    return format_date(day, "EEEE d MMMM y" if language == "en" else "EEEE d. MMMM y", locale=_locale(language))


@lru_cache(REMEMBERED)
def short_date(day: date, language: str = DEFAULT) -> str:
    """Return a day as «8. september 2026»."""
    return format_date(day, "d MMMM y" if language == "en" else "d. MMMM y", locale=_locale(language))


@lru_cache(REMEMBERED)
def day_and_month(day: date, language: str = DEFAULT) -> str:
    """Return a day as «1. september», where there is little room and the year is plain."""
    return format_date(day, "d MMMM" if language == "en" else "d. MMMM", locale=_locale(language))


def month(day: date, language: str = DEFAULT) -> str:
    """Return a month as «sep», where there is hardly any room."""
    return format_date(day, "LLL", locale=_locale(language)).rstrip(".")


def clock_time(moment: datetime, language: str = DEFAULT) -> str:
    """Return the time of day as «09.00», from local time."""
    if moment.tzinfo is UTC:
        raise TextError(f"{moment}: expected local time, not UTC")
    # Written without Babel, which takes a naive moment for UTC and converts it.
    return moment.strftime("%H:%M" if language == "en" else "%H.%M")


def long_moment(moment: datetime, language: str = DEFAULT) -> str:
    """Return a moment as «tirsdag 8. september 2026 kl. 09.00», from local time."""
    at = "at" if language == "en" else "kl."
    return f"{long_date(moment.date(), language)} {at} {clock_time(moment, language)}"


def near_moment(moment: datetime, language: str = DEFAULT) -> str:
    """Return a moment as «8. september kl. 09.00», where there is little room and the year is plain; local time."""
    at = "at" if language == "en" else "kl."
    return f"{day_and_month(moment.date(), language)} {at} {clock_time(moment, language)}"


def end_of(starts: datetime, ends: datetime, language: str = DEFAULT) -> str:
    """Return the end of something as a person reads it after its start: the time alone, unless it is another day."""
    return clock_time(ends, language) if ends.date() == starts.date() else long_moment(ends, language)


@lru_cache(REMEMBERED)
def number(value: float | Decimal, language: str = DEFAULT) -> str:
    """Return a number: «10 000» with a hard space, «7,5» with a comma; four digits unbroken, as years are."""
    return format_decimal(
        value, locale=_locale(language), group_separator=not -10_000 < value < 10_000, decimal_quantization=False
    )


def join(items: Iterable[str], language: str = DEFAULT) -> str:
    """Return a list as «a, b og c»."""
    return format_list(list(items), locale=_locale(language))


def within(name: str) -> str:
    """Return a name as it stands inside a sentence: «styreleder», where it is «Styreleder» by itself; «NAV» stays."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


@lru_cache(REMEMBERED)
def sort_key(name: str) -> str:
    """
    Return a key that sorts names as Norwegian does: æ, ø and å come last, in this order, and «aa» is an å.

    Letters with other marks, Sámi ones among them, stand with those that they are made of.
    """
    folded = normalize("NFC", name.casefold()).translate(_SORTED_AS).replace("aa", "}")
    if folded.isascii():
        return folded
    return "".join(sign for sign in normalize("NFD", folded) if not combining(sign))


def _locale(language: str) -> str:
    try:
        return _LOCALES[language]
    except KeyError:
        raise UnknownText(f"no texts in the language {language!r}") from None


def _text(key: str, language: str) -> str:
    own = _wording.get(language)
    return own[key] if own is not None and key in own else standard(key, language)


@cache
def _texts(language: str) -> Mapping[str, str]:
    _locale(language)
    packed = packed_texts(FOLDER, language)
    if packed.exists():
        found: dict[str, str] = json.loads(packed.read_text(encoding="utf-8"))
        return found
    return read_language(language)


def packed_texts(folder: Path, language: str) -> Path:
    """Return the file that holds all texts of a language in a deployment package."""
    return folder / f"{language}.json"


def read_language(language: str) -> Mapping[str, str]:
    """Return all texts of a language from its files. Raises TextError where they are not as they should be."""
    files = _files(language)
    if not files:
        raise UnknownText(f"no texts in the language {language!r}")
    found: dict[str, str] = {}
    for path in files:
        for key, text in read_texts(path).items():
            if key in found:
                raise TextError(f"{path.name}: the text {key!r} stands in another file too")
            found[key] = text
    return found


def _files(language: str) -> Sequence[Path]:
    return sorted((FOLDER / language).glob("*.yaml"))


def read_texts(path: Path) -> Mapping[str, str]:
    """Return the texts of one file. Raises TextError, naming file and key, when it is not flat keys with texts."""
    import yaml

    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise TextError(f"{path.name}: {error}") from error
    if not isinstance(root, yaml.MappingNode):
        raise TextError(f"{path.name}: expected keys with texts")
    found: dict[str, str] = {}
    for key_node, node in root.value:
        key, text = str(key_node.value), str(node.value)
        if not _KEY.fullmatch(key):
            raise TextError(f"{path.name}: {key!r}: expected a key like area.name")
        if node.tag != _TEXT_TAG or not text.strip():
            raise TextError(f"{path.name}: {key}: expected a text")
        if key in found:
            raise TextError(f"{path.name}: {key}: stands twice")
        values_in(text)
        found[key] = text
    return found


def values_in(text: str) -> frozenset[str]:
    """Return the names of the values in a text that is not ours. Raises TextError when it could not be said."""
    try:
        fields = [field for field in Formatter().parse(text) if field[1] is not None]
    except ValueError as error:
        raise TextError(f"{text!r}: {error}") from error
    # Only plain names: `{person.name}` or `{0}` would tie a text to the shape of our objects.
    wrong = [name for _, name, spec, conversion in fields if spec or conversion or not str(name).isidentifier()]
    if wrong:
        raise TextError(f"{text!r}: expected plain names in braces, not {wrong}")
    return frozenset(str(name) for _, name, _, _ in fields)


_placeholders = cache(values_in)
"""Of the texts that were said: those that never are need not be remembered."""
