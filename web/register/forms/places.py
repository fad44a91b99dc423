"""Forms for what is local: values of the template said differently, meeting dates, the calendar, the municipality."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from config.origins import LayeredValue, Part, layered_value
from config.values import BodyKind, BodyTemplate, Meetings, Rhythm
from web.register.forms.cooperation import CALENDAR
from web.register.forms.form import EditForm, FormContext, as_text
from workflows.register.answers import FieldKind, FormField
from workflows.register.edits.places import ChangeMunicipality, SetDaysOff, SetMeetingDates, SetOverride

TEMPLATE, MEETINGS = "/malen", "/moteplan"
WEEKDAYS = range(7)


@dataclass(frozen=True, kw_only=True)
class LocalValue:
    """A value of the template that a municipality may say differently."""

    part: Part
    key: str
    path: tuple[str, ...]
    kind: FieldKind

    @property
    def address(self) -> str:
        """Return the value's name in an address."""
        return "/".join((self.part, self.key, *self.path))

    @property
    def field(self) -> str:
        """Return the name of the field."""
        return self.path[-1]


_OF_BOARD: tuple[tuple[tuple[str, ...], FieldKind], ...] = (
    (("location",), "line"),
    (("rhythm", "preferred_weekday"), "choice"),
    (("rhythm", "starts"), "time"),
    (("rhythm", "minutes"), "whole"),
    (("quorum",), "whole"),
)
_OF_LEAD_TEAM: tuple[tuple[tuple[str, ...], FieldKind], ...] = (
    (("rhythm", "wanted_gap"), "whole"),
    (("rhythm", "preferred_weekday"), "choice"),
    (("rhythm", "starts"), "time"),
    (("rhythm", "minutes"), "whole"),
    (("book",), "flag"),
)
_OF_PLACE: tuple[tuple[tuple[str, ...], FieldKind], ...] = (
    (("name",), "line"),
    (("description",), "text"),
    (("landing_intro",), "text"),
)


def local_values(documents: Mapping[str, Any]) -> Iterator[LocalValue]:
    """Yield the values that may be said differently, board first; which bodies there are, the template says."""
    template = documents.get("template.yaml", {})
    for kind, values in ((BodyKind.LOCAL_BOARD, _OF_BOARD), (BodyKind.LEAD_TEAM, _OF_LEAD_TEAM)):
        for key, draft in template.get("bodies", {}).items():
            if draft.get("kind") == kind and draft.get("per") == "municipality":
                yield from (LocalValue(part="bodies", key=key, path=path, kind=field) for path, field in values)
    for key, draft in template.get("places", {}).items():
        if draft.get("per") == "municipality":
            yield from (LocalValue(part="places", key=key, path=path, kind=field) for path, field in _OF_PLACE)


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
    if value.part != "bodies":
        return None
    default = (Rhythm if value.path[0] == "rhythm" else BodyTemplate).model_fields[value.field].default
    return f"{default:%H:%M}" if isinstance(default, time) else default


def weekday(context: FormContext, day: object) -> str:
    """Return a weekday's name; 0 is Monday."""
    return context.say(f"weekday_{day}") if str(day) in map(str, WEEKDAYS) else context.say("nothing")


def override(context: FormContext) -> EditForm:
    """Say a value differently from the template. *about*: see `LocalValue.address`."""
    value = _asked(context)
    now = current(context, value)
    below = local_words(context, value, now.below)

    def edit(answers: Mapping[str, Any]) -> SetOverride:
        said = answers[value.field]
        return _set(context, value, int(said) if value.field == "preferred_weekday" else said)

    return EditForm(
        heading=context.say(f"field_{value.field}"),
        button=context.say("do_save"),
        fields=[_field(context, value, now.value, below)],
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
    if value.field == "preferred_weekday":
        return weekday(context, given)
    if value.kind == "flag":
        return context.say("yes" if given else "no")
    return as_text(given, value.kind) or context.say("nothing")


def _asked(context: FormContext) -> LocalValue:
    return next(value for value in local_values(context.documents) if value.address == context.about)


def _field(context: FormContext, value: LocalValue, now: Any, below: str) -> FormField:
    hint = context.say("help_override", value=below)
    if value.field == "preferred_weekday":
        options = [(str(day), weekday(context, day)) for day in _weekdays(context, value)]
        return context.field(value.field, kind="choice", value=now, options=options, help=hint)
    return context.field(value.field, kind=value.kind, value=now, help=hint, required=value.kind != "flag")


def _weekdays(context: FormContext, value: LocalValue) -> Sequence[int]:
    """Return the weekdays on which the body meets at all."""
    path = ("rhythm", "weekdays")
    found = layered_value(context.documents, context.municipality.slug, value.part, value.key, path).value
    return found or Rhythm().weekdays


def _set(context: FormContext, value: LocalValue, said: Any) -> SetOverride:
    return SetOverride(
        municipality=context.municipality.slug, part=value.part, key=value.key, path=value.path, value=said
    )


def meeting_dates(context: FormContext) -> EditForm:
    """Set the dates on which a board that calls its own meetings meets."""
    municipality = context.municipality
    if municipality.meetings is not Meetings.THEIRS or municipality.meeting_feed:
        raise KeyError(municipality.slug)
    hint = context.say("help_moments")
    return EditForm(
        heading=context.say("form_meeting_dates", name=municipality.name),
        button=context.say("do_save"),
        fields=[context.field("meeting_dates", kind="moments", value=municipality.meeting_dates, help=hint)],
        edit=lambda answers: SetMeetingDates(municipality=municipality.slug, dates=answers["meeting_dates"]),
        back=MEETINGS,
        consequences=[context.say("follows_meeting_dates")],
    )


def lock_date(context: FormContext) -> EditForm:
    """Fix a planned date of the board: the plan goes around it from now on. *about*: its local time."""
    return _fixed(context, "lock", locked=True)


def unlock_date(context: FormContext) -> EditForm:
    """Let the plan decide on a fixed date again. *about*: its local time."""
    return _fixed(context, "unlock", locked=False)


def _fixed(context: FormContext, word: str, *, locked: bool) -> EditForm:
    moment = datetime.fromisoformat(context.about)
    board = context.programme.local_board(context.municipality.slug)
    if locked is (moment in board.fixed_dates) or moment.tzinfo is not None:
        raise KeyError(context.about)
    kept = sorted({*board.fixed_dates, moment} if locked else {*board.fixed_dates} - {moment})
    key = next(value.key for value in local_values(context.documents) if value.path == ("location",))
    edit = SetOverride(
        municipality=context.municipality.slug, part="bodies", key=key, path=("fixed_dates",), value=kept or None
    )
    return EditForm(
        heading=context.say(f"form_{word}", moment=moment),
        button=context.say(f"do_{word}"),
        fields=(),
        edit=lambda _: edit,
        back=MEETINGS,
        consequences=[context.say(f"follows_{word}")],
    )


def days_off(context: FormContext) -> EditForm:
    """Set the county's days off."""
    return EditForm(
        heading=context.say("form_days_off"),
        button=context.say("do_save"),
        fields=[
            context.field(
                "days_off",
                kind="days",
                value=context.programme.days_off,
                help=context.say("help_days"),
                required=False,
                label=context.say("section_days_off"),
            )
        ],
        edit=lambda answers: SetDaysOff(days=answers["days_off"]),
        back=CALENDAR,
        consequences=[context.say("follows_dates")],
    )


def municipality(context: FormContext) -> EditForm:
    """Change a municipality's place and meetings. *about*: its slug."""
    known = context.programme.municipality(context.about)
    fields = [
        context.choice("place", ("ours", "theirs", "none"), value=known.place),
        context.field("place_url", value=known.place_url or "", required=False, help=context.say("help_place_url")),
        context.choice("meetings", ("ours", "theirs"), value=known.meetings),
        context.field(
            "meeting_dates", kind="moments", value=known.meeting_dates, required=False, help=context.say("help_moments")
        ),
        context.field("meeting_feed", value=known.meeting_feed or "", required=False, help=context.say("help_feed")),
    ]

    def edit(answers: Mapping[str, Any]) -> ChangeMunicipality:
        values = {**answers, "place_url": answers["place_url"] or None, "meeting_feed": answers["meeting_feed"] or None}
        return ChangeMunicipality(municipality=known.slug, values=values)

    return EditForm(
        heading=context.say("form_municipality", name=known.name),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back="/kommuner",
        consequences=[context.say("follows_municipality")],
    )
