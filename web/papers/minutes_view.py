"""Minutes as pages show them, whichever way their reader came: the form, and the version that was stored."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import texts
from web.papers.agenda import said_problems
from workflows.free_text import InvalidText
from workflows.papers.agendas.editing import MinutesView
from workflows.papers.agendas.rendering import minutes_document
from workflows.papers.minutes.model import ActionItem, Matter, MatterState, Outcome, StoredMinutes
from workflows.papers.minutes.notes import MOST_NOTES, NotesDraft, read_notes
from workflows.papers.minutes.plan import BLANK_LINES, MOST_LINES, line_numbers
from workflows.words import Words


def typed_from(view: MinutesView) -> dict[str, str]:
    """Return the form's first values: the newest version, or the prepared one."""
    minutes = view.desk.minutes
    typed = {
        "others": minutes.others,
        "remarks": minutes.remarks,
        "chair": minutes.chair,
        "secretary": minutes.secretary,
    }
    typed |= {f"present:{line.person}": "1" for line in minutes.attendance if line.present}
    for item in minutes.items:
        due = item.due_on.isoformat() if item.due_on else ""
        values = {
            "text": item.text,
            "decision": item.decision,
            "outcome": item.outcome,
            "carrier": item.person,
            "until": due,
        }
        typed |= {f"{name}:{item.number}": value for name, value in values.items()}
        typed |= {f"left:{item.number}:{person}": "1" for person in item.left}
        if item.follow_up:
            typed[f"follow:{item.number}"] = "1"
    for line in minutes.actions:
        due = line.due_on.isoformat() if line.due_on else ""
        values = {"what": line.what, "who": line.person, "due": due, "about": str(line.number or "")}
        typed |= {f"{name}:{line.line}": value for name, value in values.items()}
    return typed


def typed_with(view: MinutesView, draft: NotesDraft) -> dict[str, str]:
    """
    Return the form's values with what notes propose. What stands in the minutes already is not written over.

    A decision that is proposed carries `proposed:` with it, so that it is stored only once somebody confirms it.
    """
    typed = typed_from(view)
    typed |= {f"present:{key}": "1" for key in draft.present}
    for key in draft.absent:
        typed.pop(f"present:{key}", None)
    typed["others"] = typed["others"] or ", ".join(draft.others)
    typed |= {name: key for name in ("chair", "secretary") if (key := getattr(draft, name))}
    typed["remarks"] = _added(typed["remarks"], draft.remarks)
    for item in draft.items:
        number, text = item.number, item.text
        if item.decision and typed[f"decision:{number}"] not in ("", item.decision):
            # There is a decision already: what the notes say of it is told, for a person to see to.
            text = _added(text, item.decision)
        elif item.decision and not typed[f"decision:{number}"]:
            due = item.due_on.isoformat() if item.due_on else ""
            found = {"decision": item.decision, "carrier": item.person, "until": due, "proposed": "1"}
            typed |= {f"{name}:{number}": value for name, value in found.items() if value}
            if item.person or item.due_on:
                typed[f"follow:{number}"] = "1"
        typed[f"text:{number}"] = _added(typed[f"text:{number}"], text)
    return typed


def _added(before: str, more: str) -> str:
    """Return both texts, the second once: notes may be read twice."""
    return before if more in before else "\n\n".join(filter(None, [before, more]))


def notes_context(view: MinutesView, notes: str) -> dict[str, Any]:
    """Return the form's values and what the page says about *notes* that were read; nothing of it is stored."""
    if len(notes) > MOST_NOTES:
        problem = Words(key="status.error.too_long", values={"most": MOST_NOTES, "written": len(notes)})
        return {"typed": typed_from(view), "notes": notes, "invalid": InvalidText({"notes": problem})}
    names = view.desk.names
    there = {line.person: line.name for line in view.desk.minutes.attendance}
    draft = read_notes(notes, view.desk.agenda, attendance=there, people=names)
    return {"typed": typed_with(view, draft), "notes": notes, "draft": draft, "invalid": None}


def form_context(
    view: MinutesView,
    *,
    action: str,
    typed: Mapping[str, str],
    invalid: InvalidText | None = None,
    notes: str = "",
    draft: NotesDraft | None = None,
) -> dict[str, Any]:
    """
    Return all that the form for minutes shows. *typed*: its values; *invalid*: why they were not stored.

    *notes*: as they were pasted; *draft*: what was read out of them.
    """
    minutes = view.desk.minutes
    used = [line for line in line_numbers(typed) if typed[f"what:{line}"].strip()]
    last = max([*used, *(line.line for line in minutes.actions)], default=0)
    return {
        "view": view,
        "minutes": minutes,
        "agenda": view.desk.agenda,
        "stored": view.stored,
        "stored_at": _at(view, view.stored.at if view.stored else None),
        "typed": typed,
        "lines": sorted({*used, *range(last + 1, min(last + BLANK_LINES, MOST_LINES) + 1)}),
        "people": sorted(view.desk.names.items(), key=lambda item: texts.sort_key(item[1])),
        "outcomes": _outcomes(view),
        "earlier": [(matter, _matter(matter, view)) for matter in view.desk.open_before.all],
        "states": [(state.value, texts.say(f"agenda.state_{state}", view.language)) for state in MatterState],
        "problems": said_problems(invalid.problems, view.language) if invalid else {},
        "confirm": invalid.confirm if invalid else "",
        "action": action,
        "notes": notes,
        "draft": draft,
        **approval_context(view),
    }


def approval_context(view: MinutesView) -> dict[str, Any]:
    """Return what a recorder reads before the approval of the stored version, and who has approved it."""
    return {
        "approved_by": _approver(view),
        "told": view.told,
        "approved_at": _at(view, view.stored.approved_at if view.stored else None),
        "warnings": [_say(words, view) for words in view.warnings],
        "changes": [_say(words, view) for words in view.changes],
    }


def saved_context(view: MinutesView, stored: StoredMinutes, *, again: str) -> dict[str, Any]:
    """Return all that the page of a stored version shows. *again*: the address of the form."""
    document = minutes_document(
        stored.content,
        view.desk.agenda,
        view.language,
        prepared=False,
        approved_on=stored.approved_on(lambda moment: local_time(view, moment).date()),
    )
    return {
        "document": document,
        "stored": stored,
        "again": again,
        "action": again,
        **approval_context(view),
    }


def _outcomes(view: MinutesView) -> list[tuple[str, str]]:
    """List the outcomes that this board can give a question."""
    offered = [item for item in Outcome if item is not Outcome.PASSED_ON or view.desk.may_pass_on]
    return [(item.value, texts.say(f"minutes.outcome_{item}", view.language)) for item in offered]


def _approver(view: MinutesView) -> str:
    if view.stored is None or not view.stored.is_approved:
        return ""
    return view.desk.names.get(view.stored.approved_by, "") or texts.say("agenda.recorded_somebody", view.language)


def _say(words: Words, view: MinutesView) -> str:
    return texts.say(words.key, view.language, **words.values)


def _matter(matter: Matter, view: MinutesView) -> str:
    """Write an earlier decision in one line."""
    if isinstance(matter, ActionItem):
        text = texts.say("agenda.follow_up_action", view.language, text=matter.what)
    else:
        text = texts.say("agenda.follow_up_decision", view.language, label=matter.label, text=matter.text)
    details = [view.desk.names.get(matter.person, ""), _day(matter.due_on, view.language)]
    return f"{text} ({', '.join(item for item in details if item)})" if any(details) else text


def _day(day: date | None, language: str) -> str:
    return texts.short_date(day, language) if day else ""


def _at(view: MinutesView, moment: datetime | None) -> str:
    return texts.long_moment(local_time(view, moment), view.language) if moment else ""


def local_time(view: MinutesView, moment: datetime) -> datetime:
    """Return a moment as a wall time of the meeting's zone."""
    return moment.astimezone(ZoneInfo(view.meeting.timezone)).replace(tzinfo=None)
