"""The documents of a programme written back as YAML."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from config.files import kind_of
from config.problems import InvalidInput, Problem, phrase
from config.reading import NUMBER, TAG
from config.schema import schema_line

FILE_NAME = re.compile(r"^(municipalities/)?[a-z0-9]+(-[a-z0-9]+)*\.yaml$")


def export_documents(documents: Mapping[str, Any], folder: Path) -> None:
    """
    Write every document to its path in *folder*, so that loading the folder gives the same programme.

    Order is kept; comments are not, for documents hold none. Raises InvalidInput before anything is written when a
    name would lead elsewhere, or when the folder holds YAML that is not among the documents and would be loaded too.
    """
    problems = [
        Problem(where=str(folder), value=name, expected=phrase("programme_file"))
        for name in documents
        if not FILE_NAME.match(name) or kind_of(name) is None
    ]
    there = [*folder.glob("*.y*ml"), *folder.glob("municipalities/*.y*ml")]
    problems += [
        Problem(where=str(file), value=phrase("another_file"), expected=phrase("only_its_files"))
        for file in sorted(there)
        if file.relative_to(folder).as_posix() not in documents
    ]
    if problems:
        raise InvalidInput(problems)
    for name, document in documents.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(schema_line(name, str(kind_of(name))) + to_yaml(document), "utf-8")


class _Dumper(yaml.SafeDumper):
    """Writes what readers of YAML 1.1 and of 1.2 take for the same; entries of a list stand in under their name."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


# What 1.1 takes for text and 1.2 for a number (`1e3`, `0o7`) is quoted too.
_Dumper.add_implicit_resolver(f"{TAG}float", re.compile(f"({NUMBER.pattern}|0o[0-7]+)$"), list("-+.0123456789"))


def to_yaml(document: Mapping[str, Any]) -> str:
    """Return a document as YAML, in its own order."""
    return yaml.dump(_plain(document), Dumper=_Dumper, width=120, allow_unicode=True, sort_keys=False)


def _plain(value: Any) -> Any:
    """Return a copy without the lines that a document remembers; a copy, so that nothing becomes an alias."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
