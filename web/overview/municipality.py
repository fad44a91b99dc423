"""A municipality's page: `GET /kommune/{slug}`, in full for those who look after it, and reduced for others there."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from web.access.gate import SeesMunicipality, Visit
from web.overview.county import PLACE_TONES, REPORT_TONES
from web.overview.reading import Overviews
from web.shell.charts import trend_chart
from web.shell.page import shell_page
from workflows.access.model import Right, Where
from workflows.access.rules import may
from workflows.meetings.body_names import tell_apart
from workflows.overview.municipality import bodies_of, municipality_overview


def router(overviews: Overviews) -> APIRouter:
    """Return the route of a municipality's page."""
    routes = APIRouter()

    @routes.get("/kommune/{slug}", response_class=HTMLResponse, summary="A municipality as it stands")
    async def show(request: Request, visit: SeesMunicipality, slug: str) -> HTMLResponse:
        programme = visit.programme
        now, now_local = overviews.now(visit)
        bodies = bodies_of(programme, slug)
        rows = await overviews.store.municipality(
            slug, now=now, now_local=now_local, bodies=[body.key for body in bodies], place=slug
        )
        overview = municipality_overview(programme, slug, rows, now=now)
        language = texts.choose(visit.reader.language, programme.language)
        zone = programme.local_time(now).tzinfo
        return shell_page(
            request,
            "overview/municipality.html",
            visit,
            municipality=overview,
            looks_after=may(visit.reader, Right.LOOK_AFTER, visit.where),
            sees_board=may(visit.reader, Right.SEE_BOARD, Where(municipality=slug, body=overview.board)),
            seen_packages=_seen_by(visit, slug, [line.key for line in overview.packages]),
            answers_for=_answered_by(visit, slug, [line.key for line in overview.packages]),
            is_open=overview.round is not None and overview.round.takes_answers(now),
            body_names=tell_apart(programme, bodies, language),
            charts={line.key: [trend_chart(trend, language) for trend in line.trends] for line in overview.packages},
            place_tones=PLACE_TONES,
            report_tones=REPORT_TONES,
            zone=zone,
            end_of=texts.end_of,
            names={person.key: person.name for person in overview.people},
        )

    return routes


def _seen_by(visit: Visit, slug: str, packages: Sequence[str]) -> frozenset[str]:
    """Return the packages whose own page the reader may open; a board member reads of them here and in reports."""
    places = {key: Where(municipality=slug, work_package=key) for key in packages}
    return frozenset(key for key, where in places.items() if may(visit.reader, Right.SEE_PACKAGE, where))


def _answered_by(visit: Visit, slug: str, packages: Sequence[str]) -> frozenset[str]:
    """Return the packages that the reader may answer for. A county lead sees answers, and writes none."""
    return frozenset(packages) if slug in visit.reader.looks_after else visit.reader.led_packages
