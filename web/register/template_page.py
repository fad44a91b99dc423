"""The template as it holds in a municipality or in the county: each value with its layer, and its form."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from config.origins import Part
from web.register.forms.form import FormContext
from web.register.forms.local_entries import MAY_BE_NEW, LocalList, entry_words, local_lists, title_of
from web.register.forms.local_rhythm import has_own_rhythm
from web.register.forms.local_values import STANDARD, LocalValue, current, has_rhythm, local_values, local_words
from web.register.tables import RegisterCell, RegisterPage, RegisterRow, RegisterTable, to_form

COLUMNS = ("column_value", "column_here", "column_layer")


def template_page(context: FormContext) -> RegisterPage:
    """Return all that the municipality may say differently, in the order of the template."""
    return RegisterPage(
        heading=context.say("page_template"),
        intro=context.say("page_template_intro"),
        tables=_tables(context, lambda _: True),
    )


def standard_page(context: FormContext) -> RegisterPage:
    """Return the bodies and places of the template, or (with *about*) all that the county may say of one of them."""
    part, _, key = context.about.partition("/")
    named = context.documents.get("template.yaml", {}).get(part, {}).get(key)
    if named is None:
        tables = [_overview(context, "bodies"), _overview(context, "places")]
        return RegisterPage(
            heading=context.say("page_standard"), intro=context.say("page_standard_intro"), tables=tables
        )
    tables = _tables(context, lambda item: (item.part, item.key) == (part, key))
    return RegisterPage(
        heading=context.filled(str(named["name"])), intro=context.say("page_standard_part_intro"), tables=tables
    )


def _overview(context: FormContext, part: Part) -> RegisterTable:
    """Return the bodies or places of the template, with the way to each."""
    drafts: Mapping[str, Any] = context.documents.get("template.yaml", {}).get(part, {})
    rows = []
    for key, draft in drafts.items():
        own = _leaves(context.layers.part(part, key).own)
        cells = [
            RegisterCell(text=context.filled(str(context.layers.value(part, key, ("name",)).value))),
            RegisterCell(text=context.say("per_municipality" if draft.get("per") else "per_programme")),
            RegisterCell(text=str(own), numeric=True, key=own),
        ]
        address = f"/fylket{STANDARD}?{urlencode({'av': f'{part}/{key}'})}"
        rows.append(RegisterRow(cells=cells, actions=[(context.say("do_open"), address)]))
    return RegisterTable(
        heading=context.say(f"field_{part}"),
        columns=[context.say(name) for name in ("field_name", "field_per", "column_own")],
        rows=rows,
        empty="",
        numeric=(2,),
    )


def _leaves(values: Any) -> int:
    """Count the values that a layer says."""
    if isinstance(values, Mapping):
        return sum(_leaves(value) for name, value in values.items() if name != "key")
    if isinstance(values, list) and values and all(isinstance(item, Mapping) for item in values):
        return sum(map(_leaves, values))
    return 1


def _tables(context: FormContext, shown: Callable[[LocalValue | LocalList], bool]) -> list[RegisterTable]:
    """Return the tables of the values and lists that are *shown*."""
    groups: dict[tuple[Part, str, str], list[RegisterRow]] = {}
    for value in filter(shown, local_values(context)):
        groups.setdefault((value.part, value.key, value.group), []).append(_value_row(context, value))
    tables = [
        RegisterTable(
            heading=_heading(context, part, key, group),
            columns=[context.say(name) for name in COLUMNS],
            rows=rows,
            empty="",
            is_list=False,
            add=[] if group else _rhythm(context, part, key),
        )
        for (part, key, group), rows in groups.items()
    ]
    return [*tables, *(_entries(context, item) for item in filter(shown, local_lists(context)))]


def _rhythm(context: FormContext, part: Part, key: str) -> list[tuple[str, str]]:
    """Return the way to give a body regular meetings, or to take back those that this layer gave it."""
    if part == "places" or context.documents["template.yaml"][part][key].get("occasions"):
        return []
    if has_own_rhythm(context, key):
        return [to_form(context, "rytme-ut", "do_rhythm_out", key)]
    return [] if has_rhythm(context, key) else [to_form(context, "rytme-ny", "do_rhythm_new", key)]


def _value_row(context: FormContext, value: LocalValue) -> RegisterRow:
    now = current(context, value)
    is_own = now.layer == context.own_layer
    actions = [to_form(context, "lokalt", "do_change", value.address)]
    if is_own:
        actions.append(to_form(context, "som-malen", "do_no_override", value.address))
    note = context.say("template_says", value=local_words(context, value, now.below))
    cells = [
        RegisterCell(text=context.say(f"field_{value.field}")),
        RegisterCell(text=local_words(context, value, now.value), note=note if is_own else ""),
        _layer(context, now.layer or "template"),
    ]
    return RegisterRow(cells=cells, actions=actions)


def _entries(context: FormContext, group: LocalList) -> RegisterTable:
    """Return the entries of a list as a table."""
    rows = []
    for entry in group.entries(context):
        address = f"{group.address}/{entry.key}"
        actions = [to_form(context, "lokalt-punkt", "do_change", address)]
        if entry.own is not None:
            actions.append(to_form(context, "punkt-som-malen", "do_no_override", address))
        here = context.say("entry_is_in" if entry.value is not None else "entry_is_out")
        cells = [
            RegisterCell(text=title_of(entry, context)),
            RegisterCell(text=here, note=entry_words(entry, context)),
            _layer(context, entry.layer),
        ]
        rows.append(RegisterRow(cells=cells, actions=actions))
    return RegisterTable(
        heading=_heading(context, group.part, group.key, group.name),
        columns=[context.say(name) for name in COLUMNS],
        rows=rows,
        empty=context.say("empty_entries"),
        is_list=False,
        add=[to_form(context, "lokalt-nytt", f"do_new_{group.name}", group.address)]
        if group.name in MAY_BE_NEW
        else [],
    )


def _layer(context: FormContext, layer: str) -> RegisterCell:
    return RegisterCell(text=context.say(f"layer_{layer}"), tone="ok" if layer == context.own_layer else "none")


def _heading(context: FormContext, part: str, key: str, group: str) -> str:
    name = context.filled(str(context.documents["template.yaml"][part][key]["name"]))
    return f"{name}: {context.say(f'group_{group}')}" if group else name
