"""Values of editing the register: documents, a change of an entry, the act it belongs to, two people's clash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Documents = Mapping[str, Any]
"""The register as plain data: path of a document in the programme's folder → its sections."""
FieldPath = tuple[str, ...]
"""Steps to a value inside an entry: names of fields, and `[key]` for an entry of a list. Empty: the entry itself."""


@dataclass(frozen=True, order=True)
class EntryAddress:
    """
    Address of an entry in the documents.

    Without a key it is the whole section (a mapping, or a list of plain values); without a section the whole document.
    """

    document: str
    section: str = ""
    key: str = ""

    def overlaps(self, other: "EntryAddress") -> bool:
        """Return True when one of the two holds the other, or both are the same."""
        return (
            self.document == other.document
            and (self.section == other.section or not (self.section and other.section))
            and (self.key == other.key or not (self.key and other.key))
        )


@dataclass(frozen=True, kw_only=True)
class FieldChange:
    """One value inside an entry, before and after. None: it was not there, or is not there any more."""

    path: FieldPath
    old: Any
    new: Any


@dataclass(frozen=True, kw_only=True)
class Change:
    """One entry of the register, before and after. None: it was not there, or is not there any more."""

    address: EntryAddress
    old: Any
    new: Any
    position: int | None = None
    """Place in its list of an entry that was added or taken out."""

    @property
    def inverse(self) -> "Change":
        """Return the change that takes this one back."""
        return Change(address=self.address, old=self.new, new=self.old, position=self.position)


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act on the register, which makes one new version of it."""

    by: str
    """Key of the person; empty for an import at the terminal."""
    kind: str
    """Kind of the act, such as `person.changed`; a text says it to people."""
    at: datetime
    undoes: int | None = None
    """Version whose act this one takes back."""


@dataclass(frozen=True, kw_only=True)
class LoggedAct:
    """An act with all it changed, as the log keeps it."""

    version: int
    act: Act
    changes: tuple[Change, ...]
    more: int = 0
    """Number of changes behind those, where a list shows only the first of them."""


@dataclass(frozen=True, kw_only=True)
class EditClash:
    """A value that somebody else changed after the editor saw it, with both people's values."""

    address: EntryAddress
    path: FieldPath
    seen: Any
    theirs: Any
    yours: Any
    by: str
    at: datetime | None


class ChangedMeanwhile(Exception):
    """Somebody else changed what is to be changed. Nothing was stored; both values are in *clashes*."""

    def __init__(self, clashes: Sequence[EditClash]) -> None:
        super().__init__(f"{len(clashes)} values were changed meanwhile")
        self.clashes = tuple(clashes)


class NotTheirs(Exception):
    """The edit reaches an entry that this person does not look after. Nothing was stored."""


@dataclass(frozen=True, kw_only=True)
class RegisterState:
    """The register at one moment. *version* grows by one with every act."""

    version: int
    documents: Documents


@dataclass(frozen=True, kw_only=True)
class Saved:
    """Result of an edit. Without changes the register said it already, and has the version it had."""

    version: int
    changes: tuple[Change, ...]
