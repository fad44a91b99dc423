"""A working copy of the register's documents, on which one edit is made."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any, NoReturn

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from config.files import ProgrammeHead
from config.problems import InvalidInput, Phrase, Problem, phrase
from config.shapes import shown, with_municipality
from config.source import where
from config.themes import Theme
from config.values import (
    Assignment,
    BudgetLine,
    BusyDay,
    Indicator,
    Municipality,
    Organisation,
    Partner,
    Person,
    PlanActivity,
    Progress,
    School,
    SchoolBreak,
    SendingHours,
    Spending,
    Stakeholder,
    WorkPackage,
)

SHAPES: Mapping[str, type[BaseModel]] = {
    "programme": ProgrammeHead,
    "sending": SendingHours,
    "municipality": Municipality,
    "organisations": Organisation,
    "people": Person,
    "assignments": Assignment,
    "schools": School,
    "themes": Theme,
    "work_packages": WorkPackage,
    "indicators": Indicator,
    "school_breaks": SchoolBreak,
    "busy_days": BusyDay,
    "partners": Partner,
    "stakeholders": Stakeholder,
    "activities": PlanActivity,
    "progress": Progress,
    "budget": BudgetLine,
    "spending": Spending,
}
"""Shape of a section, or of its entries: a value that is its default need not stand in the document."""


@dataclass(frozen=True)
class DraftEntry:
    """An entry of a list in a draft: changes to *values* are changes of the draft."""

    document: str
    section: str
    index: int
    values: dict[str, Any]

    @property
    def path(self) -> tuple[str, int]:
        return self.section, self.index


class Draft:
    """The documents of one edit, free to be changed, and ways to find one's way in them."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self.documents: dict[str, Any] = deepcopy(dict(documents))

    def document_of(self, municipality: str | None) -> str:
        """Return the path of a municipality's document. Raises InvalidInput when there is none."""
        for path, document in self.documents.items():
            if municipality is not None and document.get("municipality", {}).get("slug") == municipality:
                return path
        raise refusal("municipality", municipality, phrase("known_municipality"), rule="unknown")

    def entries(self, section: str) -> Iterator[DraftEntry]:
        """Yield a section's entries, document by document."""
        for path, document in self.documents.items():
            for index, values in enumerate(document.get(section) or ()):
                yield DraftEntry(path, section, index, values)

    def find(self, section: str, key: str, *, name: str = "key") -> DraftEntry | None:
        """Return the entry with that key, wherever it stands."""
        return next((entry for entry in self.entries(section) if entry.values.get(name) == key), None)

    def entry(self, section: str, key: str, *, name: str = "key") -> DraftEntry:
        """Return the entry with that key. Raises InvalidInput when there is none any more."""
        found = self.find(section, key, name=name)
        if found is None:
            raise refusal(section, key, phrase("still_there"), rule="gone")
        return found

    def municipality_of(self, entry: DraftEntry) -> str | None:
        """Return the municipality of an entry: its own, or its document's where it need not be repeated."""
        whole = with_municipality(entry.section, entry.values, self.documents[entry.document])
        found = whole.get("municipality")
        return found if isinstance(found, str) else None

    def add(self, document: str, section: str, values: Mapping[str, Any]) -> None:
        """Put a new entry at the end of a section; values that are a field's default are left out."""
        entry: dict[str, Any] = {}
        set_values(entry, values, SHAPES[section])
        self.documents[document].setdefault(section, []).append(entry)

    def change(self, entry: DraftEntry, values: Mapping[str, Any]) -> None:
        """Give an entry other values; see `set_values`."""
        set_values(entry.values, values, SHAPES[entry.section])

    def take_out(self, entry: DraftEntry) -> None:
        """Take an entry out."""
        entries = self.documents[entry.document][entry.section]
        entries.pop(entry.index)

    def refuse(self, entry: DraftEntry, name: str, value: object, expected: Phrase, *, rule: str) -> NoReturn:
        """Raise InvalidInput about a value of an entry."""
        place = where(self.documents[entry.document], entry.document, (*entry.path, name))
        raise InvalidInput([Problem(where=place, value=shown(value), expected=expected, rule=rule)])


def refusal(place: str, value: object, expected: Phrase, *, rule: str) -> InvalidInput:
    """Return the error about a value that stands nowhere yet."""
    return InvalidInput([Problem(where=place, value=shown(value), expected=expected, rule=rule)])


def set_values(entry: dict[str, Any], values: Mapping[str, Any], shape: type[BaseModel]) -> None:
    """
    Give an entry other values, as plain data.

    A value that says the same as before leaves the entry as it was written; one that is the field's default, or None,
    takes the field out.
    """
    for name, value in values.items():
        new = plain(value)
        default = plain(default_of(shape, name))
        if new == entry.get(name, default):
            continue
        if new is None or new == default:
            entry.pop(name, None)
        else:
            entry[name] = new


def default_of(shape: type[BaseModel], name: str) -> Any:
    """Return the value of a field that is not written; None for a field that must be."""
    default = shape.model_fields[name].get_default(call_default_factory=True)
    return None if default is PydanticUndefined else default


def plain(value: Any) -> Any:
    """Return a value as documents hold it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
