"""Digests: short names for what was said, shown or read, the same in every process."""

import hashlib

LENGTH = 20
"""Hexadecimal digits: eighty bits, enough to tell one text from another. No protection against forgery."""


def digest(*parts: str) -> str:
    """Return the digest of *parts*, in their order."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:LENGTH]


def bounded(text: str, most: int) -> str:
    """Return *text*, or its digest where it is longer than the *most* signs that are kept: it is still told apart."""
    return text if len(text) <= most else digest(text)


def is_digest_of(stored: str | None, *parts: str) -> bool:
    """Tell if *stored* was made of *parts*; also when an earlier version stored more digits of it."""
    return stored is not None and stored[:LENGTH] == digest(*parts)
