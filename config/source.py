"""Name the place of a value in the document that it was read from: file, line and path."""

from collections.abc import Mapping
from typing import Any

ValuePath = tuple[str | int, ...]


class SourceDocument(dict[str, Any]):
    """A document's plain values, with the file and the lines they came from."""

    def __init__(self, values: dict[str, Any], *, file: str, lines: dict[ValuePath, int]) -> None:
        super().__init__(values)
        self.file = file
        self.lines = lines


def where(document: Mapping[str, Any], name: str, path: ValuePath) -> str:
    """Return the place of a value for a reader: file, line and path; without lines, *name* of the document and path."""
    spoken = spell(document, path)
    if not isinstance(document, SourceDocument):
        return f"{name}: {spoken}" if spoken else name
    known = path
    while known and known not in document.lines:
        known = known[:-1]
    line = f"{document.file}:{document.lines.get(known, 1)}"
    return f"{line}: {spoken}" if spoken else line


def spell(value: Any, path: ValuePath) -> str:
    """Return *path* in words, with the keys of list entries for their numbers: `people[leder].email`."""
    spoken = ""
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        if isinstance(step, int):
            key = value.get("key") if isinstance(value, dict) else None
            spoken += f"[{key if isinstance(key, str) else step}]"
        else:
            spoken += f".{step}" if spoken else step
    return spoken
