"""The local lead's report: read it, assess it, edit sentences, hold it, send it early, correct it.

`GET|POST /kommune/{slug}/rapport` and the pages below it. `mote`: the day of another meeting than the next one.
"""

from collections.abc import Collection, Mapping
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

import texts
from web.access.gate import LooksAfter, Visit
from web.forms import typed_in
from web.municipality.doors import LeadDoors
from web.papers.agenda import said_problems
from web.shell.page import shell_page
from workflows.free_text import InvalidText
from workflows.papers.reports.desk import MAX_REASON, NotNow, ReportInHand
from workflows.papers.reports.rendering import board_document, title_of
from workflows.papers.reports.review import MAX_ASSESSMENT, MAX_SENTENCES
from workflows.status.plan import package_leads


def router(doors: LeadDoors) -> APIRouter:
    """Return the routes of a report that is not released yet, or is to be corrected."""
    routes = APIRouter()
    pages = _Pages(doors)

    @routes.get("/kommune/{slug}/rapport", response_class=HTMLResponse, summary="The next report as it stands")
    async def show(request: Request, visit: LooksAfter, slug: str, mote: str = "", gjort: str = "") -> HTMLResponse:
        return pages.report(request, visit, await pages.find(visit, slug, mote), done=gjort)

    @routes.post("/kommune/{slug}/rapport", summary="Assess a report, hold it, send it, correct it, make it anew")
    async def act(request: Request, visit: LooksAfter, slug: str, mote: str = "") -> Response:
        return await pages.act(request, visit, slug, mote)

    @routes.get("/kommune/{slug}/rapport/tekst", response_class=HTMLResponse, summary="A package's text in the report")
    async def text(request: Request, visit: LooksAfter, slug: str, pakke: str = "", mote: str = "") -> HTMLResponse:
        return pages.text(request, visit, await pages.find(visit, slug, mote), pakke)

    @routes.post("/kommune/{slug}/rapport/tekst", summary="Edit or leave out sentences of a package's text")
    async def edit(request: Request, visit: LooksAfter, slug: str, pakke: str = "", mote: str = "") -> Response:
        return await pages.edit(request, visit, slug, mote, package=pakke)

    return routes


class _Pages:
    """The pages of one report."""

    def __init__(self, doors: LeadDoors) -> None:
        self._doors = doors

    @staticmethod
    def address(slug: str, mote: str, *, to: str = "", **query: str) -> str:
        """Return the address of the page of the same report, or of the page *to* below it."""
        asked = urlencode([(name, value) for name, value in (("mote", mote), *query.items()) if value])
        return f"/kommune/{slug}/rapport{to}" + (f"?{asked}" if asked else "")

    async def find(self, visit: Visit, slug: str, mote: str) -> ReportInHand | None:
        """Return the report of the next meeting, or of the one on the day *mote*. A day without a meeting is 404."""
        try:
            day = date.fromisoformat(mote) if mote else None
        except ValueError:
            raise HTTPException(404) from None
        work = await self._doors.report_desk.find(visit.programme, slug, day)
        if work is None and mote:
            raise HTTPException(404)
        return work

    async def act(self, request: Request, visit: Visit, slug: str, mote: str) -> Response:
        """Do what a button of the report's page says; nothing when things are not as the page showed them."""
        work, typed = await self.find(visit, slug, mote), dict(typed_in(request))
        desk, by, do = self._doors.report_desk, visit.reader.person, typed.get("do", "")
        acts = {"assess": desk.assess, "hold": desk.hold, "lift": desk.lift}
        acts |= {"send": desk.send_now, "correct": desk.correct}
        if do not in (*acts, "compile"):
            raise HTTPException(422)
        if work is None:
            return RedirectResponse(self.address(slug, mote), 303)
        try:
            if do == "compile":
                await self._doors.units.make_due([desk.compile(work)], by=by)
            else:
                await acts[do](work, typed, by=by)
        except NotNow:
            return RedirectResponse(self.address(slug, mote), 303)
        except InvalidText as invalid:
            return self.report(request, visit, await self.find(visit, slug, mote), typed=typed, invalid=invalid)
        return RedirectResponse(self.address(slug, mote, gjort=do), 303)

    async def edit(self, request: Request, visit: Visit, slug: str, mote: str, *, package: str) -> Response:
        """Store a package's sentences as they were sent."""
        work, typed = await self.find(visit, slug, mote), dict(typed_in(request))
        if work is None or not work.sentences(package):
            raise HTTPException(404)
        try:
            await self._doors.report_desk.edit(work, package, typed, by=visit.reader.person)
        except InvalidText as invalid:
            now = await self.find(visit, slug, mote)
            return self.text(request, visit, now, package, typed=typed, invalid=invalid)
        return RedirectResponse(self.address(slug, mote, gjort="edit"), 303)

    def report(
        self,
        request: Request,
        visit: Visit,
        work: ReportInHand | None,
        *,
        done: str = "",
        typed: Mapping[str, str] | None = None,
        invalid: InvalidText | None = None,
    ) -> HTMLResponse:
        language, doors = texts.choose(visit.reader.language, visit.programme.language), self._doors
        slug, mote = visit.where.municipality or "", request.query_params.get("mote", "")
        shown = work.shown if work else None
        held_until = work.held_until if work else None
        return shell_page(
            request,
            "municipality/report.html",
            visit,
            status=422 if invalid else 200,
            crumbs=[(texts.say("lead.report", language), "")],
            work=work,
            title=title_of(shown, language) if shown else "",
            document=board_document(shown, language) if shown else None,
            told=self._told(visit, slug),
            authors=self._leads(visit, work.edited_packages) if work else 0,
            release_at=doors.local(visit, work.round.release_at) if work and work.round else None,
            held_until=doors.local(visit, held_until) if held_until else None,
            done=done,
            typed=typed or {},
            problems=said_problems(invalid.problems, language) if invalid else {},
            confirm=invalid.confirm if invalid else "",
            most=MAX_ASSESSMENT,
            most_sentences=MAX_SENTENCES,
            most_reason=MAX_REASON,
            action=self.address(slug, mote),
            text_address=lambda package: self.address(slug, mote, to="/tekst", pakke=package),
        )

    def _told(self, visit: Visit, municipality: str) -> int:
        """Count the people of the board, each of whom is told of a report."""
        programme = visit.programme
        return len(
            programme.board_people(programme.local_board(municipality), programme.today(self._doors.clock.now()))
        )

    def _leads(self, visit: Visit, packages: Collection[str]) -> int:
        """Count the leads of packages."""
        today = visit.programme.today(self._doors.clock.now())
        return len({lead.key for package in packages for lead in package_leads(visit.programme, package, today)})

    def text(
        self,
        request: Request,
        visit: Visit,
        work: ReportInHand | None,
        package: str,
        *,
        typed: Mapping[str, str] | None = None,
        invalid: InvalidText | None = None,
    ) -> HTMLResponse:
        language = texts.choose(visit.reader.language, visit.programme.language)
        slug, mote = visit.where.municipality or "", request.query_params.get("mote", "")
        sentences = work.sentences(package) if work else ()
        found = next((item for item in work.packages if item.key == package), None) if work else None
        if work is None or found is None:
            raise HTTPException(404)
        home = self.address(slug, mote)
        return shell_page(
            request,
            "municipality/report_text.html",
            visit,
            status=422 if invalid else 200,
            crumbs=[(texts.say("lead.report", language), home), (found.name, "")],
            package=found,
            authors=self._leads(visit, [package]),
            sentences=sentences,
            review=work.review,
            typed=typed or {},
            problems=said_problems(invalid.problems, language) if invalid else {},
            confirm=invalid.confirm if invalid else "",
            action=self.address(slug, mote, to="/tekst", pakke=package),
            home=home,
        )
