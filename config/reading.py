"""YAML read into plain values that remember their line, strictly: one document, no aliases, nothing twice."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import Reader

from config.problems import Phrase, Problem, phrase
from config.signs import code_point
from config.source import SourceDocument, ValuePath, spell

TAG = "tag:yaml.org,2002:"
MOST_LEVELS = 40
"""Nesting of a document; a programme needs ten."""
PLAIN_VALUES: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""What YAML 1.2 takes for no text when it stands without quotes, numbers aside (its core schema)."""
WHOLE_NUMBER = re.compile(r"[-+]?[0-9]+")
NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
LONGEST_NUMBER = 40
"""Signs of a number; a longer one is text, of which a check says what should stand there. Python reads 4,300 digits."""


def read(path: Path, *, file: str, problems: list[Problem]) -> SourceDocument | None:
    """Return the document in that file, or None if it cannot be read; add its faults as YAML to *problems*."""
    text = _read_text(path, file, problems)
    if text is None:
        return None
    refused = Reader.NON_PRINTABLE.search(text)
    if refused is not None:
        line = _line_at(text, refused.start())
        expected = phrase("text_without", sign=code_point(refused[0]))
        problems.append(Problem(where=f"{file}:{line}", value=phrase("sign_not_in_yaml"), expected=expected))
        return None
    reader = _Reader(file, problems)
    try:
        values = reader.document(_events(text))
    except _UnreadableError as exc:
        problems.append(Problem(where=f"{file}:{exc.line}", value=exc.problem, expected=phrase("valid_yaml")))
        return None
    if not isinstance(values, dict):
        problems.append(Problem(where=f"{file}:1", value=phrase("no_mapping"), expected=phrase("pairs_at_top")))
        return None
    return SourceDocument(values, file=file, lines=reader.lines)


def _read_text(path: Path, file: str, problems: list[Problem]) -> str | None:
    # A folder, a pipe or a device by that name is not opened: reading it would fail, or never end.
    if not path.is_file():
        given = phrase("link_nowhere" if path.is_symlink() and not path.exists() else "no_file")
        problems.append(Problem(where=file, value=given, expected=phrase("file_with_yaml")))
        return None
    try:
        raw = path.read_bytes()
    except OSError as exc:
        reason = exc.strerror or phrase("unreadable")
        problems.append(Problem(where=file, value=reason, expected=phrase("readable_file")))
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        byte = phrase("byte", position=str(exc.start))
        problems.append(Problem(where=f"{file}:{line}", value=byte, expected=phrase("utf8")))
        return None


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


class _UnreadableError(Exception):
    def __init__(self, problem: str | Phrase, line: int) -> None:
        super().__init__(str(problem))
        self.problem = problem
        self.line = line


def _events(text: str) -> Iterator[Event]:
    """Give the events of a text in YAML from libyaml, which is many times as quick as a parser in Python."""
    parser = yaml.CSafeLoader(text)
    try:
        while (event := parser.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        raise _UnreadableError(exc.problem or phrase("syntax_error"), mark.line + 1 if mark else 1) from exc
    finally:
        parser.dispose()


class _Reader:
    """
    Reads values from events, and notes the line of each.

    An alias is refused: it may make a document endless, and an editor of the register could not write it back. So is
    deep nesting, with its line, before Python's own recursion ends it without one.
    """

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.file = file
        self.problems = problems
        self.lines: dict[ValuePath, int] = {}
        self.events: Iterator[Event] = iter(())

    def document(self, events: Iterator[Event]) -> Any:
        """Return the value of the one document, None if there is none. Raises _UnreadableError."""
        self.events = events
        next(events)
        start = next(events)
        if not isinstance(start, DocumentStartEvent):
            return None
        # What is wrong inside counts only when the whole can be read.
        found = len(self.problems)
        try:
            value = self._value(next(events), ())
            next(events)
            if not isinstance(after := next(events), StreamEndEvent):
                raise _UnreadableError(phrase("another_document"), _line(after))
        except _UnreadableError:
            del self.problems[found:]
            raise
        return value

    def _value(self, event: Event, path: ValuePath) -> Any:
        if len(path) == MOST_LEVELS:
            raise _UnreadableError(phrase("too_deep", number=MOST_LEVELS), _line(event))
        self.lines.setdefault(path, _line(event))
        match event:
            case AliasEvent():
                self._problem(_line(event), path, phrase("alias"), phrase("written_out"))
                return None
            case MappingStartEvent():
                return dict(self._pairs(path))
            case SequenceStartEvent():
                return list(self._entries(path))
            case ScalarEvent():
                return self._scalar(event, path)
            case _:
                raise _UnreadableError(phrase("no_value"), _line(event))

    def _entries(self, path: ValuePath) -> Iterator[Any]:
        index = 0
        while not isinstance(event := next(self.events), SequenceEndEvent):
            yield self._value(event, (*path, index))
            index += 1

    def _pairs(self, path: ValuePath) -> Iterator[tuple[str, Any]]:
        first: dict[str, int] = {}
        while not isinstance(key := next(self.events), MappingEndEvent):
            line = _line(key)
            if not isinstance(key, ScalarEvent):
                self._problem(line, path, phrase("key_no_text"), phrase("a_word"))
                self._skip(key)
                self._skip(next(self.events))
                continue
            name = str(key.value)
            if name in first:
                once = phrase("once_on_line", line=str(first[name]))
                self._problem(line, (*path, name), phrase("written_twice"), once)
                self._skip(next(self.events))
                continue
            first[name] = line
            self.lines[(*path, name)] = line
            yield name, self._value(next(self.events), (*path, name))

    def _skip(self, event: Event) -> None:
        depth = 0
        while True:
            if isinstance(event, CollectionStartEvent):
                depth += 1
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                depth -= 1
            if not depth:
                return
            event = next(self.events)

    def _scalar(self, event: ScalarEvent, path: ValuePath) -> Any:
        text = str(event.value)
        plain, quoted = event.implicit
        if quoted or (event.tag or "").removeprefix(TAG) in ("str", "timestamp"):
            return text
        if not plain and (event.tag or "").removeprefix(TAG) not in ("null", "bool", "int", "float"):
            self._problem(_line(event), path, (event.tag or "").removeprefix(TAG), phrase("plain_value"))
            return None
        # Dates stay text, so that documents are the same from YAML and from the register.
        if text in PLAIN_VALUES:
            return PLAIN_VALUES[text]
        if len(text) > LONGEST_NUMBER:
            return text
        if WHOLE_NUMBER.fullmatch(text):
            return int(text)
        return float(text) if NUMBER.fullmatch(text) else text

    def _problem(self, line: int, path: ValuePath, value: str | Phrase, expected: Phrase) -> None:
        spoken = spell({}, path)
        place = f"{self.file}:{line}: {spoken}" if spoken else f"{self.file}:{line}"
        self.problems.append(Problem(where=place, value=value, expected=expected))


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
