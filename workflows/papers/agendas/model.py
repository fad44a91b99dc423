"""A meeting's agenda as values, and the items that people propose for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

from workflows.papers.reports.model import MeetingFacts


class ItemKind(StrEnum):
    STANDING = "standing"
    FOLLOW_UP = "follow_up"
    """Earlier meetings' decisions that nobody has finished."""
    QUESTION = "question"
    """Lifted by a work package, or for the owner board by a municipality."""
    STATUS = "status"
    PROPOSAL = "proposal"
    """Put in by a member of the body."""


@dataclass(frozen=True, kw_only=True)
class AgendaLine:
    """One thing an item lists: a package, or something earlier meetings decided."""

    name: str
    light: str = ""
    """Of a package; `missing` when nobody answered."""
    who: str = ""
    due_on: date | None = None
    words: str = ""
    """Reports about it, in people's own words."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "due_on": date.fromisoformat(data["due_on"]) if data["due_on"] else None})


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """One item (sak). *number* counts the body's items through the year."""

    key: str
    """The template entry's, and for what it stands for a part that tells its items apart."""
    kind: ItemKind
    title: str
    number: int = 0
    minutes: int | None = None
    by: str = ""
    """The name of its sponsor, as readers know them."""
    text: str = ""
    """The question, or the reason to bring it up."""
    proposal: str = ""
    """The decision that the body is asked for."""
    work_package: str = ""
    """The key of the package it is about; empty when it is about none."""
    question: str = ""
    """The id of the lifted question that it is; empty when it is none."""
    view: str = ""
    """The lead's view of it."""
    decided_below: str = ""
    """The local board's decision to pass it on; at the owner board."""
    lines: tuple[AgendaLine, ...] = ()

    @property
    def asks(self) -> bool:
        """Tell whether somebody waits for the body's decision."""
        return self.kind in (ItemKind.QUESTION, ItemKind.PROPOSAL)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        lines = tuple(AgendaLine.from_data(line) for line in data["lines"])
        return cls(**{**data, "kind": ItemKind(data["kind"]), "lines": lines})


@dataclass(frozen=True, kw_only=True)
class Agenda:
    """A meeting's agenda, its items in their order."""

    meeting: MeetingFacts
    name: str
    """The body, as readers know it."""
    year: int
    """The body whose items the numbers count."""
    items: tuple[AgendaItem, ...]

    def label(self, number: int) -> str:
        """«12/26»."""
        return item_label(self.year, number)

    def item(self, number: int) -> AgendaItem | None:
        return next((item for item in self.items if item.number == number), None)

    def to_data(self) -> dict[str, Any]:
        """Plain data for the record and for programs; `from_data` reads it back."""
        data = {**asdict(self), "meeting": self.meeting.to_data()}
        for item in data["items"]:
            for line in item["lines"]:
                line["due_on"] = line["due_on"].isoformat() if line["due_on"] else None
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        items = tuple(AgendaItem.from_data(item) for item in data["items"])
        return cls(meeting=MeetingFacts.from_data(data["meeting"]), name=data["name"], year=data["year"], items=items)


def item_label(year: int, number: int) -> str:
    """An item as people speak of it: «12/26»."""
    return f"{number}/{year % 100:02d}"


@dataclass(frozen=True, kw_only=True)
class StoredAgenda:
    """The agenda of a meeting in the record. It is fixed; what was brought up later is said at the meeting."""

    meeting: str
    content: Agenda
    released_at: datetime
    published: Mapping[str, Any] = field(default_factory=dict)
    """The notes of the copies on the place's site; see `workflows.papers.file_copies`."""


PROPOSAL_FIELDS = ("title", "text", "proposal")


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """One version of something that a member asks to have put on the agenda. A person's proposals are numbered."""

    meeting: str
    person: str
    number: int
    version: int
    at: datetime
    title: str
    text: str = ""
    proposal: str = ""
    withdrawn: bool = False

    @property
    def key(self) -> str:
        return f"{self.person}/{self.number}"

    @property
    def words(self) -> tuple[str, str, str, bool]:
        """Return the words that tell one version from the next."""
        return self.title, self.text, self.proposal, self.withdrawn
