"""Pages of a package that reports to two boards: its rounds stand side by side, and each report says when it came."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from config.values import Assignment, Role
from integration.database.connection import Database
from integration.database.reports import SQLReports
from tests.web.overview.stage import COUNTY, EARLIER, LEAD, LOCAL, MEMBER, Stage
from tests.web.overview.test_pages import words
from tests.workflows.papers.reports.report_samples import FULL, meeting
from tests.workflows.status.rounds import HOME, MEETING, OPENS, STARTS
from workflows.status.answering import ByLink
from workflows.status.model import AnswerSurface
from workflows.status.plan import request_id

OTHER = "b-vik"
THEIRS = f"{OTHER}/2026-11-20"
PAGE = f"/pakke/{HOME}"


@pytest.fixture
async def stage(database: Database) -> Stage:
    """Return a stage on which the rounds of both boards are open, and the first one's earlier report is released."""
    stage = await Stage(database).begin()
    world = stage.world
    packages = tuple(
        item.model_copy(update={"boards": (OTHER,)}) if item.key == HOME else item
        for item in world.programme.work_packages
    )
    world.programme = world.programme.model_copy(update={"work_packages": packages})
    await world.plan_meeting(STARTS + timedelta(days=3), key=THEIRS, body=OTHER)
    world.clock.time = OPENS + timedelta(days=4)
    await world.run("status.open", THEIRS)
    reports = SQLReports(database)
    draft = await reports.draft(EARLIER, replace(FULL, meeting=meeting(EARLIER)), at=OPENS)
    assert await reports.release(draft, draft.content, pdf=b"%PDF", at=OPENS)
    return stage


async def test_both_rounds_are_answered_from_the_package_s_page(stage: Stage) -> None:
    page = await stage.page(LOCAL, PAGE)

    assert "Styret i a-dal møtes tirsdag 17. november 2026" in words(page)
    assert "Styret i b-vik møtes fredag 20. november 2026" in words(page)
    assert re.findall(rf'href="{PAGE}/svar\?mote=([^"]+)"', page) == [MEETING, THEIRS]


async def test_the_other_board_s_local_lead_reads_that_board_s_part_and_no_more(stage: Stage) -> None:
    world = stage.world
    lead = Assignment(person=LEAD, role=Role.LOCAL_LEAD, municipality=OTHER)
    world.programme = world.programme.model_copy(update={"assignments": (*world.programme.assignments, lead)})
    await world.desk.answer(
        request_id(THEIRS, HOME),
        sender=ByLink("home-lead"),
        content={"light": "green", "done": "Sagt til b-vik", "question": "Kan b-vik hjelpe?", "proposal_asked": "1"},
        surface=AnswerSurface.FORM,
    )

    page = await stage.page(LEAD, PAGE)

    assert "Styret i b-vik møtes fredag 20. november 2026" in words(page)
    assert "Sagt til b-vik" in page
    assert "Kan b-vik hjelpe?" in page
    assert f"/styret/{OTHER}" in page
    assert "Styret i a-dal" not in words(page)
    assert "/rapporter/2026-10-06" not in page
    assert f"{PAGE}/svar" not in page
    whole = await stage.page(LOCAL, PAGE)
    assert all(text in whole for text in ("Sagt til b-vik", "Styret i a-dal", "/rapporter/2026-10-06"))
    assert (await (await stage.browser(LEAD)).get(f"{PAGE}/svar")).status_code == 404


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        pytest.param(f"?mote={MEETING}", MEETING, id="the own board's, which is answered"),
        pytest.param(f"?mote={THEIRS}", THEIRS, id="the other's"),
        pytest.param("", THEIRS, id="without a choice the one that owes an answer"),
    ],
)
async def test_the_way_to_the_form_leads_to_the_chosen_round(stage: Stage, query: str, asked: str) -> None:
    answer = await (await stage.browser(LOCAL)).get(f"{PAGE}/svar{query}")

    link = await stage.world.links.resolve(answer.headers["location"].rpartition("/")[2], "answer")
    request = await stage.world.store.find_request(link.subject) if link else None
    assert request is not None
    assert (request.meeting, request.work_package) == (asked, HOME)


async def test_a_round_that_is_not_open_leads_back_to_the_package(stage: Stage) -> None:
    answer = await (await stage.browser(LOCAL)).get(f"{PAGE}/svar?mote={EARLIER}")

    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)


async def test_each_series_says_when_its_newest_report_was_published(stage: Stage) -> None:
    page = await stage.page(LOCAL, PAGE)

    said = words(page)
    own, other = said.index("Styret i a-dal Nyeste rapport"), said.index("Styret i b-vik Ingen rapport ennå.")
    assert "Publisert tirsdag 27. oktober 2026 kl. 08.00." in said[own:other]
    # A local lead of the one municipality reads its board's reports, and not the other's.
    assert 'href="/styret/a-dal/rapporter/2026-10-06"' in page


async def test_a_board_s_list_of_reports_says_when_each_was_published(stage: Stage) -> None:
    page = words(await stage.page(MEMBER, "/styret/a-dal"))

    assert "Rapport tirsdag 6. oktober 2026 Publisert tirsdag 27. oktober 2026 kl. 08.00." in page


async def test_the_other_municipality_shows_where_the_package_comes_from(stage: Stage) -> None:
    page = words(await stage.page(COUNTY, f"/kommune/{OTHER}"))

    assert "Pakken arena Fra a-dal" in page
