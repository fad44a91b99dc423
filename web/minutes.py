"""Minutes: a recorder corrects the attendance and writes decisions at `GET|POST /referat/{token}`."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from documents.document import kind_of
from web.agenda import refused, said_problems
from web.forms import is_from_us, read_form
from web.pages import page
from workflows.free_text import InvalidText
from workflows.papers.agenda_editing import AgendaDesk, DeskRefused, MinutesView
from workflows.papers.agenda_rendering import minutes_document
from workflows.papers.minutes import ActionItem, Matter, MatterState, StoredMinutes
from workflows.papers.minutes_plan import BLANK_LINES, MOST_LINES, line_numbers
from workflows.ports.links import Links
from workflows.words import Words

MOST_BYTES = 1_000_000
MOST_FIELDS = 800
"""Every line for who does what has four fields, every item two."""


def router(*, desk: AgendaDesk, links: Links, public_url: str) -> APIRouter:
    """The token is a person's own link with the purpose `minutes` to a meeting's key; the right is looked up anew."""
    routes = APIRouter()

    @routes.get("/referat/{token}", response_class=HTMLResponse, summary="The form for minutes; changes nothing")
    async def show(request: Request, token: str) -> HTMLResponse:
        link = await links.resolve(token, "minutes")
        if link is None:
            return refused(request, 404, Words(key="agenda.gone"))
        try:
            view = await desk.minutes(link.subject, link.person)
        except DeskRefused as no:
            return refused(request, 403, no.words)
        return _form(request, view, typed=typed_from(view))

    @routes.post("/referat/{token}", response_class=HTMLResponse, summary="Store what a meeting came to")
    async def record(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, public_url):
            return refused(request, 403, Words(key="status.foreign"))
        link = await links.resolve(token, "minutes")
        if link is None:
            return refused(request, 404, Words(key="agenda.gone"))
        typed = await read_form(request, most=MOST_BYTES, fields=MOST_FIELDS)
        try:
            stored = await desk.record(link.subject, link.person, typed)
        except DeskRefused as no:
            return refused(request, 403, no.words)
        except InvalidText as invalid:
            view = await desk.minutes(link.subject, link.person)
            return _form(request, view, typed=typed, invalid=invalid)
        return _saved(request, await desk.minutes(link.subject, link.person), stored)

    return routes


def typed_from(view: MinutesView) -> dict[str, str]:
    """Return the form's first values: the newest version, or the prepared one."""
    minutes = view.desk.minutes
    typed = {"others": minutes.others}
    typed |= {f"present:{line.person}": "1" for line in minutes.attendance if line.present}
    for item in minutes.items:
        typed[f"decision:{item.number}"] = item.decision
        if item.follow_up:
            typed[f"follow:{item.number}"] = "1"
    for line in minutes.actions:
        due = line.due_on.isoformat() if line.due_on else ""
        values = {"what": line.what, "who": line.person, "due": due, "about": str(line.number or "")}
        typed |= {f"{name}:{line.line}": value for name, value in values.items()}
    return typed


def _form(
    request: Request, view: MinutesView, *, typed: Mapping[str, str], invalid: InvalidText | None = None
) -> HTMLResponse:
    minutes = view.desk.minutes
    used = [line for line in line_numbers(typed) if typed[f"what:{line}"].strip()]
    last = max([*used, *(line.line for line in minutes.actions)], default=0)
    return page(
        request,
        "minutes.html",
        status=422 if invalid else 200,
        language=view.language,
        view=view,
        minutes=minutes,
        agenda=view.desk.agenda,
        stored=view.stored,
        stored_at=_at(view, view.stored),
        typed=typed,
        lines=sorted({*used, *range(last + 1, min(last + BLANK_LINES, MOST_LINES) + 1)}),
        people=_people(view),
        earlier=[(matter, _matter(matter, view)) for matter in view.desk.open_before.all],
        states=[(state.value, texts.say(f"agenda.state_{state}", view.language)) for state in MatterState],
        problems=said_problems(invalid.problems, view.language) if invalid else {},
        confirm=invalid.confirm if invalid else "",
        action=request.url.path,
    )


def _people(view: MinutesView) -> list[tuple[str, str]]:
    """List the people who can get an action item; those who have one and have left since are still there."""
    names = {person.key: person.name for person in view.desk.people}
    names |= {line.person: line.who for line in view.desk.minutes.actions if line.person}
    return sorted(names.items(), key=lambda item: texts.sort_key(item[1]))


def _matter(matter: Matter, view: MinutesView) -> str:
    """Write an earlier decision in one line."""
    if not isinstance(matter, ActionItem):
        return texts.say("agenda.follow_up_decision", view.language, label=matter.label, text=matter.text)
    text = texts.say("agenda.follow_up_action", view.language, text=matter.what)
    names = {person.key: person.name for person in view.desk.people}
    details = [names.get(matter.person, ""), _day(matter.due_on, view.language)]
    return f"{text} ({', '.join(item for item in details if item)})" if any(details) else text


def _day(day: date | None, language: str) -> str:
    return texts.short_date(day, language) if day else ""


def _at(view: MinutesView, stored: StoredMinutes | None) -> str:
    if stored is None:
        return ""
    return texts.long_moment(stored.at.astimezone(ZoneInfo(view.meeting.timezone)), view.language)


def _saved(request: Request, view: MinutesView, stored: StoredMinutes) -> HTMLResponse:
    document = minutes_document(stored.content, view.desk.agenda, view.language, prepared=False)
    return page(
        request,
        "minutes_saved.html",
        language=view.language,
        document=document,
        kind_of=kind_of,
        stored=stored,
        again=request.url.path,
    )
