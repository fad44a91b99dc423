"""Tabs of a place in Teams: the latest report in short, the plan's activities, the dates of meetings."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

import texts
from config.place_template import PlaceSpec
from config.programme import Programme
from config.values import Body, PlanActivity
from documents.document import Block, Cell, Paragraph, Table
from documents.year_wheel import YearWheel
from web.meetings.year_wheel import shown
from web.pages import page
from workflows.meetings.model import Meeting
from workflows.meetings.year_wheel import year_wheel
from workflows.papers.reports.model import BoardReport, StoredReport
from workflows.papers.reports.notice import decisions_in
from workflows.papers.reports.plan import bodies_of
from workflows.papers.reports.rendering import counts_words, title_of
from workflows.ports.links import Links
from workflows.ports.units import Clock

PAGES = ("report", "plan", "calendar")


class LatestReports(Protocol):
    async def newest_released(self, body: str, *, before_local: datetime | None = None) -> StoredReport | None: ...


class PlannedMeetings(Protocol):
    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]: ...


def router(
    *,
    meetings: PlannedMeetings,
    reports: LatestReports,
    links: Links,
    programme: Callable[[], Awaitable[Programme]],
    public_url: str,
    clock: Clock,
) -> APIRouter:
    """
    `GET /fane/{token}`; the token is a link with the purpose `tab` to `<place>/<page>`.

    Teams shows the page inside itself without telling who looks, so it holds nothing but what the place's whole group
    may read.
    """
    routes = APIRouter()
    base = public_url.rstrip("/")

    @routes.get("/fane/{token}", response_class=HTMLResponse, summary="A tab in Teams")
    async def tab(request: Request, token: str) -> HTMLResponse:
        link = await links.resolve(token, "tab")
        key, _, name = link.subject.rpartition("/") if link else ("", "", "")
        known = await programme()
        place = known.find_place(key)
        if place is None or name not in PAGES:
            raise HTTPException(404)
        if name == "report":
            return await report(request, place)
        if name == "plan":
            blocks = [_activities(known, place)]
            return _show(request, texts.say("reports.tab_plan"), blocks)
        return await calendar(request, known, place)

    async def report(request: Request, place: PlaceSpec) -> HTMLResponse:
        newest = await reports.newest_released(place.key)
        heading = texts.say("reports.tab_report")
        if newest is None:
            blocks = [Paragraph(text=texts.say("reports.tab_no_report"))]
            return _show(request, heading, blocks)
        address = f"{base}/rapport/{await links.issue('report', newest.meeting)}"
        link = (texts.say("reports.tab_open"), address)
        return _show(request, heading, _in_short(newest), link=link)

    async def calendar(request: Request, known: Programme, place: PlaceSpec) -> HTMLResponse:
        bodies = bodies_of(known, place)
        found = [meeting for body in bodies for meeting in await meetings.list_meetings(body.key) if meeting.stands]
        feeds = [(body.name, f"{base}/kalender/{await links.issue('feed', body.key)}.ics") for body in bodies]
        blocks = [_dates(bodies, found)]
        heading = texts.say("reports.tab_calendar")
        year = clock.now().astimezone(ZoneInfo(known.timezone)).year
        wheel = year_wheel(known, bodies, found, name=place.name, year=year, language=texts.DEFAULT)
        return _show(request, heading, blocks, feeds=feeds, wheel=wheel)

    return routes


def _show(
    request: Request,
    heading: str,
    blocks: Sequence[Block],
    *,
    link: tuple[str, str] | None = None,
    feeds: Sequence[tuple[str, str]] = (),
    wheel: YearWheel | None = None,
) -> HTMLResponse:
    """*link*: words and address; *feeds*: names and addresses of calendar feeds."""
    return page(
        request,
        "teams/tab.html",
        heading=heading,
        blocks=blocks,
        link=link,
        feeds=feeds,
        wheel=None if wheel is None else shown(wheel),
        signs={},
    )


def _in_short(report: StoredReport) -> list[Paragraph]:
    content = report.content
    lines = [title_of(content, texts.DEFAULT)]
    if isinstance(content, BoardReport):
        answered = len(content.packages) - len(content.missing)
        lines.append(texts.say("reports.answered", answered=answered, total=len(content.packages)))
        lines += counts_words(content.counts, texts.DEFAULT)
    lines.append(texts.say("reports.tab_decisions", decisions=decisions_in(content)))
    return [Paragraph(text=line, strong=number == 0) for number, line in enumerate(lines)]


def _activities(programme: Programme, place: PlaceSpec) -> Table | Paragraph:
    level = "municipality" if place.municipality else "county"
    rows = [_activity(item) for item in programme.activities if item.level in (level, "both", "not_stated")]
    if not rows:
        return Paragraph(text=texts.say("reports.tab_no_plan"))
    headers = tuple(texts.say(f"reports.tab_{name}") for name in ("activity", "years", "responsible"))
    return Table(name=texts.say("reports.tab_plan"), headers=headers, rows=tuple(rows))


def _activity(item: PlanActivity) -> tuple[Cell, ...]:
    years = ", ".join(str(year) for year in item.years)
    responsible = item.responsible or texts.say("reports.tab_responsible_unknown")
    return Cell(text=item.text), Cell(text=years), Cell(text=responsible)


def _dates(bodies: Sequence[Body], meetings: Sequence[Meeting]) -> Table | Paragraph:
    names = {body.key: body.name for body in bodies}
    if not meetings:
        return Paragraph(text=texts.say("reports.tab_no_meetings"))
    rows = [
        (
            Cell(
                text=texts.say(
                    "reports.when_words",
                    starts=meeting.starts_local,
                    ends=texts.end_of(meeting.starts_local, meeting.ends_local),
                )
            ),
            Cell(text=names[meeting.body]),
        )
        for meeting in sorted(meetings, key=lambda meeting: meeting.starts_local)
    ]
    headers = tuple(texts.say(f"reports.tab_{name}") for name in ("when", "meeting"))
    return Table(name=texts.say("reports.tab_calendar"), headers=headers, rows=tuple(rows))
