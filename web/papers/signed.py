"""Agendas, minutes and decisions for those who are signed in: `/styret/{body}/moter/{day}/saksliste`, `…/referat`, and
`/styret/{body}/vedtak`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import SeesBoard, Visit
from web.forms import typed_in
from web.papers.agenda import agenda_context, own_values, take_agenda
from web.papers.minutes_view import form_context, notes_context, saved_context, typed_from
from web.shell.page import shell_page
from workflows.free_text import InvalidText
from workflows.papers.agendas.editing import AgendaDesk, AgendaView, DeskRefused, MinutesView
from workflows.papers.decisions.desk import DecisionDesk, MarkedMeanwhile
from workflows.papers.minutes.model import MatterState

FRAME = "shell/base.html"


@dataclass(frozen=True, kw_only=True)
class PaperDoors:
    """All that the pages need."""

    desk: AgendaDesk
    decisions: DecisionDesk


def router(doors: PaperDoors) -> APIRouter:
    """Return the routes of a body's papers. Who is signed in has proved who they are: no link needs to be mailed."""
    routes = APIRouter()
    _add_agenda(routes, doors.desk)
    _add_minutes(routes, doors.desk)
    _add_decisions(routes, doors.decisions)
    return routes


def _add_agenda(routes: APIRouter, desk: AgendaDesk) -> None:
    path = "/styret/{body}/moter/{day}/saksliste"

    @routes.get(path, response_class=HTMLResponse, summary="A meeting's agenda, as a member reads it")
    async def show(request: Request, visit: SeesBoard, body: str, day: str, endre: str = "") -> HTMLResponse:
        view = await _agenda(desk, visit, body, day)
        typed, number = own_values(view, endre)
        return _agenda_page(request, visit, view, typed=typed, number=number)

    @routes.post(path, response_class=HTMLResponse, summary="Put something on a meeting's agenda")
    async def put_in(request: Request, visit: SeesBoard, body: str, day: str) -> HTMLResponse:
        typed = dict(typed_in(request))
        try:
            done = await take_agenda(desk, f"{body}/{day}", visit.reader.person, typed)
        except DeskRefused as no:
            view = await _agenda(desk, visit, body, day)
            problem = InvalidText({"": no.words})
            return _agenda_page(request, visit, view, typed=typed, number=typed.get("number", ""), invalid=problem)
        except InvalidText as invalid:
            view = await _agenda(desk, visit, body, day)
            return _agenda_page(request, visit, view, typed=typed, number=typed.get("number", ""), invalid=invalid)
        view = await _agenda(desk, visit, body, day)
        return _agenda_page(request, visit, view, typed={}, number="", done=texts.say(done, view.language))


async def _agenda(desk: AgendaDesk, visit: Visit, body: str, day: str) -> AgendaView:
    try:
        return await desk.view(f"{body}/{day}", visit.reader.person)
    except DeskRefused as no:
        raise HTTPException(404) from no


def _agenda_page(
    request: Request,
    visit: Visit,
    view: AgendaView,
    *,
    typed: Mapping[str, str],
    number: str,
    invalid: InvalidText | None = None,
    done: str = "",
) -> HTMLResponse:
    record = f"/styret/{view.body.key}/moter/{_day(view.meeting.key)}/referat" if view.may_record else ""
    context = agenda_context(view, typed=typed, number=number, invalid=invalid, done=done, record=record)
    name = texts.say("agenda.agenda_file", view.language, day=view.meeting.day)
    return _page(request, visit, "papers/agenda.html", name, status=422 if invalid else 200, **context)


def _add_minutes(routes: APIRouter, desk: AgendaDesk) -> None:
    path = "/styret/{body}/moter/{day}/referat"

    @routes.get(path, response_class=HTMLResponse, summary="The form for a meeting's minutes")
    async def show(request: Request, visit: SeesBoard, body: str, day: str) -> HTMLResponse:
        view = await _minutes(desk, visit, body, day)
        return _minutes_page(request, visit, view, typed_from(view))

    @routes.post(path, response_class=HTMLResponse, summary="Store or approve a meeting's minutes")
    async def store(request: Request, visit: SeesBoard, body: str, day: str) -> HTMLResponse:
        typed, key, person = dict(typed_in(request)), f"{body}/{day}", visit.reader.person
        view = await _minutes(desk, visit, body, day)
        if "notes" in typed:
            return _minutes_page(request, visit, view, **notes_context(view, typed["notes"]))
        try:
            if "approve" in typed:
                stored = await desk.approve(key, person, typed["approve"])
            else:
                stored = await desk.record(key, person, typed)
        except InvalidText as invalid:
            return _minutes_page(request, visit, view, typed, invalid)
        except DeskRefused as no:
            return _minutes_page(request, visit, view, typed_from(view), InvalidText({"": no.words}))
        view = await _minutes(desk, visit, body, day)
        context = saved_context(view, stored, again=request.url.path)
        return _page(request, visit, "papers/minutes_saved.html", _minutes_name(view), **context)


async def _minutes(desk: AgendaDesk, visit: Visit, body: str, day: str) -> MinutesView:
    try:
        return await desk.minutes(f"{body}/{day}", visit.reader.person)
    except DeskRefused as no:
        raise HTTPException(404) from no


def _minutes_page(
    request: Request,
    visit: Visit,
    view: MinutesView,
    typed: Mapping[str, str],
    invalid: InvalidText | None = None,
    **read: Any,
) -> HTMLResponse:
    context = form_context(view, action=request.url.path, typed=typed, invalid=invalid, **read)
    status = 422 if invalid else 200
    return _page(request, visit, "papers/minutes.html", _minutes_name(view), status=status, **context)


def _minutes_name(view: MinutesView) -> str:
    return texts.say("agenda.minutes_file", view.language, day=view.meeting.day)


def _add_decisions(routes: APIRouter, desk: DecisionDesk) -> None:
    @routes.get("/styret/{body}/vedtak", response_class=HTMLResponse, summary="A body's decisions and their follow-up")
    async def show(request: Request, visit: SeesBoard, body: str, lagret: str = "") -> HTMLResponse:
        return await _decisions(request, visit, desk, body, is_stored=bool(lagret))

    @routes.post("/styret/{body}/vedtak", summary="Mark a decision as done, dropped or open")
    async def mark(request: Request, visit: SeesBoard, body: str) -> Response:
        typed = dict(typed_in(request))
        key, state, seen = (typed.get(name, "") for name in ("key", "state", "seen"))
        try:
            await desk.mark(body, visit.reader.person, key, state, seen=seen)
        except DeskRefused as no:
            raise HTTPException(404) from no
        except MarkedMeanwhile:
            return await _decisions(request, visit, desk, body, meanwhile=True)
        return RedirectResponse(f"/styret/{body}/vedtak?lagret=1", 303)


async def _decisions(
    request: Request, visit: Visit, desk: DecisionDesk, body: str, *, is_stored: bool = False, meanwhile: bool = False
) -> HTMLResponse:
    """Return a body's decisions; *meanwhile*: somebody else marked the one that was to be marked."""
    programme = visit.programme
    language = texts.choose(visit.reader.language, programme.language)
    return _page(
        request,
        visit,
        "papers/decisions.html",
        texts.say("decisions.title", language),
        status=409 if meanwhile else 200,
        view=await desk.view(body, visit.reader.person),
        names={person.key: person.name for person in programme.people},
        packages={package.key: package.name for package in programme.work_packages},
        states=[(state.value, texts.say(f"agenda.state_{state}", language)) for state in MatterState],
        is_stored=is_stored,
        meanwhile=meanwhile,
    )


def _page(
    request: Request, visit: Visit, template: str, name: str, *, status: int = 200, **context: Any
) -> HTMLResponse:
    body = visit.programme.body(visit.where.body or "")
    crumbs = [(body.name, f"/styret/{body.key}"), (name, "")]
    values = {"action": request.url.path, **context}
    return shell_page(request, template, visit, status=status, crumbs=crumbs, frame=FRAME, **values)


def _day(meeting: str) -> str:
    return meeting.rpartition("/")[2]
