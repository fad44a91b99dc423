"""Forms that give a body of the template regular meetings where the template gives it none, and take them back."""

from collections.abc import Mapping
from typing import Any

from config.values import Rhythm
from web.register.forms.form import EditForm, FormContext
from web.register.forms.local_values import WEEKDAYS, LocalValue, back_to, boxes, follows, has_rhythm, local_values
from web.register.forms.mails import bodies_of, invited_to
from workflows.register.edits.places import SetOverride

PATH = ("rhythm",)


def new(context: FormContext) -> EditForm:
    """Let a body meet by a rule. *about*: the body, as the template calls it."""
    body = _asked(context)
    if has_rhythm(context, body):
        raise KeyError(body)
    standard = Rhythm()
    days = LocalValue(part="bodies", key=body, path=("rhythm", "weekdays"), kind="flag", choices=WEEKDAYS)
    fields = [
        *(
            context.field(name, kind="whole", value=getattr(standard, name))
            for name in ("wanted_gap", "least_gap", "most_gap")
        ),
        *boxes(context, days, standard.weekdays),
        context.field("starts", kind="time", value=standard.starts),
        context.field("minutes", kind="whole", value=standard.minutes),
    ]

    def edit(answers: Mapping[str, Any]) -> SetOverride:
        said = {name: answers[name] for name in ("wanted_gap", "least_gap", "most_gap", "starts", "minutes")}
        weekdays = [day for day in WEEKDAYS if answers[f"weekdays_{day}"]]
        return _set(context, body, {**said, "weekdays": weekdays})

    return EditForm(
        heading=context.say("form_rhythm_new", name=_name(context, body)),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back=back_to(context, "bodies", body),
        consequences=[context.say("follows_rhythm"), follows(context), *invited_to(context, bodies_of(context, body))],
    )


def remove(context: FormContext) -> EditForm:
    """Let a body meet by no rule any more, as the template has it. *about*: the body."""
    body = _asked(context)
    if not has_own_rhythm(context, body):
        raise KeyError(body)
    return EditForm(
        heading=context.say("form_rhythm_out", name=_name(context, body)),
        button=context.say("do_rhythm_out"),
        fields=(),
        edit=lambda _: _set(context, body, None),
        back=back_to(context, "bodies", body),
        consequences=[context.say("follows_rhythm_out")],
        ends=True,
    )


def has_own_rhythm(context: FormContext, body: str) -> bool:
    """Return True when this layer alone lets a body meet by a rule."""
    return has_rhythm(context, body) and not context.layers.part("bodies", body).below.values.get("rhythm")


def _asked(context: FormContext) -> str:
    """Return the body that the form is about. Raises StopIteration for one that is not of this page."""
    return next(value.key for value in local_values(context) if (value.part, value.key) == ("bodies", context.about))


def _name(context: FormContext, body: str) -> str:
    return context.filled(str(context.layers.value("bodies", body, ("name",)).value))


def _set(context: FormContext, body: str, said: Mapping[str, Any] | None) -> SetOverride:
    return SetOverride(municipality=context.scope, part="bodies", key=body, path=PATH, value=said)
