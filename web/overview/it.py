"""The page for IT: `GET /it`, the doctor's last findings. The Door asks Graph nothing: an examination is a unit."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import SeesIT
from web.overview.reading import Overviews
from web.shell.page import shell_page
from workflows.operations.examination import KeptFindings, is_looking, look_unit
from workflows.operations.findings import FindingWords, Verdict, can_describe, describe

TONES: Mapping[str, str] = {
    Verdict.OK: "ok",
    Verdict.MISSING: "bad",
    Verdict.TOO_MUCH: "bad",
    Verdict.UNKNOWN: "none",
}
ORDER = (Verdict.MISSING, Verdict.TOO_MUCH, Verdict.UNKNOWN, Verdict.OK)
"""The order in which findings are listed: first what somebody has to do something about."""


def router(overviews: Overviews) -> APIRouter:
    """Return the routes of the page for IT."""
    routes = APIRouter()

    @routes.get("/it", response_class=HTMLResponse, summary="The doctor's last findings, each with what to do")
    async def show(request: Request, visit: SeesIT) -> HTMLResponse:
        kept = _told(await overviews.findings.find())
        now = overviews.clock.now()
        unit = await overviews.store.find_unit(look_unit(visit.programme, now).key)
        return shell_page(
            request,
            "overview/it.html",
            visit,
            crumbs=[(texts.say("shell.it", visit.reader.language), "")],
            at=visit.programme.local_time(kept.at) if kept else None,
            groups=_groups(kept, visit.reader.language) if kept else [],
            tones=TONES,
            is_looking=unit is not None and is_looking(unit.state, unit.due_at, now),
        )

    @routes.post("/it/undersok", summary="Let the doctor look again")
    async def look(visit: SeesIT) -> RedirectResponse:
        await overviews.units.make_due([look_unit(visit.programme, overviews.clock.now())])
        return RedirectResponse("/it", 303)

    return routes


def _told(kept: KeptFindings | None) -> KeptFindings | None:
    """Return findings that there are words for: after another version's look, the page asks for a new one."""
    return kept if kept is not None and all(map(can_describe, kept.findings)) else None


def _groups(kept: KeptFindings, language: str) -> list[tuple[Verdict, list[FindingWords]]]:
    return [
        (verdict, [describe(item, language) for item in kept.findings if item.verdict is verdict]) for verdict in ORDER
    ]
