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
from collections.abc import Callable, Collection, Iterator, Mapping
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
    used, optional = _names_in(template)
    missing, superfluous = sorted(used - optional - values.keys()), sorted(values.keys() - used - optional)
    if missing or superfluous:
        raise CardError(f"card {name!r}: missing values {missing}, superfluous values {superfluous}")
    scope = {**dict.fromkeys(optional), **values, "language": language}
    card: dict[str, Any] = _fill(template, scope, _raw)
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


# ---------------------------------------------------------------------------------------------- filling a template


def _fill(node: Any, scope: Values, clean: Cleaner) -> Any:
    if isinstance(node, dict):
        clean = _cleaner_for(node, clean)
        # A choice is the one thing with a title and without a type.
        properties = _PROPERTIES if "type" in node else {**_PROPERTIES, "title": _choice}
        filled = {
            key: _fill(value, scope, properties.get(key, clean))
            for key, value in node.items()
            if key not in _CONDITIONS
        }
        return {key: value for key, value in filled.items() if value is not None}
    if isinstance(node, list):
        return [_fill(item, inner, clean) for item in node for inner in _scopes(item, scope)]
    if isinstance(node, str):
        return _fill_string(node, scope, clean)
    return node


def _scopes(node: Any, scope: Values) -> Iterator[Values]:
    """Yield the values an element of a list is filled with: once, never, or once for each item."""
    each = node.get("$each") if isinstance(node, dict) else None
    for inner in ({**item, "language": scope["language"]} for item in scope[each] or ()) if each else (scope,):
        if not isinstance(node, dict) or (
            ("$when" not in node or _there(inner.get(node["$when"])))
            and ("$unless" not in node or not _there(inner.get(node["$unless"])))
        ):
            yield inner


def _there(value: Any) -> bool:
    """0 is a value that is there."""
    return value is not None and value is not False and value != "" and value != [] and value != ()


def _fill_string(template: str, scope: Values, clean: Cleaner) -> Any:
    whole = _HOLE.fullmatch(template)
    if whole and not whole[1] and not isinstance(value := scope.get(whole[2]), str):
        # A number stays a number, and a missing value takes its property with it.
        return (
            value if value is None or isinstance(value, bool | int | float) else texts.written(value, _language(scope))
        )

    def fill(hole: re.Match[str]) -> str:
        language = _language(scope)
        if not hole[1]:
            return clean(_written(hole[2], scope))
        holes = texts.placeholders(hole[2], language)
        return texts.say(hole[2], language, **{name: clean(_written(name, scope)) for name in holes})

    return _HOLE.sub(fill, template)


def _written(name: str, scope: Values) -> str:
    value = scope.get(name)
    if value is None:
        raise CardError(f"the value {name!r} is missing")
    return texts.written(value, _language(scope))


def _language(scope: Values) -> str:
    return str(scope["language"])


# --------------------------------------------------------------------------------------- what a value may do where


def _raw(value: str) -> str:
    """Clean text that is shown as it is of signs that no one can see, and that could turn the line around."""
    return "".join(c for c in value if c in "\n\t" or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in _BIDI))


def _run(value: str) -> str:
    """In a TextRun and a label only `{{DATE(…)}}` and `{{TIME(…)}}` mean something: a word joiner parts the braces."""
    return re.sub(r"\{(?=\{)", "{\N{WORD JOINER}", _raw(value))


def _plain(value: str, punctuation: Collection[str] = _PUNCTUATION) -> str:
    """In Markdown, and in a mention: letters, digits and a little punctuation, on one line."""
    kept = (c if unicodedata.category(c)[0] in "LMN" or c in punctuation else " " for c in _raw(value))
    return " ".join("".join(kept).split()).lstrip("-–!'. ")


def _choice(value: str) -> str:
    """In a choice's title, which is Markdown as well: a sentence that somebody wrote keeps what cannot begin any."""
    return _plain(value, _PUNCTUATION | frozenset(":;()"))


_PROPERTIES: Mapping[str, Cleaner] = {"msteams": _plain, "fallbackText": _plain, "label": _run, "title": _run}


def _cleaner_for(node: Mapping[str, Any], inherited: Cleaner) -> Cleaner:
    match node.get("type"):
        case "TextRun":
            return _run
        case "TextBlock" | "FactSet":
            return _plain
    return inherited


# --------------------------------------------------------------------------------------------------- the templates


@cache
def _template(name: str) -> dict[str, Any]:
    if name not in names():
        raise CardError(f"no card {name!r}")
    content: dict[str, Any] = json.loads((FOLDER / name / "template.json").read_text(encoding="utf-8"))
    return content


def _names_in(template: Any) -> tuple[set[str], set[str]]:
    """Return the values a template uses, and those of them that may be missing because a condition asks for them."""
    used: set[str] = set()
    optional: set[str] = set()

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            optional.update(node[condition] for condition in _CONDITIONS if condition in node)
            if "$each" not in node:
                for value in node.values():
                    walk(value)
        elif isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, str):
            for kind, name in _HOLE.findall(node):
                used.update(texts.placeholders(name) if kind else {name})

    walk(template)
    return used - {"language"}, optional
