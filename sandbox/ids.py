"""Ids for things that may come twice under the same natural key."""

from collections import Counter
from collections.abc import Callable

NewId = Callable[[str, str], str]
"""Gives an id for a kind and a natural key."""


def counted(new_id: NewId) -> NewId:
    """
    Ids that are the same in every run, and different for each thing of the same key.

    A file that was deleted and made again, or a second mail with the same subject, is another thing.
    """
    made: Counter[tuple[str, str]] = Counter()

    def next_id(kind: str, key: str) -> str:
        made[kind, key] += 1
        count = made[kind, key]
        return new_id(kind, key if count == 1 else f"{key}#{count}")

    return next_id
