"""Forms for agreements, stakeholders, money and the plan's activities."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from config.values import PlanActivity
from web.register.forms.form import EditForm, FormContext
from workflows.register.edits.entries import PutEntry, TakeOutEntry

COOPERATION, MONEY, PLAN = "/samarbeid", "/okonomi", "/plan"
INVOLVEMENT = ("informed", "consulted", "involved", "decides")
STATES = ("not_begun", "under_way", "done")
LEVELS = ("county", "municipality", "both", "not_stated")

Put = Callable[[Mapping[str, Any]], PutEntry]


def agreement(context: FormContext) -> EditForm:
    """Change a partner's agreement, or (without *about*) add a partner."""
    partners = [item for item in context.programme.partners if item.municipality == context.scope]
    known = next((item for item in partners if item.organisation == context.about), None)
    if context.about and known is None:
        raise KeyError(context.about)
    taken = {item.organisation for item in partners}
    options = [(item.key, item.name) for item in context.programme.organisations if item.key not in taken]
    fields = [
        *(() if known else (context.field("organisation", kind="choice", options=options),)),
        context.field("signs_agreement", kind="flag", value=known.signs_agreement if known else True, required=False),
        context.field("signed_on", kind="date", value=known.signed_on if known else None, required=False),
        context.field("expires_on", kind="date", value=known.expires_on if known else None, required=False),
        context.field("note", kind="text", value=known.note if known else "", required=False),
    ]

    def edit(answers: Mapping[str, Any]) -> PutEntry:
        values = dict(answers)
        about = {"organisation": values.pop("organisation", context.about)}
        return _put(context, "partner.put", "partners", about, values)

    names = {item.key: item.name for item in context.programme.organisations}
    heading = (
        context.say("form_agreement", name=names[known.organisation]) if known else context.say("form_partner_new")
    )
    return EditForm(heading=heading, button=context.say("do_save"), fields=fields, edit=edit, back=COOPERATION)


def stakeholder(context: FormContext) -> EditForm:
    """Change a stakeholder, or (without *about*) add one."""
    known = next(
        (
            item
            for item in context.programme.stakeholders
            if item.key == context.about and item.municipality == context.scope
        ),
        None,
    )
    if context.about and known is None:
        raise KeyError(context.about)
    fields = [
        context.field("name", value=known.name if known else "", help=context.say("help_stakeholder")),
        context.field("interest", kind="text", value=known.interest if known else "", required=False),
        context.choice("involvement", INVOLVEMENT, value=known.involvement if known else "informed"),
        context.people("responsible", value=(known.responsible or "") if known else "", required=False),
    ]
    about = {"key": context.about} if known else {}
    heading = context.say("form_stakeholder", name=known.name) if known else context.say("form_stakeholder_new")
    return EditForm(
        heading=heading,
        button=context.say("do_save"),
        fields=fields,
        edit=lambda answers: _put(context, "stakeholder.put", "stakeholders", about, answers),
        back=COOPERATION,
    )


def take_out(
    section: str, kind: str, name: str, back: str, also: Mapping[str, str] | None = None
) -> Callable[[FormContext], EditForm]:
    """
    Return the form that takes an entry of *section* out. *name*: the field that says what it is about.

    *also*: the sections whose entries go with it, and the field in which they name it.
    """

    def form(context: FormContext) -> EditForm:
        found = [
            item for item in getattr(context.programme, section) if getattr(item, "municipality", None) == context.scope
        ]
        if context.about not in {getattr(item, name) for item in found}:
            raise KeyError(context.about)
        about = {name: context.about}
        edit = TakeOutEntry(kind=kind, section=section, municipality=context.scope, about=about, also=also or {})
        return EditForm(
            heading=context.say(f"form_{section}_out", name=_name(context, section, context.about)),
            button=context.say("do_take_out"),
            fields=(),
            edit=lambda _: edit,
            back=back,
            consequences=[context.say("follows_take_out")],
            ends=True,
        )

    return form


def _name(context: FormContext, section: str, key: str) -> str:
    if section == "partners":
        return next(item.name for item in context.programme.organisations if item.key == key)
    found = next(item for item in getattr(context.programme, section) if item.key == key)
    return next(str(value) for name in ("name", "purpose", "text") if (value := getattr(found, name, "")))


def budget_line(context: FormContext) -> EditForm:
    """Change a budget line of this page, or (without *about*) add one."""
    lines = [item for item in context.programme.budget if item.municipality == context.scope]
    known = next((item for item in lines if item.key == context.about), None)
    if context.about and known is None:
        raise KeyError(context.about)
    years = known.years if known else (context.today.year,)
    fields = [
        context.field("purpose", kind="text", value=known.purpose if known else ""),
        context.field("amount", kind="whole", value=known.amount if known else None, required=False),
        context.field("years", kind="years", value=years, help=context.say("help_years")),
    ]
    if context.scope is None:
        fields.append(
            context.field(
                "per",
                kind="choice",
                value=known.per if known else "programme",
                options=[(key, context.say(f"per_{key}")) for key in ("programme", "municipality")],
            )
        )
    about = {"key": context.about} if known else {}
    return EditForm(
        heading=context.say("form_budget") if known else context.say("form_budget_new"),
        button=context.say("do_save"),
        fields=fields,
        edit=lambda answers: _put(context, "budget.put", "budget", about, answers),
        back=MONEY,
    )


def spending(context: FormContext) -> EditForm:
    """Say how much of a line is spent in a year. *about*: `line/year`."""
    key, _, year = context.about.partition("/")
    line = next(item for item in context.programme.budget if item.key == key and int(year) in item.years)
    known = next(
        (
            item.spent
            for item in context.programme.spending
            if (item.line, item.municipality, item.year) == (key, context.scope, int(year))
        ),
        0,
    )
    return EditForm(
        heading=context.say("form_spending", purpose=line.purpose, year=year),
        button=context.say("do_save"),
        fields=[context.field("spent", kind="whole", value=known)],
        edit=lambda answers: _put(context, "spending.put", "spending", {"line": key, "year": int(year)}, answers),
        back=MONEY,
    )


def progress(context: FormContext) -> EditForm:
    """Say how far an activity of the plan has come here."""
    activity = next(item for item in context.programme.activities if item.key == context.about)
    known = next(
        (
            item
            for item in context.programme.progress
            if (item.activity, item.municipality) == (activity.key, context.scope)
        ),
        None,
    )
    fields = [
        context.choice("state", STATES, value=known.state if known else "not_begun"),
        context.field("note", kind="text", value=known.note if known else "", required=False),
    ]
    return EditForm(
        heading=activity.text,
        button=context.say("do_save"),
        fields=fields,
        edit=lambda answers: _put(context, "progress.put", "progress", {"activity": activity.key}, answers),
        back=PLAN,
    )


def activity(context: FormContext) -> EditForm:
    """Change an activity of the plan, or (without *about*) add one."""
    known = next((item for item in context.programme.activities if item.key == context.about), None)
    if context.about and known is None:
        raise KeyError(context.about)
    years = known.years if known else (context.today.year,)
    fields = [
        context.field("text", kind="text", value=known.text if known else ""),
        context.field("years", kind="years", value=years, help=context.say("help_years")),
        context.choice("level", LEVELS, value=known.level if known else "not_stated"),
        context.field("responsible", value=known.responsible if known else "", required=False),
    ]

    def edit(answers: Mapping[str, Any]) -> PutEntry:
        key = known.key if known else free_number(context.programme.activities, answers["years"])
        return _put(context, "activity.put", "activities", {"key": key}, answers)

    heading = context.say("form_activity" if known else "form_activity_new")
    return EditForm(heading=heading, button=context.say("do_save"), fields=fields, edit=edit, back=PLAN)


def free_number(activities: Sequence[PlanActivity], years: Sequence[int]) -> str:
    """Return a key for a new activity, such as `N27-01`: by its first year, and not among those in use."""
    taken = {item.key for item in activities}
    year = min(years) % 100
    return next(key for number in range(1, 100) if (key := f"N{year:02}-{number:02}") not in taken)


def _put(
    context: FormContext, kind: str, section: str, about: Mapping[str, Any], values: Mapping[str, Any]
) -> PutEntry:
    return PutEntry(kind=kind, section=section, municipality=context.scope, about=about, values=values)
