"""The demo's local lead goes through a draft once: a view of the question, and an assessment that the report has."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from demo.assessors import Assessors
from demo.ledger import read_ledger
from demo.people import AnswerHabit, Story
from demo.stage import StageError
from integration.database.connection import Database
from tests.demo.test_corrector import Sandbox
from tests.support.signed_in import PUBLIC
from tests.web.municipality.lead_site import Site
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.status.rounds import HOME, MEETING
from workflows.papers.reports.model import BoardReport

WORDS = "Det går framover. Lokalene må på plass."
VIEW = "Jeg støtter det."
DRAFT = {MEETING: "draft"}


def story(**changes: Any) -> Story:
    asks = AnswerHabit(question="Får vi lokaler?", view=VIEW)
    values: dict[str, Any] = {
        "programme": Path(),
        "starts": datetime(2026, 9, 21, 7),  # noqa: DTZ001 - A local wall time.
        "longest_days": 1,
        "packages": {HOME: asks},
        "otherwise": AnswerHabit(),
        "assessments": {"a-dal": WORDS},
    }
    return Story(**{**values, **changes})


@pytest.fixture
async def site(database: Database) -> Site:
    """A draft that its local lead may go through."""
    world = AgendaWorld(database)
    await world.open()
    await world.answer(HOME, "home-lead", question="Får vi lokaler?")
    await world.close()
    await world.report("compile")
    return Site(world)


async def assessors(site: Site, **changes: Any) -> Assessors:
    cast: Any = Sandbox(await site.of("lead"))
    return Assessors(PUBLIC, cast, site.world.programme, story(**changes), on=site.world.clock.now())


async def test_the_draft_is_gone_through_once_and_the_report_says_what_its_lead_said(site: Site) -> None:
    lead = await assessors(site)

    done = [await lead.go_through(reports) for reports in ({}, DRAFT, DRAFT)]

    status_round = await site.world.store.find_round(MEETING)
    assert status_round is not None
    site.world.clock.time = status_round.release_at
    await site.world.report("release")
    released = await site.world.record.newest(MEETING)
    assert done == [0, 1, 0]
    assert released is not None
    assert isinstance(released.content, BoardReport)
    assert (released.content.assessment, released.content.as_is) == (WORDS, False)
    assert [item.view for item in released.content.wanted] == [VIEW]
    ledger = await read_ledger(site.world.database)
    assert ledger.assessed == (MEETING,)
    assert ledger.series[HOME] == ("a-dal",)


async def test_an_assessment_that_is_not_taken_stops_the_demo(site: Site) -> None:
    lead = await assessors(site, assessments={"a-dal": "En. To. Tre. Fire."})

    with pytest.raises(StageError, match="422"):
        await lead.go_through(DRAFT)


async def test_a_story_without_assessments_leaves_drafts_alone(site: Site) -> None:
    lead = await assessors(site, assessments={}, summing_up="Alt går bra.")

    assert await lead.go_through(DRAFT) == 0
