"""Forms for what is local: meeting dates, and what the register says of a municipality."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import texts
from config.values import Body, Meetings
from web.register.forms.form import EditForm, FormContext
from web.register.forms.local_values import local_values
from web.register.forms.mails import called_in, invitations, invited_to, people_in
from workflows.register.edits.places import ChangeMunicipality, SetMeetingDates, SetOverride

MEETINGS = "/moteplan"
MUNICIPALITIES = "/kommuner"
SCHOOL = "school_"
"""The beginning of the names of fields for a municipality's schools."""


def meeting_dates(context: FormContext) -> EditForm:
    """Set the dates on which a board that calls its own meetings meets."""
    municipality = context.municipality
    if municipality.meetings is not Meetings.THEIRS or municipality.meeting_feed:
        raise KeyError(municipality.slug)
    hint, board = context.say("help_moments"), context.programme.local_board(municipality.slug)
    return EditForm(
        heading=context.say("form_meeting_dates", board=texts.within(board.name)),
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
    key = next(value.key for value in local_values(context) if value.path == ("location",))
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


def municipality(context: FormContext) -> EditForm:
    """Change a municipality's place and meetings. *about*: its slug."""
    known = context.programme.municipality(context.about)
    schools = [item for item in context.programme.schools if item.municipality == known.slug]
    fields = [
        context.choice("place", ("ours", "theirs", "none"), value=known.place),
        context.field("place_url", value=known.place_url or "", required=False, help=context.say("help_place_url")),
        context.choice("meetings", ("ours", "theirs"), value=known.meetings),
        context.field(
            "meeting_dates", kind="moments", value=known.meeting_dates, required=False, help=context.say("help_moments")
        ),
        context.field("meeting_feed", value=known.meeting_feed or "", required=False, help=context.say("help_feed")),
        *(
            context.field(
                f"{SCHOOL}{item.key}", kind="flag", value=item.key in known.schools, label=item.name, required=False
            )
            for item in schools
        ),
    ]

    def edit(answers: Mapping[str, Any]) -> ChangeMunicipality:
        said = {name: value for name, value in answers.items() if not name.startswith(SCHOOL)}
        chosen = {item.key for item in schools if answers[f"{SCHOOL}{item.key}"]}
        elsewhere = {item.key for item in schools}
        kept = [key for key in known.schools if key in chosen or key not in elsewhere]
        added = [item.key for item in schools if item.key in chosen and item.key not in kept]
        values = {
            **said,
            "place_url": answers["place_url"] or None,
            "meeting_feed": answers["meeting_feed"] or None,
            "schools": [*kept, *added],
        }
        return ChangeMunicipality(municipality=known.slug, values=values)

    return EditForm(
        heading=context.say("form_municipality", name=known.name),
        button=context.say("do_save"),
        fields=fields,
        edit=edit,
        back=MUNICIPALITIES,
        consequences=[
            context.say("follows_municipality"),
            *invitations(context, people_in(context, _booked(context, known.slug))),
        ],
    )


def leaves(context: FormContext) -> EditForm:
    """Say a municipality's last day in the programme. *about*: its slug."""
    known = context.programme.municipality(context.about)
    fields = [
        context.field("until", kind="date", value=known.until, label=context.say("field_last_day")),
        context.choice("later_meetings", ("cancel", "keep"), value=known.later_meetings),
    ]
    return EditForm(
        heading=context.say("form_leaves", name=known.name),
        button=context.say("do_leaves"),
        fields=fields,
        edit=lambda answers: ChangeMunicipality(municipality=known.slug, values=answers, kind="municipality.leaves"),
        back=MUNICIPALITIES,
        consequences=[
            context.say(
                "follows_leaves_meetings", people=people_in(context, called_in(context, _booked(context, known.slug)))
            ),
            context.say("follows_leaves_place"),
            context.say("follows_leaves_rounds"),
        ],
        ends=True,
    )


def _booked(context: FormContext, slug: str) -> list[Body]:
    """Return a municipality's bodies that are called in: from here, or by itself as things are."""
    return [body for body in context.programme.bodies if body.municipality == slug and body.book]


def stays(context: FormContext) -> EditForm:
    """Let a municipality that was to leave, or has left, take part. *about*: its slug."""
    known = context.programme.municipality(context.about)
    if known.until is None:
        raise KeyError(known.slug)
    return EditForm(
        heading=context.say("form_stays", name=known.name),
        button=context.say("do_stays"),
        fields=(),
        edit=lambda _: ChangeMunicipality(
            municipality=known.slug, values={"until": None, "later_meetings": "cancel"}, kind="municipality.stays"
        ),
        back=MUNICIPALITIES,
        consequences=[context.say("follows_stays"), *invited_to(context, _booked(context, known.slug))],
    )
