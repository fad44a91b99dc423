"""Forms for what is the programme's alone: its name and days, its themes, organisations and schools."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from config.themes import Theme
from config.values import Organisation, School
from web.register.forms.form import EditForm, FormContext
from web.register.forms.mails import invited_to
from workflows.register.edits.entries import PutEntry, TakeOutEntry
from workflows.register.edits.programme import ChangeSection

PROGRAMME, ORGANISATIONS = "/programmet", "/organisasjoner"
LANGUAGES = ("nb", "nn", "en")
KINDS = ("county", "municipality", "nav", "employers", "university", "association", "other")
TENANTS = ("home", "guest")
OPENINGS = ("open", "closed", "unknown")
OPTIONAL = ("number", "tenant_id")
"""Fields of an organisation that are left out where nothing is written."""


def head(context: FormContext) -> EditForm:
    """Change the programme's name, its days, its language, its vision, its goals and its colour."""
    known = context.programme
    fields = [
        context.field("name", value=known.name),
        context.field(
            "local_name", value=known.local_name, help=context.say("help_placeholder", slot="{municipality}")
        ),
        context.field("first_day", kind="date", value=known.first_day),
        context.field("last_day", kind="date", value=known.last_day, label=context.say("field_programme_last_day")),
        context.choice("language", LANGUAGES, value=known.language),
        context.field("vision", kind="text", value=known.vision, required=False),
        context.field("goals", kind="lines", value=known.goals, required=False, help=context.say("help_goals")),
        context.field("colour", value=known.colour or "", required=False, help=context.say("help_colour")),
    ]

    def edit(answers: Mapping[str, Any]) -> ChangeSection:
        values = {**answers, "colour": answers["colour"] or None}
        return ChangeSection(kind="programme.changed", document="programme.yaml", section="programme", values=values)

    return EditForm(
        heading=context.say("form_programme"),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back=PROGRAMME,
        consequences=[
            context.say("follows_programme"),
            context.say("follows_dates"),
            *invited_to(context, known.bodies),
        ],
    )


def organisation(context: FormContext) -> EditForm:
    """Change an organisation, or (without *about*) add one."""
    known = _known_organisation(context) if context.about else None
    kinds = [(key, context.say(f"organisation_{key}")) for key in KINDS]
    fields = [
        context.field("name", value=known.name if known else ""),
        context.field("kind", kind="choice", options=kinds, value=known.kind if known else "other"),
        context.field("domain", value=known.domain if known else "", help=context.say("help_domain")),
        context.choice("tenant", TENANTS, value=known.tenant if known else "guest"),
        context.field(
            "number",
            label=context.say("field_organisation_number"),
            value=known.number or "" if known else "",
            required=False,
        ),
        context.field("it_contact", kind="contact", value=known.it_contact if known else "", required=False),
        context.field(
            "tenant_id",
            value=known.tenant_id or "" if known else "",
            required=False,
            help=context.say("help_tenant_id"),
        ),
        context.choice("inbound", OPENINGS, value=known.inbound if known else "unknown"),
        context.choice("outbound", OPENINGS, value=known.outbound if known else "unknown"),
    ]

    def edit(answers: Mapping[str, Any]) -> PutEntry:
        values = {name: value or None if name in OPTIONAL else value for name, value in answers.items()}
        about = {"key": known.key} if known else {}
        return PutEntry(kind="organisation.put", section="organisations", municipality=None, about=about, values=values)

    heading = context.say("form_organisation", name=known.name) if known else context.say("form_organisation_new")
    return EditForm(
        heading=heading, button=context.say("do_save"), fields=fields, edit=edit, back=ORGANISATIONS, consequences=()
    )


def remove_organisation(context: FormContext) -> EditForm:
    """Take out an organisation that nobody belongs to."""
    known = _known_organisation(context)
    if known.key in organisations_in_use(context):
        raise KeyError(known.key)
    edit = TakeOutEntry(
        kind="organisation.removed", section="organisations", municipality=None, about={"key": known.key}
    )
    return _taking_out(context, known.name, edit)


def organisations_in_use(context: FormContext) -> frozenset[str]:
    """Return the organisations that something in the register belongs to."""
    programme = context.programme
    people = (item.organisation for item in programme.people)
    partners = (item.organisation for item in programme.partners)
    towns = (item.organisation for item in programme.municipalities)
    return frozenset({programme.county, *people, *partners, *towns})


def school(context: FormContext) -> EditForm:
    """Change a school, or (without *about*) add one."""
    known = _known_school(context) if context.about else None
    fields = [
        context.field("name", value=known.name if known else ""),
        context.field("number", label=context.say("field_organisation_number"), value=known.number if known else ""),
        context.field("since", kind="date", value=known.since if known else None, required=False),
        context.field("until", kind="date", value=known.until if known else None, required=False),
    ]
    if known is None:
        towns = [(item.slug, item.name) for item in context.programme.municipalities]
        fields.insert(1, context.field("municipality", kind="choice", options=towns))

    def edit(answers: Mapping[str, Any]) -> PutEntry:
        town = known.municipality if known else answers["municipality"]
        about = {"key": known.key} if known else {}
        return PutEntry(kind="school.put", section="schools", municipality=town, about=about, values=answers)

    heading = context.say("form_school", name=known.name) if known else context.say("form_school_new")
    return EditForm(heading=heading, button=context.say("do_save"), fields=fields, edit=edit, back=ORGANISATIONS)


def remove_school(context: FormContext) -> EditForm:
    """Take out a school that takes part nowhere."""
    known = _known_school(context)
    if known.key in schools_in_use(context):
        raise KeyError(known.key)
    edit = TakeOutEntry(
        kind="school.removed", section="schools", municipality=known.municipality, about={"key": known.key}
    )
    return _taking_out(context, known.name, edit)


def schools_in_use(context: FormContext) -> frozenset[str]:
    """Return the schools that take part in a municipality's work."""
    return frozenset(key for item in context.programme.municipalities for key in item.schools)


def theme(context: FormContext) -> EditForm:
    """Change the name of a theme, or (without *about*) add one."""
    known = _known_theme(context) if context.about else None

    def edit(answers: Mapping[str, Any]) -> PutEntry:
        about = {"key": known.key} if known else {}
        return PutEntry(kind="theme.put", section="themes", municipality=None, about=about, values=answers)

    heading = context.say("form_theme", name=known.name) if known else context.say("form_theme_new")
    fields = [context.field("name", value=known.name if known else "", help=context.say("help_theme_name"))]
    return EditForm(heading=heading, button=context.say("do_save"), fields=fields, edit=edit, back=PROGRAMME)


def remove_theme(context: FormContext) -> EditForm:
    """Take out a theme that no package has."""
    known = _known_theme(context)
    if known.key in themes_in_use(context):
        raise KeyError(known.key)
    edit = TakeOutEntry(kind="theme.removed", section="themes", municipality=None, about={"key": known.key})
    return _taking_out(context, known.name, edit, back=PROGRAMME)


def themes_in_use(context: FormContext) -> Mapping[str, int]:
    """Count the work packages of each theme that has some."""
    return Counter(item.theme for item in context.programme.work_packages if item.theme)


def _known_theme(context: FormContext) -> Theme:
    known = context.programme.find_theme(context.about)
    if known is None:
        raise KeyError(context.about)
    return known


def _known_organisation(context: FormContext) -> Organisation:
    return next(item for item in context.programme.organisations if item.key == context.about)


def _known_school(context: FormContext) -> School:
    return next(item for item in context.programme.schools if item.key == context.about)


def _taking_out(context: FormContext, name: str, edit: TakeOutEntry, *, back: str = ORGANISATIONS) -> EditForm:
    return EditForm(
        heading=context.say("form_out", name=name),
        button=context.say("do_take_out"),
        fields=(),
        edit=lambda _: edit,
        back=back,
        consequences=[context.say("follows_take_out")],
        ends=True,
    )
