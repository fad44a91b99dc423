"""Sentences of what people wrote: the units in which a text is kept, changed or left out."""

import re

SENTENCE_GAP = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÆØÅÁČĐŊŠŦŽ«\"(–-])|\n+")
"""The gap between two sentences; an abbreviation or a number in the middle of one ends none."""


def split_sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of *text*, one for each line at least."""
    return tuple(part.strip() for part in SENTENCE_GAP.split(text) if part.strip())
