"""The sweep asks the record as often for a country as for a handful of municipalities, and does no work on the loop."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

import pytest

from benchmarks.country import write_country
from benchmarks.history import write_history
from benchmarks.pages import counted_statements
from config.loading import load_documents
from config.settings import Settings
from integration.database import connection
from tests.clocks import StillClock
from wiring.process import Services
from workflows.sweep import Planner

NOW = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)
CALLS_EACH = 30
"""Calls on the loop that a planner may add for each municipality: it names keys. Work on one takes hundreds."""
FEW, MANY = 2, 12


class Cost(NamedTuple):
    """Statements, calls on the loop's thread, and units of one planner."""

    statements: int
    calls: int
    units: int


@contextmanager
def counted_calls() -> Iterator[list[str]]:
    """Note the Python functions that this thread, and no other, calls meanwhile."""
    noted: list[str] = []

    def note(frame: FrameType, what: str, _argument: Any) -> None:
        if what == "call":
            noted.append(frame.f_code.co_qualname)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield noted
    finally:
        sys.setprofile(before)


@pytest.fixture
async def services(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    """A service whose first write looks at the schema, and no later one, however long the test takes."""
    monkeypatch.setattr(connection, "SCHEMA_CHECK_INTERVAL", inf)
    settings = Settings(
        database_url=database_url, bot_id="bot", hands_id="hands", builder_id="builder", organizer=("m@fylke.example",)
    )
    services = Services(settings, name="test")
    services.outside.__dict__["clock"] = StillClock(NOW)
    yield services
    await services.close()


async def swept(services: Services, folder: Path, municipalities: int, rounds: int) -> dict[str, Cost]:
    """Return the cost of each planner, the second time that it is asked."""
    write_country(folder, municipalities)
    programme = await services.record.register.save(load_documents(folder))
    await write_history(services.record.database, programme, rounds, NOW)
    found = {}
    for planner in services.sweep.planners:
        await services.record.units.make_due(await planner())
        found[planner.__qualname__] = await _measured(services, planner)
    return found


async def _measured(services: Services, planner: Planner) -> Cost:
    with counted_statements() as statements, counted_calls() as calls:
        units = await planner()
        await services.record.units.make_due(units)
    return Cost(len(statements), len(calls), len(units))


async def test_a_sweep_asks_as_often_for_many_municipalities_as_for_few_and_works_beside_the_loop(
    services: Services, tmp_path: Path
) -> None:
    few = await swept(services, tmp_path / "few", FEW, 2)
    many = await swept(services, tmp_path / "many", MANY, 2)

    assert {name: cost.statements for name, cost in many.items()} == {
        name: cost.statements for name, cost in few.items()
    }
    added = {name: cost.calls - few[name].calls for name, cost in many.items()}
    assert {name: calls for name, calls in added.items() if calls > CALLS_EACH * (MANY - FEW)} == {}
    assert sum(cost.units for cost in many.values()) > sum(cost.units for cost in few.values()) + MANY


async def test_a_sweep_asks_as_often_after_many_rounds_as_after_few(services: Services, tmp_path: Path) -> None:
    few = await swept(services, tmp_path, FEW, 2)
    many = await swept(services, tmp_path, FEW, 12)

    assert {name: cost.statements for name, cost in many.items()} == {
        name: cost.statements for name, cost in few.items()
    }
    added = {name: cost.calls - few[name].calls for name, cost in many.items()}
    assert {name: calls for name, calls in added.items() if calls > CALLS_EACH * 10} == {}
