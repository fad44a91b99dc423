"""Released reports for whoever was given the link: as a page and as the PDF that is kept."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from config.programme import Programme
from web.pages import language_behind_link, page
from workflows.papers.reports.model import StoredReport
from workflows.papers.reports.rendering import document_of
from workflows.ports.links import Links


class ReadableReports(Protocol):
    async def newest(self, meeting: str) -> StoredReport | None: ...


def router(*, reports: ReadableReports, links: Links, programme: Callable[[], Awaitable[Programme]]) -> APIRouter:
    """`GET /rapport/{token}` and `/rapport/{token}.pdf`; the token is a link with the purpose `report` to a meeting."""
    routes = APIRouter()

    async def released(token: str) -> StoredReport:
        link = await links.resolve(token, "report")
        report = None if link is None else await reports.newest(link.subject)
        if report is None or not report.is_released:
            raise HTTPException(404)
        return report

    # Before the page: a token would take the ending for its own.
    @routes.get("/rapport/{token}.pdf", summary="A released report as PDF")
    async def pdf(token: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
        report = await released(token)
        etag = f'"{report.checksum[:32]}-{report.version}"'
        name = f"rapport-{report.meeting.replace('/', '-')}.pdf"
        headers = {"ETag": etag, "Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
        if if_none_match is not None and etag in if_none_match:
            return Response(status_code=304, headers=headers)
        return Response(report.pdf, media_type="application/pdf", headers=headers)

    @routes.get("/rapport/{token}", response_class=HTMLResponse, summary="A released report")
    async def show(request: Request, token: str, sprak: str = "") -> HTMLResponse:
        report = await released(token)
        known = await programme()
        zone, body = ZoneInfo(known.timezone), report.content.meeting.body
        language = await language_behind_link(request, sprak, known.paper_language(body))
        return page(
            request,
            "papers/report.html",
            language=language,
            frame="base.html",
            document=document_of(report.content, language),
            pdf=f"/rapport/{token}.pdf",
            released_at=report.released_at.astimezone(zone) if report.released_at else None,
        )

    return routes
