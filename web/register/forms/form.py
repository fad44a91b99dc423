"""A form of the register: its fields in words, and the edit that their answers mean."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import texts
from config.origins import Layers
from config.place_template import Layer
from config.programme import Programme
from config.values import Assignment, Municipality, Person
from workflows.papers.minutes.model import Decision
from workflows.register.answers import FieldKind, FormField
from workflows.register.plan import Edit


@dataclass(frozen=True, kw_only=True)
class EditForm:
    """A form for one edit. *consequences*: all that follows, said before it is done."""

    heading: str
    button: str
    fields: Sequence[FormField]
    edit: Callable[[Mapping[str, Any]], Edit]
    back: str
    """End of the address of the page that it belongs to."""
    consequences: Sequence[str] = ()
    ends: bool = False
    """True when something is taken out or ended."""
    looks_up: bool = False
    """True when the form can ask whether the address in it has an account."""


@dataclass(frozen=True, kw_only=True)
class FormContext:
    """
    All that a form is made of. *scope*: the municipality; None is the programme. *about*: a key, as `?av=`.
    *decisions*: those that the municipality's board has recorded, the newest first.
    """

    programme: Programme
    documents: Mapping[str, Any]
    scope: str | None
    about: str
    today: date
    language: str
    decisions: Sequence[Decision] = ()

    def say(self, key: str, **values: Any) -> str:
        """Return the register's text *key*."""
        return texts.say(f"register.{key}", self.language, **values)

    def role(self, role: str) -> str:
        return texts.say(f"guests.role_{role}", self.language)

    def role_within(self, role: str) -> str:
        """Return a role as it stands inside a sentence."""
        return texts.within(self.role(role))

    @property
    def municipality(self) -> Municipality:
        """Return the municipality that the page is about."""
        return self.programme.municipality(self.scope or "")

    @cached_property
    def layers(self) -> Layers:
        """Return the template as it holds here."""
        return Layers(self.documents, self.scope)

    @property
    def own_layer(self) -> Layer:
        """Return the layer whose values the page changes."""
        return "municipality" if self.scope else "county"

    def filled(self, text: str) -> str:
        """Return a text of the template with its placeholders filled in, or named where many things may stand."""
        town = self.municipality.name if self.scope else f"[{self.say('field_municipality')}]"
        return text.replace("{municipality}", town).replace("{work_package}", f"[{self.say('field_work_package')}]")

    @property
    def document(self) -> str:
        """Return the path of the document that the page's people look after."""
        for path, document in self.documents.items():
            if self.scope is not None and document.get("municipality", {}).get("slug") == self.scope:
                return path
        return "people.yaml"

    def own(self, section: str) -> Sequence[Mapping[str, Any]]:
        """Return the entries of a section in this document."""
        found: Sequence[Mapping[str, Any]] = self.documents.get(self.document, {}).get(section) or ()
        return found

    def field(self, name: str, *, kind: FieldKind = "line", value: Any = "", **more: Any) -> FormField:
        """Return a field called as the register calls it."""
        label = more.pop("label", None) or self.say(f"field_{name}")
        return FormField(name=name, label=label, kind=kind, value=as_text(value, kind), **more)

    def choice(self, name: str, keys: Iterable[str], *, value: Any = "", **more: Any) -> FormField:
        """Return a choice among values that the register has words for."""
        options = [(key, self.say(f"value_{key}")) for key in keys]
        return self.field(name, kind="choice", value=value, options=options, **more)

    def people(self, name: str, *, value: str = "", required: bool = True, label: str = "") -> FormField:
        """
        Return a choice among the people who may be named here: the municipality's own first, then the others.

        Those who belong to other municipalities alone are left out: their addresses are nobody's business here.
        """
        mine = {entry["key"] for entry in self.own("people")}
        named = [each for each in self.programme.people if each.key in (*mine, value) or not self._is_elsewhere(each)]
        people = sorted(named, key=lambda each: (each.key not in mine, texts.sort_key(each.name)))
        options = [("", self.say("choose")), *((each.key, self._called(each)) for each in people)]
        label = label or self.say(f"field_{name}")
        return FormField(
            name=name,
            label=label,
            kind="choice",
            value=value,
            options=options,
            required=required,
            help=self.say("help_people"),
            names_person=True,
        )

    def _is_elsewhere(self, person: Person) -> bool:
        """Return True for a person all of whose roles are in other municipalities than the page's."""
        homes = {self._home(item) for item in self.programme.assignments_of(person.key)}
        return self.scope is not None and bool(homes) and homes.isdisjoint({None, self.scope})

    def _home(self, item: Assignment) -> str | None:
        if item.work_package is not None:
            return self.programme.work_package(item.work_package).municipality
        return item.municipality

    def _called(self, person: Person) -> str:
        return f"{person.name} ({person.email})"


def as_text(value: Any, kind: FieldKind) -> str:
    """Return a value as a field holds it."""
    if value is None:
        return ""
    if kind == "flag":
        return "1" if value else ""
    if kind == "time":
        return str(value)[:5]
    if kind in ("number", "whole"):
        return f"{value:g}".replace(".", ",") if kind == "number" else str(value)
    if kind in ("years", "wholes"):
        return ", ".join(map(str, value))
    if kind == "lines":
        return "\n".join(map(str, value))
    if kind == "times":
        return "\n".join(str(each)[:5] for each in value)
    if kind in ("moments", "days"):
        return "\n".join(str(each).replace("T", " ")[:16] for each in value)
    return str(value)
