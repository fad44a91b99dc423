"""The template as it holds in a municipality: each value and entry with the layer that it comes from, and its form."""

from web.register.forms.form import FormContext
from web.register.forms.local_entries import MAY_BE_NEW, LocalList, entry_words, local_lists, title_of
from web.register.forms.local_values import LocalValue, current, local_values, local_words
from web.register.tables import RegisterCell, RegisterPage, RegisterRow, RegisterTable, to_form

COLUMNS = ("column_value", "column_here", "column_layer")


def template_page(context: FormContext) -> RegisterPage:
    """Return all that the municipality may say differently, in the order of the template."""
    groups: dict[tuple[str, str, str], list[RegisterRow]] = {}
    for value in local_values(context.documents):
        groups.setdefault((value.part, value.key, value.group), []).append(_value_row(context, value))
    tables = [
        RegisterTable(
            heading=_heading(context, part, key, group),
            columns=[context.say(name) for name in COLUMNS],
            rows=rows,
            empty="",
            is_list=False,
        )
        for (part, key, group), rows in groups.items()
    ]
    return RegisterPage(
        heading=context.say("page_template"),
        intro=context.say("page_template_intro"),
        tables=[*tables, *(_entries(context, item) for item in local_lists(context.documents))],
    )


def _value_row(context: FormContext, value: LocalValue) -> RegisterRow:
    now = current(context, value)
    is_own = now.layer == "municipality"
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
    return RegisterCell(text=context.say(f"layer_{layer}"), tone="ok" if layer == "municipality" else "none")


def _heading(context: FormContext, part: str, key: str, group: str) -> str:
    name = str(context.documents["template.yaml"][part][key]["name"])
    name = name.replace("{municipality}", context.municipality.name)
    return f"{name}: {context.say(f'group_{group}')}" if group else name
