"""Calendars, own pages and moves ask the same few questions however many rounds lie behind."""

from pathlib import Path

from benchmarks.history import write_history
from benchmarks.own_meetings import measure
from benchmarks.pages import country


async def test_no_question_is_added_by_the_years(tmp_path: Path) -> None:
    async with country(2, tmp_path) as (services, programme):
        counted = []
        for rounds in (2, 12):
            await write_history(services.record.database, programme, rounds, services.clock.now())
            figures = await measure(services, programme, times=1)
            counted.append({(item.what, item.person): item.statements for item in figures})

    few, many = counted
    assert few == many
    assert max(many.values()) <= 13, many
