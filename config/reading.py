"""YAML read into plain values that remember their line, strictly: one document, no aliases, nothing twice."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from config.problems import Problem
from config.signs import code_point

ValuePath = tuple[str | int, ...]
TAG = "tag:yaml.org,2002:"
ALIAS = "!alias of ours"
MOST_LEVELS = 40
"""Nesting of a document; a programme needs ten."""


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


def read(path: Path, *, file: str, problems: list[Problem]) -> SourceDocument | None:
    """Return the document in that file, or None if it cannot be read; add its faults as YAML to *problems*."""
    text = _read_text(path, file, problems)
    if text is None:
        return None
    try:
        root = _yaml().compose(text)
    except MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else 1
        problems.append(Problem(where=f"{file}:{line}", value=exc.problem or "syntax error", expected="valid YAML"))
        return None
    except ReaderError as exc:
        line = _line_at(text, exc.position)
        expected = f"text without {code_point(chr(exc.character))}"
        problems.append(Problem(where=f"{file}:{line}", value="a sign that YAML does not take", expected=expected))
        return None
    if not isinstance(root, MappingNode):
        problems.append(Problem(where=f"{file}:1", value="no mapping", expected="`key: value` lines at the top"))
        return None
    reader = _Reader(file, problems)
    values = reader.value(root, ())
    return SourceDocument(values, file=file, lines=reader.lines)


def _read_text(path: Path, file: str, problems: list[Problem]) -> str | None:
    # A folder, a pipe or a device by that name is not opened: reading it would fail, or never end.
    if not path.is_file():
        given = "a link that leads nowhere" if path.is_symlink() and not path.exists() else "no file"
        problems.append(Problem(where=file, value=given, expected="a file with YAML"))
        return None
    try:
        raw = path.read_bytes()
    except OSError as exc:
        problems.append(Problem(where=file, value=exc.strerror or "unreadable", expected="a file that can be read"))
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        problems.append(Problem(where=f"{file}:{line}", value=f"byte {exc.start}", expected="text in UTF-8"))
        return None


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _StrictComposer(Composer):
    """
    Composer that refuses deep nesting, with its line, before Python's own recursion ends it without one.

    An alias becomes a node of its own: it may make a document endless, and an editor of the register could not write it
    back.
    """

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        if self.depth == MOST_LEVELS:
            mark = self.parser.peek_event().start_mark
            raise ComposerError(None, None, f"nested deeper than {MOST_LEVELS} levels", mark)
        if self.parser.check_event(AliasEvent):
            event = self.parser.get_event()
            return ScalarNode(tag=ALIAS, value=event.anchor, start_mark=event.start_mark, end_mark=event.end_mark)
        self.depth += 1
        try:
            node: Node | None = super().compose_node(parent, index)
            return node
        finally:
            self.depth -= 1


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _StrictComposer
    return yaml


class _Reader:
    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.lines: dict[ValuePath, int] = {}

    def value(self, node: Node, path: ValuePath) -> Any:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if node.tag == ALIAS:
            self._problem(line, path, "an alias", "the value written out")
            return None
        if isinstance(node, MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _pairs(self, node: MappingNode, path: ValuePath) -> Iterator[tuple[str, Any]]:
        first: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, ScalarNode) or key.tag == ALIAS:
                self._problem(line, path, "a key that is no text", "a word")
                continue
            name = str(key.value)
            if name in first:
                self._problem(line, (*path, name), "written twice", f"it once (first on line {first[name]})")
                continue
            first[name] = line
            self.lines[(*path, name)] = line
            yield name, self.value(value, (*path, name))

    def _scalar(self, node: Node, path: ValuePath) -> Any:
        text = str(node.value)
        match str(node.tag).removeprefix(TAG):
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" | "float" as kind:
                try:
                    return int(text) if kind == "int" else float(text)
                except ValueError:
                    return text
            # Dates stay text, so that documents are the same from YAML and from the register.
            case "str" | "timestamp":
                return text
            case tag:
                self._problem(node.start_mark.line + 1, path, tag, "a plain value without a tag")
                return None

    def _problem(self, line: int, path: ValuePath, value: str, expected: str) -> None:
        spoken = spell({}, path)
        place = f"{self.file}:{line}: {spoken}" if spoken else f"{self.file}:{line}"
        self.problems.append(Problem(where=place, value=value, expected=expected))
