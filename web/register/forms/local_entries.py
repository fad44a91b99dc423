"""Forms for channels, lists and agenda entries of the template: a municipality leaves out, renames or adds its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config.origins import LayeredEntry, Part, layered_entries, own_entries
from config.values import BodyKind
from web.register.forms.form import EditForm, FormContext
from web.register.forms.local_values import TEMPLATE
from workflows.register.answers import FieldKind, FormField
from workflows.register.edits.places import SetOverride
from workflows.register.keys import free_key

TAB = "tab_"
"""The beginning of the names of fields for a channel's tabs."""
FIELDS: Mapping[str, Mapping[str, FieldKind]] = {
    "channels": {"name": "line", "description": "text"},
    "lists": {"name": "line", "description": "text"},
    "agenda": {"title": "line", "minutes": "whole", "order": "whole"},
}
"""Values of an entry that may be said differently, by the list it stands in."""
REQUIRED = ("name", "title", "order")
MAY_BE_NEW = ("channels", "agenda")
"""Lists to which a municipality may add an entry of its own; a SharePoint list needs a source of the service."""
ORDER = 50
"""The place of an agenda entry that says none, as in the model."""


@dataclass(frozen=True, kw_only=True)
class LocalList:
    """A list of entries that a municipality may say differently: the channels of its place, the agenda of its board."""

    part: Part
    key: str
    name: str

    @property
    def address(self) -> str:
        """Return the list's name in an address."""
        return f"{self.part}/{self.key}/{self.name}"

    def entries(self, context: FormContext) -> list[LayeredEntry]:
        """Return the entries of all layers as they hold in the municipality."""
        return layered_entries(context.documents, context.municipality.slug, self.part, self.key, self.name)

    def with_entry(self, context: FormContext, key: str, entry: Mapping[str, Any] | None) -> SetOverride:
        """Return the edit that says one entry of the municipality's own anew, or (None) no more."""
        own = own_entries(context.documents, context.municipality.slug, self.part, self.key, self.name)
        kept = [item if item["key"] != key else entry for item in own]
        if entry is not None and key not in {item["key"] for item in own}:
            kept.append(entry)
        said = [item for item in kept if item is not None]
        slug = context.municipality.slug
        return SetOverride(municipality=slug, part=self.part, key=self.key, path=(self.name,), value=said or None)


def local_lists(documents: Mapping[str, Any]) -> Iterator[LocalList]:
    """Yield the lists that may be said differently; which places and boards there are, the template says."""
    template = documents.get("template.yaml", {})
    for key, draft in template.get("bodies", {}).items():
        if draft.get("kind") == BodyKind.LOCAL_BOARD and draft.get("per") == "municipality":
            yield LocalList(part="bodies", key=key, name="agenda")
    for key, draft in template.get("places", {}).items():
        if draft.get("per") == "municipality":
            yield LocalList(part="places", key=key, name="channels")
            yield LocalList(part="places", key=key, name="lists")


def title_of(entry: LayeredEntry, context: FormContext) -> str:
    """Return the words that an entry is known by."""
    values = entry.value or entry.below or {}
    words = str(values.get("title") or values.get("name") or entry.key)
    words = words.replace("{work_package}", f"[{context.say('field_work_package')}]")
    return words.replace("{municipality}", context.municipality.name)


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
    fields = [context.field("included", kind="flag", value=entry.value is not None, required=False)]
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
        back=TEMPLATE,
        consequences=[context.say(f"follows_{group.name}"), context.say("follows_override")],
    )


def new(context: FormContext) -> EditForm:
    """Add an entry of the municipality's own. *about*: the list's address."""
    group = next(item for item in local_lists(context.documents) if item.address == context.about)
    if group.name not in MAY_BE_NEW:
        raise KeyError(group.name)
    taken = {entry.key for entry in group.entries(context)}

    def edit(answers: Mapping[str, Any]) -> SetOverride:
        key = free_key(str(answers.get("name") or answers.get("title")), taken)
        said = {name: value for name, value in answers.items() if value not in (None, "")}
        return group.with_entry(context, key, {"key": key, **said})

    return EditForm(
        heading=context.say(f"form_new_{group.name}"),
        button=context.say("do_save"),
        fields=_fields(context, group.name, {"order": ORDER}),
        edit=edit,
        back=TEMPLATE,
        consequences=[context.say(f"follows_{group.name}")],
    )


def as_template(context: FormContext) -> EditForm:
    """Let the template's entry hold again; one that the municipality added goes out."""
    group, entry = _asked(context)
    if entry.own is None:
        raise KeyError(entry.key)
    return EditForm(
        heading=context.say("form_no_override", name=title_of(entry, context)),
        button=context.say("do_no_override"),
        fields=(),
        edit=lambda _: group.with_entry(context, entry.key, None),
        back=TEMPLATE,
        consequences=[context.say("follows_own_entry" if entry.below is None else "follows_entry")],
        ends=True,
    )


def _asked(context: FormContext) -> tuple[LocalList, LayeredEntry]:
    address, _, key = context.about.rpartition("/")
    group = next(item for item in local_lists(context.documents) if item.address == address)
    return group, next(entry for entry in group.entries(context) if entry.key == key)


def _fields(context: FormContext, name: str, values: Mapping[str, Any]) -> list[FormField]:
    return [
        context.field(
            field, kind=kind, value=values.get(field, ORDER if field == "order" else ""), required=field in REQUIRED
        )
        for field, kind in FIELDS[name].items()
    ]


def _said(entry: LayeredEntry, name: str, answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the municipality's own entry as the answers mean it: what differs from below; None for nothing."""
    below, key = entry.below or {}, entry.key
    if not answers["included"]:
        return {"key": key, "remove": True} if entry.below else None
    covered = {*FIELDS[name], "tabs", "remove", "key"}
    said: dict[str, Any] = {field: value for field, value in (entry.own or {}).items() if field not in covered}
    defaults = {"order": ORDER, "description": "", "minutes": None}
    said |= {field: answers[field] for field in FIELDS[name] if answers[field] != below.get(field, defaults.get(field))}
    tabs = _tabs_said(entry, answers)
    if tabs:
        said["tabs"] = tabs
    return {"key": key, **said} if said else None


def _tabs_said(entry: LayeredEntry, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tabs that differ from below, and those that the municipality alone has."""
    below = {str(tab["key"]): str(tab["name"]) for tab in (entry.below or {}).get("tabs", ())}
    said = [dict(tab) for tab in (entry.own or {}).get("tabs", ()) if tab["key"] not in below]
    for key, name in below.items():
        given = answers[f"{TAB}{key}"]
        if not given:
            said.append({"key": key, "remove": True})
        elif given != name:
            said.append({"key": key, "name": given})
    return said
