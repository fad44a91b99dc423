"""Entries that are known by what they are about: agreements, stakeholders, money, activities, days without school."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.register.draft import Draft, DraftEntry, plain
from workflows.register.keys import free_key

HOMES: Mapping[str, str] = {
    "partners": "programme.yaml",
    "stakeholders": "programme.yaml",
    "themes": "programme.yaml",
    "activities": "programme.yaml",
    "progress": "programme.yaml",
    "budget": "programme.yaml",
    "spending": "programme.yaml",
    "school_breaks": "calendar.yaml",
    "busy_days": "calendar.yaml",
    "organisations": "organisations.yaml",
    "schools": "schools.yaml",
}
"""Document of a section's entries that are the programme's; a municipality's stand in its own."""
NAMED = frozenset({"stakeholders", "budget", "organisations", "schools", "themes"})
"""Sections whose new entries get a key made of a name."""


@dataclass(frozen=True, kw_only=True)
class PutEntry:
    """
    Add an entry, or change the one that is about the same.

    *about*: the fields that say what it is about; without any it is a new one.
    """

    kind: str
    section: str
    municipality: str | None
    about: Mapping[str, Any]
    values: Mapping[str, Any]

    def apply(self, draft: Draft) -> None:
        """Change the entry if it is there, else add it; without a key, add it under a new one."""
        found = find_about(draft, self.section, self.municipality, self.about)
        if found is not None:
            draft.change(found, self.values)
            return
        about = dict(self.about)
        if self.section in NAMED and not about.get("key"):
            taken = {str(entry.values.get("key")) for entry in draft.entries(self.section)}
            name = self.values.get("name") or self.values.get("purpose") or ""
            about["key"] = free_key(str(name), taken, prefix=self.municipality or "")
        draft.add(document_for(draft, self.section, self.municipality), self.section, {**about, **self.values})


@dataclass(frozen=True, kw_only=True)
class TakeOutEntry:
    """Take out the entry that is about something. *also*: sections whose entries name it, and the field for that."""

    kind: str
    section: str
    municipality: str | None
    about: Mapping[str, Any]
    also: Mapping[str, str] = field(default_factory=dict)

    def apply(self, draft: Draft) -> None:
        """Take it out with all that is about it; one that is gone already is no fault."""
        found = find_about(draft, self.section, self.municipality, self.about)
        if found is None:
            return
        draft.take_out(found)
        for section, name in self.also.items():
            for entry in reversed([*draft.entries(section)]):
                if entry.values.get(name) == found.values["key"]:
                    draft.take_out(entry)


def document_for(draft: Draft, section: str, municipality: str | None) -> str:
    """Return the document where a section's new entries go, and see that there is one."""
    if municipality is not None:
        return draft.document_of(municipality)
    home = HOMES[section]
    draft.documents.setdefault(home, {})
    return home


def find_about(draft: Draft, section: str, municipality: str | None, about: Mapping[str, Any]) -> DraftEntry | None:
    """Return the entry of a municipality, or of the programme, that is about *about*; None where that is nothing."""
    wanted = plain(about)
    if not wanted:
        return None
    home = wanted.get("municipality", municipality)
    for entry in draft.entries(section):
        same = all(entry.values.get(name) == value for name, value in wanted.items())
        if same and draft.municipality_of(entry) == home:
            return entry
    return None
