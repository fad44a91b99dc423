"""The record as personal data: the content of each column, and rows read and rewritten by it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from workflows.ports.units import DueUnit


class Holds(StrEnum):
    """The content of a column, as far as people and their words go."""

    CODE = "code"
    """States, checksums, ids of machines: no person and no words."""
    KEY = "key"
    """A key of ours, which may name a person or a case between its `/` and `:`."""
    PERSON = "person"
    """A person's key in the register."""
    IDENTIFIER = "identifier"
    """A mail address, an account's id or the like: it names a person outside."""
    WORDS = "words"
    """Text that people wrote, or that is made of it; as JSON in any of its values."""
    ENTRIES = "entries"
    """A document of the register: lists of entries, each about somebody else."""
    FILE = "file"
    """A finished file, made of the words beside it."""
    HIDDEN = "hidden"
    """A key to something: never shown to anybody."""


class RecordKind(StrEnum):
    """Kinds of data in the record, in the order in which people read about them."""

    REGISTER = "register"
    ACCOUNTS = "accounts"
    ACCESS = "access"
    MESSAGES = "messages"
    STATUS = "status"
    MEETINGS = "meetings"
    PAPERS = "papers"
    ARCHIVE = "archive"
    PLACES = "places"
    HISTORY = "history"
    AUDIT = "audit"
    SERVICE = "service"


@dataclass(frozen=True, kw_only=True)
class TableRule:
    """One table: the kind of its data, and the content of every column that can hold text."""

    table: str
    kind: RecordKind
    columns: Mapping[str, Holds]
    follows: tuple[str, ...] = ()
    """Columns whose values lead on to rows of other tables that are about the same."""
    follows_in_case: tuple[str, ...] = ()
    """Those that lead on within a case, and not from a person."""

    def holding(self, *kinds: Holds) -> tuple[str, ...]:
        """Return the columns with such content."""
        return tuple(name for name, holds in self.columns.items() if holds in kinds)


@dataclass(frozen=True, kw_only=True)
class RecordRow:
    """One row of a table as plain values."""

    rule: TableRule
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """Decided change of one row: other *values* for some of its columns, or the end of it (*removed*)."""

    row: RecordRow
    values: Mapping[str, Any] = field(default_factory=dict)
    removed: bool = False


Decide = Callable[[RecordRow], RowChange | None]
"""Returns the change of a row, or None for one that stays as it is. Reads nothing but the row."""


@dataclass(frozen=True, kw_only=True)
class PrivacyAct:
    """An act on personal data, as it is written down: ids and numbers, never anybody's words."""

    by: str
    """Key of the person; empty at the terminal."""
    action: str
    subject: str
    at: datetime
    values: Mapping[str, str | int] = field(default_factory=dict)


class RecordRows(Protocol):
    """Every row of the record, whatever it is about."""

    def read(self, kinds: Sequence[RecordKind] = (), *, tables: Sequence[str] = ()) -> AsyncIterator[RecordRow]:
        """Give the rows of one moment, table by table; only those of *kinds* and of *tables*, if given."""
        ...

    async def rewrite(self, decide: Decide, act: PrivacyAct, *, then: Sequence[DueUnit] = ()) -> int:
        """
        Apply what *decide* says of every row, note the act and make *then* due, all in one transaction.

        Returns the number of rows that changed; without any, nothing is noted and nothing made due.
        """
        ...

    async def note(self, act: PrivacyAct) -> None:
        """Write an act down that changed nothing."""
        ...
