"""The notice of a report costs the same however many notices were sent before."""

from benchmarks.pages import counted_statements
from integration.database.connection import Database
from tests.workflows.papers.reports.test_handlers import ReportWorld


async def test_what_a_board_was_told_is_looked_up_by_key(database: Database) -> None:
    world = ReportWorld(database)
    await world.released()

    with counted_statements() as statements:
        await world.report("release")

    looked_up = [item.partition("WHERE")[2] for item in statements if "FROM message" in item]
    assert looked_up
    assert all(condition.strip().startswith('message."key" IN') for condition in looked_up)
