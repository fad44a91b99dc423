"""Confirmation of guests: `GET|POST /gjester/{token}`. The link is a lead's own; opening it changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

import texts
from config.programme import Programme
from config.values import Person
from web.forms import is_from_us, read_form
from web.pages import page
from web.short_links import link_replaced, link_sent, offer_link
from workflows.messages.short_links import LinkOrder, ShortLinks
from workflows.operations.guest_review import GuestDesk, GuestLine, NotTheirGuests
from workflows.ports.links import EndedLinks, Link, LinkPurpose

MAX_BODY = 256_000
SUBJECT = "guests:"
"""Begins the subject of a link: then comes a municipality, or the programme's key."""
CHOICES = ("keeps", "ends")
ASKED: LinkPurpose = "guests"
"""Purpose of the link in the mail that asks: weeks old when it is used, and passed on easily. It shows nobody."""
CONFIRM: LinkPurpose = "confirm_guests"
"""Purpose of the link that opens the form. It ends soon, and was mailed to the lead alone."""


@dataclass(frozen=True, kw_only=True)
class GuestForm:
    """The guests of *scope*, as the lead who answers for them sees them now."""

    scope: str
    programme: Programme
    lead: Person
    lines: Sequence[GuestLine]

    @property
    def language(self) -> str:
        return self.programme.language_of(self.lead.key)

    @property
    def name(self) -> str:
        """Return the name of the municipality, or of the programme."""
        at_home = self.scope == self.programme.key
        return self.programme.name if at_home else self.programme.municipality(self.scope).name


def router(*, desk: GuestDesk, links: EndedLinks, short: ShortLinks, public_url: str) -> APIRouter:
    """
    Return the routes. The token is a lead's own link, and the right is looked up each time.

    With the purpose `confirm_guests` it is the form; with `guests` the way to have such a link mailed. *public_url*:
    our own address; a form sent from a page elsewhere is not taken.
    """
    routes = APIRouter()
    pages = _Pages(desk, links, short)

    @routes.get("/gjester/{token}", response_class=HTMLResponse, summary="Which guests go on; changes nothing")
    async def show(request: Request, token: str) -> HTMLResponse:
        try:
            return await pages.show(request, token)
        except NotTheirGuests:
            raise HTTPException(404) from None

    @routes.post("/gjester/{token}", response_class=HTMLResponse, summary="Store which guests go on")
    async def answer(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, public_url):
            raise HTTPException(403)
        try:
            return await pages.take(request, token)
        except NotTheirGuests:
            raise HTTPException(404) from None

    return routes


class _Pages:
    """The form, and the way to it. Raises NotTheirGuests where a link opens nothing."""

    def __init__(self, desk: GuestDesk, links: EndedLinks, short: ShortLinks) -> None:
        self._desk = desk
        self._links = links
        self._short = short

    async def show(self, request: Request, token: str) -> HTMLResponse:
        if link := await self._links.resolve(token, CONFIRM):
            return _form(request, await self._review(link), typed=None)
        if link := await self._links.resolve(token, ASKED):
            review = await self._review(link)
            heading = texts.say("guests.heading", review.language, name=review.name)
            return offer_link(request, heading, review.language, action=request.url.path, why="guests.link_why")
        return await self._over(request, token)

    async def take(self, request: Request, token: str) -> HTMLResponse:
        """Store the choices, or mail the link to them."""
        if link := await self._links.resolve(token, CONFIRM):
            return await self._store(request, await self._review(link))
        if link := await self._links.resolve(token, ASKED):
            return await self._send_link(request, await self._review(link))
        typed = await read_form(request, most=MAX_BODY, fields=2_000)
        ended = await self._links.find_ended(token, CONFIRM)
        if ended is not None and "again" in typed:
            return await self._send_link(request, await self._review(ended))
        return await self._over(request, token)

    async def _review(self, link: Link) -> GuestForm:
        """Return what the link's person looks after today. Raises NotTheirGuests."""
        scope = link.subject.removeprefix(SUBJECT)
        if link.person is None:
            raise NotTheirGuests
        programme, lines = await self._desk.reviewed_by(scope, link.person)
        return GuestForm(scope=scope, programme=programme, lead=programme.person(link.person), lines=lines)

    async def _store(self, request: Request, review: GuestForm) -> HTMLResponse:
        typed = await read_form(request, most=MAX_BODY, fields=2_000)
        said = {line.person: typed.get(line.person) for line in review.lines}
        if any(choice not in CHOICES for choice in said.values()):
            return _form(request, review, typed=typed)
        choices = {person: choice == "keeps" for person, choice in said.items()}
        await self._desk.answer(review.scope, choices, by=review.lead.key)
        return _receipt(request, review, choices)

    async def _send_link(self, request: Request, review: GuestForm) -> HTMLResponse:
        order = LinkOrder(
            to=review.lead,
            purpose=CONFIRM,
            subject=f"{SUBJECT}{review.scope}",
            path="/gjester/{token}",
            title=texts.say("guests.link_subject", review.language, name=review.name),
            text=texts.say("guests.link_text", review.language, name=review.name),
            button=texts.say("guests.ask_button", review.language),
        )
        until = await self._short.send(order)
        return link_sent(request, review.programme.local_time(until), review.language)

    async def _over(self, request: Request, token: str) -> HTMLResponse:
        """Say when the link to the form ended, and offer another. Raises NotTheirGuests for any other link."""
        ended = await self._links.find_ended(token, CONFIRM)
        if ended is None or ended.expires_at is None:
            raise NotTheirGuests
        review = await self._review(ended)
        until = review.programme.local_time(ended.expires_at)
        words = texts.say("links.over", review.language, until=until)
        return link_replaced(request, words, review.language, action=request.url.path, typed={})


def _form(request: Request, review: GuestForm, *, typed: Mapping[str, str] | None) -> HTMLResponse:
    """*typed*: what was sent and is not whole; None at first."""
    return page(
        request,
        "operations/guests.html",
        status=200 if typed is None else 422,
        language=review.language,
        name=review.name,
        lines=[shown_guest(line, review.language) for line in review.lines],
        choices=CHOICES,
        typed=typed or {},
        unanswered=[]
        if typed is None
        else [line.name for line in review.lines if typed.get(line.person) not in CHOICES],
        action=request.url.path,
    )


def _receipt(request: Request, review: GuestForm, keeps: Mapping[str, bool]) -> HTMLResponse:
    language = review.language
    ending = [line.name for line in review.lines if not keeps[line.person]]
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
