"""Redactions as values: what was found where, what is to be done outside the record, and what nobody here reaches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, Self

from workflows.ports.units import DueUnit
from workflows.privacy.model import PrivacyAct, RecordRow, RowChange

KIND = "privacy.redact"
"""Kind of the unit that brings the copies outside in order; its subject is the redaction's number."""


class StepKind(StrEnum):
    """The kinds of copies that are brought in order, one by one."""

    REPORT = "report"
    """A report's PDF, page and row in the list; key: the meeting's."""
    PAPERS = "papers"
    """The Word files of agenda and minutes; key: the meeting's."""
    LIST_ROW = "list_row"
    """A row of a place's list; key: `<place>|<key of the thing>`."""
    CARD = "card"
    """A card in Teams; key: the message's."""
    EVENT = "event"
    """A meeting in Outlook; key: the meeting's."""


TAKEN_TWICE = (StepKind.REPORT, StepKind.PAPERS, StepKind.LIST_ROW)
"""Copies that a unit which had read the old words might write back, if it was running at that moment."""


class LeftKind(StrEnum):
    """Copies that this service does not reach, each with somebody who has to act."""

    MAIL = "mail"
    DRAFTS = "drafts"
    CARDS = "cards"
    EVENTS = "events"
    FILES = "files"
    RECYCLE_BIN = "recycle_bin"
    PLACES = "places"
    ARCHIVE = "archive"
    DOWNLOADS = "downloads"
    REGISTER_FILES = "register_files"
    BACKUPS = "backups"


@dataclass(frozen=True, kw_only=True)
class RedactionStep:
    """One copy to bring in order. *details*: ids that are needed for it. *taken*: how often that was done."""

    kind: StepKind
    key: str
    details: Mapping[str, Any] = field(default_factory=dict)
    taken: int = 0

    @property
    def is_done(self) -> bool:
        return self.taken >= (2 if self.kind in TAKEN_TWICE else 1)

    def to_data(self) -> dict[str, Any]:
        return {"kind": self.kind, "key": self.key, "details": dict(self.details), "taken": self.taken}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "kind": StepKind(data["kind"])})


@dataclass(frozen=True, kw_only=True)
class Redaction:
    """The marker that stays: who, when, on which legal basis, and how much; never the text itself."""

    number: int
    at: datetime
    by: str
    basis: str
    found: Mapping[str, int]
    """Times that the text stood in each table."""
    papers: Sequence[str] = ()
    """Keys of released papers that are others now, as the archive knows them: `<meeting>/report/1`."""
    steps: Sequence[RedactionStep] = ()
    left: Mapping[LeftKind, int] = field(default_factory=dict)
    finished_at: datetime | None = None

    @property
    def total(self) -> int:
        return sum(self.found.values())


@dataclass(frozen=True, kw_only=True)
class RedactionPlan:
    """Everything that a redaction would do, decided from the record as it was read."""

    found: Mapping[str, int]
    changes: Sequence[RowChange]
    papers: Sequence[str]
    steps: Sequence[RedactionStep]
    left: Mapping[LeftKind, int]

    @property
    def total(self) -> int:
        return sum(self.found.values())


class RowReader(Protocol):
    """Decides a redaction while the rows pass by."""

    def take(self, row: RecordRow) -> None:
        """Look at the next row."""
        ...

    def plan(self) -> RedactionPlan:
        """Return the decision, once every row was taken."""
        ...


class Redactions(Protocol):
    """The record of redactions. Every method is atomic."""

    async def next_number(self) -> int: ...
    async def carry_out(
        self, reader: RowReader, number: int, note: Callable[[RedactionPlan], Redaction], act: PrivacyAct
    ) -> Redaction | None:
        """
        Show every row to *reader*, write what it decides, the marker, and the act, and make the unit due.

        Returns None, and writes nothing, when it finds nothing. Raises Conflict when the number is taken meanwhile.
        """
        ...

    async def find(self, number: int) -> Redaction | None: ...
    async def list_all(self) -> Sequence[Redaction]:
        """Return all, the newest first."""
        ...

    async def note_step(
        self, number: int, step: RedactionStep, *, left: Mapping[LeftKind, int], then: Sequence[DueUnit] = ()
    ) -> None:
        """Note that a step was taken once more, what of it nobody here reaches, and make *then* due."""
        ...

    async def finish(self, number: int, at: datetime) -> None: ...


SetReport = Callable[[Any, datetime], bytes]
"""Returns a report as the PDF that is kept."""
