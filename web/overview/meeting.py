"""A meeting's papers and its released report, for those who are signed in: within the menus."""

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

import texts
from config.values import Body
from web.access.gate import SeesBoard, SeesMunicipality, Visit
from web.overview.reading import Overviews
from web.shell.page import Crumb, shell_page
from workflows.meetings.model import Meeting
from workflows.meetings.rendering import explain_change, state_key
from workflows.papers.agendas.plan import may_propose, recorders
from workflows.papers.agendas.rendering import agenda_overview
from workflows.papers.reports.rendering import document_of

FRAME = "shell/base.html"


@dataclass(frozen=True, kw_only=True)
class Room:
    """A body's papers as one part of the pages shows them: below the body's page, or below its municipality's."""

    body: Body
    base: str
    """The address that meetings and reports lie below."""
    crumbs: tuple[Crumb, ...] = ()


def router(overviews: Overviews) -> APIRouter:
    """Return the routes of a meeting's papers and report, below a body and below a municipality."""
    routes = APIRouter()

    @routes.get("/styret/{body}/moter/{day}", response_class=HTMLResponse, summary="The papers of a body's meeting")
    async def papers_of_body(request: Request, visit: SeesBoard, body: str, day: str) -> HTMLResponse:
        return await _papers(request, visit, overviews, _of_body(visit, body), day)

    @routes.get(
        "/styret/{body}/rapporter/{day}", response_class=HTMLResponse, summary="The released report of a body's meeting"
    )
    async def report_of_body(request: Request, visit: SeesBoard, body: str, day: str) -> HTMLResponse:
        return await _report(request, visit, overviews, _of_body(visit, body), day)

    @routes.get(
        "/kommune/{slug}/moter/{day}",
        response_class=HTMLResponse,
        summary="The papers of a municipality's board meeting",
    )
    async def papers_of_municipality(request: Request, visit: SeesMunicipality, slug: str, day: str) -> HTMLResponse:
        return await _papers(request, visit, overviews, _of_municipality(visit, slug), day)

    @routes.get(
        "/kommune/{slug}/rapporter/{day}",
        response_class=HTMLResponse,
        summary="The released report of a municipality's board meeting",
    )
    async def report_of_municipality(request: Request, visit: SeesMunicipality, slug: str, day: str) -> HTMLResponse:
        return await _report(request, visit, overviews, _of_municipality(visit, slug), day)

    return routes


def may_record(visit: Visit, body: Body, overviews: Overviews) -> bool:
    """Return True for those who record the body's minutes."""
    today = visit.programme.today(overviews.clock.now())
    return visit.reader.person in {item.key for item in recorders(visit.programme, body, today)}


def reads_agenda(visit: Visit, body: Body, overviews: Overviews) -> bool:
    """Return True where the body has agendas and the reader sees all of them: its people, and those who record."""
    today = visit.programme.today(overviews.clock.now())
    reads = may_propose(visit.programme, body, visit.reader.person, today) or may_record(visit, body, overviews)
    return bool(body.agenda) and reads


def _of_body(visit: Visit, key: str) -> Room:
    body = visit.programme.body(key)
    return Room(body=body, base=f"/styret/{key}", crumbs=((body.name, f"/styret/{key}"),))


def _of_municipality(visit: Visit, slug: str) -> Room:
    return Room(body=visit.programme.local_board(slug), base=f"/kommune/{slug}")


async def _papers(request: Request, visit: Visit, overviews: Overviews, room: Room, day: str) -> HTMLResponse:
    language, body = _language(visit), room.body
    meeting = await _meeting(overviews, room, day)
    agenda = await overviews.agendas.fixed(meeting.key)
    report = await overviews.reports.newest(meeting.key)
    reads = reads_agenda(visit, body, overviews)
    return shell_page(
        request,
        "papers/papers.html",
        visit,
        crumbs=[*room.crumbs, (_name(meeting, language), "")],
        frame=FRAME,
        ask_own="",
        heading=texts.say("meetings.subject", language, body=body.name),
        meeting=meeting,
        ends=texts.end_of(meeting.starts_local, meeting.ends_local),
        state=texts.say(state_key(meeting), language),
        changed=explain_change(meeting, language),
        place=visit.programme.their_place(body.municipality),
        report=f"{room.base}/rapporter/{day}" if report is not None and report.is_released else None,
        gets_report=body.rounds is not None and meeting.stands,
        agenda=agenda_overview(agenda.content, language) if agenda else None,
        full_agenda=f"/styret/{body.key}/moter/{day}/saksliste" if reads else "",
    )


async def _report(request: Request, visit: Visit, overviews: Overviews, room: Room, day: str) -> HTMLResponse:
    language = _language(visit)
    meeting = await _meeting(overviews, room, day)
    report = await overviews.reports.newest(meeting.key)
    if report is None or not report.is_released:
        raise HTTPException(404)
    link = await overviews.links.issue("report", meeting.key)
    released = report.released_at
    return shell_page(
        request,
        "papers/report.html",
        visit,
        crumbs=[
            *room.crumbs,
            (_name(meeting, language), f"{room.base}/moter/{day}"),
            (texts.say("overview.to_report", language), ""),
        ],
        frame=FRAME,
        document=document_of(report.content, language),
        pdf=f"/rapport/{link}.pdf",
        released_at=visit.programme.local_time(released) if released else None,
    )


async def _meeting(overviews: Overviews, room: Room, day: str) -> Meeting:
    meeting = await overviews.meetings.find_meeting(f"{room.body.key}/{day}")
    if meeting is None:
        raise HTTPException(404)
    return meeting


def _name(meeting: Meeting, language: str) -> str:
    return texts.say("overview.meeting_of", language, day=meeting.starts_local.date())


def _language(visit: Visit) -> str:
    return texts.choose(visit.reader.language, visit.programme.language)
