"""A power cut anywhere between the close and the copy: exactly one report, complete, announced once."""

from collections.abc import Callable
from typing import Any

import pytest

from integration.database.connection import Database
from tests.workflows.papers.reports.site import Killed
from tests.workflows.papers.reports.test_handlers import ReportWorld
from tests.workflows.status.rounds import MEETING

STEPS = ("compile", "draft", "release", "publish")


def cut(world: ReportWorld, name: str, *, before: bool) -> None:
    """Cut the power at the first call of the record's method *name*: before it wrote, or just after."""
    write: Callable[..., Any] = getattr(world.record, name)

    async def stopped(*args: Any, **values: Any) -> Any:
        setattr(world.record, name, write)
        if not before:
            await write(*args, **values)
        raise Killed

    setattr(world.record, name, stopped)


async def run_all(world: ReportWorld) -> None:
    """Run the units as the engine does: what was stopped is run again."""
    for step in STEPS:
        try:
            await world.report(step)
        except Killed:
            await world.report(step)


@pytest.mark.parametrize("name", ["draft", "release", "note_published"])
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_a_power_cut_leaves_one_report_that_is_told_once(database: Database, name: str, before: bool) -> None:
    world = ReportWorld(database)
    await world.reach_release()
    cut(world, name, before=before)

    await run_all(world)
    await run_all(world)

    report = await world.record.newest(MEETING)
    assert report is not None
    assert (report.version, report.is_released) == (1, True)
    assert report.pdf is not None
    assert await world.record.states() == {MEETING: report.state}
    assert len([card for _, card, _ in world.bot.posted if "Rapporten er klar" in str(card)]) == 1
    assert len(world.mailer.to("chair@county.example")) == 1
    assert len(world.site.pages) == len(world.site.files) == len(world.site.rows) == 1
