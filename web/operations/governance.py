"""Governance papers on pages: `GET /fylket/papirer`, each as a page and as a Word file to go on writing in."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

import texts
from web.access.gate import RunsProgramme
from web.shell.page import shell_page
from workflows.errors import NotFound
from workflows.governance.desk import GovernanceDesk
from workflows.governance.papers import BILL
from workflows.governance.values import LANGUAGE

PATH = "/fylket/papirer"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def router(desk: GovernanceDesk) -> APIRouter:
    """Return the routes of the governance papers."""
    routes = APIRouter()

    @routes.get(PATH, response_class=HTMLResponse, summary="Papers on governance, privacy and security")
    async def show(request: Request, visit: RunsProgramme) -> HTMLResponse:
        return shell_page(
            request,
            "operations/governance.html",
            visit,
            crumbs=[(texts.say("oversight.papers", visit.reader.language), "")],
            papers=await desk.papers(visit.programme),
            paper_language=LANGUAGE,
            bill=BILL,
            path=PATH,
        )

    @routes.get(f"{PATH}/{BILL}", summary="The software that the service is made of, as CycloneDX")
    async def bill(visit: RunsProgramme) -> Response:
        return _file(await desk.bill(visit.programme), BILL, "application/vnd.cyclonedx+json")

    # Before the page: a name would take the ending for its own.
    @routes.get(f"{PATH}/{{paper}}.docx", summary="A governance paper as a Word file")
    async def word(visit: RunsProgramme, paper: str) -> Response:
        try:
            return _file(await desk.word_file(visit.programme, paper), f"{paper}.docx", WORD)
        except NotFound:
            raise HTTPException(404) from None

    @routes.get(f"{PATH}/{{paper}}", response_class=HTMLResponse, summary="A governance paper")
    async def read(request: Request, visit: RunsProgramme, paper: str) -> HTMLResponse:
        try:
            found = await desk.get_paper(visit.programme, paper)
        except NotFound:
            raise HTTPException(404) from None
        return shell_page(
            request,
            "operations/governance_paper.html",
            visit,
            crumbs=[(texts.say("oversight.papers", visit.reader.language), PATH), (found.document.title, "")],
            document=found.document,
            word=f"{PATH}/{paper}.docx",
        )

    return routes


def _file(content: bytes, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)
