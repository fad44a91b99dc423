"""The audit: `GET /fylket/revisjonslogg`, checked where the reader asks for it, and whole as a file."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

import texts
from documents.csv_file import csv_file
from web.access.gate import RunsProgramme
from web.shell.page import shell_page
from workflows.operations.audit import AuditStore, verify
from workflows.operations.audit_rendering import COLUMNS, AuditWords, audit_row, questions_in
from workflows.papers.questions.model import BoardQuestion

PATH = "/fylket/revisjonslogg"
PAGE_LENGTH = 50
MOST_DIGITS = 9


class Questions(Protocol):
    """Finds what packages asked."""

    async def find_questions(self, ids: Collection[str]) -> Mapping[str, BoardQuestion]: ...


@dataclass(frozen=True, kw_only=True)
class AuditDoors:
    """Ports of the audit's pages."""

    store: AuditStore
    questions: Questions


def router(doors: AuditDoors) -> APIRouter:
    """Return the routes of the audit."""
    routes = APIRouter()

    @routes.get(PATH, response_class=HTMLResponse, summary="What people did, when and from where")
    async def show(request: Request, visit: RunsProgramme, foran: str = "", kontroll: str = "") -> HTMLResponse:
        before = int(foran) if foran.isascii() and foran.isdigit() and len(foran) <= MOST_DIGITS else None
        found = await doors.store.latest(before=before, most=PAGE_LENGTH + 1)
        asked = await doors.questions.find_questions(questions_in(found))
        asked_by = {key: question.work_package for key, question in asked.items()}
        words = AuditWords(visit.programme, visit.reader.language, asked_by=asked_by)
        verified = await verify(doors.store) if kontroll else None
        return shell_page(
            request,
            "operations/audit.html",
            visit,
            crumbs=[(texts.say("audit.page", visit.reader.language), "")],
            lines=[words.line(entry) for entry in found[:PAGE_LENGTH]],
            older=found[PAGE_LENGTH - 1].number if len(found) > PAGE_LENGTH else None,
            verified=verified,
            head=str(verified.head) if verified else "",
            broken=words.broken(verified.broken) if verified and verified.broken else "",
            path=PATH,
        )

    @routes.get(f"{PATH}.csv", summary="The whole audit as a file")
    async def export(visit: RunsProgramme) -> Response:
        del visit
        rows = [audit_row(entry) async for entry in doors.store.entries()]
        # Beside the loop: an audit has years.
        content = await asyncio.to_thread(csv_file, COLUMNS, rows)
        headers = {"Content-Disposition": 'attachment; filename="revisjonslogg.csv"'}
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    return routes
