"""The copy of a released report on its place's site: made once, and made again after what people change there."""

from dataclasses import replace

import pytest

from integration.database.connection import Database
from tests.workflows.papers.reports.site import Killed
from tests.workflows.papers.reports.test_handlers import ReportWorld
from tests.workflows.status.rounds import MEETING
from workflows.ports.units import Parked

PAGE = "rapport-2026-11-17.aspx"
FILE = "Rapporter/Rapport 2026-11-17.pdf"


@pytest.fixture
def world(database: Database) -> ReportWorld:
    return ReportWorld(database)


async def test_a_released_report_stands_on_the_site_with_its_pdf_and_a_row(world: ReportWorld) -> None:
    await world.released()
    await world.report("publish")

    page = world.site.pages[PAGE]
    assert page.published
    assert "Får vi lokaler?" in page.html
    assert FILE in world.site.files
    assert [row["MeetingDate"] for row in world.site.rows.values()] == ["2026-11-17"]
    assert await world.record.report_address(MEETING) == page.url


async def test_publishing_again_writes_nothing(world: ReportWorld) -> None:
    await world.released()
    await world.report("publish")
    world.site.writes.clear()
    await world.report("publish")

    assert world.site.writes == []


@pytest.mark.parametrize("after", range(1, 7))
async def test_a_kill_after_any_write_ends_in_the_same_place(world: ReportWorld, after: int) -> None:
    await world.released()
    world.site.kill_after = after
    try:
        await world.report("publish")
    except Killed:
        world.site.kill_after = None
        await world.report("publish")
    world.site.writes.clear()
    await world.report("publish")

    assert len(world.site.pages) == len(world.site.rows) == len(world.site.files) == 1
    assert world.site.pages[PAGE].published
    assert world.site.writes == []
    assert "report.copy_changed" not in world.history.notes


async def test_a_changed_copy_is_reported_and_written_once_more(world: ReportWorld) -> None:
    await world.released()
    await world.report("publish")
    page = world.site.pages[PAGE]
    for number in (1, 2):
        world.site.pages[PAGE] = replace(page, html="<p>Alt er bra.</p>", changed_by="somebody")
        for _ in range(2):
            await world.report("publish")
        assert world.history.notes.count("report.copy_changed") == number
        assert "Får vi lokaler?" in world.site.pages[PAGE].html
    world.site.writes.clear()
    await world.report("publish")

    assert world.site.writes == []


async def test_what_sharepoint_rewrites_by_itself_is_no_change(world: ReportWorld) -> None:
    await world.released()
    await world.report("publish")
    page = world.site.pages[PAGE]
    world.site.pages[PAGE] = replace(page, html=page.html.replace("<p ", '<p data-mark="1" '))
    world.site.writes.clear()
    for _ in range(2):
        await world.report("publish")

    assert "report.copy_changed" not in world.history.notes
    assert world.site.writes == []


async def test_a_file_that_somebody_replaced_by_one_of_the_same_size_is_written_once_more(world: ReportWorld) -> None:
    await world.released()
    await world.report("publish")
    released = world.site.files[FILE]
    world.site.files[FILE], world.site.authors[FILE] = b"x" * len(released), "somebody"
    for _ in range(2):
        await world.report("publish")

    assert world.history.notes.count("report.copy_changed") == 1
    assert world.site.files[FILE] == released


async def test_a_file_of_the_same_size_that_was_there_before_is_not_taken_for_ours(world: ReportWorld) -> None:
    await world.released()
    stored = await world.record.newest(MEETING)
    assert stored is not None
    world.site.files[FILE] = b"x" * len(stored.pdf or b"")

    await world.report("publish")

    assert world.site.files[FILE] == stored.pdf
    assert "report.copy_changed" not in world.history.notes


async def test_a_copy_from_before_authors_were_noted_is_left_as_it_is(world: ReportWorld) -> None:
    await world.released()
    await world.report("publish")
    stored = await world.record.newest(MEETING)
    assert stored is not None
    before = {**stored.published, "file": {"url": stored.published["file"]["url"]}}
    await world.record.note_published(stored, before, finished=True)
    world.site.writes.clear()
    await world.report("publish")

    assert world.site.writes == []
    noted = await world.record.newest(MEETING)
    assert noted is not None
    assert noted.published["file"]["by"] == "us"


async def test_publishing_waits_for_a_place_that_is_not_made_yet(world: ReportWorld) -> None:
    await world.released()
    del world.things.things["site"]

    assert isinstance(await world.report("publish"), Parked)
