"""A text that slipped in, found in every way in which text is written: by people, in HTML, in JSON and in addresses."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from html.entities import codepoint2name
from typing import Any

from workflows.errors import Invalid
from workflows.privacy.subject import leaves

LEAST = 3
"""Letters or digits that a text must have: a shorter one stands in half of all words."""
_INVISIBLE = "[\u00ad\u200b-\u200d\u2060\ufeff]"
_BETWEEN_SIGNS = rf"(?:{_INVISIBLE}|&shy;|&#0*173;)*"
_BETWEEN_WORDS = rf"(?:{_INVISIBLE}|\s|&nbsp;|&#0*160;|&#x0*a0;|\\[nrt]|\\u00a0|%20|%0a|\+|<[^<>]*>)+"
_TAG = re.compile(r"<[^<>]*>")
"""Kept when it stood within the text: what it opens is closed further on."""
_ALIKE = {"'": "'’", "’": "'’", "-": "-‐‑–", "‑": "-‐‑–"}
"""Signs that people and programs write for each other."""
_WORD_BEGINS = r"(?:(?<![^\W_])|(?<=\\[nrtbf])|(?<=%20)|(?<=%0a))"
_WORD_ENDS = r"(?:['’]?s)?(?![^\W_])(?![\u0300-\u036f])"
"""The genitive goes along with a name: «Elevsens», «Elevsen's»."""


@dataclass(frozen=True, kw_only=True)
class SlippedText:
    """
    The text that is to go. Raises Invalid for one that is too short to be told from other words.

    *parts*: also where it is a part of another word.
    """

    text: str
    parts: bool = False

    def __post_init__(self) -> None:
        if sum(map(str.isalnum, self.text)) < LEAST:
            raise Invalid("redact a text", f"it needs at least {LEAST} letters or digits")

    def __repr__(self) -> str:
        """Return a name without the text: it may end up in an error or a log."""
        return "SlippedText(…)"

    def count(self, text: str) -> int:
        """Return how often it stands there."""
        return sum(1 for _ in self._pattern.finditer(text)) if self._may_stand_in(text) else 0

    def count_in(self, value: Any) -> int:
        """Return how often it stands in a value or in its parts, names of fields among them."""
        return sum(map(self.count, leaves(value)))

    def without(self, value: Any, marker: str) -> Any:
        """Return a value with *marker* in its place, in every part of the value."""
        match value:
            case str() if self._may_stand_in(value):
                return self._pattern.sub(lambda found: marker + "".join(_TAG.findall(found.group())), value)
            case dict():
                return {name: self.without(part, marker) for name, part in value.items()}
            case list() | tuple():
                return [self.without(part, marker) for part in value]
        return value

    def _may_stand_in(self, text: str) -> bool:
        # A text of few signs cannot hold it: most values of the record are codes.
        return len(text) >= LEAST

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = unicodedata.normalize("NFC", self.text).split()
        signs = (_BETWEEN_SIGNS.join(map(_sign, word)) for word in words)
        whole = _BETWEEN_WORDS.join(signs)
        if not self.parts:
            whole = f"{_WORD_BEGINS}{whole}{_WORD_ENDS}"
        return re.compile(whole, re.IGNORECASE)


def _sign(sign: str) -> str:
    """Return a pattern for one sign in every way of writing it."""
    ways = dict.fromkeys(way for one in _ALIKE.get(sign, sign) for way in _ways(one))
    return f"(?:{'|'.join(ways)})"


def _ways(sign: str) -> Iterator[str]:
    for one in dict.fromkeys((sign, sign.lower(), sign.upper())):
        if len(one) != 1:
            # «ß» in capitals is two signs.
            continue
        yield from _encoded(one)
        decomposed = unicodedata.normalize("NFD", one)
        if decomposed != one:
            yield "".join(f"(?:{'|'.join(_encoded(part))})" for part in decomposed)


def _encoded(sign: str) -> Iterator[str]:
    number = ord(sign)
    yield re.escape(sign)
    yield f"&#0*{number};"
    yield f"&#x0*{number:x};"
    if name := codepoint2name.get(number, "apos" if sign == "'" else ""):
        yield f"&{name};"
    yield rf"\\u{number:04x}"
    yield "".join(f"%{byte:02x}" for byte in sign.encode())
