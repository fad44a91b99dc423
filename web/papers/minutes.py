"""Minutes: a recorder corrects the attendance and writes decisions at `GET|POST /referat/{token}`, from a short-lived
link."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from web.forms import is_from_us, read_form
from web.pages import page
from web.papers.agenda import refused
from web.papers.minutes_view import form_context, local_time, notes_context, saved_context, typed_from
from web.short_links import link_over, link_sent, offer_link
from workflows.free_text import InvalidText
from workflows.messages.short_links import LinkOrder, ShortLinks
from workflows.papers.agendas.editing import AgendaDesk, DeskRefused, MinutesView
from workflows.papers.links import personal_address
from workflows.ports.links import EndedLinks, Link
from workflows.words import Words

MOST_BYTES = 1_000_000
MOST_FIELDS = 2000
"""Every line for who does what has four fields, every item five and one for each who left."""


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
                return _form(request, view, typed_from(view))
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
        if "notes" in typed:
            view = await self._desk.minutes(link.subject, link.person)
            return _form(request, view, **notes_context(view, typed["notes"]))
        if "approve" in typed:
            stored = await self._desk.approve(link.subject, link.person, typed["approve"])
        else:
            try:
                stored = await self._desk.record(link.subject, link.person, typed)
            except InvalidText as invalid:
                return _form(request, await self._desk.minutes(link.subject, link.person), typed, invalid)
        view = await self._desk.minutes(link.subject, link.person)
        context = saved_context(view, stored, again=request.url.path)
        return page(request, "papers/minutes_saved.html", language=view.language, frame="base.html", **context)

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
        return link_sent(request, local_time(view, until), view.language)

    async def _over(self, request: Request, token: str, *, typed: Mapping[str, str]) -> HTMLResponse:
        """Say that the link has ended, offer another, and give back what was typed."""
        ended = await self._links.find_ended(token, "record_minutes")
        if ended is None or ended.expires_at is None or ended.person is None:
            return refused(request, 404, Words(key="agenda.gone"))
        view = await self._desk.minutes(ended.subject, ended.person)
        action = await personal_address(self._links, self._public_url, "minutes", ended.subject, ended.person)
        return link_over(request, local_time(view, ended.expires_at), view.language, action=action, typed=typed)


def _heading(view: MinutesView) -> str:
    return texts.say("agenda.link_heading", view.language, day=view.meeting.day)


def _form(
    request: Request, view: MinutesView, typed: Mapping[str, str], invalid: InvalidText | None = None, **read: Any
) -> HTMLResponse:
    context = form_context(view, action=request.url.path, typed=typed, invalid=invalid, **read)
    status = 422 if invalid else 200
    return page(request, "papers/minutes.html", status=status, language=view.language, frame="base.html", **context)
