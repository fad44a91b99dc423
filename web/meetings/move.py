"""Moving a meeting: chosen and confirmed from a short-lived link, to which the person's own page leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

import texts
from web.forms import is_from_us, read_form
from web.meetings.moving import (
    MAX_REASON,
    OTHER,
    TypedMove,
    move_problems,
    option_words,
    read_move,
    round_words,
    seen_now,
)
from web.meetings.personal import MAX_BODY, Doors, foreign, person_of, problem_words, show_own
from web.pages import page
from web.short_links import link_over, link_sent, offer_link
from workflows.meetings.moves import MayNotMove, MovedMeanwhile
from workflows.meetings.personal import OwnMeeting, OwnPage
from workflows.messages.short_links import LinkOrder


@dataclass(frozen=True, kw_only=True)
class _Move:
    """A meeting, and who is about to move it."""

    token: str
    """The token of the person's own page."""
    short: str
    """The token of the short-lived link; empty when there is none."""
    ended_at: datetime | None
    """The end of the short-lived link, when that is over."""
    page: OwnPage
    own: OwnMeeting

    @property
    def may_decide(self) -> bool:
        """True from the short-lived link alone, while it lasts."""
        return bool(self.short) and self.ended_at is None


def router(doors: Doors) -> APIRouter:
    """
    `GET|POST /mine-moter/{token}/flytt`.

    The token is a link with the purpose `move_meeting`; or the one of the person's own page, and then it is the way to
    have such a link mailed.
    """
    routes = APIRouter()

    @routes.get("/mine-moter/{token}/flytt", response_class=HTMLResponse, summary="Where a meeting could be moved")
    async def choose(request: Request, token: str, mote: str = "") -> HTMLResponse:
        try:
            move = await _move(doors, token, mote)
        except _NotYours as no:
            return _not_yours(request, no.language)
        if not move.may_decide:
            return _lead_to_link(request, move)
        return await _choose(request, doors, move, typed=TypedMove())

    @routes.post("/mine-moter/{token}/flytt", response_class=HTMLResponse, summary="Move a meeting")
    async def move_it(request: Request, token: str, mote: str = "") -> HTMLResponse:
        if not is_from_us(request, doors.public_url):
            return foreign(request)
        try:
            move = await _move(doors, token, mote)
        except _NotYours as no:
            return _not_yours(request, no.language)
        form = await read_form(request, most=MAX_BODY)
        if move.ended_at is not None:
            return _lead_to_link(request, move, typed=form)
        if not move.may_decide:
            return await _send_link(request, doors, move)
        return await _take(request, doors, move, form)

    return routes


async def _take(request: Request, doors: Doors, move: _Move, form: Mapping[str, str]) -> HTMLResponse:
    """Go on to the next step: choose again, confirm, or move."""
    typed = read_move(form)
    problems = move_problems(typed, move.own.meeting, (move.page.first, move.page.last), doors.clock.now())
    if problems or form.get("step") == "choose":
        return await _choose(request, doors, move, typed=typed, problems=problems)
    assert typed.starts is not None
    if form.get("step") != "move":
        return await _confirm(request, doors, move, typed)
    key, by, seen = move.own.meeting.key, move.page.person.key, move.own.meeting.starts_local
    try:
        await doors.moves.move(key, typed.starts, typed.reason, by=by, seen=seen)
    except MayNotMove:
        return _not_yours(request, move.page.language)
    except MovedMeanwhile:
        return await _take(request, doors, await _move(doors, move.short, key), form)
    done = texts.say("own.moved", move.page.language, starts=typed.starts)
    return await show_own(request, doors, move.token, move.page.person.key, done_words=done)


class _NotYours(Exception):
    """The meeting is not this person's to move, or not any more."""

    def __init__(self, language: str) -> None:
        super().__init__("not theirs to move")
        self.language = language


async def _move(doors: Doors, token: str, key: str) -> _Move:
    """
    Return the move that a link leads to: the short-lived one for this meeting, or the one of the person's own page.

    Raises _NotYours.
    """
    short = await doors.links.resolve(token, "move_meeting")
    ended = None if short else await doors.links.find_ended(token, "move_meeting")
    link = short or ended
    if link is None:
        person = await person_of(doors, token)
    elif link.person is None or link.subject != key or not await doors.own.takes_part(link.person):
        raise HTTPException(404)
    else:
        person = link.person
    mine, own = await doors.own.page(person), await doors.own.meeting(person, key)
    if mine is None or own is None or not own.can_move:
        raise _NotYours(mine.language if mine else texts.DEFAULT)
    return _Move(
        token=(await doors.own.address(person)).rpartition("/")[2] if link else token,
        short=token if link else "",
        ended_at=ended.expires_at if ended else None,
        page=mine,
        own=own,
    )


def _lead_to_link(request: Request, move: _Move, *, typed: Mapping[str, str] | None = None) -> HTMLResponse:
    """Offer the short-lived link that moving takes."""
    action, language = _address(move.token, move.own), move.page.language
    if move.ended_at is not None:
        return link_over(request, _local(move, move.ended_at), language, action=action, typed=typed or {})
    heading = texts.say("own.link_heading", language, day=move.own.meeting.day)
    return offer_link(request, heading, language, action=action)


async def _send_link(request: Request, doors: Doors, move: _Move) -> HTMLResponse:
    meeting, language = move.own.meeting, move.page.language
    order = LinkOrder(
        to=move.page.person,
        purpose="move_meeting",
        subject=meeting.key,
        path=_address("{token}", move.own),
        title=texts.say("own.link_subject", language, day=meeting.day),
        text=texts.say("own.link_text", language, day=meeting.day, body=move.own.name),
        button=texts.say("own.link_button", language),
    )
    return link_sent(request, _local(move, await doors.short.send(order)), language)


def _local(move: _Move, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(move.own.meeting.timezone)).replace(tzinfo=None)


async def _choose(
    request: Request,
    doors: Doors,
    move: _Move,
    *,
    typed: TypedMove,
    problems: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None,
) -> HTMLResponse:
    options = await doors.moves.options(move.own.meeting.key)
    language = move.page.language
    return page(
        request,
        "meetings/move.html",
        status=422 if problems else 200,
        language=language,
        move=move,
        here=f"/mine-moter/{move.token}",
        options=[
            (option.starts_local.isoformat(timespec="minutes"), option_words(option, language)) for option in options
        ],
        typed=seen_now(typed, move.own.meeting),
        other=OTHER,
        most=MAX_REASON,
        problems=problem_words(problems or {}, language),
        action=_action(move),
    )


async def _confirm(request: Request, doors: Doors, move: _Move, typed: TypedMove) -> HTMLResponse:
    assert typed.starts is not None
    language, programme = move.page.language, await doors.programme()
    reasons = await doors.moves.objections(move.own.meeting.key, typed.starts)
    people = programme.board_people(move.own.body, typed.starts.date())
    return page(
        request,
        "meetings/move_confirm.html",
        language=language,
        meeting=move.own.meeting,
        body=move.own.body,
        here=f"/mine-moter/{move.token}",
        typed=typed,
        against=texts.join([texts.say(reason, language) for reason in reasons], language),
        people=len(people),
        round_words=round_words(programme, move.own.body, typed.starts, doors.clock.now(), language),
        action=_action(move),
    )


def _action(move: _Move) -> str:
    return _address(move.short, move.own)


def _address(token: str, own: OwnMeeting) -> str:
    return f"/mine-moter/{token}/flytt?mote={quote(own.meeting.key, safe='')}"


def _not_yours(request: Request, language: str) -> HTMLResponse:
    heading, words = texts.say("own.not_yours_title", language), [texts.say("own.not_yours", language)]
    return page(request, "plain.html", status=403, language=language, heading=heading, paragraphs=words)
