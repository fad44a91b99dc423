"""Minutes: a recorder corrects the attendance and writes decisions at `GET|POST /referat/{token}`, from a short-lived
link."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from documents.document import kind_of
from web.forms import is_from_us, read_form
from web.pages import page
from web.papers.agenda import refused, said_problems
from web.short_links import link_over, link_sent, offer_link
from workflows.free_text import InvalidText
from workflows.messages.short_links import LinkOrder, ShortLinks
from workflows.papers.agendas.editing import AgendaDesk, DeskRefused, MinutesView
from workflows.papers.agendas.rendering import minutes_document
from workflows.papers.links import personal_address
from workflows.papers.minutes.model import ActionItem, Matter, MatterState, StoredMinutes
from workflows.papers.minutes.plan import BLANK_LINES, MOST_LINES, line_numbers
from workflows.ports.links import EndedLinks, Link
from workflows.words import Words

MOST_BYTES = 1_000_000
MOST_FIELDS = 800
"""Every line for who does what has four fields, every item two."""


def router(*, desk: AgendaDesk, links: EndedLinks, short: ShortLinks, public_url: str) -> APIRouter:
    """
    The token is a person's own link to a meeting's key, and the right is looked up anew.

    With the purpose `record_minutes`, which ends soon and was mailed to that person alone, it is the form. With the
    purpose `minutes`, to which the person's other pages lead, it is the way to have such a link mailed.
    """
    routes = APIRouter()
    pages = _Pages(desk, links, short, public_url)

    @routes.get("/referat/{token}", response_class=HTMLResponse, summary="The form for minutes; changes nothing")
    async def show(request: Request, token: str) -> HTMLResponse:
        return await pages.show(request, token)

    @routes.post("/referat/{token}", response_class=HTMLResponse, summary="Store what a meeting came to")
    async def take(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, public_url):
            return refused(request, 403, Words(key="status.foreign"))
        try:
            return await pages.take(request, token)
        except DeskRefused as no:
            return refused(request, 403, no.words)

    return routes


class _Pages:
    """The form for minutes, and the way to it."""

    def __init__(self, desk: AgendaDesk, links: EndedLinks, short: ShortLinks, public_url: str) -> None:
        self._desk = desk
        self._links = links
        self._short = short
        self._public_url = public_url

    async def show(self, request: Request, token: str) -> HTMLResponse:
        try:
            if link := await self._links.resolve(token, "record_minutes"):
                view = await self._desk.minutes(link.subject, link.person)
                return _form(request, view, typed=typed_from(view))
            if link := await self._links.resolve(token, "minutes"):
                view = await self._desk.minutes(link.subject, link.person)
                return offer_link(request, _heading(view), view.language, action=request.url.path)
            return await self._over(request, token, typed={})
        except DeskRefused as no:
            return refused(request, 403, no.words)

    async def take(self, request: Request, token: str) -> HTMLResponse:
        """Store the form, or mail the link to it. Raises DeskRefused."""
        if link := await self._links.resolve(token, "record_minutes"):
            return await self._record(request, link)
        if link := await self._links.resolve(token, "minutes"):
            return await self._send_link(request, await self._desk.minutes(link.subject, link.person))
        return await self._over(request, token, typed=await read_form(request, most=MOST_BYTES, fields=MOST_FIELDS))

    async def _record(self, request: Request, link: Link) -> HTMLResponse:
        typed = await read_form(request, most=MOST_BYTES, fields=MOST_FIELDS)
        try:
            stored = await self._desk.record(link.subject, link.person, typed)
        except InvalidText as invalid:
            view = await self._desk.minutes(link.subject, link.person)
            return _form(request, view, typed=typed, invalid=invalid)
        return _saved(request, await self._desk.minutes(link.subject, link.person), stored)

    async def _send_link(self, request: Request, view: MinutesView) -> HTMLResponse:
        language, day = view.person.language, view.meeting.day
        order = LinkOrder(
            to=view.person,
            purpose="record_minutes",
            subject=view.meeting.key,
            path="/referat/{token}",
            title=texts.say("agenda.link_subject", language, day=day),
            text=texts.say("agenda.link_text", language, day=day),
            button=texts.say("agenda.link_button", language),
        )
        until = await self._short.send(order)
        return link_sent(request, _local(view, until), view.language)

    async def _over(self, request: Request, token: str, *, typed: Mapping[str, str]) -> HTMLResponse:
        """Say that the link has ended, offer another, and give back what was typed."""
        ended = await self._links.find_ended(token, "record_minutes")
        if ended is None or ended.expires_at is None or ended.person is None:
            return refused(request, 404, Words(key="agenda.gone"))
        view = await self._desk.minutes(ended.subject, ended.person)
        action = await personal_address(self._links, self._public_url, "minutes", ended.subject, ended.person)
        return link_over(request, _local(view, ended.expires_at), view.language, action=action, typed=typed)


def _heading(view: MinutesView) -> str:
    return texts.say("agenda.link_heading", view.language, day=view.meeting.day)


def _local(view: MinutesView, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(view.meeting.timezone)).replace(tzinfo=None)


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
        "papers/minutes.html",
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
    return texts.long_moment(_local(view, stored.at), view.language)


def _saved(request: Request, view: MinutesView, stored: StoredMinutes) -> HTMLResponse:
    document = minutes_document(stored.content, view.desk.agenda, view.language, prepared=False)
    return page(
        request,
        "papers/minutes_saved.html",
        language=view.language,
        document=document,
        kind_of=kind_of,
        stored=stored,
        again=request.url.path,
    )
