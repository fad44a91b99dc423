"""Forms for the calendar: days without school, days off, days on which many are busy, and the hours for sending."""

from collections.abc import Mapping
from typing import Any

from config.values import SchoolBreak
from web.register.forms.form import EditForm, FormContext
from workflows.register.edits.entries import PutEntry, TakeOutEntry
from workflows.register.edits.places import SetDaysOff
from workflows.register.edits.programme import ChangeSection

CALENDAR = "/kalender"
BREAKS = ("autumn", "christmas", "winter", "easter", "summer", "other")
STATUSES = ("adopted", "assumed")
WEEKDAYS = range(7)


def school_break(context: FormContext) -> EditForm:
    """Change a school break of the county or of the municipality alone, or (without *about*) add one."""
    known = _known_break(context) if context.about else None
    status = [(key, context.say(f"status_{key}")) for key in STATUSES]
    fields = [
        context.field("school_year", value=known.school_year if known else "", help=context.say("help_school_year")),
        context.choice("kind", BREAKS, value=known.kind if known else "autumn"),
        context.field("first", kind="date", value=known.first if known else None),
        context.field("last", kind="date", value=known.last if known else None),
        context.field("source", value=known.source if known else "", required=False),
        context.field("status", kind="choice", options=status, value=known.status if known else "adopted"),
    ]

    def edit(answers: Mapping[str, Any]) -> PutEntry:
        about = _about(known) if known else {name: answers[name] for name in ("school_year", "kind", "first")}
        return PutEntry(
            kind="school_break.put", section="school_breaks", municipality=context.scope, about=about, values=answers
        )

    return EditForm(
        heading=context.say("form_school_break" if known else "form_school_break_new"),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back=CALENDAR,
        consequences=[context.say("follows_dates")],
    )


def remove_school_break(context: FormContext) -> EditForm:
    """Take out a school break. *about*: its kind and its first day."""
    known = _known_break(context)
    edit = TakeOutEntry(
        kind="school_break.removed", section="school_breaks", municipality=context.scope, about=_about(known)
    )
    kind = context.say(f"value_{known.kind}")
    heading = context.say("form_school_break_out", kind=kind, year=known.school_year)
    return _taking_out(context, heading, edit)


def _known_break(context: FormContext) -> SchoolBreak:
    return next(
        item
        for item in context.programme.school_breaks
        if item.municipality == context.scope and f"{item.kind}/{item.first}" == context.about
    )


def _about(known: SchoolBreak) -> Mapping[str, Any]:
    return {"school_year": known.school_year, "kind": known.kind, "first": known.first}


def _taking_out(context: FormContext, heading: str, edit: TakeOutEntry) -> EditForm:
    return EditForm(
        heading=heading,
        button=context.say("do_take_out"),
        fields=(),
        edit=lambda _: edit,
        back=CALENDAR,
        consequences=[context.say("follows_dates")],
        ends=True,
    )


def busy_day(context: FormContext) -> EditForm:
    """Add a day on which many are needed elsewhere, for all or for one municipality."""
    towns = [(item.slug, item.name) for item in context.programme.municipalities]
    options = [("", context.say("for_everybody")), *towns]
    fields = [
        context.field("day", kind="date"),
        context.field("name", label=context.say("field_busy_with"), help=context.say("help_busy_with")),
        context.field("municipality", kind="choice", options=options, required=False),
    ]

    def edit(answers: Mapping[str, Any]) -> PutEntry:
        whose = {"municipality": answers["municipality"]} if answers["municipality"] else {}
        about = {"day": answers["day"], "name": answers["name"], **whose}
        return PutEntry(kind="busy_day.put", section="busy_days", municipality=None, about=about, values={})

    return EditForm(
        heading=context.say("form_busy_day_new"),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back=CALENDAR,
        consequences=[context.say("follows_dates")],
    )


def remove_busy_day(context: FormContext) -> EditForm:
    """Take out a day on which many are busy. *about*: the day, the municipality or nothing, and its name."""
    day, _, rest = context.about.partition("/")
    municipality, _, name = rest.partition("/")
    known = next(
        item
        for item in context.programme.busy_days
        if (str(item.day), item.municipality or "", item.name) == (day, municipality, name)
    )
    about = {"day": known.day, "name": known.name}
    edit = TakeOutEntry(kind="busy_day.removed", section="busy_days", municipality=known.municipality, about=about)
    return _taking_out(context, context.say("form_busy_day_out", name=known.name, day=known.day), edit)


def days_off(context: FormContext) -> EditForm:
    """Set the county's days off."""
    field = context.field(
        "days_off",
        kind="days",
        value=context.programme.days_off,
        help=context.say("help_days"),
        required=False,
        label=context.say("section_days_off"),
    )
    return EditForm(
        heading=context.say("form_days_off"),
        button=context.say("do_save"),
        fields=[field],
        edit=lambda answers: SetDaysOff(days=answers["days_off"]),
        back=CALENDAR,
        consequences=[context.say("follows_dates")],
    )


def sending(context: FormContext) -> EditForm:
    """Set the hours and weekdays in which messages leave that nobody asked for."""
    known = context.programme.sending
    fields = [
        context.field("first", kind="time", value=known.first, label=context.say("field_sends_from")),
        context.field("last", kind="time", value=known.last, label=context.say("field_sends_until")),
        *(
            context.field(
                f"weekdays_{day}",
                kind="flag",
                value=day in known.weekdays,
                label=context.say(f"weekday_{day}"),
                required=False,
            )
            for day in WEEKDAYS
        ),
    ]

    def edit(answers: Mapping[str, Any]) -> ChangeSection:
        days = [day for day in WEEKDAYS if answers[f"weekdays_{day}"]]
        values = {"first": answers["first"], "last": answers["last"], "weekdays": days}
        return ChangeSection(kind="calendar.sending", document="calendar.yaml", section="sending", values=values)

    return EditForm(
        heading=context.say("section_sending"),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back=CALENDAR,
        consequences=[context.say("follows_sending")],
    )
