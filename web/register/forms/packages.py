"""Forms for work packages and their indicators."""

from collections.abc import Mapping
from typing import Any

import texts
from config.values import WorkPackage
from web.register.forms.form import EditForm, FormContext
from web.register.forms.mails import invitations, people_of_package
from workflows.free_text import InvalidText
from workflows.register.answers import FormField
from workflows.register.edits.packages import (
    AddPackage,
    AdoptPackage,
    ChangePackage,
    EndPackage,
    PutIndicator,
    RemoveIndicator,
    ReopenPackage,
    ReportToBoard,
)
from workflows.words import Words

BACK = "/arbeidspakker"


def new(context: FormContext) -> EditForm:
    """Add a work package with its lead: a proposal, or a minor measure that begins at once."""
    municipality = context.municipality.slug

    def edit(answers: Mapping[str, Any]) -> AddPackage:
        return AddPackage(
            municipality=municipality,
            name=answers["name"],
            lead=answers["lead"],
            since=answers["since"],
            summary=answers["summary"],
            theme=answers.get("theme") or None,
            minor=answers["minor"],
        )

    fields = [
        context.field("name"),
        context.field("summary", kind="text", required=False),
        *_theme(context, None),
        context.people("lead"),
        context.field("since", kind="date", value=context.today),
        context.field("minor", kind="flag", required=False, help=context.say("help_minor")),
    ]
    return EditForm(
        heading=context.say("form_package_new"),
        button=context.say("do_package_new"),
        fields=fields,
        edit=edit,
        back=BACK,
        consequences=[context.say("follows_package_new"), *invitations(context, 1)],
    )


def change(context: FormContext) -> EditForm:
    """Change the words about a work package."""
    package = _own(context)
    fields = [
        context.field("name", value=package.name),
        context.field("summary", kind="text", value=package.summary, required=False),
        *_theme(context, package.theme),
        context.field(
            "channel_name", value=package.channel_name, required=False, help=context.say("help_channel_name")
        ),
    ]

    def edit(answers: Mapping[str, Any]) -> ChangePackage:
        theme = {"theme": answers["theme"] or None} if "theme" in answers else {}
        return ChangePackage(package=package.key, values={**answers, **theme})

    return EditForm(
        heading=context.say("form_package", name=package.name),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back=BACK,
    )


def board(context: FormContext) -> EditForm:
    """Let a package report to another municipality's board as well."""
    package = _own(context)
    known = {package.municipality, *package.boards}
    others = [item for item in context.programme.municipalities if item.slug not in known]
    by_name = sorted(others, key=lambda item: texts.sort_key(item.name))
    options = [("", context.say("choose")), *((item.slug, item.name) for item in by_name)]
    return EditForm(
        heading=context.say("form_package_board", name=package.name),
        button=context.say("do_package_board"),
        fields=[context.field("boards", kind="choice", options=options)],
        edit=lambda answers: ReportToBoard(package=package.key, board=answers["boards"]),
        back=BACK,
        consequences=[context.say("follows_package_board")],
    )


def board_out(context: FormContext) -> EditForm:
    """Let a package report to another municipality's board no more. *about*: `package/municipality`."""
    key, _, slug = context.about.partition("/")
    package = _own(context, key)
    if slug not in package.boards:
        raise KeyError(slug)
    return EditForm(
        heading=context.say(
            "form_package_board_out",
            name=package.name,
            board=texts.within(context.programme.local_board(slug).name),
        ),
        button=context.say("do_take_out"),
        fields=(),
        edit=lambda _: ReportToBoard(package=package.key, board=slug, reports=False),
        back=BACK,
        consequences=[context.say("follows_package_board_out")],
        ends=True,
    )


def adopt(context: FormContext) -> EditForm:
    """Let a proposed package begin, by a decision of the board."""
    package = _own(context)
    fields = [*_decision(context, package), context.field("since", kind="date", value=context.today)]
    return EditForm(
        heading=context.say("form_package_adopt", name=package.name),
        button=context.say("do_package_adopt"),
        fields=fields,
        edit=lambda answers: AdoptPackage(
            package=package.key, decision=_decided(answers, package), since=answers["since"]
        ),
        back=BACK,
        consequences=[
            context.say("follows_package_adopt"),
            *invitations(context, len(people_of_package(context, package.key))),
        ],
    )


def end(context: FormContext) -> EditForm:
    """End a package after a day, by a decision of the board; a minor measure without."""
    package = _own(context)
    fields = [*_decision(context, package), context.field("last_day", kind="date", value=context.today)]
    return EditForm(
        heading=context.say("form_package_end", name=package.name),
        button=context.say("do_package_end"),
        fields=fields,
        edit=lambda answers: EndPackage(
            package=package.key, decision=_decided(answers, package), last_day=answers["last_day"]
        ),
        back=BACK,
        consequences=[
            context.say("follows_package_end"),
            *invitations(context, len(people_of_package(context, package.key))),
            context.say("follows_package_kept"),
        ],
        ends=True,
    )


def reopen(context: FormContext) -> EditForm:
    """Let a package go on that was to end."""
    package = _own(context)
    fields = [
        *_decision(context, package),
        context.people("lead"),
        context.field("since", kind="date", value=context.today),
    ]
    return EditForm(
        heading=context.say("form_package_reopen", name=package.name),
        button=context.say("do_package_reopen"),
        fields=fields,
        edit=lambda answers: ReopenPackage(
            package=package.key, decision=_decided(answers, package), lead=answers["lead"], since=answers["since"]
        ),
        back=BACK,
        consequences=[context.say("follows_package_adopt"), *invitations(context, 1)],
    )


def indicator(context: FormContext) -> EditForm:
    """Add an indicator to a package, or change one. *about*: `package` or `package/indicator`."""
    package, key = _with_indicator(context)
    known = next((item for item in package.indicators if item.key == key), None)
    if key and known is None:
        raise KeyError(key)
    fields = [
        context.field("name", value=known.name if known else ""),
        context.field("unit", value=known.unit if known else "", required=False, help=context.say("help_unit")),
        context.field("baseline", kind="number", value=known.baseline if known else None, required=False),
        context.field("target", kind="number", value=known.target if known else None, required=False),
        context.choice("better", ("higher", "lower"), value=known.better if known else "higher"),
        context.field(
            "summed_as", value=known.summed_as if known else "", required=False, help=context.say("help_summed_as")
        ),
    ]
    heading = context.say("form_indicator", name=known.name) if known else context.say("form_indicator_new")
    return EditForm(
        heading=heading,
        button=context.say("do_save"),
        fields=fields,
        edit=lambda answers: PutIndicator(package=package.key, indicator=key, values=answers),
        back=BACK,
        consequences=[context.say("follows_indicator")] if known else (),
    )


def remove_indicator(context: FormContext) -> EditForm:
    """Take an indicator out of its package. *about*: `package/indicator`."""
    package, key = _with_indicator(context)
    known = next((item for item in package.indicators if item.key == key), None)
    if known is None:
        raise KeyError(key)
    return EditForm(
        heading=context.say("form_indicator_out", name=known.name),
        button=context.say("do_indicator_out"),
        fields=(),
        edit=lambda _: RemoveIndicator(package=package.key, indicator=key),
        back=BACK,
        consequences=[context.say("follows_indicator_out")],
        ends=True,
    )


def _theme(context: FormContext, value: str | None) -> list[FormField]:
    """Return the choice among the programme's themes; nothing in a programme without any."""
    themes = context.programme.themes
    if not themes:
        return []
    options = [("", context.say("no_theme")), *((item.key, item.name) for item in themes)]
    hint = context.say("help_theme")
    return [context.field("theme", kind="choice", options=options, value=value or "", required=False, help=hint)]


def _own(context: FormContext, key: str | None = None) -> WorkPackage:
    package = context.programme.work_package(context.about if key is None else key)
    if package.municipality != context.scope:
        raise KeyError(package.key)
    return package


def _with_indicator(context: FormContext) -> tuple[WorkPackage, str]:
    package, _, key = context.about.partition("/")
    return _own(context, package), key


def _decision(context: FormContext, package: WorkPackage) -> list[FormField]:
    """
    Return the fields for a decision: a choice among those recorded, the package's own first, and a number to type.

    Without any recorded there is the number alone: the board may have decided before its minutes stood here.
    """
    hint = context.say("help_decision_minor" if package.minor else "help_decision")
    if not context.decisions:
        return [context.field("decision", required=not package.minor, help=hint)]
    known = sorted(context.decisions, key=lambda item: item.work_package != package.key)
    options = [("", context.say("choose")), *((item.label, f"{item.label} {item.title}") for item in known)]
    choose = context.say("help_decision_minor" if package.minor else "help_decision_choice")
    return [
        context.field("decision", kind="choice", options=options, required=False, help=choose),
        context.field("other_decision", required=False, help=context.say("help_other_decision")),
    ]


def _decided(answers: Mapping[str, Any], package: WorkPackage) -> str:
    """Return the number of the decision that was chosen, or else typed. Raises InvalidText where one is needed."""
    number: str = answers["decision"] or answers.get("other_decision") or ""
    if not number and not package.minor:
        raise InvalidText({"decision": Words(key="register.rule_decision")})
    return number
