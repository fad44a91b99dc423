"""The pages of packages, cooperation, money, the plan, the calendar and the municipalities."""

from datetime import timedelta

import texts
from config.values import BudgetLine, PackageState, Partner, Role, WorkPackage
from web.register.forms.form import FormContext
from web.register.tables import Link, RegisterCell, RegisterPage, RegisterRow, RegisterTable, to_form

ENDS_SOON = timedelta(days=60)
"""Time before an agreement's end at which the page says so."""


def packages_page(context: FormContext) -> RegisterPage:
    """Return the municipality's work packages with their indicators, those that go on first."""
    own = [item for item in context.programme.work_packages if item.municipality == context.scope]
    own.sort(key=lambda item: (item.has_ended(context.today), texts.sort_key(item.name)))
    rows = [_package(context, item) for item in own]
    packages = RegisterTable(
        heading=context.say("table_packages"),
        columns=[
            context.say(name) for name in ("section_work_packages", "field_lead", "field_state", "field_decision")
        ],
        rows=rows,
        empty=context.say("empty_packages"),
        add=[to_form(context, "pakke-ny", "do_package_new")],
    )
    indicators = (_indicators(context, item) for item in own if not item.has_ended(context.today))
    tables = [packages, *_shared(context), *indicators]
    return RegisterPage(heading=context.say("page_packages"), intro=context.say("page_packages_intro"), tables=tables)


def _package(context: FormContext, package: WorkPackage) -> RegisterRow:
    leads = context.programme.holders(Role.WORK_PACKAGE_LEAD, on=context.today, work_package=package.key)
    over = package.has_ended(context.today)
    state, tone = context.say(f"value_{'ended' if over else package.state}"), "none" if over else "ok"
    actions = [to_form(context, "pakke", "do_change", package.key)]
    if package.state is PackageState.PROPOSED:
        tone = "wait"
        actions.append(to_form(context, "pakke-vedta", "do_package_adopt", package.key))
    if over or package.until is not None:
        actions.append(to_form(context, "pakke-gjenoppta", "do_package_reopen", package.key))
    else:
        actions.append(to_form(context, "pakke-slutt", "do_package_end", package.key))
    if not over:
        actions.append(to_form(context, "pakke-styre", "do_package_board", package.key))
        seat = f"{Role.WORK_PACKAGE_LEAD}/{package.key}"
        actions.append(to_form(context, "rolle-bytt", "do_replace_lead", seat))
    until = context.say("ends_on", day=package.until) if package.until else ""
    decisions = [
        context.say(key, number=number)
        for key, number in (("adopted_in", package.adopted_by), ("ended_in", package.ended_by))
        if number
    ]
    return RegisterRow(
        cells=[
            RegisterCell(text=package.name, note=_about(context, package)),
            RegisterCell(text=", ".join(person.name for person in leads) or "–"),
            RegisterCell(text=state, tone=tone, note=until or (context.say("field_minor") if package.minor else "")),
            RegisterCell(text=", ".join(decisions) or "–"),
        ],
        actions=actions,
    )


def _about(context: FormContext, package: WorkPackage) -> str:
    """Return a package's summary, with its theme behind."""
    theme = context.programme.find_theme(package.theme)
    told = context.say("theme_of", theme=theme.name) if theme else ""
    return " ".join(filter(None, [package.summary, told]))


def _shared(context: FormContext) -> list[RegisterTable]:
    """Return the table of packages in several boards, this municipality's among them; none where there is none."""
    names = {item.slug: item.name for item in context.programme.municipalities}
    rows = [
        RegisterRow(
            cells=[
                RegisterCell(text=package.name),
                RegisterCell(text=names[package.municipality]),
                RegisterCell(text=names[slug]),
            ],
            actions=[to_form(context, "pakke-styre-ut", "do_take_out", f"{package.key}/{slug}")]
            if package.municipality == context.scope
            else (),
        )
        for package in context.programme.work_packages
        for slug in package.boards
        if context.scope in (package.municipality, slug)
    ]
    columns = ("section_work_packages", "field_municipality", "field_boards")
    table = RegisterTable(
        heading=context.say("table_shared_packages"),
        columns=[context.say(name) for name in columns],
        rows=rows,
        empty="",
    )
    return [table] if rows else []


def _indicators(context: FormContext, package: WorkPackage) -> RegisterTable:
    rows = [
        RegisterRow(
            cells=[
                RegisterCell(text=item.name, note=context.say(f"value_{item.better}")),
                RegisterCell(text=item.unit or "–"),
                RegisterCell(text=_number(context, item.baseline), numeric=True, key=item.baseline),
                RegisterCell(text=_number(context, item.target), numeric=True, key=item.target),
            ],
            actions=[
                to_form(context, "malepunkt", "do_change", f"{package.key}/{item.key}"),
                to_form(context, "malepunkt-ut", "do_take_out", f"{package.key}/{item.key}"),
            ],
        )
        for item in package.indicators
    ]
    return RegisterTable(
        heading=context.say("table_indicators", name=package.name),
        columns=[context.say(f"field_{name}") for name in ("indicators", "unit", "baseline", "target")],
        rows=rows,
        empty=context.say("empty_indicators"),
        add=[to_form(context, "malepunkt", "do_indicator_new", package.key)],
        numeric=(2, 3),
    )


def cooperation_page(context: FormContext) -> RegisterPage:
    """Return the partners with the state of their agreements, and the stakeholders."""
    names = {item.key: item.name for item in context.programme.organisations}
    partners = [item for item in context.programme.partners if item.municipality == context.scope]
    stakeholders = [item for item in context.programme.stakeholders if item.municipality == context.scope]
    agreements = RegisterTable(
        heading=context.say("table_agreements"),
        columns=[context.say(name) for name in ("field_organisation", "section_partners", "field_note")],
        rows=[
            RegisterRow(
                cells=[
                    RegisterCell(text=names[item.organisation]),
                    _agreement(context, item),
                    RegisterCell(text=item.note or "–"),
                ],
                actions=[
                    to_form(context, "avtale", "do_change", item.organisation),
                    to_form(context, "partner-ut", "do_take_out", item.organisation),
                ],
            )
            for item in partners
        ],
        empty=context.say("empty_agreements"),
        add=[to_form(context, "avtale", "do_partner_new")],
    )
    people = RegisterTable(
        heading=context.say("table_stakeholders"),
        columns=[context.say(f"field_{name}") for name in ("name", "involvement", "interest", "responsible")],
        rows=[
            RegisterRow(
                cells=[
                    RegisterCell(text=item.name),
                    RegisterCell(text=context.say(f"value_{item.involvement}")),
                    RegisterCell(text=item.interest or "–"),
                    RegisterCell(text=context.programme.person(item.responsible).name if item.responsible else "–"),
                ],
                actions=[
                    to_form(context, "interessent", "do_change", item.key),
                    to_form(context, "interessent-ut", "do_take_out", item.key),
                ],
            )
            for item in stakeholders
        ],
        empty=context.say("empty_stakeholders"),
        add=[to_form(context, "interessent", "do_stakeholder_new")],
    )
    return RegisterPage(
        heading=context.say("page_cooperation"),
        intro=context.say("page_cooperation_intro"),
        tables=[agreements, people],
    )


def _agreement(context: FormContext, partner: Partner) -> RegisterCell:
    """Return the state of an agreement: signed, missing, ends soon, has ended, or not wanted."""
    if not partner.signs_agreement:
        return RegisterCell(text=context.say("agreement_none"), tone="none")
    if partner.signed_on is None:
        return RegisterCell(text=context.say("agreement_missing"), tone="warn")
    signed = context.say("agreement_signed_on", day=partner.signed_on)
    if partner.expires_on is None:
        return RegisterCell(text=context.say("agreement_signed"), tone="ok", note=signed)
    if partner.expires_on < context.today:
        return RegisterCell(text=context.say("agreement_over", day=partner.expires_on), tone="bad", note=signed)
    tone = "warn" if partner.expires_on - context.today <= ENDS_SOON else "ok"
    return RegisterCell(text=context.say("agreement_until", day=partner.expires_on), tone=tone, note=signed)


def money_page(context: FormContext) -> RegisterPage:
    """Return the budget lines that are for this page, year by year: amount, spent, and what is left."""
    lines = [item for item in context.programme.budget if _is_for(item, context.scope)]
    rows = [row for line in lines for row in _line_rows(context, line)]
    table = RegisterTable(
        heading=context.say("table_budget"),
        columns=[context.say(name) for name in ("field_purpose", "field_year", "amount", "spent", "left")],
        rows=rows,
        empty=context.say("empty_budget"),
        add=[to_form(context, "budsjett", "do_budget_new")],
        numeric=(1, 2, 3, 4),
    )
    return RegisterPage(heading=context.say("page_money"), intro=context.say("page_money_intro"), tables=[table])


def _is_for(line: BudgetLine, scope: str | None) -> bool:
    if scope is None:
        return line.municipality is None
    return line.municipality == scope or (line.municipality is None and line.per == "municipality")


def _line_rows(context: FormContext, line: BudgetLine) -> list[RegisterRow]:
    spent = {
        item.year: item.spent
        for item in context.programme.spending
        if item.line == line.key and item.municipality == context.scope
    }
    is_ours = line.municipality == context.scope
    # What is for each municipality is spent by them, and the county sees the line alone.
    is_spent_here = is_ours and (line.per == "programme" or context.scope is not None)
    is_spent_here = is_spent_here or (context.scope is not None and line.per == "municipality")
    rows = []
    for number, year in enumerate(sorted(line.years)):
        used = spent.get(year, 0)
        left = None if line.amount is None else line.amount - used
        actions: list[Link] = []
        if is_spent_here:
            actions.append(to_form(context, "forbruk", "do_spending", f"{line.key}/{year}"))
        if is_ours and number == 0:
            actions.append(to_form(context, "budsjett", "do_change", line.key))
            actions.append(to_form(context, "budsjett-ut", "do_take_out", line.key))
        rows.append(
            RegisterRow(
                cells=[
                    RegisterCell(text=line.purpose, note=context.say(f"per_{line.per}")),
                    RegisterCell(text=str(year), numeric=True, key=year),
                    RegisterCell(text=_number(context, line.amount), numeric=True, key=line.amount),
                    RegisterCell(
                        text=_number(context, used) if is_spent_here else "–",
                        numeric=True,
                        key=used if is_spent_here else None,
                    ),
                    RegisterCell(
                        text=_number(context, left) if is_spent_here else "–",
                        numeric=True,
                        key=left if is_spent_here else None,
                        tone="bad" if is_spent_here and left is not None and left < 0 else "",
                    ),
                ],
                actions=actions,
            )
        )
    return rows


def plan_page(context: FormContext) -> RegisterPage:
    """Return the plan's activities that are for this page, with how far each has come here."""
    levels = ("county", "both", "not_stated") if context.scope is None else ("municipality", "both", "not_stated")
    known = {item.activity: item for item in context.programme.progress if item.municipality == context.scope}
    tones = {"not_begun": "none", "under_way": "wait", "done": "ok"}
    rows = []
    for item in context.programme.activities:
        if context.scope is not None and item.level not in levels:
            continue
        progress = known.get(item.key)
        state = progress.state if progress else "not_begun"
        actions = [to_form(context, "framdrift", "do_progress", item.key)] if item.level in levels else []
        if context.scope is None:
            actions.append(to_form(context, "aktivitet", "do_change", item.key))
            actions.append(to_form(context, "aktivitet-ut", "do_take_out", item.key))
        cells = [
            RegisterCell(text=item.text, note=item.responsible),
            RegisterCell(text=", ".join(map(str, item.years))),
            RegisterCell(text=context.say(f"value_{item.level}")),
            RegisterCell(text=context.say(f"value_{state}"), tone=tones[state], note=progress.note if progress else "")
            if item.level in levels
            else RegisterCell(text="–"),
        ]
        rows.append(RegisterRow(cells=cells, actions=actions))
    table = RegisterTable(
        heading=context.say("table_plan"),
        columns=[context.say(f"field_{name}") for name in ("activity", "years", "level", "state")],
        rows=rows,
        empty=context.say("empty_plan"),
        add=[to_form(context, "aktivitet", "do_activity_new")] if context.scope is None else [],
    )
    return RegisterPage(heading=context.say("page_plan"), intro=context.say("page_plan_intro"), tables=[table])


def municipalities_page(context: FormContext) -> RegisterPage:
    """Return the municipalities of the programme, with their place and meetings."""
    rows = [
        RegisterRow(
            cells=[
                RegisterCell(text=item.name, note=item.number or ""),
                RegisterCell(text=context.say(f"value_{item.place}")),
                RegisterCell(text=context.say(f"value_{item.meetings}")),
                RegisterCell(
                    text=texts.short_date(item.until, context.language) if item.until else "–", key=item.until
                ),
            ],
            actions=[
                to_form(context, "kommune", "do_change", item.slug),
                to_form(context, "kommune-slutt", "do_leaves_short", item.slug),
                *([to_form(context, "kommune-blir", "do_stays_short", item.slug)] if item.until else ()),
                (context.say("page_people"), f"/kommune/{item.slug}/folk"),
            ],
        )
        for item in sorted(context.programme.municipalities, key=lambda item: texts.sort_key(item.name))
    ]
    table = RegisterTable(
        heading=context.say("table_municipalities"),
        columns=[context.say(f"field_{name}") for name in ("municipality", "place", "meetings", "last_day")],
        rows=rows,
        empty=context.say("empty_municipalities"),
    )
    return RegisterPage(
        heading=context.say("page_municipalities"), intro=context.say("page_municipalities_intro"), tables=[table]
    )


def _number(context: FormContext, value: float | None) -> str:
    return "–" if value is None else texts.number(value, context.language)
