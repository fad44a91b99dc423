"""Forms for people and their roles."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from config.values import LOCAL_ROLES, PROGRAMME_ROLES, Role
from web.register.forms.form import EditForm, FormContext
from web.register.forms.mails import holders, invitations
from workflows.register.answers import FormField
from workflows.register.edits.people import (
    ONE_HOLDER,
    AddPerson,
    ChangePerson,
    EndRole,
    GiveRole,
    RemovePerson,
    ReplaceLead,
    RoleSeat,
    suggest_organisation,
)

BACK = "/folk"
LANGUAGES = ("nb", "nn", "en")


def new_person(context: FormContext) -> EditForm:
    """Add a person. Without an organisation, the domain of the address says it."""

    def edit(answers: Mapping[str, Any]) -> AddPerson:
        suggested = suggest_organisation(context.programme, answers["email"])
        return AddPerson(
            municipality=context.scope,
            name=answers["name"],
            email=answers["email"],
            organisation=answers["organisation"] or (suggested.key if suggested else ""),
            title=answers["title"],
            language=answers["language"],
        )

    fields = [
        context.field("name"),
        context.field("email", kind="email"),
        _organisation(context, required=False, hint=context.say("help_organisation")),
        context.field("title", required=False),
        context.choice("language", LANGUAGES, value=context.programme.language),
    ]
    return EditForm(
        heading=context.say("form_person_new"),
        button=context.say("do_person_new"),
        fields=fields,
        edit=edit,
        back=BACK,
        looks_up=True,
    )


def person(context: FormContext) -> EditForm:
    """Change a person who stands in this document."""
    known = _own_person(context)
    fields = [
        context.field("name", value=known.name),
        context.field("email", kind="email", value=known.email),
        _organisation(context, value=known.organisation),
        context.field("title", value=known.title, required=False),
        context.field("first_name", value=known.first_name, required=False, help=context.say("help_first_name")),
        context.choice("language", LANGUAGES, value=known.language),
    ]
    return EditForm(
        heading=context.say("form_person", name=known.name),
        button=context.say("do_save"),
        fields=fields,
        edit=lambda answers: ChangePerson(person=known.key, values=answers),
        back=BACK,
        consequences=[context.say("follows_person_email")],
    )


def remove_person(context: FormContext) -> EditForm:
    """Take out a person without any role, now or before."""
    known = _own_person(context)
    return EditForm(
        heading=context.say("form_person_out", name=known.name),
        button=context.say("do_person_out"),
        fields=(),
        edit=lambda _: RemovePerson(person=known.key),
        back=BACK,
        consequences=[context.say("follows_person_out")],
        ends=True,
    )


def new_role(context: FormContext) -> EditForm:
    """Give a person a role in the municipality, or in the programme."""
    roles = sorted((LOCAL_ROLES | {Role.ADVISER}) if context.scope else (PROGRAMME_ROLES | {Role.ADVISER}))
    packages = context.programme.work_packages if context.scope else ()
    seats = [(f"{role}/", context.role(role)) for role in roles if role not in ONE_HOLDER]
    for package in packages:
        if package.municipality == context.scope:
            name = f"{context.role(Role.CONTRIBUTOR)}: {package.name}"
            seats.append((f"{Role.CONTRIBUTOR}/{package.key}", name))
    fields = [
        context.field("role", kind="choice", options=seats),
        context.people("person"),
        context.field("since", kind="date", value=context.today),
    ]

    def edit(answers: Mapping[str, Any]) -> GiveRole:
        return GiveRole(seat=_seat(context, answers["role"]), person=answers["person"], since=answers["since"])

    return EditForm(
        heading=context.say("form_role_new"),
        button=context.say("do_role_new"),
        fields=fields,
        edit=edit,
        back=BACK,
        consequences=[context.say("follows_role_new"), *invitations(context, 1)],
    )


def replace(context: FormContext) -> EditForm:
    """Let another person take over a role from a day on. *about*: `role/package`."""
    seat = _seat(context, context.about)
    where = _where(context, seat)
    fields = [context.people("person", label=context.say("field_new_person")), _first_day(context)]

    def edit(answers: Mapping[str, Any]) -> ReplaceLead:
        return ReplaceLead(seat=seat, person=answers["person"], first_day=answers["first_day"])

    return EditForm(
        heading=context.say("form_replace", role=context.role_within(seat.role), where=where),
        button=context.say("do_replace"),
        fields=fields,
        edit=edit,
        back=BACK,
        consequences=[
            context.say("follows_replace"),
            # The one who comes in as well.
            *invitations(context, len(holders(context, seat)) + 1),
        ],
    )


def end_role(context: FormContext) -> EditForm:
    """End a person's role after a day. *about*: `role/package/person`."""
    where, _, key = context.about.rpartition("/")
    seat, holder = _seat(context, where), context.programme.person(key)
    fields = [context.field("last_day", kind="date", value=context.today)]
    return EditForm(
        heading=context.say("form_role_end", name=holder.name, role=context.role_within(seat.role)),
        button=context.say("do_role_end"),
        fields=fields,
        edit=lambda answers: EndRole(seat=seat, person=holder.key, last_day=answers["last_day"]),
        back=BACK,
        consequences=[context.say("follows_role_end"), *invitations(context, 1)],
        ends=True,
    )


def _first_day(context: FormContext) -> FormField:
    return context.field("first_day", kind="date", value=context.today + timedelta(days=1))


def _organisation(context: FormContext, *, value: str = "", required: bool = True, hint: str = "") -> FormField:
    options = [(item.key, item.name) for item in context.programme.organisations]
    first = [] if required else [("", context.say("by_domain"))]
    return context.field(
        "organisation", kind="choice", value=value, options=[*first, *options], required=required, help=hint
    )


def _own_person(context: FormContext) -> Any:
    if context.about not in {entry["key"] for entry in context.own("people")}:
        raise KeyError(context.about)
    return context.programme.person(context.about)


def _seat(context: FormContext, about: str) -> RoleSeat:
    """Return the seat that an address names, as far as it is this page's. Raises KeyError or ValueError."""
    role, _, package = about.partition("/")
    if not package:
        return RoleSeat(role=Role(role), municipality=context.scope)
    if context.programme.work_package(package).municipality != context.scope:
        raise KeyError(package)
    return RoleSeat(role=Role(role), work_package=package)


def _where(context: FormContext, seat: RoleSeat) -> str:
    if seat.work_package is not None:
        return context.programme.work_package(seat.work_package).name
    return context.municipality.name if context.scope else context.programme.name
