"""Confirmation of guests: `GET|POST /gjester/{token}`. The link is a lead's own; opening it changes nothing."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from config.programme import Programme
from web.forms import is_from_us, read_form
from web.pages import language_of, page
from workflows.operations.guest_review import GuestDesk, GuestLine, NotTheirGuests
from workflows.ports.links import Link, Links

MAX_BODY = 256_000
SUBJECT = "guests:"
"""Begins the subject of a link: then comes a municipality, or the programme's key."""
CHOICES = ("keeps", "ends")


def router(*, desk: GuestDesk, links: Links, public_url: str) -> APIRouter:
    """*public_url*: our own address; a form sent from a page elsewhere is not taken."""
    routes = APIRouter()

    @routes.get("/gjester/{token}", response_class=HTMLResponse, summary="Which guests go on; changes nothing")
    async def show(request: Request, token: str) -> HTMLResponse:
        link = await links.resolve(token, "guests")
        if link is None or link.person is None:
            return _gone(request)
        try:
            programme, lines = await desk.reviewed_by(link.subject.removeprefix(SUBJECT), link.person)
        except NotTheirGuests:
            return _gone(request)
        return _form(request, programme, link, lines, typed=None)

    @routes.post("/gjester/{token}", response_class=HTMLResponse, summary="Store which guests go on")
    async def answer(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, public_url):
            return _gone(request, status=403)
        link = await links.resolve(token, "guests")
        if link is None or link.person is None:
            return _gone(request)
        scope = link.subject.removeprefix(SUBJECT)
        typed = await read_form(request, most=MAX_BODY, fields=2_000)
        try:
            programme, lines = await desk.reviewed_by(scope, link.person)
        except NotTheirGuests:
            return _gone(request)
        said = {line.person: typed.get(line.person) for line in lines}
        if any(choice not in CHOICES for choice in said.values()):
            return _form(request, programme, link, lines, typed=typed)
        await desk.answer(scope, {person: choice == "keeps" for person, choice in said.items()}, by=link.person)
        return _receipt(request, programme, link, lines, typed)

    return routes


def _form(
    request: Request, programme: Programme, link: Link, lines: list[GuestLine], *, typed: Mapping[str, str] | None
) -> HTMLResponse:
    """*typed*: what was sent and is not whole; None at first."""
    language = _language(programme, link)
    return page(
        request,
        "operations/guests.html",
        status=200 if typed is None else 422,
        language=language,
        name=_name(programme, link),
        lines=[shown_guest(line, language) for line in lines],
        choices=CHOICES,
        typed=typed or {},
        unanswered=[] if typed is None else [line.name for line in lines if typed.get(line.person) not in CHOICES],
        action=request.url.path,
    )


def _receipt(
    request: Request, programme: Programme, link: Link, lines: list[GuestLine], typed: Mapping[str, str]
) -> HTMLResponse:
    language = _language(programme, link)
    ending = [line.name for line in lines if typed[line.person] == "ends"]
    paragraphs = [texts.say("guests.stored", language)]
    if ending:
        paragraphs.append(texts.say("guests.stored_ending", language, names=texts.join(ending, language)))
    heading = texts.say("guests.stored_heading", language)
    return page(request, "plain.html", language=language, heading=heading, paragraphs=paragraphs)


def shown_guest(line: GuestLine, language: str) -> dict[str, str]:
    """Return one guest in words: name, organisation, roles, last confirmation, and an open question about them."""
    roles = texts.join([texts.say(f"guests.role_{role}", language) for role in line.roles], language)
    confirmed = line.confirmed_at or line.since
    when = "guests.confirmed" if line.confirmed_at else "guests.since"
    return {
        "person": line.person,
        "name": line.name,
        "about": texts.say("guests.about", language, roles=roles, organisation=line.organisation),
        "when": texts.say(when, language, day=confirmed.date()),
        "asked": texts.say("guests.asked", language, day=line.asked_at.date()) if line.asked_at else "",
    }


def _name(programme: Programme, link: Link) -> str:
    scope = link.subject.removeprefix(SUBJECT)
    return programme.name if scope == programme.key else programme.municipality(scope).name


def _language(programme: Programme, link: Link) -> str:
    return programme.language_of(link.person)


def _gone(request: Request, *, status: int = 404) -> HTMLResponse:
    language = language_of(request)
    heading, paragraph = texts.say("error.not_found_heading", language), texts.say("error.not_found", language)
    return page(request, "plain.html", status=status, language=language, heading=heading, paragraphs=[paragraph])
