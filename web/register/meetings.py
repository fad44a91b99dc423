"""A municipality's meeting dates: proposed, locked, moved with a reason; `/kommune/{slug}/moteplan`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from config.values import Body, BodyKind, Meetings
from web.access.gate import LooksAfter, Visit
from web.forms import typed_in
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
from web.meetings.personal import problem_words
from web.register.forms.form import FormContext
from web.register.reading import RegisterDoors
from web.register.tables import RegisterCell, RegisterPage, RegisterRow, RegisterTable, base_of, to_form, version_of
from web.shell.page import shell_page
from workflows.meetings.body_names import tell_apart
from workflows.meetings.model import Meeting, MeetingState, MeetingStore
from workflows.meetings.moves import MeetingMoves, MovedMeanwhile, can_change

MOST_SHOWN = 12
PLAN = "moteplan"


@dataclass(frozen=True, kw_only=True)
class MeetingDoors:
    """Ports of the pages about a municipality's meetings."""

    register: RegisterDoors
    meetings: MeetingStore
    moves: MeetingMoves


def router(doors: MeetingDoors) -> APIRouter:
    """Return the routes of a municipality's meeting dates."""
    routes = APIRouter()

    @routes.get("/kommune/{slug}/moteplan", response_class=HTMLResponse, summary="Meeting dates of a municipality")
    async def show(request: Request, visit: LooksAfter, slug: str, lagret: str = "", flyttet: str = "") -> Response:
        context, _ = await doors.register.open(visit)
        now = doors.register.clock.now()
        bodies = _bodies(context, slug)
        known = {body.key: await doors.meetings.list_meetings(body.key) for body in bodies}
        names = tell_apart(context.programme, bodies, context.language)
        page = RegisterPage(
            heading=context.say("page_meetings"),
            intro=context.say("page_meetings_intro"),
            tables=[_table(context, now, body, names[body.key], known[body.key]) for body in bodies],
        )
        return shell_page(
            request,
            "register/tables.html",
            visit,
            crumbs=[(page.heading, "")],
            page=page,
            base=base_of(context),
            q="",
            saved=version_of(lagret),
            done=context.say("moved") if flyttet else "",
        )

    @routes.get("/kommune/{slug}/moteplan/flytt", response_class=HTMLResponse, summary="Propose dates for a meeting")
    async def choose(request: Request, visit: LooksAfter, slug: str, mote: str = "") -> Response:
        return await _choose(request, visit, doors, await _find(doors, visit, slug, mote), typed=TypedMove())

    @routes.post("/kommune/{slug}/moteplan/flytt", response_class=HTMLResponse, summary="Move a meeting")
    async def move(request: Request, visit: LooksAfter, slug: str, mote: str = "") -> Response:
        found = await _find(doors, visit, slug, mote)
        return await _take(request, visit, doors, found)

    return routes


@dataclass(frozen=True, kw_only=True)
class _Chosen:
    """A meeting that the visitor may move, and the context of its page."""

    context: FormContext
    body: Body
    meeting: Meeting

    @property
    def address(self) -> str:
        return f"{base_of(self.context)}/{PLAN}/flytt?mote={quote(self.meeting.key, safe='')}"


async def _find(doors: MeetingDoors, visit: Visit, slug: str, key: str) -> _Chosen:
    """Return the meeting to move. Answers 404 for one that is not this municipality's, or cannot be moved any more."""
    context, _ = await doors.register.open(visit)
    meeting = await doors.meetings.find_meeting(key)
    body = context.programme.find_body(meeting.body) if meeting else None
    now = doors.register.clock.now()
    if meeting is None or body is None or body.municipality != slug or not can_change(context.programme, meeting, now):
        raise HTTPException(404)
    return _Chosen(context=context, body=body, meeting=meeting)


async def _take(request: Request, visit: Visit, doors: MeetingDoors, chosen: _Chosen) -> Response:
    """Go on to the next step: choose again, show what follows, or move."""
    form, now = dict(typed_in(request)), doors.register.clock.now()
    typed, context = read_move(form), chosen.context
    problems = move_problems(typed, chosen.meeting, (context.today, context.programme.last_day), now)
    if problems or typed.starts is None or form.get("step") == "choose":
        said = problem_words(problems, context.language)
        return await _choose(request, visit, doors, chosen, typed=typed, problems=said)
    if form.get("step") == "move":
        meeting, by = chosen.meeting, visit.reader.person
        try:
            await doors.moves.move(meeting.key, typed.starts, typed.reason, by=by, seen=meeting.starts_local)
        except MovedMeanwhile:
            slug = chosen.body.municipality or ""
            return await _take(request, visit, doors, await _find(doors, visit, slug, meeting.key))
        return RedirectResponse(f"{base_of(context)}/{PLAN}?flyttet=1", 303)
    against = await doors.moves.objections(chosen.meeting.key, typed.starts)
    return _page(
        request,
        visit,
        "register/move_confirm.html",
        chosen,
        typed=typed,
        against=texts.join([texts.say(reason, context.language) for reason in against], context.language),
        people=_told(chosen),
        round_words=round_words(context.programme, chosen.body, typed.starts, now, context.language),
    )


def _told(chosen: _Chosen) -> int:
    """Return the number of people who get mail: those in whose calendars the meeting stands."""
    if not chosen.meeting.booked:
        return 0
    return len(chosen.context.programme.board_people(chosen.body, chosen.meeting.day))


async def _choose(
    request: Request,
    visit: Visit,
    doors: MeetingDoors,
    chosen: _Chosen,
    *,
    typed: TypedMove,
    problems: dict[str, str] | None = None,
) -> Response:
    options = await doors.moves.options(chosen.meeting.key)
    typed = seen_now(typed, chosen.meeting)
    return _page(
        request,
        visit,
        "register/move.html",
        chosen,
        status=422 if problems else 200,
        options=[
            (option.starts_local.isoformat(timespec="minutes"), option_words(option, chosen.context.language))
            for option in options
        ],
        typed=typed,
        other=OTHER,
        most=MAX_REASON,
        problems=problems or {},
    )


def _page(
    request: Request, visit: Visit, template: str, chosen: _Chosen, *, status: int = 200, **context: Any
) -> Response:
    plan = f"{base_of(chosen.context)}/{PLAN}"
    heading = texts.say("own.move_title", chosen.context.language, body=chosen.body.name)
    return shell_page(
        request,
        template,
        visit,
        status=status,
        crumbs=[(chosen.context.say("page_meetings"), plan), (heading, "")],
        heading=heading,
        body=chosen.body,
        meeting=chosen.meeting,
        action=chosen.address,
        back=plan,
        **context,
    )


def _bodies(context: FormContext, slug: str) -> list[Body]:
    """List the bodies with dates, the board first: the weekly contact stands apart and does not drown it."""
    own = [body for body in context.programme.bodies if body.municipality == slug]
    order = [BodyKind.LOCAL_BOARD, BodyKind.PACKAGE_LEADS, BodyKind.LEAD_TEAM]
    dated = [body for body in own if body.kind is BodyKind.LOCAL_BOARD or body.rhythm or body.fixed_dates]
    return sorted(dated, key=lambda body: order.index(body.kind) if body.kind in order else len(order))


def _table(context: FormContext, now: datetime, body: Body, name: str, meetings: Sequence[Meeting]) -> RegisterTable:
    ahead = [meeting for meeting in meetings if meeting.stands and meeting.starts_at > now]
    theirs = body.kind is BodyKind.LOCAL_BOARD and context.municipality.meetings is Meetings.THEIRS
    add = [to_form(context, "motedatoer", "do_change")] if theirs and not context.municipality.meeting_feed else []
    return RegisterTable(
        heading=name,
        columns=[context.say(name) for name in ("column_day", "field_state")],
        rows=[_row(context, now, body, meeting) for meeting in ahead[:MOST_SHOWN]],
        empty=context.say("empty_meetings"),
        add=add,
        intro=context.say("meetings_weekly") if body.kind is BodyKind.LEAD_TEAM else "",
    )


def _row(context: FormContext, now: datetime, body: Body, meeting: Meeting) -> RegisterRow:
    locked = meeting.starts_local in body.fixed_dates
    actions = []
    if can_change(context.programme, meeting, now):
        query = urlencode({"mote": meeting.key})
        actions.append((context.say("do_move"), f"{base_of(context)}/{PLAN}/flytt?{query}"))
        if body.kind is BodyKind.LOCAL_BOARD and meeting.state is MeetingState.PLANNED:
            about = meeting.starts_local.isoformat(timespec="minutes")
            form = "motedato-frigi" if locked else "motedato-las"
            actions.append(to_form(context, form, "do_unlock" if locked else "do_lock", about))
    state = "locked" if locked else str(meeting.state)
    return RegisterRow(
        cells=[
            RegisterCell(text=texts.long_moment(meeting.starts_local, context.language), note=meeting.location),
            RegisterCell(
                text=context.say(f"meeting_{state}"),
                tone="wait" if state == MeetingState.PLANNED else "ok",
                note=meeting.words,
            ),
        ],
        actions=actions,
    )
