"""Signs that nobody sees in a text: control signs, signs that turn the direction, zero-width signs, half pairs.

In a name they break what is made of it (a NUL stops a database, CR/LF starts a new header of a mail, U+202E shows a
name as another one), and nobody finds them by reading.
"""

import unicodedata
from collections.abc import Iterator

LINE_BREAKS = "\n\t"
"""Control signs that a text of several lines may hold."""
JOINERS = "\u200c\u200d"
"""Zero-width signs that change the sign beside them: emoji and some scripts are written with them."""
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers that Unicode counts as letters or symbols and every font draws as nothing."""
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of control signs, format signs, half pairs, and separators of lines and paragraphs."""


def is_storable(text: str) -> bool:
    """Return True where every database takes *text*: PostgreSQL knows no NUL, and half a pair cannot be sent to it."""
    return "\0" not in text and (text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text))


def unseen_signs(text: str, *, several_lines: bool = False) -> Iterator[str]:
    """Yield every sign of *text* that a reader cannot see; with *several_lines*, line breaks and tabs are no such."""
    # Nearly every text ends here: Python calls none of these signs printable but the blank letters.
    if text.isprintable() and BLANK_LETTERS.isdisjoint(text):
        return iter(())
    allowed = JOINERS + (LINE_BREAKS if several_lines else "")
    return (sign for sign in text if sign not in allowed and is_unseen(sign))


def is_unseen(sign: str) -> bool:
    """Return True for a sign without a shape of its own. Signs newer than this Python's Unicode are not among them."""
    return unicodedata.category(sign) in UNSEEN or sign in BLANK_LETTERS or _is_noncharacter(ord(sign))


def is_blank(text: str) -> bool:
    """Return True when *text* has nothing to see: it is empty, or all of it is space, joiners or unseen."""
    return all(_shows_nothing(sign) for sign in text)


def code_point(sign: str) -> str:
    """Return a sign by its number and, where Unicode has one, its name: `U+202E (RIGHT-TO-LEFT OVERRIDE)`."""
    number, name = f"U+{ord(sign):04X}", unicodedata.name(sign, "")
    return f"{number} ({name})" if name else number


def escaped(text: str) -> str:
    """Return *text* with a visible escape for every sign that cannot be seen: `F\\u0000r`."""
    return "".join(f"\\u{ord(sign):04x}" if is_unseen(sign) else sign for sign in text)


def _is_noncharacter(number: int) -> bool:
    """Return True for the 66 code points that Unicode keeps free of characters for ever."""
    return 0xFDD0 <= number <= 0xFDEF or number & 0xFFFE == 0xFFFE


def _shows_nothing(sign: str) -> bool:
    # A variation selector or an accent (Mn) shows on the sign before it alone.
    alone = sign in JOINERS or unicodedata.category(sign) == "Mn"
    return alone or sign.isspace() or is_unseen(sign)
