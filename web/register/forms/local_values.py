"""Forms for values of the template that a municipality says differently, and the way back to the template's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import time
from typing import Any

from pydantic_core import PydanticUndefined

from config.origins import LayeredValue, Part, layered_value
from config.place_template import PlaceTemplate
from config.values import BodyKind, BodyTemplate, Rhythm, Role, RoundTimes
from web.register.forms.form import EditForm, FormContext, as_text
from workflows.register.answers import FieldKind, FormField
from workflows.register.edits.places import SetOverride

TEMPLATE = "/malen"
WEEKDAYS = tuple(range(7))
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
OPEN = ("description", "location", "report_folder", "meeting_folder", "label", "folders", "reminders", "other_starts")
"""Values that may be left empty."""
_DEFAULTS: Mapping[str, Any] = {"rhythm": Rhythm, "rounds": RoundTimes}


@dataclass(frozen=True, kw_only=True)
class LocalValue:
    """A value of the template that a municipality may say differently."""

    part: Part
    key: str
    path: tuple[str, ...]
    kind: FieldKind
    several: tuple[Any, ...] = ()
    """All that a value of several is chosen among; its form has a box for each."""

    @property
    def address(self) -> str:
        """Return the value's name in an address."""
        return "/".join((self.part, self.key, *self.path))

    @property
    def field(self) -> str:
        """Return the name of the field."""
        return self.path[-1]

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
_SEVERAL: Mapping[str, tuple[Any, ...]] = {"weekdays": WEEKDAYS, "members": ROLES, "optional": ROLES}


def local_values(documents: Mapping[str, Any]) -> Iterator[LocalValue]:
    """Yield the values that may be said differently, board first; which bodies there are, the template says."""
    template = documents.get("template.yaml", {})
    for kind in (BodyKind.LOCAL_BOARD, BodyKind.LEAD_TEAM):
        for key, draft in template.get("bodies", {}).items():
            if draft.get("kind") == kind and draft.get("per") == "municipality":
                yield from _of_body(key, kind)
    for key, draft in template.get("places", {}).items():
        if draft.get("per") == "municipality":
            yield from (_value("places", key, (name,), kind) for name, kind in _PLACE.items())


def _of_body(key: str, kind: BodyKind) -> Iterator[LocalValue]:
    found: dict[tuple[str, ...], FieldKind] = {(name,): field for name, field in _BODY.items()}
    found |= {("rhythm", name): field for name, field in _RHYTHM.items()}
    if kind is BodyKind.LOCAL_BOARD:
        found[("quorum",)] = "whole"
    found[("book",)] = "flag"
    if kind is BodyKind.LOCAL_BOARD:
        found |= {("rounds", name): field for name, field in _ROUNDS.items()}
    yield from (_value("bodies", key, path, field) for path, field in found.items())


def _value(part: Part, key: str, path: tuple[str, ...], kind: FieldKind) -> LocalValue:
    return LocalValue(part=part, key=key, path=path, kind=kind, several=_SEVERAL.get(path[-1], ()))


def current(context: FormContext, value: LocalValue) -> LayeredValue:
    """Return a value as it holds in the municipality, with its layer; the model's where no layer says one."""
    found = layered_value(context.documents, context.municipality.slug, value.part, value.key, value.path)
    standard = _standard(value)
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
        back=TEMPLATE,
        consequences=[context.say("follows_override")],
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
        back=TEMPLATE,
        consequences=[context.say("follows_no_override", value=below)],
        ends=True,
    )


def local_words(context: FormContext, value: LocalValue, given: Any) -> str:
    """Return a value of the template in words."""
    if value.several:
        chosen = [_choice(context, value, item) for item in value.several if item in (given or ())]
        return ", ".join(chosen) or context.say("nothing")
    if value.field == "preferred_weekday":
        return context.say(f"weekday_{given}") if given in WEEKDAYS else context.say("nothing")
    if value.kind == "flag":
        return context.say("yes" if given else "no")
    text = as_text(given, value.kind).replace("{municipality}", context.municipality.name)
    if value.kind in ("lines", "times"):
        text = text.replace("\n", ", ")
    return text or context.say("nothing")


def _said(value: LocalValue, answers: Mapping[str, Any]) -> Any:
    if value.several:
        return [item for item in value.several if answers[f"{value.field}_{item}"]]
    said = answers[value.field]
    return int(said) if value.field == "preferred_weekday" else said


def _asked(context: FormContext) -> LocalValue:
    return next(value for value in local_values(context.documents) if value.address == context.about)


def _fields(context: FormContext, value: LocalValue, now: LayeredValue) -> list[FormField]:
    hint = context.say("help_override", value=local_words(context, value, now.below))
    if value.several:
        boxes = [
            context.field(
                f"{value.field}_{item}",
                kind="flag",
                value=item in (now.value or ()),
                label=_choice(context, value, item),
                required=False,
            )
            for item in value.several
        ]
        return [*boxes[:-1], replace(boxes[-1], help=hint)]
    if value.field == "preferred_weekday":
        options = [(str(day), context.say(f"weekday_{day}")) for day in _meeting_days(context, value)]
        return [context.field(value.field, kind="choice", value=now.value, options=options, help=hint)]
    required = value.kind != "flag" and value.field not in OPEN
    return [context.field(value.field, kind=value.kind, value=now.value, help=hint, required=required)]


def _choice(context: FormContext, value: LocalValue, item: Any) -> str:
    return context.say(f"weekday_{item}") if value.field == "weekdays" else context.role(item)


def _meeting_days(context: FormContext, value: LocalValue) -> tuple[int, ...]:
    """Return the weekdays on which the body meets at all."""
    path = ("rhythm", "weekdays")
    found = layered_value(context.documents, context.municipality.slug, value.part, value.key, path).value
    return tuple(found or Rhythm().weekdays)


def _set(context: FormContext, value: LocalValue, said: Any) -> SetOverride:
    return SetOverride(
        municipality=context.municipality.slug, part=value.part, key=value.key, path=value.path, value=said
    )
