"""A programme's own words: texts of ours that it says differently, by language and key."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

import texts
from config.fields import Text, Value

Words = Mapping[str, Text]


class Wording(Value):
    """Texts by key (`texts/<language>/*.yaml` has them all), in each language that says them differently."""

    nb: Words = Field(default_factory=dict)
    nn: Words = Field(default_factory=dict)
    en: Words = Field(default_factory=dict)

    def by_language(self) -> dict[str, Words]:
        """Return the words by language, as `texts.reword` takes them."""
        return {"nb": self.nb, "nn": self.nn, "en": self.en}


def values_in(text: str) -> frozenset[str] | None:
    """Return the values that a text asks for; None for one that cannot be said."""
    try:
        return texts.values_in(text)
    except texts.TextError:
        return None


def fits(language: str, key: str, text: str) -> bool:
    """Return True when *text* can be said instead of our text *key*."""
    return key in texts.keys(language) and values_in(text) == texts.values_in(texts.standard(key, language))


def without_misfits(documents: Mapping[str, Any]) -> Mapping[str, Any]:
    """
    Return a programme's documents without the words that fit no text of ours any more.

    They were checked when they came; a later version of ours may have changed a text, and is no reason to refuse the
    programme: it says that text as ever until somebody gives it new words.
    """
    found = documents.get("wording.yaml")
    if found is None:
        return documents
    kept = {
        language: {key: text for key, text in words.items() if fits(language, key, text)}
        for language, words in found["wording"].items()
    }
    return {**documents, "wording.yaml": {"wording": kept}}
