"""
Adaptive Cards: a folder per card with `template.json` and a sample of its data, `sample.json`.

A template is a card as plain JSON. In its strings stand `{{ name }}` for a value and `{{ text:card.key }}` for a text
of ours, which takes its own values from the card's. An element may say

    "$when": "name"     it is left out unless the value is there and not false
    "$unless": "name"   the other way round
    "$each": "names"    it is repeated for each item of the value; inside it only the item's own names hold

Values go into parsed strings, so they cannot break the JSON, and are made harmless for the place they go to.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import texts

FOLDER = Path(__file__).parent
MAX_BYTES = 72_000
"""In UTF-16, as Teams counts: it takes 80 KB for a whole message. Ordinary cards stay below 25 KB (tests/cards)."""
MAX_ANSWER = 1_000
"""The longest answer to one question, in characters: five of them, put back into the form, fit into a card."""
MAX_NAME = 150
"""The longest name of something on a card that holds many of them."""

_HOLE = re.compile(r"\{\{ (?:(text):)?([a-z][a-z0-9_.]*) \}\}")
_CONDITIONS = ("$when", "$unless", "$each")
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_PUNCTUATION = frozenset(" ,.'’-–!?«»%&")

Values = Mapping[str, Any]
Cleaner = Callable[[str], str]


class CardError(Exception):
    """A card was asked for with the wrong values, or became too large."""


def names() -> list[str]:
    """Every card there is."""
    return sorted(path.parent.name for path in FOLDER.glob("*/template.json"))


def render(name: str, *, language: str = texts.DEFAULT, values: Values) -> dict[str, Any]:
    """
    Draw the card *name* in a language, as the plain data that is sent.

    A value that a condition names may be missing. A property that is nothing but a value is left out when that is None.
    Raises CardError for missing and superfluous values and for a card beyond MAX_BYTES, UnknownText for a language
    without texts.
    """
    template = _template(name)
    needed = template.needs()
    missing, superfluous = sorted(needed - values.keys()), sorted(values.keys() - needed - template.optional)
    if missing or superfluous:
        raise CardError(f"card {name!r}: missing values {missing}, superfluous values {superfluous}")
    scope = {**dict.fromkeys(template.optional), **values, "language": language}
    card: dict[str, Any] = template.fill(scope)
    if (size := utf16_size(card)) > MAX_BYTES:
        raise CardError(f"card {name!r}: {size} bytes in UTF-16, at most {MAX_BYTES} fit")
    return card


def short(text: str, most: int = MAX_NAME) -> str:
    """Return *text* as it stands, or its beginning."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def utf16_size(card: Mapping[str, Any]) -> int:
    """Return the card's size as Teams counts it."""
    return len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode("utf-16-le"))


def sample(name: str) -> dict[str, Any]:
    """Return the example values of a card."""
    content: dict[str, Any] = json.loads((FOLDER / name / "sample.json").read_text(encoding="utf-8"))
    return content


# ------------------------------------------------------------------------------------------------ reading a template


Scope = Mapping[str, Any]
"""The values that the names of one element mean, and the language."""
Fill = Callable[[Scope], Any]
"""Gives what stands in one place of a card."""


@dataclass(frozen=True, kw_only=True)
class _Template:
    """A card's template, read once: what fills it, and the values that it needs."""

    fill: Fill
    used: frozenset[str]
    """The values that it uses by themselves."""
    said: frozenset[str]
    """The texts that it says; they need values of their own, which a programme's wording decides."""
    optional: frozenset[str]
    """The values that may be missing because a condition asks for them."""

    def needs(self) -> frozenset[str]:
        """Return every value that must be there."""
        return self.used.union(*map(texts.placeholders, self.said)) - self.optional - {"language"}


@cache
def _template(name: str) -> _Template:
    if name not in names():
        raise CardError(f"no card {name!r}")
    content: dict[str, Any] = json.loads((FOLDER / name / "template.json").read_text(encoding="utf-8"))
    strings, optional = list(_strings_in(content)), frozenset(_conditions_in(content))
    holes = [hole for text in strings for hole in _HOLE.findall(text)]
    return _Template(
        fill=_read(content, _raw),
        used=frozenset(name for kind, name in holes if not kind),
        said=frozenset(name for kind, name in holes if kind),
        optional=optional,
    )


def _strings_in(node: Any) -> Iterator[str]:
    """Yield the strings that are filled with the card's own values."""
    if isinstance(node, dict):
        if "$each" not in node:
            yield from (text for value in node.values() for text in _strings_in(value))
    elif isinstance(node, list):
        yield from (text for item in node for text in _strings_in(item))
    elif isinstance(node, str):
        yield node


def _conditions_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (node[condition] for condition in _CONDITIONS if condition in node)
        if "$each" not in node:
            yield from (name for value in node.values() for name in _conditions_in(value))
    elif isinstance(node, list):
        yield from (name for item in node for name in _conditions_in(item))


def _read(node: Any, clean: Cleaner) -> Fill:
    """Return what fills *node*; *clean*: what its values go through."""
    if isinstance(node, dict):
        return _read_object(node, _cleaner_for(node, clean))
    if isinstance(node, list):
        items = [(_read_condition(item), _read(item, clean)) for item in node]
        return lambda scope: [fill(inner) for scopes, fill in items for inner in scopes(scope)]
    if isinstance(node, str):
        return _read_string(node, clean)
    return lambda scope: node


def _read_object(node: Mapping[str, Any], clean: Cleaner) -> Fill:
    # A choice is the one thing with a title and without a type.
    properties = _PROPERTIES if "type" in node else {**_PROPERTIES, "title": _choice}
    parts = [(key, _read(value, properties.get(key, clean))) for key, value in node.items() if key not in _CONDITIONS]
    return lambda scope: {key: value for key, fill in parts if (value := fill(scope)) is not None}


def _read_condition(node: Any) -> Callable[[Scope], Sequence[Scope]]:
    """Return what gives the values that an element of a list is filled with: once, never, or once for each item."""
    if not isinstance(node, dict) or not any(condition in node for condition in _CONDITIONS):
        return lambda scope: (scope,)
    each, when, unless = (node.get(condition) for condition in ("$each", "$when", "$unless"))

    def scopes(scope: Scope) -> Sequence[Scope]:
        found = [{**item, "language": scope["language"]} for item in scope[each] or ()] if each else [scope]
        return [
            inner
            for inner in found
            if (when is None or _there(inner.get(when))) and (unless is None or not _there(inner.get(unless)))
        ]

    return scopes


def _there(value: Any) -> bool:
    """0 is a value that is there."""
    return value is not None and value is not False and value != "" and value != [] and value != ()


def _read_string(template: str, clean: Cleaner) -> Fill:
    found = list(_HOLE.finditer(template))
    if not found:
        return lambda scope: template
    ends = [0, *(hole.end() for hole in found)]
    starts = [*(hole.start() for hole in found), len(template)]
    pieces = [_read_hole(hole[1], hole[2], clean) for hole in found]
    if len(found) == 1 and found[0][0] == template:
        return pieces[0] if found[0][1] else _read_value(found[0][2], pieces[0])
    between = [template[end:start] for end, start in zip(ends, starts, strict=True)]

    def fill(scope: Scope) -> str:
        filled = (plain + piece(scope) for plain, piece in zip(between, pieces, strict=False))
        return "".join(filled) + between[-1]

    return fill


def _read_value(name: str, fill: Fill) -> Fill:
    """Return what fills a place that is nothing but a value."""

    def value_of(scope: Scope) -> Any:
        value = scope.get(name)
        if isinstance(value, str):
            return fill(scope)
        # A number stays a number, and a missing value takes its property with it.
        if value is None or isinstance(value, bool | int | float):
            return value
        return texts.written(value, scope["language"])

    return value_of


def _read_hole(kind: str, name: str, clean: Cleaner) -> Fill:
    """Return what fills one hole of a string: a value, or a text with its own values."""
    if not kind:
        return lambda scope: clean(_written(name, scope))

    def said(scope: Scope) -> str:
        return texts.fill(name, scope["language"], lambda hole: clean(_written(hole, scope)))

    return said


def _written(name: str, scope: Scope) -> str:
    value = scope.get(name)
    if value is None:
        raise CardError(f"the value {name!r} is missing")
    return texts.written(value, scope["language"])


# --------------------------------------------------------------------------------------- what a value may do where


def _raw(value: str) -> str:
    """Clean text that is shown as it is of signs that no one can see, and that could turn the line around."""
    if value.isprintable():
        # Nothing of all that is printable, and most values are nothing else.
        return value
    return "".join(c for c in value if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in _BIDI))


def _run(value: str) -> str:
    """In a TextRun and a label only `{{DATE(…)}}` and `{{TIME(…)}}` mean something: a word joiner parts the braces."""
    return re.sub(r"\{(?=\{)", "{\N{WORD JOINER}", _raw(value))


class _Markdown(dict[int, str]):
    """Each sign as it may stand in Markdown, by its number: itself, or a space. Told apart once, and kept."""

    def __init__(self, punctuation: Collection[str]) -> None:
        self._punctuation = punctuation

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        harmless = unicodedata.category(sign)[0] in "LMN" or sign in self._punctuation
        self[code] = sign if harmless else " "
        return self[code]


_PLAIN = _Markdown(_PUNCTUATION)
_CHOICE = _Markdown(_PUNCTUATION | frozenset(":;()"))


def _plain(value: str, signs: _Markdown = _PLAIN) -> str:
    """In Markdown, and in a mention: letters, digits and a little punctuation, on one line."""
    return " ".join(_raw(value).translate(signs).split()).lstrip("-–!'. ")


def _choice(value: str) -> str:
    """In a choice's title, which is Markdown as well: a sentence that somebody wrote keeps what cannot begin any."""
    return _plain(value, _CHOICE)


_PROPERTIES: Mapping[str, Cleaner] = {"msteams": _plain, "fallbackText": _plain, "label": _run, "title": _run}


def _cleaner_for(node: Mapping[str, Any], inherited: Cleaner) -> Cleaner:
    match node.get("type"):
        case "TextRun":
            return _run
        case "TextBlock" | "FactSet":
            return _plain
    return inherited
