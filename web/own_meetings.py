"""A person's own meetings, `/mine-moter/{token}`: to look at, to block days, to move. Who holds the link is they."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

import texts
from config.programme import Programme
from web.forms import is_from_us, read_form, read_pairs
from web.pages import page
from workflows.meetings.moves import MayNotMove, MeetingMoves, Option, spans_more_days
from workflows.meetings.personal import InvalidDays, OwnMeeting, OwnMeetings, OwnPage
from workflows.meetings.rendering import explain_change
from workflows.papers.links import personal_address
from workflows.ports.calendar import InvitationResponse
from workflows.ports.links import Links
from workflows.ports.units import Clock
from workflows.privacy_guard import doubts, holds_national_id
from workflows.working_days import WorkCalendar, round_moments

MAX_BODY = 64_000
MAX_REASON = 300
OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Doors:
    """The pages' ports."""

    own: OwnMeetings
    moves: MeetingMoves
    links: Links
    programme: Callable[[], Awaitable[Programme]]
    clock: Clock
    public_url: str
    to_record: Callable[[str], Awaitable[Sequence[tuple[date, str]]]]
    """The days and keys of the meetings whose minutes a person may record now."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A person's input for a move. *starts*: None while it is no time."""

    choice: str = ""
    day: str = ""
    time: str = ""
    reason: str = ""
    starts: datetime | None = None


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
    """The token is a link with the purpose `own_meetings`, bound to the person, who must still be in the programme."""
    routes = APIRouter()
    _add_asking(routes, doors)
    _add_own_page(routes, doors)
    _add_moving(routes, doors)
    return routes


def _add_own_page(routes: APIRouter, doors: Doors) -> None:
    @routes.get("/mine-moter/{token}", response_class=HTMLResponse, summary="A person's own meetings; changes nothing")
    async def show(request: Request, token: str, alle: str = "") -> HTMLResponse:
        person = await _person(doors, token)
        return await _show(request, doors, token, person, all_=bool(alle))

    @routes.post("/mine-moter/{token}/dager", response_class=HTMLResponse, summary="Block days, or free them")
    async def change_days(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, doors.public_url):
            return _foreign(request)
        person = await _person(doors, token)
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
            return await _show(request, doors, token, person, problems=invalid.problems, typed=form)
        return await _show(request, doors, token, person, done="own.days_saved")

    @routes.post("/mine-moter/{token}/ny-adresse", response_class=HTMLResponse, summary="End a calendar's address")
    async def renew(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, doors.public_url):
            return _foreign(request)
        person = await _person(doors, token)
        await doors.own.feed(person, renew=True)
        return await _show(request, doors, token, person, done="own.calendar_renewed")


def _add_asking(routes: APIRouter, doors: Doors) -> None:
    @routes.post("/moter/{token}/mine-moter", response_class=HTMLResponse, summary="Ask for one's own page by e-mail")
    async def ask(request: Request, token: str) -> HTMLResponse:
        if not is_from_us(request, doors.public_url):
            return _foreign(request)
        link = await doors.links.resolve(token, "papers")
        if link is None:
            raise HTTPException(404)
        form = await read_form(request, most=MAX_BODY)
        await doors.own.send_address(link.subject.partition("/")[0], form.get("email", ""))
        heading, words = texts.say("own.asked_title"), [texts.say("own.asked")]
        return page(request, "plain.html", heading=heading, paragraphs=words)


def _add_moving(routes: APIRouter, doors: Doors) -> None:
    @routes.get("/mine-moter/{token}/flytt", response_class=HTMLResponse, summary="Where a meeting could be moved")
    async def choose(request: Request, token: str, mote: str = "") -> HTMLResponse:
        move = await _move(doors, token, mote)
        return await (_choose(request, doors, move, typed=Typed()) if move else _not_yours(request, doors, token))

    @routes.post("/mine-moter/{token}/flytt", response_class=HTMLResponse, summary="Move a meeting")
    async def move_it(request: Request, token: str, mote: str = "") -> HTMLResponse:
        if not is_from_us(request, doors.public_url):
            return _foreign(request)
        move = await _move(doors, token, mote)
        if move is None:
            return await _not_yours(request, doors, token)
        form = await read_form(request, most=MAX_BODY)
        typed = _typed(form)
        problems = _problems(typed, move.page, move.own, doors.clock.now())
        if problems or form.get("step") == "choose":
            return await _choose(request, doors, move, typed=typed, problems=problems)
        assert typed.starts is not None
        if form.get("step") != "move":
            return await _confirm(request, doors, move, typed)
        try:
            await doors.moves.move(move.own.meeting.key, typed.starts, typed.reason, by=move.page.person.key)
        except MayNotMove:
            return await _not_yours(request, doors, token)
        done = texts.say("own.moved", move.page.language, starts=typed.starts)
        return await _show(request, doors, token, move.page.person.key, done_words=done)


@dataclass(frozen=True, kw_only=True)
class _Move:
    """A meeting, and who is about to move it."""

    token: str
    page: OwnPage
    own: OwnMeeting


async def _person(doors: Doors, token: str) -> str:
    link = await doors.links.resolve(token, "own_meetings")
    if link is None or link.person is None or not await doors.own.takes_part(link.person):
        raise HTTPException(404)
    return link.person


async def _move(doors: Doors, token: str, key: str) -> _Move | None:
    """None when the meeting is not this person's to move, or not any more."""
    person = await _person(doors, token)
    mine, own = await doors.own.page(person), await doors.own.meeting(person, key)
    if mine is None or own is None or not own.can_move:
        return None
    return _Move(token=token, page=mine, own=own)


# ------------------------------------------------------------------------------------------------ what was filled in


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _typed(form: Mapping[str, str]) -> Typed:
    choice, day, time = (form.get(name, "").strip() for name in ("choice", "day", "time"))
    wanted = f"{day}T{time}" if choice == OTHER else choice
    try:
        starts = datetime.fromisoformat(wanted).replace(second=0, microsecond=0)
    except ValueError:
        starts = None
    if starts is not None and ("T" not in wanted or starts.tzinfo is not None):
        starts = None
    reason = " ".join(form.get("reason", "").split())
    return Typed(choice=choice, day=day, time=time, reason=reason, starts=starts)


def _problems(typed: Typed, mine: OwnPage, own: OwnMeeting, now: datetime) -> dict[str, tuple[str, Mapping[str, Any]]]:
    """List the problems, by the field they are about."""
    problems: dict[str, tuple[str, Mapping[str, Any]]] = {}
    where = "day" if typed.choice == OTHER else "choice"
    if typed.starts is None:
        problems[where] = ("own.problem_time" if typed.choice == OTHER else "own.problem_choose", {})
    elif not mine.first <= typed.starts.date() <= mine.last:
        problems[where] = ("own.problem_when", {"first": mine.first, "last": mine.last})
    elif typed.starts == own.meeting.starts_local:
        problems[where] = ("own.problem_same", {})
    elif not own.meeting.at(typed.starts) > now:
        problems[where] = ("own.problem_past", {})
    elif spans_more_days(own.meeting, typed.starts):
        problems[where] = ("own.problem_midnight", {})
    if not typed.reason:
        problems["reason"] = ("own.problem_reason", {})
    elif len(typed.reason) > MAX_REASON:
        problems["reason"] = ("own.problem_reason_long", {"most": MAX_REASON})
    elif holds_national_id(typed.reason) or doubts(typed.reason):
        problems["reason"] = ("own.problem_reason_private", {})
    return problems


# --------------------------------------------------------------------------------------------------- what is shown


async def _show(
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
    mine = await doors.own.page(person, all_=all_)
    if mine is None:
        raise HTTPException(404)
    here = f"/mine-moter/{token}"
    return page(
        request,
        "own_meetings.html",
        status=422 if problems else 200,
        language=mine.language,
        mine=mine,
        here=here,
        meetings=[await _shown(doors, here, item, person, mine.language) for item in mine.meetings],
        minutes=await _minutes(doors, person),
        feed=await doors.own.feed(person),
        problems=_words(problems or {}, mine.language),
        typed=typed or {},
        done=done_words or (texts.say(done, mine.language) if done else ""),
        end_of=texts.end_of,
    )


async def _agenda(doors: Doors, own: OwnMeeting, person: str) -> str:
    if not own.body.agenda or not own.seated:
        return ""
    return await personal_address(doors.links, doors.public_url, "agenda", own.meeting.key, person)


async def _minutes(doors: Doors, person: str) -> list[tuple[date, str]]:
    """The days of the meetings whose minutes the person may record, and where."""
    found = await doors.to_record(person)
    return [(day, await personal_address(doors.links, doors.public_url, "minutes", key, person)) for day, key in found]


async def _shown(doors: Doors, here: str, own: OwnMeeting, person: str, language: str) -> Shown:
    papers = f"{doors.public_url.rstrip('/')}/moter/{await doors.links.issue('papers', own.meeting.key)}"
    counted = Counter(item.answer for item in own.people)
    return Shown(
        own=own,
        papers=papers,
        agenda=await _agenda(doors, own, person),
        move=f"{here}/flytt?mote={quote(own.meeting.key, safe='')}" if own.can_move else "",
        changed=explain_change(own.meeting, language),
        answers=texts.join(
            [
                texts.say(f"own.count_{answer}", language, number=counted[answer])
                for answer in InvitationResponse
                if counted[answer]
            ],
            language,
        ),
    )


async def _choose(
    request: Request,
    doors: Doors,
    move: _Move,
    *,
    typed: Typed,
    problems: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None,
) -> HTMLResponse:
    options = await doors.moves.options(move.own.meeting.key)
    language = move.page.language
    return page(
        request,
        "own_move.html",
        status=422 if problems else 200,
        language=language,
        move=move,
        here=f"/mine-moter/{move.token}",
        options=[(option.starts_local.isoformat(timespec="minutes"), _named(option, language)) for option in options],
        typed=typed,
        other=OTHER,
        most=MAX_REASON,
        problems=_words(problems or {}, language),
        action=_action(move),
    )


async def _confirm(request: Request, doors: Doors, move: _Move, typed: Typed) -> HTMLResponse:
    assert typed.starts is not None
    language, programme = move.page.language, await doors.programme()
    reasons = await doors.moves.objections(move.own.meeting.key, typed.starts)
    people = programme.board_people(move.own.body, typed.starts.date())
    return page(
        request,
        "own_confirm.html",
        language=language,
        move=move,
        here=f"/mine-moter/{move.token}",
        typed=typed,
        against=texts.join([texts.say(reason, language) for reason in reasons], language),
        people=len(people),
        round_words=_round_words(programme, move.own, typed.starts, doors.clock.now(), language),
        action=_action(move),
    )


def _round_words(programme: Programme, own: OwnMeeting, starts: datetime, now: datetime, language: str) -> str:
    """Write the effect on the round's deadline; nothing for a body without one."""
    if own.body.rounds is None or own.body.municipality is None:
        return ""
    calendar = WorkCalendar(programme, own.body.municipality)
    deadline = round_moments(starts, own.body.rounds, calendar).deadline_at
    if deadline <= now:
        return texts.say("own.confirm_round_over", language)
    local = deadline.astimezone(calendar.timezone).replace(tzinfo=None)
    return texts.say("own.confirm_deadline", language, deadline=local)


def _named(option: Option, language: str) -> str:
    starts = texts.long_moment(option.starts_local, language)
    if not option.notes:
        return starts
    notes = texts.join([texts.say(note, language) for note in option.notes], language)
    return texts.say("own.move_note", language, starts=starts, notes=notes)


def _action(move: _Move) -> str:
    return f"/mine-moter/{move.token}/flytt?mote={quote(move.own.meeting.key, safe='')}"


def _words(problems: Mapping[str, tuple[str, Mapping[str, Any]]], language: str) -> dict[str, str]:
    return {name: texts.say(key, language, **values) for name, (key, values) in problems.items()}


async def _not_yours(request: Request, doors: Doors, token: str) -> HTMLResponse:
    mine = await doors.own.page(await _person(doors, token))
    language = mine.language if mine else texts.DEFAULT
    heading, words = texts.say("own.not_yours_title", language), [texts.say("own.not_yours", language)]
    return page(request, "plain.html", status=403, language=language, heading=heading, paragraphs=words)


def _foreign(request: Request) -> HTMLResponse:
    heading, words = texts.say("own.foreign_title"), [texts.say("own.foreign")]
    return page(request, "plain.html", status=403, heading=heading, paragraphs=words)
