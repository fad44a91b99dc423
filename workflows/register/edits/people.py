"""People and their roles: added, changed, begun, ended, and a lead replaced from a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from config.problems import phrase
from config.programme import Programme
from config.values import Organisation, Role
from workflows.register.draft import Draft, DraftEntry, refusal
from workflows.register.keys import free_key

PEOPLE = "people.yaml"
ONE_HOLDER = frozenset({Role.COUNTY_LEAD, Role.OWNER_BOARD_CHAIR, Role.BOARD_CHAIR, Role.LOCAL_LEAD})
"""Roles that one person at a time holds, and that are therefore replaced rather than ended."""


def suggest_organisation(programme: Programme, email: str) -> Organisation | None:
    """Return the organisation whose domain the address has, the nearest one first; None when none has."""
    domain = email.rpartition("@")[2].casefold()
    fitting = [
        item
        for item in programme.organisations
        if domain == item.domain.casefold() or domain.endswith(f".{item.domain.casefold()}")
    ]
    return max(fitting, key=lambda item: len(item.domain), default=None)


def home_of(draft: Draft, municipality: str | None) -> str:
    """Return the document for what is a municipality's, or the programme's."""
    return PEOPLE if municipality is None else draft.document_of(municipality)


@dataclass(frozen=True, kw_only=True)
class AddPerson:
    """Add a person, who holds no role yet. The key is made of the name."""

    kind: ClassVar[str] = "person.added"
    municipality: str | None
    name: str
    email: str
    organisation: str
    title: str = ""
    language: str = "nb"

    def apply(self, draft: Draft) -> None:
        """Add the person to the municipality's document, or the programme's."""
        taken = {str(entry.values.get("key")) for entry in draft.entries("people")}
        values = {"name": self.name, "email": self.email, "organisation": self.organisation}
        more = {"title": self.title, "language": self.language}
        draft.add(home_of(draft, self.municipality), "people", {"key": free_key(self.name, taken), **values, **more})


@dataclass(frozen=True, kw_only=True)
class ChangePerson:
    """Change what the register says of a person."""

    kind: ClassVar[str] = "person.changed"
    person: str
    values: Mapping[str, Any]

    def apply(self, draft: Draft) -> None:
        """Set the values, wherever the person stands."""
        draft.change(draft.entry("people", self.person), self.values)


@dataclass(frozen=True, kw_only=True)
class RemovePerson:
    """Take out a person who holds and held no role."""

    kind: ClassVar[str] = "person.removed"
    person: str

    def apply(self, draft: Draft) -> None:
        """Take the person out. A role that names them stands against it."""
        entry = draft.entry("people", self.person)
        if draft.find("assignments", self.person, name="person"):
            draft.refuse(entry, "key", self.person, phrase("without_roles"), rule="has_roles")
        draft.take_out(entry)


@dataclass(frozen=True, kw_only=True)
class RoleSeat:
    """A role in the programme, in a municipality, or in a work package."""

    role: Role
    municipality: str | None = None
    work_package: str | None = None

    def is_held_by(self, draft: Draft, entry: DraftEntry) -> bool:
        """Return True for an assignment to this seat."""
        return (
            entry.values.get("role") == self.role
            and entry.values.get("work_package") == self.work_package
            and (self.work_package is not None or draft.municipality_of(entry) == self.municipality)
        )

    def assignments(self, draft: Draft) -> list[DraftEntry]:
        """Return every assignment to this seat, at any time."""
        return [entry for entry in draft.entries("assignments") if self.is_held_by(draft, entry)]

    def document(self, draft: Draft) -> str:
        """Return the document where its assignments stand."""
        if self.work_package is not None:
            return draft.entry("work_packages", self.work_package).document
        return home_of(draft, self.municipality)

    def values(self, person: str, since: date | None) -> dict[str, Any]:
        """Return a new assignment of *person*. The municipality is its document's."""
        return {"person": person, "role": self.role, "work_package": self.work_package, "since": since}


@dataclass(frozen=True, kw_only=True)
class GiveRole:
    """Give a person a role, from a day on or from the beginning."""

    kind: ClassVar[str] = "role.given"
    seat: RoleSeat
    person: str
    since: date | None

    def apply(self, draft: Draft) -> None:
        """Add the assignment. One that the person had there and that ended goes on only by a new one."""
        draft.add(self.seat.document(draft), "assignments", self.seat.values(self.person, self.since))


@dataclass(frozen=True, kw_only=True)
class EndRole:
    """End a person's role after its last day. One that has not begun by then is taken out."""

    kind: ClassVar[str] = "role.ended"
    seat: RoleSeat
    person: str
    last_day: date

    def apply(self, draft: Draft) -> None:
        """End every assignment of the person to the seat that holds after that day."""
        mine = [entry for entry in self.seat.assignments(draft) if entry.values["person"] == self.person]
        if not mine:
            raise refusal("assignments", self.person, phrase("role_holder"), rule="gone")
        end_after(draft, mine, self.last_day)


@dataclass(frozen=True, kw_only=True)
class ReplaceLead:
    """Let another person take over from a day on: the assignment before ends the day before, a new one begins."""

    kind: ClassVar[str] = "lead.replaced"
    seat: RoleSeat
    person: str
    first_day: date

    def apply(self, draft: Draft) -> None:
        """End what holds on that day, drop what would begin later, and begin anew."""
        held = self.seat.assignments(draft)
        if any(entry.values["person"] == self.person and holds_on(entry, self.first_day) for entry in held):
            raise refusal("person", self.person, phrase("another_person"), rule="same_person")
        end_after(draft, held, self.first_day - timedelta(days=1))
        draft.add(self.seat.document(draft), "assignments", self.seat.values(self.person, self.first_day))


def holds_on(entry: DraftEntry, day: date) -> bool:
    """Return True when an assignment holds on that day."""
    since, until = entry.values.get("since"), entry.values.get("until")
    return (since is None or str(since) <= day.isoformat()) and (until is None or day.isoformat() <= str(until))


def end_after(draft: Draft, entries: Iterable[DraftEntry], last_day: date) -> None:
    """End assignments with *last_day*; take out those that would begin only after it."""
    later = []
    for entry in entries:
        since, until = entry.values.get("since"), entry.values.get("until")
        if since is not None and str(since) > last_day.isoformat():
            later.append(entry)
        elif until is None or str(until) > last_day.isoformat():
            draft.change(entry, {"until": last_day})
    # From the end, so that the places of the others in their lists hold.
    for entry in sorted(later, key=lambda item: (item.document, item.index), reverse=True):
        draft.take_out(entry)
