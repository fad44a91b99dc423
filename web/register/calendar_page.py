"""The page of the calendar: days without school, and for the county days off, busy days and the hours for sending."""

import texts
from web.register.forms.form import FormContext
from web.register.tables import RegisterCell, RegisterPage, RegisterRow, RegisterTable, to_form, value_table


def calendar_page(context: FormContext) -> RegisterPage:
    """Return the school breaks of this page; for the county all else that the calendar says as well."""
    tables = [_school_breaks(context)]
    if context.scope is None:
        tables += [_days_off(context), _busy_days(context), _sending(context)]
    return RegisterPage(heading=context.say("page_calendar"), intro=context.say("page_calendar_intro"), tables=tables)


def _school_breaks(context: FormContext) -> RegisterTable:
    breaks = [item for item in context.programme.school_breaks if item.municipality == context.scope]
    rows = [
        RegisterRow(
            cells=[
                RegisterCell(text=context.say(f"value_{item.kind}"), note=item.school_year),
                RegisterCell(text=texts.short_date(item.first, context.language), key=item.first),
                RegisterCell(text=texts.short_date(item.last, context.language), key=item.last),
                RegisterCell(
                    text=context.say(f"status_{item.status}"), tone="ok" if item.status == "adopted" else "warn"
                ),
            ],
            actions=[
                to_form(context, "skoleferie", "do_change", f"{item.kind}/{item.first}"),
                to_form(context, "skoleferie-ut", "do_take_out", f"{item.kind}/{item.first}"),
            ],
        )
        for item in sorted(breaks, key=lambda item: item.first)
    ]
    return RegisterTable(
        heading=context.say("table_school_breaks"),
        columns=[context.say(name) for name in ("section_school_breaks", "field_first", "field_last", "field_status")],
        rows=rows,
        empty=context.say("empty_school_breaks"),
        add=[to_form(context, "skoleferie", "do_school_break_new")],
    )


def _days_off(context: FormContext) -> RegisterTable:
    days = context.programme.days_off
    return RegisterTable(
        heading=context.say("section_days_off"),
        columns=[context.say("column_day")],
        rows=[RegisterRow(cells=[RegisterCell(text=texts.long_date(day, context.language), key=day)]) for day in days],
        empty=context.say("empty_days_off"),
        add=[to_form(context, "fridager", "do_change")],
    )


def _busy_days(context: FormContext) -> RegisterTable:
    names = {item.slug: item.name for item in context.programme.municipalities}
    rows = [
        RegisterRow(
            cells=[
                RegisterCell(text=texts.long_date(item.day, context.language), key=item.day),
                RegisterCell(text=item.name),
                RegisterCell(text=names.get(item.municipality or "", context.say("for_everybody"))),
            ],
            actions=[
                to_form(context, "opptatt-dag-ut", "do_take_out", f"{item.day}/{item.municipality or ''}/{item.name}")
            ],
        )
        for item in sorted(context.programme.busy_days, key=lambda item: item.day)
    ]
    return RegisterTable(
        heading=context.say("table_busy_days"),
        columns=[context.say(name) for name in ("column_day", "field_busy_with", "field_municipality")],
        rows=rows,
        empty=context.say("empty_busy_days"),
        add=[to_form(context, "opptatt-dag", "do_busy_day_new")],
    )


def _sending(context: FormContext) -> RegisterTable:
    known = context.programme.sending
    days = ", ".join(context.say(f"weekday_{day}") for day in known.weekdays)
    told = [
        ("field_sends_from", f"{known.first:%H.%M}"),
        ("field_sends_until", f"{known.last:%H.%M}"),
        ("field_weekdays_sent", days),
    ]
    return value_table(context, context.say("section_sending"), told, add=[to_form(context, "sendetid", "do_change")])
