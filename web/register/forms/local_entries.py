"""Forms for channels, lists, agenda entries and single days of the template: left out, said differently, or added."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import texts
from config.origins import LayeredEntry, Part
from config.values import BodyKind
from web.register.forms.form import EditForm, FormContext
from web.register.forms.local_values import BOARDS, back_to, follows
from web.register.forms.mails import bodies_of, invited_to
from workflows.register.answers import FieldKind, FormField
from workflows.register.draft import plain
from workflows.register.edits.places import SetOverride
from workflows.register.keys import free_key

TAB = "tab_"
"""The beginning of the names of fields for a channel's tabs."""
FIELDS: Mapping[str, Mapping[str, FieldKind]] = {
    "channels": {"name": "line", "description": "text"},
    "lists": {"name": "line", "description": "text"},
    "agenda": {"title": "line", "minutes": "whole", "order": "whole"},
    "occasions": {"first": "date", "last": "date", "starts": "time", "minutes": "whole"},
}
"""Values of an entry that may be said differently, by the list it stands in."""
REQUIRED = ("name", "title", "order", "first", "last", "starts")
MAY_BE_NEW = ("channels", "agenda", "occasions")
"""Lists to which an entry may be added; a SharePoint list needs a source of the service."""
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "channels": {"description": ""},
    "lists": {"description": ""},
    "agenda": {"order": 50, "minutes": None},
    "occasions": {"starts": "09:00", "minutes": 360},
}
"""Values of an entry that does not say them, as in the model."""


@dataclass(frozen=True, kw_only=True)
class LocalList:
    """A list of entries that may be said differently: the channels of a place, the agenda of a board."""

    part: Part
    key: str
    name: str

    @property
    def address(self) -> str:
        """Return the list's name in an address."""
        return f"{self.part}/{self.key}/{self.name}"

    def entries(self, context: FormContext) -> list[LayeredEntry]:
        """Return the entries of all layers as they hold here."""
        return context.layers.part(self.part, self.key).entries(self.name)

    def with_entry(self, context: FormContext, key: str, entry: Mapping[str, Any] | None) -> SetOverride:
        """Return the edit that says one entry of this layer's own anew, or (None) no more."""
        own = context.layers.part(self.part, self.key).own_entries(self.name)
        kept = [item if item["key"] != key else entry for item in own]
        if entry is not None and key not in {item["key"] for item in own}:
            kept.append(entry)
        said = [item for item in kept if item is not None]
        return SetOverride(
            municipality=context.scope, part=self.part, key=self.key, path=(self.name,), value=said or None
        )


def local_lists(context: FormContext) -> Iterator[LocalList]:
    """Yield the lists that may be said differently here; which places and bodies there are, the template says."""
    template = context.documents.get("template.yaml", {})
    for key, draft in template.get("bodies", {}).items():
        if context.scope is not None and draft.get("per") != "municipality":
            continue
        if draft.get("kind") in BOARDS:
            yield LocalList(part="bodies", key=key, name="agenda")
        elif draft.get("kind") == BodyKind.GATHERING:
            yield LocalList(part="bodies", key=key, name="occasions")
    for key, draft in template.get("places", {}).items():
        if context.scope is None or draft.get("per") == "municipality":
            yield LocalList(part="places", key=key, name="channels")
            yield LocalList(part="places", key=key, name="lists")


def title_of(entry: LayeredEntry, context: FormContext) -> str:
    """Return the words that an entry is known by."""
    values = entry.value or entry.below or {}
    if "first" in values:
        days = (date.fromisoformat(str(values[name])) for name in ("first", "last"))
        return " – ".join(texts.short_date(day, context.language) for day in days)
    return context.filled(str(values.get("title") or values.get("name") or entry.key))


def entry_words(entry: LayeredEntry, context: FormContext) -> str:
    """Return what an entry says besides its name: its description and tabs, or its minutes."""
    values = entry.value or {}
    tabs = [str(tab["name"]) for tab in values.get("tabs", ())]
    minutes = context.say("entry_minutes", minutes=values["minutes"]) if values.get("minutes") else ""
    told = [minutes, context.say("entry_tabs", names=", ".join(tabs)) if tabs else ""]
    return " ".join(filter(None, told))


def change(context: FormContext) -> EditForm:
    """Say an entry differently from the template, or leave it out. *about*: the list's address and the entry's key."""
    group, entry = _asked(context)
    values, below = entry.value or entry.below or {}, entry.below or {}
    included = context.say("field_included" if context.scope else "field_included_county")
    fields = [context.field("included", kind="flag", value=entry.value is not None, required=False, label=included)]
    fields += _fields(context, group.name, values)
    tabs = {str(tab["key"]): tab for tab in below.get("tabs", ())}
    named = {str(tab["key"]): str(tab["name"]) for tab in values.get("tabs", ())}
    hint = context.say("help_tab")
    fields += [
        context.field(
            f"{TAB}{key}", label=context.say("field_tab", name=tab["name"]), value=named.get(key, ""), required=False,
            help=hint,
        )
        for key, tab in tabs.items()
    ]  # fmt: skip

    def edit(answers: Mapping[str, Any]) -> SetOverride:
        return group.with_entry(context, entry.key, _said(entry, group.name, answers))

    return EditForm(
        heading=context.say("form_entry", name=title_of(entry, context)),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back=back_to(context, group.part, group.key),
        consequences=[context.say(f"follows_{group.name}"), follows(context), *_mails(context, group)],
    )


def new(context: FormContext) -> EditForm:
    """Add an entry of this layer's own. *about*: the list's address."""
    group = next(item for item in local_lists(context) if item.address == context.about)
    if group.name not in MAY_BE_NEW:
        raise KeyError(group.name)
    taken = {entry.key for entry in group.entries(context)}

    def edit(answers: Mapping[str, Any]) -> SetOverride:
        key = free_key(str(answers.get("name") or answers.get("title") or answers["first"]), taken)
        said = {name: value for name, value in answers.items() if value not in (None, "")}
        return group.with_entry(context, key, {"key": key, **said})

    return EditForm(
        heading=context.say(f"form_new_{group.name}"),
        button=context.say("do_save"),
        fields=_fields(context, group.name, {}),
        edit=edit,
        back=back_to(context, group.part, group.key),
        consequences=[context.say(f"follows_{group.name}"), *_mails(context, group)],
    )


def as_template(context: FormContext) -> EditForm:
    """Let the template's entry hold again; one that this layer added goes out."""
    group, entry = _asked(context)
    if entry.own is None:
        raise KeyError(entry.key)
    return EditForm(
        heading=context.say("form_no_override", name=title_of(entry, context)),
        button=context.say("do_no_override"),
        fields=(),
        edit=lambda _: group.with_entry(context, entry.key, None),
        back=back_to(context, group.part, group.key),
        consequences=[context.say(_way_back(context, entry)), *_mails(context, group)],
        ends=True,
    )


def _mails(context: FormContext, group: LocalList) -> list[str]:
    """Return the line about people who are called in on the days of a list; the other lists mail nobody."""
    return invited_to(context, bodies_of(context, group.key)) if group.name == "occasions" else []


def _way_back(context: FormContext, entry: LayeredEntry) -> str:
    if entry.below is not None:
        return "follows_entry"
    return "follows_own_entry" if context.scope else "follows_own_entry_county"


def _asked(context: FormContext) -> tuple[LocalList, LayeredEntry]:
    address, _, key = context.about.rpartition("/")
    group = next(item for item in local_lists(context) if item.address == address)
    return group, next(entry for entry in group.entries(context) if entry.key == key)


def _fields(context: FormContext, name: str, values: Mapping[str, Any]) -> list[FormField]:
    known = {**DEFAULTS[name], **values}
    return [
        context.field(field, kind=kind, value=known.get(field, ""), required=field in REQUIRED)
        for field, kind in FIELDS[name].items()
    ]


def _said(entry: LayeredEntry, name: str, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return this layer's own entry as the answers mean it: all that differs from below; None for nothing."""
    below, key = entry.below or {}, entry.key
    if not answers["included"]:
        return {"key": key, "remove": True} if entry.below else None
    covered = {*FIELDS[name], "tabs", "remove", "key"}
    said: dict[str, Any] = {field: value for field, value in (entry.own or {}).items() if field not in covered}
    before = {**DEFAULTS[name], **below}
    said |= {field: answers[field] for field in FIELDS[name] if plain(answers[field]) != plain(before.get(field))}
    tabs = _tabs_said(entry, answers)
    if tabs:
        said["tabs"] = tabs
    return {"key": key, **said} if said else None


def _tabs_said(entry: LayeredEntry, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tabs that differ from below, and those that this layer alone has."""
    below = {str(tab["key"]): str(tab["name"]) for tab in (entry.below or {}).get("tabs", ())}
    said = [dict(tab) for tab in (entry.own or {}).get("tabs", ()) if tab["key"] not in below]
    for key, name in below.items():
        given = answers[f"{TAB}{key}"]
        if not given:
            said.append({"key": key, "remove": True})
        elif given != name:
            said.append({"key": key, "name": given})
    return said
