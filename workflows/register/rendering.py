"""Acts on the register in a reader's words: the entry, the field, the value before and after."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import texts
from config.files import kind_of
from workflows.register.changes import field_changes
from workflows.register.importing import IMPORT
from workflows.register.model import Change, Documents, EntryAddress, FieldPath, LoggedAct

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?")
MOST_LINES = 40
"""Values of one act that are told one by one; of an import there may be thousands."""


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """One changed value, in words. An entry that was added or taken out is told as a whole."""

    entry: str
    field: str
    old: str
    new: str


class RegisterWords:
    """Words of one language for what stands in the register. *documents* give keys their names."""

    def __init__(self, documents: Documents, language: str) -> None:
        self._language = language
        self._known = dict(_names_in(documents))

    def say(self, key: str, **values: Any) -> str:
        """Return the register's text *key*."""
        return texts.say(f"register.{key}", self._language, **values)

    def kind(self, act: LoggedAct) -> str:
        """Return a kind of act as a heading."""
        return self._or_raw(f"act_{act.act.kind.replace('.', '_')}", act.act.kind)

    def person(self, key: str) -> str:
        """Return a person's name, or what a change without a person is."""
        return self._known.get(("people", key), key) if key else self.say("by_nobody")

    def lines(self, act: LoggedAct) -> list[ChangeLine]:
        """Return what an act changed, value by value; of an import, only so many."""
        found: list[ChangeLine] = []
        for change in act.changes:
            found += self._lines(change)
            if len(found) >= MOST_LINES and act.act.kind == IMPORT:
                break
        return found

    def _lines(self, change: Change) -> Iterator[ChangeLine]:
        entry = self.entry(change.address, change.new or change.old)
        if change.old is None or change.new is None:
            yield ChangeLine(
                entry=entry,
                field="",
                old=self.say("was_there") if change.new is None else "",
                new=self.say("added" if change.old is None else "taken_out"),
            )
            return
        for value in field_changes(change.old, change.new):
            yield ChangeLine(
                entry=entry, field=self.field(value.path), old=self.value(value.old), new=self.value(value.new)
            )

    def entry(self, address: EntryAddress, values: Any = None) -> str:
        """Return an entry by its name and what it is: «Work package: Sommerjobb»."""
        kind = self._or_raw(f"section_{address.section}", address.section) if address.section else ""
        if not kind:
            return self.document(address.document)
        if address.section == "assignments" and isinstance(values, Mapping):
            return f"{self.role(str(values.get('role')))}: {self.person(str(values.get('person')))}"
        if not address.key:
            return f"{kind} ({self.document(address.document)})"
        return f"{kind}: {self._name(address, values)}"

    def document(self, path: str) -> str:
        """Return a document by the municipality it is about, or its subject."""
        kind = kind_of(path)
        return self._known.get(("document", path)) or self._or_raw(f"document_{kind}", path)

    def _name(self, address: EntryAddress, values: Any) -> str:
        if isinstance(values, Mapping):
            for name in ("name", "purpose", "text"):
                if values.get(name):
                    return str(values[name])
            if address.section == "partners":
                return self._known.get(("organisations", str(values["organisation"])), str(values["organisation"]))
        return self._known.get((address.section, address.key), address.key.replace("/", " ").strip())

    def field(self, path: FieldPath) -> str:
        """Return the way to a field in words, the outer one first."""
        words = [
            step.strip("[]") if step.startswith("[") else self._or_raw(f"field_{step.replace('-', '_')}", step)
            for step in path
        ]
        return ": ".join(words)

    def role(self, role: str) -> str:
        """Return a role's name."""
        key = f"guests.role_{role}"
        return texts.say(key, self._language) if key in texts.keys(self._language) else role

    def value(self, value: Any) -> str:
        """Return a value as a person reads it."""
        match value:
            case None | "" | []:
                return self.say("nothing")
            case bool():
                return self.say("yes" if value else "no")
            case int() | float():
                return texts.number(value, self._language)
            case list():
                return ", ".join(self.value(item) for item in value)
            case Mapping():
                return ", ".join(f"{self.field((str(name),))}: {self.value(item)}" for name, item in value.items())
            case str() if _MOMENT.fullmatch(value):
                return texts.long_moment(datetime.fromisoformat(value), self._language)
            case str() if _DAY.fullmatch(value):
                return texts.short_date(date.fromisoformat(value), self._language)
        known = f"value_{value}"
        name = self._known.get(("people", str(value))) or self._known.get(("municipality", str(value)))
        return self._or_raw(known, name or str(value))

    def _or_raw(self, key: str, raw: str) -> str:
        whole = f"register.{key}"
        return texts.say(whole, self._language) if whole in texts.keys(self._language) else raw


def _names_in(documents: Documents) -> Iterator[tuple[tuple[str, str], str]]:
    for path, document in documents.items():
        own = document.get("municipality") if isinstance(document, Mapping) else None
        if isinstance(own, Mapping):
            yield ("document", path), str(own.get("name"))
            yield ("municipality", str(own.get("slug"))), str(own.get("name"))
        for section in ("people", "work_packages", "organisations", "stakeholders"):
            for entry in document.get(section) or ():
                yield (section, str(entry.get("key"))), str(entry.get("name"))
