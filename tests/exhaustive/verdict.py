"""The verdict on a disturbed story: what differs from the undisturbed one, but for cards that are named as in doubt."""

import ast
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from demo.ledger import Ledger

LONGEST = 400


def differing_cards(
    expected: Mapping[str, Sequence[Any]], found: Mapping[str, Sequence[Any]], doubted: Counter[str]
) -> list[str]:
    """
    List the cards that are missing, different, or too many.

    A card too many is excused where the service itself doubts one, and nowhere else. *doubted* as in the ledger.
    """
    lines, extra = list[str](), Counter[str]()
    for where in sorted({*expected, *found}):
        meant, got = (Counter(map(repr, state.get(where, ()))) for state in (expected, found))
        extra["channel" if " / " in where else where] += (got - meant).total() - (meant - got).total()
        if missing := list((meant - got).elements()):
            lines.append(f"chats/{where}: {len(missing)} cards are missing or different")
            lines += _compared(f"chats/{where}", missing[0], list((got - meant).elements()))
    unnamed = extra - doubted
    return lines + [f"chats/{where}: {count} cards too many that are not in doubt" for where, count in unnamed.items()]


def _compared(where: str, missing: str, others: Sequence[str]) -> Sequence[str]:
    """List the places in which a missing card differs from the one that is most like it among *others*."""
    if not others:
        return [f"{where}: {missing}"[:LONGEST]]
    card = ast.literal_eval(missing)
    return min((list(differing_states(where, card, ast.literal_eval(other))) for other in others), key=len)


def record_of(ledger: Ledger) -> Mapping[str, Any]:
    """Return what the record holds of people's answers."""
    return {"requests": dict(ledger.requests), "surfaces": dict(ledger.surfaces), "reports": dict(ledger.reports)}


def differing_states(path: str, expected: Any, found: Any) -> Iterator[str]:
    """Yield a line for each place below *path* in which two states differ."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name in sorted({*expected, *found}):
            yield from differing_states(f"{path}/{name}", expected.get(name), found.get(name))
    elif expected != found:
        yield f"{path}: {_short(expected, found)}"


def _short(expected: Any, found: Any) -> str:
    if isinstance(expected, list) and isinstance(found, list):
        meant, got = Counter(map(repr, expected)), Counter(map(repr, found))
        return f"lacks {[*(meant - got)][:2]}, has {[*(got - meant)][:2]}"[:LONGEST]
    return f"expected {json.dumps(expected)}, found {json.dumps(found)}"[:LONGEST]
