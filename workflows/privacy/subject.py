"""The subject of a request for access, a person or a case, and the rows that are about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from config.programme import Programme
from config.values import Person
from workflows.ports.links import TOKEN
from workflows.privacy.cases import cases_in, find_case_title
from workflows.privacy.model import Holds, RecordKind, RecordRow

BEFORE, AFTER = r"(?<![^/:#?|\s,;()<>\"])", r"(?![^/:#?|\s,;()<>\"])"
"""Bounds of a part of a key: another sign between parts, or the end."""

LEFT_OUT = "…"
"""Stands for the token of a link."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A person or a case: its keys, which are whole or parts of keys, and its names, which stand in texts."""

    key: str
    title: str
    is_person: bool
    keys: frozenset[str]
    names: frozenset[str] = frozenset()
    """In lower case: name, mail addresses, ids of accounts."""

    @cached_property
    def _key_pattern(self) -> re.Pattern[str]:
        return re.compile(rf"{BEFORE}(?:{_any_of(self.keys)}){AFTER}")

    @cached_property
    def _name_pattern(self) -> re.Pattern[str] | None:
        return re.compile(rf"(?<!\w)(?:{_any_of(self.names)})(?!\w)") if self.names else None

    def in_key(self, key: str) -> bool:
        """Return True when a key is the subject's, or has it as a part."""
        return self._key_pattern.search(key) is not None

    def in_text(self, text: str) -> bool:
        """Return True when a text names the subject."""
        return self.in_key(text) or (
            self._name_pattern is not None and self._name_pattern.search(text.lower()) is not None
        )


def person_subject(person: Person) -> Subject:
    """Return a person of the register as the subject."""
    names = frozenset({person.name.lower(), person.email.lower()})
    return Subject(key=person.key, title=person.name, is_person=True, keys=frozenset({person.key}), names=names)


def find_subject(programme: Programme, given: str) -> Subject | None:
    """
    Return the person with that key or address, or the case: a municipality, body, work package or meeting, or an item
    of a body's agenda.

    A municipality is a case with its bodies and packages.
    """
    person = programme.find_person(given) or programme.find_person_by_email(given)
    if person is not None:
        return person_subject(person)
    municipality, package = programme.find_municipality(given), programme.find_work_package(given)
    body = programme.find_body(given.partition("/")[0])
    keys = {given}
    if municipality is not None:
        keys |= {item.key for item in programme.bodies if item.municipality == given}
        keys |= {item.key for item in programme.work_packages if item.municipality == given}
    elif package is None and body is None:
        return None
    named = municipality or package or body
    title = find_case_title(programme, given) or (named.name if named is not None else given)
    return Subject(key=given, title=title, is_person=False, keys=frozenset(keys))


def is_about(row: RecordRow, subject: Subject) -> bool:
    """Return True when a row is about the subject: it stands in a key, is named in a text, or is an item treated."""
    if not subject.is_person and any(map(subject.in_key, cases_in(row))):
        return True
    for column, holds in row.rule.columns.items():
        for leaf in leaves(row.values.get(column)):
            if holds in (Holds.KEY, Holds.PERSON) and subject.in_key(leaf):
                return True
            if holds in (Holds.IDENTIFIER, Holds.WORDS, Holds.ENTRIES) and subject.in_text(leaf):
                return True
    return False


def grown(row: RecordRow, subject: Subject) -> Subject:
    """Return the subject with what a row about it leads on to: its ids, and of a person the names of accounts."""
    rule = row.rule
    ids = {
        str(row.values[column])
        for column in (*rule.follows, *(() if subject.is_person else rule.follows_in_case))
        if row.values.get(column)
    }
    if not subject.is_person:
        ids |= {key for case, led_on in cases_in(row).items() if subject.in_key(case) for key in led_on}
    names = set[str]()
    if subject.is_person and _is_theirs(row, subject):
        for column in rule.holding(Holds.IDENTIFIER):
            names |= {leaf.lower() for leaf in leaves(row.values.get(column)) if leaf}
    if ids <= subject.keys and names <= subject.names:
        return subject
    return replace(subject, keys=subject.keys | ids, names=subject.names | names)


def narrowed(row: RecordRow, subject: Subject) -> dict[str, Any]:
    """
    Return a row's values as they are handed out: no secrets, no files, and of a document only its entries.

    An address in a message is left without its token, which still opens what it was given for.
    """
    hidden = row.rule.holding(Holds.HIDDEN, Holds.FILE)
    entries = row.rule.holding(Holds.ENTRIES)
    return {
        name: _without_tokens(_entries_about(value, subject) if name in entries else value)
        for name, value in row.values.items()
        if name not in hidden
    }


def _without_tokens(value: Any) -> Any:
    match value:
        case str():
            return TOKEN.sub(LEFT_OUT, value)
        case dict():
            return {name: _without_tokens(part) for name, part in value.items()}
        case list() | tuple():
            return [_without_tokens(part) for part in value]
    return value


def leaves(value: Any) -> Iterator[str]:
    """Give every text in a value: itself, or those of its parts, names of fields among them."""
    match value:
        case str():
            yield value
        case dict():
            for name, part in value.items():
                yield str(name)
                yield from leaves(part)
        case list() | tuple():
            for part in value:
                yield from leaves(part)


def _is_theirs(row: RecordRow, subject: Subject) -> bool:
    """
    Return True when the row is an account of the person: the one whose key stands in `person`.

    Ids in other rows are not theirs: a message to them names the mailbox that it was sent from, and everybody's were.
    """
    is_account = row.rule.kind in (RecordKind.ACCOUNTS, RecordKind.ACCESS)
    return is_account and row.rule.columns.get("person") is Holds.PERSON and row.values.get("person") in subject.keys


def _entries_about(value: Any, subject: Subject) -> Any:
    """Return the parts of a document that name the subject; an entry of a list is kept whole, or not at all."""
    match value:
        case dict():
            found = {name: _entries_about(part, subject) for name, part in value.items()}
            return {name: part for name, part in found.items() if part not in (None, [], {})}
        case list():
            return [part for part in value if any(map(subject.in_text, leaves(part)))]
        case str():
            return value if subject.in_text(value) else None
    return None


def _any_of(words: frozenset[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
