"""Minutes as values: attendance, decisions, and who does what until when."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self, TypeVar

from workflows.papers.agendas.model import item_label
from workflows.papers.reports.model import MeetingFacts


class MatterState(StrEnum):
    """The progress of a decided matter."""

    OPEN = "open"
    """It is followed up at the next meeting."""
    DONE = "done"
    DROPPED = "dropped"
    """It is not to be done any more, or was taken out of the minutes."""


class Outcome(StrEnum):
    """The result of a decision for the question that it is about."""

    DECIDED = "decided"
    SENT_BACK = "sent_back"
    """It cannot be decided as it stands; the decision says what is lacking."""
    PASSED_ON = "passed_on"
    """The local board asks the owner board."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A body's decision on one item: one version. The newest counts, every one is kept."""

    key: str
    """`<body>/<year>/<the item's number>`."""
    meeting: str
    body: str
    year: int
    number: int
    title: str
    """The item's."""
    text: str
    work_package: str = ""
    state: MatterState = MatterState.OPEN
    person: str = ""
    """Key of who carries it out; empty when nobody is named."""
    due_on: date | None = None
    question: str = ""
    """The id of the lifted question that it is about; empty when it is about none."""

    @property
    def label(self) -> str:
        return item_label(self.year, self.number)

    def is_late(self, today: date) -> bool:
        """Tell whether it is to be done and its day has passed."""
        return _is_late(self, today)

    def to_data(self) -> dict[str, Any]:
        return {**asdict(self), "due_on": _day_data(self.due_on)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "state": MatterState(data["state"]), "due_on": _day_from(data.get("due_on"))})


def decision_label(key: str) -> str:
    """Return the item of a decision as people speak of it, «12/26», from the decision's key; empty for no key."""
    if not key:
        return ""
    _, year, number = key.rsplit("/", 2)
    return item_label(int(year), int(number))


@dataclass(frozen=True, kw_only=True)
class ActionItem:
    """An action item: person, task and due date, one version. The newest counts, every one is kept."""

    key: str
    """`<meeting>/<number of its line>`."""
    meeting: str
    body: str
    year: int
    number: int
    """The item's it came of; 0 when it came of none."""
    person: str
    """Key of who does it; empty when that is everybody, or said in *what*."""
    what: str
    due_on: date | None = None
    state: MatterState = MatterState.OPEN

    @property
    def line(self) -> int:
        return int(self.key.rpartition("/")[2])

    @property
    def label(self) -> str:
        return item_label(self.year, self.number) if self.number else ""

    def is_late(self, today: date) -> bool:
        """Tell whether it is to be done and its day has passed."""
        return _is_late(self, today)

    def to_data(self) -> dict[str, Any]:
        return {**asdict(self), "due_on": _day_data(self.due_on)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "state": MatterState(data["state"]), "due_on": _day_from(data["due_on"])})


Matter = Decision | ActionItem


def _is_late(matter: Matter, today: date) -> bool:
    return matter.state is MatterState.OPEN and matter.due_on is not None and matter.due_on < today


def _day_data(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_from(data: str | None) -> date | None:
    return date.fromisoformat(data) if data else None


@dataclass(frozen=True, kw_only=True)
class Matters:
    """A body's matters, each in its newest version, the oldest first."""

    decisions: tuple[Decision, ...] = ()
    actions: tuple[ActionItem, ...] = ()

    @property
    def all(self) -> tuple[Matter, ...]:
        return (*self.decisions, *self.actions)

    def open_before(self, meeting: str) -> "Matters":
        """List the open matters of other meetings than *meeting*."""
        return Matters(
            decisions=_open(self.decisions, meeting),
            actions=_open(self.actions, meeting),
        )

    def asked_of(self, work_package: str, people: Collection[str]) -> tuple[Matter, ...]:
        """List the matters that the leads of a package report on: open decisions about it, and their own action
        items."""
        still = self.open_before("")
        decisions = (item for item in still.decisions if item.work_package == work_package)
        actions = (item for item in still.actions if item.person in people)
        return (*decisions, *actions)

    def of(self, meeting: str) -> "Matters":
        """List the matters of that meeting; removed ones are left out."""
        return Matters(
            decisions=tuple(item for item in self.decisions if item.meeting == meeting and item.text),
            actions=tuple(item for item in self.actions if item.meeting == meeting and item.what),
        )


M = TypeVar("M", Decision, ActionItem)


def _open(matters: Iterable[M], meeting: str) -> tuple[M, ...]:
    return tuple(item for item in matters if item.state is MatterState.OPEN and item.meeting != meeting)


@dataclass(frozen=True, kw_only=True)
class Presence:
    """One person's line in the minutes."""

    person: str
    name: str
    present: bool


@dataclass(frozen=True, kw_only=True)
class MinutesItem:
    """One item as the minutes have it."""

    number: int
    title: str
    text: str = ""
    """What was said, where the minutes tell it."""
    decision: str = ""
    follow_up: bool = False
    """True when the decision is followed up at the next meeting."""
    outcome: Outcome = Outcome.DECIDED
    """Counts for an item that is about a lifted question."""
    person: str = ""
    """Key of who carries the decision out."""
    who: str = ""
    """The person, as readers know them."""
    due_on: date | None = None
    left: tuple[str, ...] = ()
    """Keys of those who left the room while it was dealt with, as disqualified (inhabil)."""

    def to_data(self) -> dict[str, Any]:
        return {**asdict(self), "due_on": _day_data(self.due_on)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        changed = {
            "outcome": Outcome(data.get("outcome", Outcome.DECIDED)),
            "due_on": _day_from(data.get("due_on")),
            "left": tuple(data.get("left", ())),
        }
        return cls(**{**data, **changed})


@dataclass(frozen=True, kw_only=True)
class ActionLine:
    """A line of the minutes that says who does what."""

    line: int
    what: str
    person: str = ""
    who: str = ""
    """The person, as readers know them."""
    number: int = 0
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """The minutes of a meeting."""

    meeting: MeetingFacts
    name: str
    """The body, as readers know it."""
    year: int
    attendance: tuple[Presence, ...]
    others: str = ""
    """Others who were there, in the recorder's words."""
    remarks: str = ""
    """What the minutes tell that belongs to no item."""
    chair: str = ""
    """Key of who chaired the meeting."""
    secretary: str = ""
    """Key of who kept the minutes."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The chair and the secretary as readers know them, by key."""
    items: tuple[MinutesItem, ...]
    actions: tuple[ActionLine, ...] = ()

    @property
    def present(self) -> tuple[Presence, ...]:
        return tuple(line for line in self.attendance if line.present)

    def present_at(self, item: MinutesItem) -> tuple[Presence, ...]:
        """List those who were there while an item was dealt with."""
        return tuple(line for line in self.present if line.person not in item.left)

    def to_data(self) -> dict[str, Any]:
        data = {**asdict(self), "meeting": self.meeting.to_data(), "items": [item.to_data() for item in self.items]}
        for line in data["actions"]:
            line["due_on"] = line["due_on"].isoformat() if line["due_on"] else None
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        actions = tuple(
            ActionLine(**{**line, "due_on": date.fromisoformat(line["due_on"]) if line["due_on"] else None})
            for line in data["actions"]
        )
        return cls(
            meeting=MeetingFacts.from_data(data["meeting"]),
            name=data["name"],
            year=data["year"],
            attendance=tuple(Presence(**line) for line in data["attendance"]),
            others=data["others"],
            remarks=data.get("remarks", ""),
            chair=data.get("chair", ""),
            secretary=data.get("secretary", ""),
            names=dict(data.get("names", {})),
            items=tuple(MinutesItem.from_data(item) for item in data["items"]),
            actions=actions,
        )


@dataclass(frozen=True, kw_only=True)
class StoredMinutes:
    """One version of a meeting's minutes; the newest counts, every one is kept."""

    meeting: str
    version: int
    at: datetime
    by: str
    """Key of the person who recorded it."""
    content: Minutes
    approved_at: datetime | None = None
    approved_by: str = ""

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None

    def approved_on(self, local_day: Callable[[datetime], date]) -> date | None:
        """Return the day of the approval where the meeting was; None for a version that nobody has approved."""
        return local_day(self.approved_at) if self.approved_at is not None else None


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The result of recording: the minutes, and the matters that they change."""

    minutes: Minutes
    decisions: tuple[Decision, ...] = field(default=())
    actions: tuple[ActionItem, ...] = field(default=())
