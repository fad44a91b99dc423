"""The sweep asks the record as often for a country as for a handful of municipalities."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.country import write_country
from benchmarks.history import write_history
from benchmarks.pages import counted_statements
from config.loading import load_documents
from config.settings import Settings
from tests.clocks import StillClock
from wiring.process import Services

NOW = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
NEITHER_MORE_NOR_LESS = 7


@pytest.mark.parametrize("municipalities", [2, 12])
async def test_open_rounds_are_looked_at_together(database_url: str, tmp_path: Path, municipalities: int) -> None:
    settings = Settings(
        database_url=database_url, bot_id="bot", hands_id="hands", builder_id="builder", organizer=("m@fylke.example",)
    )
    services = Services(settings, name="test")
    services.outside.__dict__["clock"] = StillClock(NOW)
    write_country(tmp_path, municipalities)
    programme = await services.record.register.save(load_documents(tmp_path))
    await write_history(services.record.database, programme, 2, NOW)

    with counted_statements() as counted:
        due = await services.jobs.status.rounds.due_units()

    await services.close()
    assert len([unit for unit in due if unit.key.startswith("status.open:")]) == municipalities
    assert len(counted) == NEITHER_MORE_NOR_LESS
