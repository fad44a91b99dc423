"""Forms for what is local: meeting dates, the calendar, and what the register says of a municipality."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from config.values import Meetings
from web.register.forms.cooperation import CALENDAR
from web.register.forms.form import EditForm, FormContext
from web.register.forms.local_values import local_values
from workflows.register.edits.places import ChangeMunicipality, SetDaysOff, SetMeetingDates, SetOverride

MEETINGS = "/moteplan"


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
