"""Messages that leave next: `GET /fylket/utboks`, each as it will look, and sending stopped and started again."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from config.programme import Programme
from documents.mail import without_addresses
from web.access.gate import RunsProgramme
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.municipality.drawn import drawn
from web.shell.page import shell_page
from workflows.messages.model import NOT_ALLOWED, PAUSED, REHEARSAL, WAITING, Message, Surface
from workflows.messages.preview import preview
from workflows.status.plan import REMINDER, name_of, who_is_asked
from workflows.status.upcoming import Sending

PATH = "/fylket/utboks"
MOST_SHOWN = 200
MOST_SENDINGS = 50
MOST_WITHHELD = 1_000
"""Withheld calls that are counted."""
HELD = {PAUSED: "terminal.held_paused", NOT_ALLOWED: "terminal.held_not_allowed"}
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
"""The content policy of a mail that is shown within our page: its own look, and nothing that acts or fetches."""


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """One person who will get a message of a sending. *address*: of the message as it will look."""

    name: str
    package: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """An allow-list, and everybody and everything that it keeps back."""

    allowed: Sequence[str]
    left_out: Sequence[str]
    """Names of people in the programme who get nothing, on any surface."""
    withheld: int
    """Calls that named somebody else, and were stopped on their way out."""


@dataclass(frozen=True, kw_only=True)
class SendingLine:
    """A sending to come."""

    at: datetime
    municipality: str
    is_reminder: bool
    receivers: tuple[Receiver, ...]


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of the outbox."""
    routes = APIRouter()

    @routes.get(PATH, response_class=HTMLResponse, summary="Messages that leave next")
    async def show(request: Request, visit: RunsProgramme, kommune: str = "") -> HTMLResponse:
        waiting = await doors.messages.list_messages(states=WAITING)
        lines = preview([item for item in waiting if kommune in ("", item.municipality)])
        coming = [item for item in await doors.upcoming.list_sendings() if kommune in ("", item.municipality)]
        paused = await doors.resuming.people_told()
        municipalities = sorted(visit.programme.municipalities, key=lambda item: texts.sort_key(item.name))
        return shell_page(
            request,
            "municipality/outbox.html",
            visit,
            crumbs=[(texts.say("lead.outbox", visit.reader.language), "")],
            lines=lines[:MOST_SHOWN],
            number=len(lines),
            # Beside the loop: many people are looked up.
            coming=await asyncio.to_thread(lambda: list(sending_lines(visit.programme, coming[:MOST_SENDINGS]))),
            coming_number=len(coming),
            kommune=kommune,
            municipalities=[(item.slug, item.name) for item in municipalities],
            all_paused="" in paused,
            people_told=paused,
            paused=[(item.slug, item.name) for item in municipalities if item.slug in paused],
            running=[(item.slug, item.name) for item in municipalities if item.slug not in paused],
            held=HELD,
            rehearsal=await _rehearsal(doors, visit.programme),
            address_of=lambda line: f"{PATH}/melding?{urlencode({'nokkel': line.key})}",
            local=lambda moment: doors.local(visit, moment),
        )

    @routes.get(f"{PATH}/melding", response_class=HTMLResponse, summary="A message as it will look")
    async def show_message(
        request: Request, visit: RunsProgramme, nokkel: str = "", mote: str = "", pakke: str = ""
    ) -> HTMLResponse:
        message = await _message(doors, nokkel, mote, pakke)
        crumbs = [(texts.say("lead.outbox", visit.reader.language), PATH), (message.content.subject, "")]
        return shell_page(
            request,
            "municipality/outbox_message.html",
            visit,
            crumbs=crumbs,
            message=message,
            is_mail=message.surface is Surface.EMAIL,
            elements=drawn(message.content.card) if message.content.card else (),
            content=f"{PATH}/melding/innhold?{request.url.query}",
            at=doors.local(visit, message.due_at),
        )

    @routes.get(f"{PATH}/melding/innhold", response_class=HTMLResponse, summary="A mail's own look, without addresses")
    async def show_content(visit: RunsProgramme, nokkel: str = "", mote: str = "", pakke: str = "") -> HTMLResponse:
        del visit
        message = await _message(doors, nokkel, mote, pakke)
        if message.surface is not Surface.EMAIL:
            raise HTTPException(404)
        html = without_addresses(message.content.html)
        return HTMLResponse(html, headers={"Content-Security-Policy": MAIL_POLICY})

    @routes.post(PATH, summary="Stop sending, or start it again")
    async def switch(request: Request, visit: RunsProgramme) -> RedirectResponse:
        typed = dict(typed_in(request))
        municipality = typed.get("municipality") or None
        if municipality is not None and visit.programme.find_municipality(municipality) is None:
            raise HTTPException(422)
        match typed.get("do"):
            case "pause":
                await doors.switches.pause(municipality, by=visit.reader.person)
            case "resume":
                await doors.resuming.resume(municipality, by=visit.reader.person)
            case _:
                raise HTTPException(422)
        return RedirectResponse(PATH, 303)

    return routes


def sending_lines(programme: Programme, sendings: Sequence[Sending]) -> Iterator[SendingLine]:
    """Yield the sendings with the people who will get each, by package."""
    for sending in sendings:
        on, receivers = programme.today(sending.at), []
        for request in sending.requests:
            package = programme.work_package(request.work_package)
            asked = who_is_asked(programme, package, on)
            query = urlencode({"mote": sending.meeting.key, "pakke": package.key})
            name = asked.name if asked else name_of(programme, request.person)
            receivers.append(Receiver(name=name, package=package.name, address=f"{PATH}/melding?{query}"))
        yield SendingLine(
            at=programme.local_time(sending.at).replace(tzinfo=None),
            municipality=programme.municipality(sending.municipality).name,
            is_reminder=sending.notice.kind == REMINDER,
            receivers=tuple(receivers),
        )


async def _rehearsal(doors: LeadDoors, programme: Programme) -> Rehearsal | None:
    """Return the rehearsal that is on; None without an allow-list."""
    allowed = doors.recipients.allowed
    if allowed is None:
        return None
    left_out = {person.name for person in programme.people if not doors.recipients.permits(person.email)}
    withheld = await doors.past.latest(REHEARSAL, most=MOST_WITHHELD)
    return Rehearsal(allowed=sorted(allowed), left_out=sorted(left_out, key=texts.sort_key), withheld=len(withheld))


async def _message(doors: LeadDoors, key: str, meeting: str, package: str) -> Message:
    """Return a message that waits, by its key, or else the next one about a package. Raises HTTPException (404)."""
    if key:
        found = next(iter(await doors.messages.list_messages(keys=[key], states=WAITING)), None)
    else:
        found = await doors.upcoming.find_message(meeting, package) if meeting else None
    if found is None:
        raise HTTPException(404)
    return found
