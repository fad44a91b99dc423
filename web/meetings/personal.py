"""A person's own meetings, `/mine-moter/{token}`: to look at, and to block days. `move` has how one is moved."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

import texts
from config.programme import Programme
from web.forms import is_from_us, read_form, read_pairs
from web.pages import page
from workflows.meetings.moves import MeetingMoves
from workflows.meetings.personal import InvalidDays, OwnMeeting, OwnMeetings, OwnPage
from workflows.meetings.rendering import explain_change
from workflows.messages.short_links import ShortLinks
from workflows.papers.links import personal_addresses
from workflows.ports.calendar import InvitationResponse
from workflows.ports.links import PageLinks
from workflows.ports.units import Clock

MAX_BODY = 64_000


@dataclass(frozen=True, kw_only=True)
class Doors:
    """The pages' ports."""

    own: OwnMeetings
    moves: MeetingMoves
    links: PageLinks
    short: ShortLinks
    programme: Callable[[], Awaitable[Programme]]
    clock: Clock
    public_url: str
    to_record: Callable[[str], Awaitable[Sequence[tuple[date, str]]]]
    """The days and keys of the meetings whose minutes a person may record now."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A meeting as the page shows it."""

    own: OwnMeeting
    papers: str
    agenda: str
    """The person's own address of the agenda; empty where there is none."""
    move: str
    changed: Sequence[str]
    answers: str = ""
    """The counts of answers, in words; empty for a reader who does not lead."""


def router(doors: Doors) -> APIRouter:
    """Return the routes; the token is a link with the purpose `own_meetings` to a person still in the programme."""
    routes = APIRouter()
    _add_asking(routes, doors)
    _add_own_page(routes, doors)
    return routes


def _add_own_page(routes: APIRouter, doors: Doors) -> None:
    @routes.get("/mine-moter/{token}", response_class=HTMLResponse, summary="A person's own meetings; changes nothing")
    async def show(request: Request, token: str, alle: str = "") -> HTMLResponse:
        person = await person_of(doors, token)
        return await show_own(request, doors, token, person, all_=bool(alle))

    @routes.post("/mine-moter/{token}/dager", response_class=HTMLResponse, summary="Block days, or free them")
    async def change_days(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, doors.public_url):
            return foreign(request)
        person = await person_of(doors, token)
        pairs = await read_pairs(request, most=MAX_BODY)
        form = dict(pairs)
        try:
            if form.get("do") == "remove":
                gone = [day for name, value in pairs if name == "day" and (day := _date(value)) is not None]
                await doors.own.unblock(person, gone)
            else:
                first, last = (_date(form.get(name, "")) for name in ("first", "last"))
                await doors.own.block(person, first, last)
        except InvalidDays as invalid:
            return await show_own(request, doors, token, person, problems=invalid.problems, typed=form)
        return await show_own(request, doors, token, person, done="own.days_saved")

    @routes.post("/mine-moter/{token}/ny-adresse", response_class=HTMLResponse, summary="End a calendar's address")
    async def renew(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, doors.public_url):
            return foreign(request)
        person = await person_of(doors, token)
        await doors.own.feed(person, renew=True)
        return await show_own(request, doors, token, person, done="own.calendar_renewed")


def _add_asking(routes: APIRouter, doors: Doors) -> None:
    @routes.post("/moter/{token}/mine-moter", response_class=HTMLResponse, summary="Ask for one's own page by e-mail")
    async def ask(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, doors.public_url):
            return foreign(request)
        link = await doors.links.resolve(token, "papers")
        if link is None:
            raise HTTPException(404)
        form = await read_form(request, most=MAX_BODY)
        await doors.own.send_address(link.subject.partition("/")[0], form.get("email", ""))
        heading, words = texts.say("own.asked_title"), [texts.say("own.asked")]
        return page(request, "plain.html", heading=heading, paragraphs=words)


async def person_of(doors: Doors, token: str) -> str:
    """Return the person of a link to their own page. Raises HTTPException 404."""
    link = await doors.links.resolve(token, "own_meetings")
    if link is None or link.person is None or not await doors.own.takes_part(link.person):
        raise HTTPException(404)
    return link.person


# ------------------------------------------------------------------------------------------------ what was filled in


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# --------------------------------------------------------------------------------------------------- what is shown


async def show_own(
    request: Request,
    doors: Doors,
    token: str,
    person: str,
    *,
    all_: bool = False,
    problems: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None,
    typed: Mapping[str, str] | None = None,
    done: str = "",
    done_words: str = "",
) -> HTMLResponse:
    """Show the person's own page. *done*: a key, and *done_words*: words, that tell what was just done."""
    mine = await doors.own.page(person, all_=all_)
    if mine is None:
        raise HTTPException(404)
    listed = await _list_shown(doors, here := f"/mine-moter/{token}", mine, person)
    return page(
        request,
        "meetings/personal.html",
        status=422 if problems else 200,
        language=mine.language,
        mine=mine,
        here=here,
        meetings=listed[: len(mine.meetings)],
        weekly=listed[len(mine.meetings) :],
        minutes=await _minutes(doors, person),
        feed=await doors.own.feed(person),
        problems=problem_words(problems or {}, mine.language),
        typed=typed or {},
        done=done_words or (texts.say(done, mine.language) if done else ""),
        end_of=texts.end_of,
    )


async def _minutes(doors: Doors, person: str) -> list[tuple[date, str]]:
    """List the days of the meetings whose minutes the person may record, and where."""
    found = await doors.to_record(person)
    addresses = await personal_addresses(doors.links, doors.public_url, "minutes", [key for _, key in found], person)
    return [(day, addresses[key]) for day, key in found]


async def _list_shown(doors: Doors, here: str, mine: OwnPage, person: str) -> list[Shown]:
    """List the meetings as the page shows them, the weekly contact last; all their addresses are asked for at once."""
    meetings = [*mine.meetings, *mine.weekly]
    papers = await doors.links.issue_all("papers", [own.meeting.key for own in meetings])
    prepared = [own.meeting.key for own in meetings if own.body.agenda and own.seated]
    agendas = await personal_addresses(doors.links, doors.public_url, "agenda", prepared, person)
    return [
        Shown(
            own=own,
            papers=f"{doors.public_url.rstrip('/')}/moter/{papers[own.meeting.key]}",
            agenda=agendas.get(own.meeting.key, ""),
            move=f"{here}/flytt?mote={quote(own.meeting.key, safe='')}" if own.can_move else "",
            changed=explain_change(own.meeting, mine.language),
            answers=_answers(own, mine.language),
        )
        for own in meetings
    ]


def _answers(own: OwnMeeting, language: str) -> str:
    """Count the answers to the invitation, in words."""
    counted = Counter(item.answer for item in own.people)
    words = [
        texts.say(f"own.count_{answer}", language, number=counted[answer])
        for answer in InvitationResponse
        if counted[answer]
    ]
    return texts.join(words, language)


def problem_words(problems: Mapping[str, tuple[str, Mapping[str, Any]]], language: str) -> dict[str, str]:
    """Say each problem in the reader's language."""
    return {name: texts.say(key, language, **values) for name, (key, values) in problems.items()}


def foreign(request: Request) -> HTMLResponse:
    """Refuse a form that was sent from elsewhere."""
    heading, words = texts.say("own.foreign_title"), [texts.say("own.foreign")]
    return page(request, "plain.html", status=403, heading=heading, paragraphs=words)
