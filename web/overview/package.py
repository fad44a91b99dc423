"""A work package's page: `GET /pakke/{package}`, and the way from it to the answer form."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

import texts
from web.access.gate import LeadsPackage, SeesPackage, Visit
from web.overview.reading import Overviews
from web.shell.charts import trend_chart
from web.shell.page import shell_page
from workflows.access.model import Right, Where
from workflows.access.rules import boards_seen, may
from workflows.overview.model import PackageOverview
from workflows.overview.package import board_of, package_overview
from workflows.status.plan import is_on_behalf
from workflows.status.recipients import answer_link_end

MEETING = "Key of the meeting whose round is answered; without one the first that owes an answer."


def router(overviews: Overviews) -> APIRouter:
    """Return the routes of a work package."""
    routes = APIRouter()

    async def look(visit: Visit, package: str) -> PackageOverview:
        programme = visit.programme
        now, now_local = overviews.now(visit)
        boards = boards_seen(visit.reader, visit.where)
        board = board_of(programme, package, boards)
        rows = await overviews.store.package(package, body=board, now_local=now_local)
        return package_overview(programme, package, rows, now=now, boards=boards)

    @routes.get("/pakke/{package}", response_class=HTMLResponse, summary="A work package as it stands")
    async def show(request: Request, visit: SeesPackage, package: str) -> HTMLResponse:
        overview = await look(visit, package)
        language = texts.choose(visit.reader.language, visit.programme.language)
        sees_municipality = may(visit.reader, Right.SEE_MUNICIPALITY, visit.where)
        home = f"/kommune/{overview.municipality}" if sees_municipality else ""
        return shell_page(
            request,
            "overview/package.html",
            visit,
            crumbs=[(overview.municipality_name, home), (overview.name, "")],
            package=overview,
            may_answer=bool(overview.asked) and _may_answer(visit, package, overviews),
            seen_boards=frozenset(
                item.body
                for item in overview.series
                if may(visit.reader, Right.SEE_BOARD, Where(municipality=item.municipality, body=item.body))
            ),
            theme=visit.programme.find_theme(visit.programme.work_package(package).theme),
            sees_lessons=may(visit.reader, Right.SEE_LESSONS),
            charts=[trend_chart(trend, language) for trend in overview.trends],
            board_names=_board_names(visit, overview),
            local=visit.programme.local_time,
            end_of=texts.end_of,
            indicator_names={item.key: item.name for item in visit.programme.work_package(package).indicators},
            names={person.key: person.name for person in visit.programme.people},
        )

    @routes.get("/pakke/{package}/svar", summary="The answer form of the package's open request")
    async def answer(
        visit: LeadsPackage, package: str, mote: Annotated[str, Query(description=MEETING)] = ""
    ) -> RedirectResponse:
        overview = await look(visit, package)
        owing = sorted(overview.asked, key=lambda item: item.answer is not None)
        current = next((item for item in owing if mote in ("", item.request.meeting)), None)
        if current is None or not _may_answer(visit, package, overviews):
            return RedirectResponse(f"/pakke/{package}", 303)
        ends_at = answer_link_end(current.round)
        token = await overviews.links.issue("answer", current.request.id, visit.reader.person, ends_at)
        return RedirectResponse(f"/svar/{token}", 303)

    return routes


def _board_names(visit: Visit, overview: PackageOverview) -> Mapping[str, str]:
    """Return the names of the boards that it reports to or is asked for, by their municipalities."""
    asking = {item.round.municipality for item in overview.asked} | {item.municipality for item in overview.series}
    return {slug: visit.programme.local_board(slug).name for slug in asking}


def _may_answer(visit: Visit, package: str, overviews: Overviews) -> bool:
    """Return True for the package's lead and its local lead. A county lead sees an answer, and writes none."""
    programme = visit.programme
    today = programme.today(overviews.clock.now())
    return is_on_behalf(programme, programme.work_package(package), visit.reader.person, today) is not None
