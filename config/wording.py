"""A programme's own words: texts of ours that it says differently, by language and key."""

from collections.abc import Mapping

from pydantic import Field

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
