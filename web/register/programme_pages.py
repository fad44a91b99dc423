"""The pages of the programme itself, and of the organisations and schools in it."""

import texts
from config.values import Organisation, School, Tenant
from web.register.forms.form import FormContext
from web.register.forms.programme import organisations_in_use, schools_in_use, themes_in_use
from web.register.tables import RegisterCell, RegisterPage, RegisterRow, RegisterTable, day_cell, to_form, value_table

OPENING_TONES = {"open": "ok", "closed": "bad", "unknown": "none"}


def programme_page(context: FormContext) -> RegisterPage:
    """Return the programme's name, days, language, vision, goals and colour."""
    known = context.programme
    told = [
        ("field_name", known.name),
        ("field_local_name", known.local_name.replace("{municipality}", f"[{context.say('field_municipality')}]")),
        ("field_first_day", texts.long_date(known.first_day, context.language)),
        ("field_programme_last_day", texts.long_date(known.last_day, context.language)),
        ("field_language", context.say(f"value_{known.language}")),
        ("field_vision", known.vision or context.say("nothing")),
        ("field_goals", " ".join(known.goals) or context.say("nothing")),
        ("field_colour", known.colour or context.say("nothing")),
    ]
    table = value_table(
        context, context.say("section_programme"), told, add=[to_form(context, "programmet", "do_change")]
    )
    return RegisterPage(
        heading=context.say("page_programme"),
        intro=context.say("page_programme_intro"),
        tables=[table, _themes(context)],
    )


def _themes(context: FormContext) -> RegisterTable:
    """Return the themes with the number of packages in each; one that is in use is not taken out."""
    used = themes_in_use(context)
    rows = [
        RegisterRow(
            cells=[
                RegisterCell(text=item.name),
                RegisterCell(text=str(used.get(item.key, 0)), numeric=True, key=used.get(item.key, 0)),
            ],
            actions=[
                to_form(context, "tema", "do_change", item.key),
                *([] if item.key in used else [to_form(context, "tema-ut", "do_take_out", item.key)]),
            ],
        )
        for item in sorted(context.programme.themes, key=lambda item: texts.sort_key(item.name))
    ]
    return RegisterTable(
        heading=context.say("table_themes"),
        columns=[context.say("field_theme"), context.say("column_packages")],
        rows=rows,
        empty=context.say("empty_themes"),
        add=[to_form(context, "tema", "do_theme_new")],
    )


def organisations_page(context: FormContext) -> RegisterPage:
    """Return the organisations with their domains and whether their people can be guests, and the schools."""
    return RegisterPage(
        heading=context.say("page_organisations"),
        intro=context.say("page_organisations_intro"),
        tables=[_organisations(context), _schools(context)],
    )


def _organisations(context: FormContext) -> RegisterTable:
    used = organisations_in_use(context)
    known = sorted(context.programme.organisations, key=lambda item: texts.sort_key(item.name))
    return RegisterTable(
        heading=context.say("table_organisations"),
        columns=[context.say(name) for name in ("field_name", "field_domain", "field_tenant", "column_guests")],
        rows=[_organisation(context, item, removable=item.key not in used) for item in known],
        empty="",
        add=[to_form(context, "organisasjon", "do_organisation_new")],
    )


def _organisation(context: FormContext, item: Organisation, *, removable: bool) -> RegisterRow:
    actions = [to_form(context, "organisasjon", "do_change", item.key)]
    if removable:
        actions.append(to_form(context, "organisasjon-ut", "do_take_out", item.key))
    cells = [
        RegisterCell(text=item.name, note=context.say(f"organisation_{item.kind}")),
        RegisterCell(text=item.domain, note=item.it_contact),
        RegisterCell(text=context.say(f"value_{item.tenant}")),
    ]
    return RegisterRow(cells=[*cells, _guests(context, item)], actions=actions)


def _guests(context: FormContext, item: Organisation) -> RegisterCell:
    """Return whether people from an organisation can be guests: no more open than the side that is less so."""
    if item.tenant is Tenant.HOME:
        return RegisterCell(text="–")
    state = next(state for state in ("closed", "unknown", "open") if state in (item.inbound, item.outbound))
    sides = {"ours": context.say(f"value_{item.inbound}"), "theirs": context.say(f"value_{item.outbound}")}
    return RegisterCell(
        text=context.say(f"value_{state}"), tone=OPENING_TONES[state], note=context.say("guests_let_in", **sides)
    )


def _schools(context: FormContext) -> RegisterTable:
    used = schools_in_use(context)
    known = sorted(context.programme.schools, key=lambda item: texts.sort_key(item.name))
    return RegisterTable(
        heading=context.say("table_schools"),
        columns=[context.say(f"field_{name}") for name in ("name", "municipality", "since", "until")],
        rows=[_school(context, item, removable=item.key not in used) for item in known],
        empty=context.say("empty_schools"),
        add=[to_form(context, "skole", "do_school_new")],
    )


def _school(context: FormContext, item: School, *, removable: bool) -> RegisterRow:
    actions = [to_form(context, "skole", "do_change", item.key)]
    if removable:
        actions.append(to_form(context, "skole-ut", "do_take_out", item.key))
    days = [day_cell(context, day) for day in (item.since, item.until)]
    town = context.programme.municipality(item.municipality).name
    cells = [RegisterCell(text=item.name, note=item.number), RegisterCell(text=town), *days]
    return RegisterRow(cells=cells, actions=actions)
