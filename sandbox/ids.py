"""Ids for things that may come twice under the same natural key."""

from collections import Counter
from collections.abc import Callable

NewId = Callable[[str, str], str]
"""Gives an id for a kind and a natural key."""


class Counted:
    """
    Ids that are the same in every run, and different for each thing of the same key.

    A file that was deleted and made again, or a second mail with the same subject, is another thing. What was given
    away is part of the state: a tenant that was put back gives the same ids again.
    """

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id
        self._made: Counter[tuple[str, str]] = Counter()

    def __call__(self, kind: str, key: str) -> str:
        self._made[kind, key] += 1
        count = self._made[kind, key]
        return self._new_id(kind, key if count == 1 else f"{key}#{count}")
