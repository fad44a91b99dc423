"""Orders about a place as notes that the next rollout reads: local edits to take back, a group to take. Pure."""

from collections.abc import Collection, Sequence
from uuid import UUID

from config.problems import InvalidInput, Problem, phrase
from config.shapes import one_of
from workflows.rollout.ports import Resource

BUILDER_CLOSED = "builder_closed"
"""The note of an order that waits for IT to open the Builder."""
ASKS = "order.asks"
"""Key of the note that the last order left something that a person must answer."""
ADOPT = "adopt"
"""The key of the note that names the group somebody wants to be the place's own."""


def restore_key(key: str) -> str:
    """Return the key of the note that somebody ordered *key* to be as the template has it."""
    return f"restore:{key}"


def restore_orders(place: str, keys: Sequence[str], offered: Collection[str]) -> list[Resource]:
    """Return the notes that order *keys* back. Raises InvalidInput for a key that is not *offered*."""
    expected = one_of("", offered) if offered else phrase("no_restore")
    problems = [
        Problem(where=place, value=key, expected=expected, rule="unknown") for key in keys if key not in offered
    ]
    if problems:
        raise InvalidInput(problems)
    return [Resource(key=restore_key(key), external_id="") for key in keys]


def adopt_order(place: str, group_id: str) -> Resource:
    """Return the note that orders a group to be taken. Raises InvalidInput for what is no id at all."""
    try:
        wanted = str(UUID(group_id))
    except ValueError:
        problem = Problem(where=place, value=group_id, expected=phrase("group_id"), rule="group_id")
        raise InvalidInput([problem]) from None
    return Resource(key=ADOPT, external_id=wanted)
