"""A report's files and page are made beside the loop, which meanwhile answers people. No time is measured."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import documents
from integration.database.connection import Database
from tests.workflows.papers.reports.test_handlers import ReportWorld
from tests.workflows.status.rounds import MEETING
from workflows.papers.reports.model import ReportState

FOLDER = str(Path(documents.__file__).parent)
MAIL = "mail.py"
"""Mails are short, and written where they are planned."""


@contextmanager
def noted_documents() -> Iterator[set[str]]:
    """Note the modules that write documents, as far as this thread, and no other, runs them meanwhile."""
    noted: set[str] = set()

    def note(frame: FrameType, what: str, _argument: Any) -> None:
        if what == "call" and frame.f_code.co_filename.startswith(FOLDER):
            noted.add(Path(frame.f_code.co_filename).name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield noted
    finally:
        sys.setprofile(before)


@pytest.fixture
async def world(database: Database) -> ReportWorld:
    world = ReportWorld(database)
    await world.reach_release()
    return world


async def test_a_report_is_released_and_published_beside_the_loop(world: ReportWorld) -> None:
    with noted_documents() as on_the_loop:
        await world.report("release")
        await world.report("publish")

    report = await world.record.newest(MEETING)
    assert report is not None
    assert report.state is ReportState.PUBLISHED
    assert report.pdf
    assert world.site.pages
    assert on_the_loop <= {MAIL}
