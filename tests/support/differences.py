"""Differences of two canonical states, in lines that can be read."""

import json
from collections import Counter
from typing import Any

MISSING = object()


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """
    Return a line for each difference: `-` only *before* has it, `+` only *after* has it, `~` it changed.

    Lists are compared as multisets: mail and rows have no order that matters.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        names = [*before, *(name for name in after if name not in before)]
        return [
            line
            for name in names
            for line in _at(
                f"{path} / {name}" if path else str(name), before.get(name, MISSING), after.get(name, MISSING)
            )
        ]
    if isinstance(before, list) and isinstance(after, list):
        return _in_lists(before, after, path)
    return [] if before == after else [f"~ {path}: {_shown(before)} → {_shown(after)}"]


def _at(path: str, before: Any, after: Any) -> list[str]:
    if before is MISSING:
        return [f"+ {path}: {_shown(after)}"]
    if after is MISSING:
        return [f"- {path}: {_shown(before)}"]
    return differences(before, after, path)


def _in_lists(before: list[Any], after: list[Any], path: str) -> list[str]:
    old, new = (Counter(_shown(item) for item in items) for items in (before, after))
    lost = [f"- {path}: {item}{_times(count)}" for item, count in (old - new).items()]
    return lost + [f"+ {path}: {item}{_times(count)}" for item, count in (new - old).items()]


def _times(count: int) -> str:
    return f" (× {count})" if count > 1 else ""


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
