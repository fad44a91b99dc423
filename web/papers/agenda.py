"""A member's own page about a meeting: the whole agenda, what they put in, and the way to recording the minutes."""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from documents.document import Document
from web.forms import is_from_us, read_form
from web.pages import page
from workflows.free_text import MAX_LENGTH, InvalidText
from workflows.meetings.rendering import explain_change
from workflows.papers.agendas.editing import AgendaDesk, AgendaView, DeskRefused
from workflows.papers.agendas.model import PROPOSAL_FIELDS
from workflows.papers.agendas.rendering import agenda_document, minutes_document
from workflows.papers.links import personal_address
from workflows.papers.minutes.model import StoredMinutes
from workflows.ports.links import Link, Links
from workflows.words import Words

MOST_BYTES = 64_000
"""Three texts, percent-encoded, and an address are far below."""
MOST_FIELDS = 400
"""Two for each item whose order is set."""


def router(*, desk: AgendaDesk, links: Links, public_url: str) -> APIRouter:
    """
    `GET|POST /saksliste/{token}`; the token is a person's own link with the purpose `agenda` to a meeting's key.
    Whether the person still belongs to the meeting is looked up each time.
    """
    routes = APIRouter()
    pages = _Pages(desk, links, public_url)

    @routes.get("/saksliste/{token}", response_class=HTMLResponse, summary="A member's agenda; changes nothing")
    async def show(request: Request, token: str) -> HTMLResponse:
        link = await links.resolve(token, "agenda")
        return await pages.show(request, link) if link else refused(request, 404, Words(key="agenda.gone"))

    @routes.post("/saksliste/{token}", response_class=HTMLResponse, summary="Put something on an agenda")
    async def put_in(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, public_url):
            return refused(request, 403, Words(key="status.foreign"))
        link = await links.resolve(token, "agenda")
        return await pages.take(request, link) if link else refused(request, 404, Words(key="agenda.gone"))

    return routes


class _Pages:
    """A member's own page: its views and its posts."""

    def __init__(self, desk: AgendaDesk, links: Links, public_url: str) -> None:
        self._desk = desk
        self._links = links
        self._public_url = public_url

    async def show(self, request: Request, link: Link) -> HTMLResponse:
        try:
            view = await self._desk.view(link.subject, link.person)
        except DeskRefused as no:
            return refused(request, 403, no.words)
        typed, number = own_values(view, request.query_params.get("endre", ""))
        return await self._page(request, view, typed=typed, number=number)

    async def take(self, request: Request, link: Link) -> HTMLResponse:
        typed = await read_form(request, most=MOST_BYTES, fields=MOST_FIELDS)
        try:
            done = await take_agenda(self._desk, link.subject, link.person, typed)
        except DeskRefused as no:
            return refused(request, 403, no.words)
        except InvalidText as invalid:
            view = await self._desk.view(link.subject, link.person)
            return await self._page(request, view, typed=typed, number=typed.get("number", ""), invalid=invalid)
        view = await self._desk.view(link.subject, link.person)
        return await self._page(request, view, typed={}, done=texts.say(done, view.language))

    async def _page(
        self,
        request: Request,
        view: AgendaView,
        *,
        typed: Mapping[str, str],
        number: str = "",
        invalid: InvalidText | None = None,
        done: str = "",
    ) -> HTMLResponse:
        record = ""
        if view.may_record:
            key, person = view.meeting.key, view.person.key
            record = await personal_address(self._links, self._public_url, "minutes", key, person)
        context = agenda_context(view, typed=typed, number=number, invalid=invalid, done=done, record=record)
        status = 422 if invalid else 200
        return page(
            request,
            "papers/agenda.html",
            status=status,
            language=view.language,
            frame="base.html",
            action=request.url.path,
            **context,
        )


async def take_agenda(desk: AgendaDesk, meeting: str, person: str | None, typed: Mapping[str, str]) -> str:
    """Store an item, its change or withdrawal, or the order of all, and return the text that says so."""
    if "arranged" in typed:
        await desk.arrange(meeting, person, typed)
        return "agenda.arranged"
    stored = await desk.put_in(meeting, person, typed)
    return "agenda.page_withdrawn" if stored.withdrawn else "agenda.page_stored"


def agenda_context(
    view: AgendaView,
    *,
    typed: Mapping[str, str],
    number: str,
    invalid: InvalidText | None,
    done: str,
    record: str,
) -> dict[str, Any]:
    """Return all that a member's page of an agenda shows, whichever way the member came. *record*: the address of the
    form for minutes; empty for those who do not record."""
    return {
        "document": agenda_document(view.agenda, view.language),
        "minutes": _minutes(view.minutes, view) if view.minutes else None,
        "view": view,
        "changed": explain_change(view.meeting, view.language),
        "due": texts.long_moment(view.deadline_at.astimezone(ZoneInfo(view.meeting.timezone)), view.language),
        "typed": typed,
        "number": number,
        "problems": said_problems(invalid.problems, view.language) if invalid else {},
        "confirm": invalid.confirm if invalid else "",
        "done": done,
        "record": record,
        "fields": PROPOSAL_FIELDS,
        "most": MAX_LENGTH,
    }


def _minutes(stored: StoredMinutes, view: AgendaView) -> Document:
    zone = ZoneInfo(view.meeting.timezone)
    return minutes_document(
        stored.content,
        view.agenda,
        view.language,
        prepared=False,
        before=view.approved_before,
        approved_on=stored.approved_on(lambda moment: moment.astimezone(zone).date()),
    )


def own_values(view: AgendaView, number: str) -> tuple[dict[str, str], str]:
    """Return the values of the reader's own item *number* to change, and its number; nothing where there is none."""
    chosen = next((item for item in view.own if str(item.number) == number), None)
    return ({name: getattr(chosen, name) for name in PROPOSAL_FIELDS}, number) if chosen else ({}, "")


def said_problems(problems: Mapping[str, Words], language: str) -> dict[str, str]:
    """Return the changes that a form needs, in the reader's language."""
    return {name: texts.say(words.key, language, **words.values) for name, words in problems.items()}


def refused(request: Request, status: int, words: Words, *, language: str = texts.DEFAULT) -> HTMLResponse:
    """Return a page that says why something is not shown or not stored."""
    explanations: Sequence[str] = [texts.say(words.key, language, **words.values)]
    heading = texts.say("agenda.page_refused", language)
    return page(request, "plain.html", status=status, language=language, heading=heading, paragraphs=explanations)
