"""Views of a page: every language, width and theme.

The suite sees every page in one view, and every view on some page; with `LOOK_AT_ALL=1` all of them in all, for some
minutes.
"""

import os
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Literal, NamedTuple, TypeVar

import texts

Theme = Literal["light", "dark"]
Seen = TypeVar("Seen")

WIDTHS = (1280, 360)
THEMES: tuple[Theme, ...] = ("light", "dark")
LOOK_AT_ALL = bool(os.environ.get("LOOK_AT_ALL"))


class View(NamedTuple):
    """One way to look at a page."""

    language: str
    width: int
    theme: Theme


VIEWS = tuple(View(*view) for view in product(texts.languages(), WIDTHS, THEMES))


def views_of(pages: Sequence[Seen]) -> Iterator[tuple[View, Sequence[Seen]]]:
    """Yield each view with the pages that are looked at in it, when there are any."""
    for number, view in enumerate(VIEWS):
        if seen := pages if LOOK_AT_ALL else pages[number :: len(VIEWS)]:
            yield view, seen
