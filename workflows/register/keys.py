"""Keys of new entries, made of their names once; they stay the same for ever."""

import re
import unicodedata
from collections.abc import Container

LONGEST = 60
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŧ": "t", "ŋ": "n"})


def slug_of(name: str) -> str:
    """Return a name in lower-case ASCII letters, digits and hyphens; `entry` for a name that has none."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "entry"


def free_key(name: str, taken: Container[str], *, prefix: str = "") -> str:
    """Return a key for something called *name* that is not among *taken*."""
    wanted = slug_of(f"{prefix} {name}")
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted[: LONGEST - 1 - len(str(number))]}-{number}"
    return key
