"""
The page for IT: `GET /it`, work that has stopped and the doctor's last findings.

The Door asks Graph nothing: an examination is a unit.
"""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import SeesIT
from web.forms import typed_in
from web.overview.reading import Overviews
from web.shell.page import shell_page
from workflows.operations.examination import KeptFindings, is_looking, look_unit
from workflows.operations.findings import FindingWords, Verdict, can_describe, describe
from workflows.operations.own_checks import WORK_RUNS, WORK_STOPPED
from workflows.operations.stopped import stopped_line

TONES: Mapping[str, str] = {
    Verdict.OK: "ok",
    Verdict.MISSING: "bad",
    Verdict.TOO_MUCH: "bad",
    Verdict.UNKNOWN: "none",
}
LIVE = (WORK_RUNS, WORK_STOPPED)
"""Rules whose findings are left out: the page itself has what has stopped, as it is now."""
ORDERED = "bestilt"
ORDER = (Verdict.MISSING, Verdict.TOO_MUCH, Verdict.UNKNOWN, Verdict.OK)
"""The order in which findings are listed: first what somebody has to do something about."""


def router(overviews: Overviews) -> APIRouter:
    """Return the routes of the page for IT."""
    routes = APIRouter()

    @routes.get(
        "/it",
        response_class=HTMLResponse,
        summary="Work that has stopped and the doctor's last findings, each with what to do",
    )
    async def show(request: Request, visit: SeesIT) -> HTMLResponse:
        kept = _told(await overviews.findings.find())
        work, language = await overviews.stopped.work(), visit.reader.language
        now = overviews.clock.now()
        unit = await overviews.store.find_unit(look_unit(visit.programme, now).key)
        return shell_page(
            request,
            "overview/it.html",
            visit,
            crumbs=[(texts.say("shell.it", language), "")],
            ordered=request.query_params.get(ORDERED, ""),
            stopped=[stopped_line(unit, visit.programme, language) for unit in work.units],
            is_all=work.is_all,
            order_again=overviews.order_again,
            at=visit.programme.local_time(kept.at) if kept else None,
            groups=_groups(kept, language) if kept else [],
            tones=TONES,
            is_looking=unit is not None and is_looking(unit.state, unit.due_at, now),
        )

    @routes.post("/it/undersok", summary="Let the doctor look again")
    async def look(visit: SeesIT) -> RedirectResponse:
        await overviews.units.make_due([look_unit(visit.programme, overviews.clock.now())])
        return RedirectResponse("/it", 303)

    @routes.post("/it/bestill", summary="Order work again that has stopped")
    async def order(request: Request, visit: SeesIT) -> RedirectResponse:
        key = dict(typed_in(request)).get("key", "")
        found = await overviews.stopped.order_again(key, by=visit.reader.person)
        return RedirectResponse(f"/it?{ORDERED}={int(found)}", 303)

    return routes


def _told(kept: KeptFindings | None) -> KeptFindings | None:
    """Return findings that there are words for: after another version's look, the page asks for a new one."""
    return kept if kept is not None and all(map(can_describe, kept.findings)) else None


def _groups(kept: KeptFindings, language: str) -> list[tuple[Verdict, list[FindingWords]]]:
    shown = [item for item in kept.findings if item.rule not in LIVE]
    return [(verdict, [describe(item, language) for item in shown if item.verdict is verdict]) for verdict in ORDER]
