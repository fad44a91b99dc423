"""Municipalities: added, their place and meetings, and what is local to them in template and calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from config.problems import phrase
from config.values import Municipality, Role
from workflows.register.draft import Draft, plain, refusal, set_values
from workflows.register.edits.people import AddPerson, GiveRole, RoleSeat

Part = Literal["places", "bodies"]


@dataclass(frozen=True, kw_only=True)
class ChangeMunicipality:
    """Change what the register says of a municipality: its place, its meetings, its last day."""

    municipality: str
    values: Mapping[str, Any]
    kind: str = "municipality.changed"

    def apply(self, draft: Draft) -> None:
        """Set the values in its own document."""
        document = draft.documents[draft.document_of(self.municipality)]
        set_values(document["municipality"], self.values, Municipality)


@dataclass(frozen=True, kw_only=True)
class SetMeetingDates:
    """Set the dates on which a board that calls its own meetings meets, as local wall times."""

    kind: ClassVar[str] = "meetings.dates"
    municipality: str
    dates: Sequence[datetime]

    def apply(self, draft: Draft) -> None:
        """Replace the dates, in the order of time."""
        changed = ChangeMunicipality(municipality=self.municipality, values={"meeting_dates": sorted(self.dates)})
        changed.apply(draft)


@dataclass(frozen=True, kw_only=True)
class SetOverride:
    """Say something differently from the template in a municipality, or (None) in the county; None says it no more."""

    kind: ClassVar[str] = "override.set"
    municipality: str | None
    part: Part
    key: str
    path: tuple[str, ...]
    value: Any

    def apply(self, draft: Draft) -> None:
        """Set the value in the layer's overrides, and drop what is left empty."""
        home = "county.yaml" if self.municipality is None else draft.document_of(self.municipality)
        document = draft.documents.setdefault(home, {})
        _set(document, ("overrides", self.part, self.key, *self.path), plain(self.value))


def _set(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set the value at *path*; None takes it out, and every mapping that is empty then."""
    name, rest = path[0], path[1:]
    if rest:
        below = values.setdefault(name, {})
        _set(below, rest, value)
        if not below:
            del values[name]
    elif value is None:
        values.pop(name, None)
    else:
        values[name] = value


@dataclass(frozen=True, kw_only=True)
class SetDaysOff:
    """Set the county's days without meetings or messages, besides public holidays."""

    kind: ClassVar[str] = "calendar.days_off"
    days: Sequence[date]

    def apply(self, draft: Draft) -> None:
        """Replace the days, in the order of time."""
        document = draft.documents.setdefault("calendar.yaml", {})
        document["days_off"] = plain(sorted(set(self.days)))


@dataclass(frozen=True, kw_only=True)
class NewPerson:
    """A person of a new municipality, with the role that they take."""

    role: Role
    name: str
    email: str
    organisation: str = ""
    """Key of their organisation; empty: the municipality's."""


@dataclass(frozen=True, kw_only=True)
class AddMunicipality:
    """
    Add a municipality with its organisation and its first people.

    Number and name come from the register of municipalities; its domain is entered, for it is not derived from a name.
    """

    kind: ClassVar[str] = "municipality.added"
    slug: str
    number: str
    name: str
    domain: str
    people: Sequence[NewPerson]
    values: Mapping[str, Any]
    """Its place and meetings, as `ChangeMunicipality` takes them."""

    def apply(self, draft: Draft) -> None:
        """Make its document. Raises InvalidInput when the slug is taken."""
        path = f"municipalities/{self.slug}.yaml"
        if path in draft.documents:
            raise refusal("slug", self.slug, phrase("new_municipality"), rule="taken")
        organisation = f"{self.slug}-kommune"
        head = {"slug": self.slug, "number": self.number, "name": self.name, "organisation": organisation}
        draft.documents[path] = {"municipality": head}
        set_values(head, self.values, Municipality)
        if draft.find("organisations", organisation) is None:
            known = {"key": organisation, "name": f"{self.name} kommune", "kind": "municipality", "tenant": "guest"}
            draft.add(path, "organisations", {**known, "domain": self.domain})
        for person in self.people:
            key = _known_person(draft, person.email) or self._add(draft, person, organisation)
            GiveRole(seat=RoleSeat(role=person.role, municipality=self.slug), person=key, since=None).apply(draft)

    def _add(self, draft: Draft, person: NewPerson, organisation: str) -> str:
        before = {entry.values["key"] for entry in draft.entries("people")}
        add = AddPerson(
            municipality=self.slug,
            name=person.name,
            email=person.email,
            organisation=person.organisation or organisation,
        )
        add.apply(draft)
        return str(next(entry.values["key"] for entry in draft.entries("people") if entry.values["key"] not in before))


def _known_person(draft: Draft, email: str) -> str | None:
    """Return the person who has that address already: somebody sits on boards of several municipalities."""
    address = email.casefold()
    found = (entry.values for entry in draft.entries("people") if str(entry.values.get("email")).casefold() == address)
    return next((str(values["key"]) for values in found), None)
