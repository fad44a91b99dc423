"""Free text from a form, on its way to be stored: cleaned, measured, and looked through by the privacy guard."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from config.signs import is_unseen
from workflows.privacy_guard import Found, confirmation, doubts, holds_national_id
from workflows.words import Words

MAX_LENGTH = 2000
_INVISIBLE = frozenset("\u200b\u200e\u200f\u2060\ufeff\u061c") | frozenset(map(chr, [*range(0x202A, 0x202F)]))
_ISOLATES = frozenset(map(chr, range(0x2066, 0x206A)))


@dataclass
class Written:
    """
    Reads the texts of one form. *raw*: what came in, untrusted. *known*: texts that are stored already, which the
    privacy guard asks about no more.

    *problems* has what to change, by field, and *confirm* what to send back to have the texts stored all the same.
    """

    raw: Mapping[str, str]
    known: Iterable[str] = ()
    problems: dict[str, Words] = field(default_factory=dict)
    _found: dict[str, tuple[Found, ...]] = field(default_factory=dict)

    def text(self, name: str, *, required: str = "", most: int = MAX_LENGTH) -> str:
        """Return the text of a field. *required*: the text that says why it must not be empty."""
        text = clean_text(self.raw.get(name, ""))
        if not text and required:
            self.problems[name] = Words(key=required)
        elif len(text) > most:
            self.problems[name] = Words(key="status.error.too_long", values={"most": most, "written": len(text)})
        elif holds_national_id(text):
            self.problems[name] = Words(key="privacy.block")
        elif text not in self.known and (found := doubts(text)):
            self._found[name] = found
        return text

    @property
    def confirm(self) -> str:
        return confirmation(self._found)

    def check(self) -> None:
        """Raise InvalidText unless everything may be stored as it stands."""
        problems = dict(self.problems)
        if self.raw.get("confirmed", "") != self.confirm:
            problems |= {name: Words(key=f"privacy.ask_{found[0].doubt}") for name, found in self._found.items()}
        if problems:
            raise InvalidText(problems, confirm=self.confirm)


class InvalidText(Exception):
    """Something written must be changed first. *problems*: field → what to do. *confirm*: see `Written`."""

    def __init__(self, problems: Mapping[str, Words], *, confirm: str = "") -> None:
        super().__init__(", ".join(sorted(problems)))
        self.problems = dict(problems)
        self.confirm = confirm


def clean_text(text: str) -> str:
    """Return *text* in composed form with plain line breaks and without control, invisible or direction characters."""
    if text.isprintable():
        # As most texts are: a line, and nothing in it that is not seen.
        return unicodedata.normalize("NFC", text).strip()
    lines = re.sub(r"\r\n?|[\u0085\u2028\u2029\v\f]", "\n", text).replace("\t", " ")
    kept = (char for char in lines if char == "\n" or _is_visible(char))
    return re.sub(r"\n{3,}", "\n\n", unicodedata.normalize("NFC", "".join(kept))).strip()


def _is_visible(char: str) -> bool:
    if char in _INVISIBLE or char in _ISOLATES:
        return False
    category = unicodedata.category(char)
    # Unassigned is also an emoji that is newer than this Python.
    return category not in ("Cc", "Cs", "Co") and not (category == "Cn" and is_unseen(char))
