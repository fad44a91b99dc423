"""A meeting's papers and its report stand within the menus, with the way to all that belongs to them."""

import re
from dataclasses import dataclass, replace

import pytest

from integration.database.connection import Database
from tests.web.overview.stage import COUNTY, LEAD, LOCAL, MEMBER, Stage
from tests.web.overview.test_pages import words
from tests.web.papers.test_reports import stored
from tests.workflows.papers.agendas.agenda_world import with_agenda
from tests.workflows.papers.agendas.test_plan import asks, draft
from tests.workflows.papers.reports import report_samples as samples
from tests.workflows.status.rounds import MEETING
from workflows.papers.reports.model import ReportState, StoredReport

OF_BODY, OF_MUNICIPALITY = "/styret/a-dal", "/kommune/a-dal"
DAY = MEETING.rpartition("/")[2]


@dataclass
class Reports:
    """A record with one report, whatever the meeting."""

    report: StoredReport

    async def newest(self, meeting: str) -> StoredReport | None:
        return self.report


@pytest.fixture
async def stage(database: Database) -> Stage:
    return await Stage(database).begin()


def give_report(stage: Stage, state: ReportState = ReportState.RELEASED) -> None:
    stage.overviews = replace(stage.overviews, reports=Reports(stored(samples.board_report(), state)))


def links(page: str) -> set[str]:
    return set(re.findall(r'href="(/(?:styret|kommune|rapport)/[^"]+)"', page))


@pytest.mark.parametrize(("person", "base"), [(MEMBER, OF_BODY), (LEAD, OF_MUNICIPALITY)])
async def test_papers_say_when_and_where_and_that_the_report_is_not_ready(stage: Stage, person: str, base: str) -> None:
    page = await stage.page(person, f"{base}/moter/{DAY}")

    assert "tirsdag 17. november 2026 kl. 09.00" in words(page)
    assert "Rapporten er ikke klar ennå" in words(page)
    assert f'href="{base}"' in page
    assert 'name="email"' not in page, "who is signed in is not asked for an address"


async def test_papers_lead_to_the_report_once_it_is_released(stage: Stage) -> None:
    give_report(stage)

    assert f"{OF_BODY}/rapporter/{DAY}" in links(await stage.page(MEMBER, f"{OF_BODY}/moter/{DAY}"))
    assert f"{OF_MUNICIPALITY}/rapporter/{DAY}" in links(await stage.page(LEAD, f"{OF_MUNICIPALITY}/moter/{DAY}"))


async def test_who_is_not_of_the_board_sees_the_items_and_no_way_to_all_that_is_asked(stage: Stage) -> None:
    stage.world.programme = with_agenda(stage.world.programme)
    stage.agendas.sent[MEETING] = draft(questions=[asks("p")])

    member = await stage.page(MEMBER, f"{OF_BODY}/moter/{DAY}")
    outsider = await stage.page(LEAD, f"{OF_MUNICIPALITY}/moter/{DAY}")

    assert "Saker" in words(member)
    assert "Saker" in words(outsider)
    assert f"{OF_BODY}/moter/{DAY}/saksliste" in links(member)
    assert not any("saksliste" in address for address in links(outsider))


@pytest.mark.parametrize(
    ("person", "base"), [(MEMBER, OF_BODY), (LEAD, OF_MUNICIPALITY), (LOCAL, OF_MUNICIPALITY), (COUNTY, OF_BODY)]
)
async def test_a_released_report_is_read_there_with_its_pdf(stage: Stage, person: str, base: str) -> None:
    give_report(stage)

    page = await stage.page(person, f"{base}/rapporter/{DAY}")

    token = await stage.world.links.issue("report", MEETING)
    assert f"/rapport/{token}.pdf" in links(page)
    assert f"{base}/moter/{DAY}" in links(page), "the way back to the meeting"
    assert "Rapporten ble ferdig tirsdag 1. september 2026" in words(page)


@pytest.mark.parametrize("base", [OF_BODY, OF_MUNICIPALITY])
async def test_a_draft_is_shown_to_nobody_there(stage: Stage, base: str) -> None:
    give_report(stage, ReportState.DRAFT)

    assert (await (await stage.browser(MEMBER)).get(f"{base}/rapporter/{DAY}")).status_code == 404
    assert "Rapporten er ikke klar ennå" in words(await stage.page(MEMBER, f"{base}/moter/{DAY}"))


@pytest.mark.parametrize(
    "path",
    [
        f"{OF_BODY}/moter/2020-01-01",
        f"{OF_BODY}/rapporter/{DAY}",
        f"{OF_BODY}/rapporter/2020-01-01",
        f"{OF_MUNICIPALITY}/moter/x",
        f"{OF_MUNICIPALITY}/rapporter/{DAY}",
    ],
)
async def test_papers_that_are_not_there_are_not_found(stage: Stage, path: str) -> None:
    assert (await (await stage.browser(MEMBER)).get(path)).status_code == 404
