"""The page of people and roles."""

from datetime import date

import texts
from config.programme import Programme
from config.values import PROGRAMME_ROLES, Assignment, Role
from web.register.forms.form import FormContext
from web.register.tables import RegisterCell, RegisterPage, RegisterRow, RegisterTable, to_form
from workflows.register.edits.people import ONE_HOLDER

REPLACED = ONE_HOLDER | {Role.WORK_PACKAGE_LEAD}
"""Roles that pass from one person to another: there is always somebody."""


def people_page(context: FormContext) -> RegisterPage:
    """Return the roles that are held here now or later, and the people who stand in this document."""
    return RegisterPage(
        heading=context.say("page_people"),
        intro=context.say("page_people_intro"),
        tables=[_roles(context), _people(context)],
    )


def _roles(context: FormContext) -> RegisterTable:
    rows = [
        _role_row(context, item)
        for item in sorted(context.programme.assignments, key=lambda item: list(Role).index(item.role))
        if _is_here(context.programme, item, context.scope) and (item.until is None or item.until >= context.today)
    ]
    return RegisterTable(
        heading=context.say("table_roles"),
        columns=[context.say(f"field_{name}") for name in ("role", "person", "since", "until")],
        rows=rows,
        empty=context.say("empty_roles"),
        add=[to_form(context, "rolle-ny", "do_role_new")],
    )


def _is_here(programme: Programme, item: Assignment, scope: str | None) -> bool:
    if item.work_package is not None:
        return programme.work_package(item.work_package).municipality == scope
    if scope is None:
        return item.role in PROGRAMME_ROLES or item.municipality is None
    return item.municipality == scope


def _role_row(context: FormContext, item: Assignment) -> RegisterRow:
    person = context.programme.person(item.person)
    package = context.programme.find_work_package(item.work_package or "")
    seat = f"{item.role}/{item.work_package or ''}"
    action = (
        to_form(context, "rolle-bytt", "do_replace_short", seat)
        if item.role in REPLACED
        else to_form(context, "rolle-slutt", "do_role_end_short", f"{seat}/{item.person}")
    )
    return RegisterRow(
        cells=[
            RegisterCell(text=context.role(item.role), note=package.name if package else ""),
            RegisterCell(text=person.name, note=person.email),
            RegisterCell(text=_day(context, item.since), key=item.since),
            RegisterCell(text=_day(context, item.until), key=item.until),
        ],
        actions=[action],
    )


def _people(context: FormContext) -> RegisterTable:
    own = [context.programme.person(entry["key"]) for entry in context.own("people")]
    holds = {item.person for item in context.programme.assignments}
    rows = []
    for person in sorted(own, key=lambda each: texts.sort_key(each.name)):
        organisation = context.programme.organisation_of(person)
        actions = [to_form(context, "person", "do_change", person.key)]
        if person.key not in holds:
            actions.append(to_form(context, "person-ut", "do_take_out", person.key))
        cells = [
            RegisterCell(text=person.name, note=person.title),
            RegisterCell(text=person.email),
            RegisterCell(text=organisation.name),
            RegisterCell(text=context.say(f"value_{person.language}")),
        ]
        rows.append(RegisterRow(cells=cells, actions=actions))
    return RegisterTable(
        heading=context.say("table_people"),
        columns=[context.say(f"field_{name}") for name in ("name", "email", "organisation", "language")],
        rows=rows,
        empty=context.say("empty_people"),
        add=[to_form(context, "person-ny", "do_person_new")],
        intro=context.say("table_people_intro") if context.scope else "",
    )


def _day(context: FormContext, day: date | None) -> str:
    return texts.short_date(day, context.language) if day else "–"
