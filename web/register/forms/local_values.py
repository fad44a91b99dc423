"""Forms for values of the template that a municipality, or the county for all, says differently, and the way back."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any, get_args
from urllib.parse import urlencode

from pydantic_core import PydanticUndefined

import texts
from config.fields import Language
from config.origins import LayeredValue, Part
from config.place_template import PlaceTemplate
from config.values import BodyKind, BodyTemplate, Rhythm, Role, RoundTimes
from web.register.forms.form import EditForm, FormContext, as_text
from web.register.forms.mails import bodies_of, invitations, invited_to, people_in
from workflows.register.answers import FieldKind, FormField
from workflows.register.edits.places import SetOverride

TEMPLATE, STANDARD = "/malen", "/standard"
LOCAL_BODIES = (BodyKind.LOCAL_BOARD, BodyKind.LEAD_TEAM, BodyKind.PACKAGE_LEADS)
"""Bodies of a municipality, in the order of its page."""
BOARDS = (BodyKind.LOCAL_BOARD, BodyKind.OWNER_BOARD)
WEEKDAYS = tuple(range(7))
LANGUAGES = get_args(Language)
ROLES = (
    Role.BOARD_CHAIR,
    Role.BOARD_MEMBER,
    Role.LOCAL_LEAD,
    Role.WORK_PACKAGE_LEAD,
    Role.CONTRIBUTOR,
    Role.ADVISER,
    Role.COUNTY_LEAD,
)
"""Roles that a municipality's board or place may be made for."""
COMMON_ROLES = tuple(role for role in Role if role is not Role.TEAM_OWNER)
"""Roles that a body or place common to the programme may be made for."""
OPEN = (
    "description", "location", "report_folder", "meeting_folder", "label", "folders", "reminders", "other_starts",
    "chair", "fixed_dates",
)  # fmt: skip
"""Values that may be left empty."""
IN_INVITATIONS = ("name", "location", "members", "optional", "chair", "book", "fixed_dates")
"""Values of a body that Outlook mails people about when they change."""
_DEFAULTS: Mapping[str, Any] = {"rhythm": Rhythm, "rounds": RoundTimes}


@dataclass(frozen=True, kw_only=True)
class LocalValue:
    """A value of the template that may be said differently."""

    part: Part
    key: str
    path: tuple[str, ...]
    kind: FieldKind
    choices: tuple[Any, ...] = ()
    """All that it is chosen among; one of several has a box for each in its form."""

    @property
    def address(self) -> str:
        """Return the value's name in an address."""
        return "/".join((self.part, self.key, *self.path))

    @property
    def field(self) -> str:
        """Return the name of the field."""
        return self.path[-1]

    @property
    def is_several(self) -> bool:
        """Return True when several may be chosen."""
        return bool(self.choices) and self.kind == "flag"

    @property
    def group(self) -> str:
        """Return the group that it is shown in."""
        return "rounds" if self.path[0] == "rounds" else ""


_RHYTHM: Mapping[str, FieldKind] = {
    "wanted_gap": "whole",
    "least_gap": "whole",
    "most_gap": "whole",
    "most_gap_over_summer": "whole",
    "weekdays": "flag",
    "preferred_weekday": "choice",
    "starts": "time",
    "other_starts": "times",
    "minutes": "whole",
}
_ROUNDS: Mapping[str, FieldKind] = {
    "opens": "whole",
    "reminders": "wholes",
    "last_reminder_before_deadline": "whole",
    "deadline": "whole",
    "release": "whole",
    "papers": "whole",
    "sendable_days": "whole",
}
_BODY: Mapping[str, FieldKind] = {"name": "line", "location": "line", "members": "flag", "optional": "flag"}
_PLACE: Mapping[str, FieldKind] = {
    "name": "line",
    "description": "text",
    "landing_title": "line",
    "landing_intro": "text",
    "members": "flag",
    "folders": "lines",
    "report_folder": "line",
    "meeting_folder": "line",
    "label": "line",
}


def local_values(context: FormContext) -> Iterator[LocalValue]:
    """Yield the values that may be said differently here, bodies first; which there are, the template says."""
    template = context.documents.get("template.yaml", {})
    for key, draft in _bodies(context, template.get("bodies", {})):
        yield from _of_body(context, key, draft)
    for key, draft in template.get("places", {}).items():
        if context.scope is None or draft.get("per") == "municipality":
            yield from (_value(draft, "places", key, (name,), kind) for name, kind in _PLACE.items())


def _bodies(context: FormContext, drafts: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a municipality's bodies, its board first, or all of the county's in the order of the template."""
    if context.scope is None:
        yield from drafts.items()
        return
    for kind in LOCAL_BODIES:
        for key, draft in drafts.items():
            if draft.get("kind") == kind and draft.get("per") == "municipality":
                yield key, draft


def _of_body(context: FormContext, key: str, draft: Mapping[str, Any]) -> Iterator[LocalValue]:
    kind = draft.get("kind")
    found: dict[tuple[str, ...], FieldKind] = {(name,): field for name, field in _BODY.items()}
    if context.scope is None:
        found[("chair",)] = "choice"
    if has_rhythm(context, key):
        found |= {("rhythm", name): field for name, field in _RHYTHM.items()}
        if kind == BodyKind.OWNER_BOARD:
            found[("rhythm", "after_local_round")] = "flag"
    if kind in BOARDS:
        found |= {("quorum",): "whole", ("language",): "choice"}
    found[("book",)] = "flag"
    if kind != BodyKind.LOCAL_BOARD and (context.scope or draft.get("per") is None):
        # A local board's dates are locked on the page of its meetings.
        found[("fixed_dates",)] = "moments"
    if kind in BOARDS:
        found |= {("rounds", name): field for name, field in _ROUNDS.items()}
    yield from (_value(draft, "bodies", key, path, field) for path, field in found.items())


def has_rhythm(context: FormContext, body: str) -> bool:
    """Return True when a body of the template meets by a rule."""
    return bool(context.layers.part("bodies", body).laid.values.get("rhythm"))


def _value(draft: Mapping[str, Any], part: Part, key: str, path: tuple[str, ...], kind: FieldKind) -> LocalValue:
    roles = ROLES if draft.get("per") == "municipality" else COMMON_ROLES
    choices = {
        "weekdays": WEEKDAYS,
        "members": roles,
        "optional": roles,
        "chair": roles,
        "language": LANGUAGES,
    }
    return LocalValue(part=part, key=key, path=path, kind=kind, choices=choices.get(path[-1], ()))


def current(context: FormContext, value: LocalValue) -> LayeredValue:
    """Return a value as it holds here, with its layer; the model's where no layer says one."""
    found = context.layers.value(value.part, value.key, value.path)
    standard = context.programme.language if value.field == "language" else _standard(value)
    return replace(
        found,
        value=standard if found.value is None else found.value,
        below=standard if found.below is None else found.below,
    )


def _standard(value: LocalValue) -> Any:
    """Return the value that the model gives where none is written; None for one that it leaves open."""
    model = PlaceTemplate if value.part == "places" else _DEFAULTS.get(value.path[0], BodyTemplate)
    default = model.model_fields[value.field].default
    if default is PydanticUndefined:
        return None
    return f"{default:%H:%M}" if isinstance(default, time) else default


def override(context: FormContext) -> EditForm:
    """Say a value differently from the template. *about*: see `LocalValue.address`."""
    value = _asked(context)
    now = current(context, value)

    def edit(answers: Mapping[str, Any]) -> SetOverride:
        return _set(context, value, _said(value, answers))

    return EditForm(
        heading=context.say(f"field_{value.field}"),
        button=context.say("do_save"),
        fields=_fields(context, value, now),
        edit=edit,
        back=back_to(context, value.part, value.key),
        consequences=[follows(context), *_mails(context, value)],
    )


def no_override(context: FormContext) -> EditForm:
    """Let the template's value hold again."""
    value = _asked(context)
    below = local_words(context, value, current(context, value).below)
    return EditForm(
        heading=context.say("form_no_override", name=context.say(f"field_{value.field}")),
        button=context.say("do_no_override"),
        fields=(),
        edit=lambda _: _set(context, value, None),
        back=back_to(context, value.part, value.key),
        consequences=[context.say("follows_no_override", value=below), *_mails(context, value)],
        ends=True,
    )


def _mails(context: FormContext, value: LocalValue) -> list[str]:
    """Return the line about people who hear of the value by mail: what stands in an invitation, or who gets one."""
    if value.part != "bodies" or value.field not in IN_INVITATIONS:
        return []
    bodies = bodies_of(context, value.key)
    # Whether it is called in at all may change by this very value.
    return invitations(context, people_in(context, bodies)) if value.field == "book" else invited_to(context, bodies)


def back_to(context: FormContext, part: Part, key: str) -> str:
    """Return the end of the address of the page that shows a body or place of the template."""
    return TEMPLATE if context.scope else f"{STANDARD}?{urlencode({'av': f'{part}/{key}'})}"


def follows(context: FormContext) -> str:
    """Return the words for all that follows when a value is said differently here."""
    return context.say("follows_override" if context.scope else "follows_county_value")


def local_words(context: FormContext, value: LocalValue, given: Any) -> str:
    """Return a value of the template in words."""
    nothing = context.say("nothing")
    if value.is_several:
        chosen = [_choice(context, value, item) for item in value.choices if item in (given or ())]
        return ", ".join(chosen) or nothing
    if value.kind == "choice":
        return nothing if given is None else _choice(context, value, given)
    if value.kind == "flag":
        return context.say("yes" if given else "no")
    if value.kind == "moments":
        told = (texts.long_moment(datetime.fromisoformat(str(each)), context.language) for each in given or ())
        return ", ".join(told) or nothing
    text = context.filled(as_text(given, value.kind))
    if value.kind in ("lines", "times"):
        text = text.replace("\n", ", ")
    return text or nothing


def _said(value: LocalValue, answers: Mapping[str, Any]) -> Any:
    if value.is_several:
        return [item for item in value.choices if answers[f"{value.field}_{item}"]]
    said = answers[value.field]
    return int(said) if value.field == "preferred_weekday" else said


def _asked(context: FormContext) -> LocalValue:
    return next(value for value in local_values(context) if value.address == context.about)


def _fields(context: FormContext, value: LocalValue, now: LayeredValue) -> list[FormField]:
    hint = context.say("help_override", value=local_words(context, value, now.below))
    required = value.kind != "flag" and value.field not in OPEN
    if value.is_several:
        return boxes(context, value, now.value or (), hint=hint)
    if value.kind == "choice":
        among = _meeting_days(context, value) if value.field == "preferred_weekday" else value.choices
        options = [(str(item), _choice(context, value, item)) for item in among]
        first = [] if required else [("", context.say("nothing"))]
        return [
            context.field(
                value.field, kind="choice", value=now.value, options=[*first, *options], help=hint, required=required
            )
        ]
    return [context.field(value.field, kind=value.kind, value=now.value, help=hint, required=required)]


def boxes(context: FormContext, value: LocalValue, chosen: Collection[Any], *, hint: str = "") -> list[FormField]:
    """Return a box for each choice of a value of several; the last one says the hint."""
    found = [
        context.field(
            f"{value.field}_{item}",
            kind="flag",
            value=item in chosen,
            label=_choice(context, value, item),
            required=False,
        )
        for item in value.choices
    ]
    return [*found[:-1], replace(found[-1], help=hint)]


def _choice(context: FormContext, value: LocalValue, item: Any) -> str:
    if value.field in ("weekdays", "preferred_weekday"):
        return context.say(f"weekday_{item}")
    if value.field == "language":
        return context.say(f"value_{item}")
    return context.role(item)


def _meeting_days(context: FormContext, value: LocalValue) -> tuple[int, ...]:
    """Return the weekdays on which the body meets at all."""
    found = context.layers.value(value.part, value.key, ("rhythm", "weekdays")).value
    return tuple(found or Rhythm().weekdays)


def _set(context: FormContext, value: LocalValue, said: Any) -> SetOverride:
    return SetOverride(municipality=context.scope, part=value.part, key=value.key, path=value.path, value=said)
