"""Feeds, imports, pages and the owner board's summary do a country's work beside the loop, which answers people then.

Counted are the Python functions that the loop's own thread calls: no time is measured.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from math import inf
from pathlib import Path

import httpx
import pytest

from benchmarks.country import write_country
from benchmarks.history import write_history
from benchmarks.pages import signed_in
from config.loading import load_documents
from config.settings import Settings
from integration.database import connection
from tests.clocks import StillClock
from tests.wiring.test_sweep_cost import CALLS_EACH, FEW, MANY, NOW, counted_calls
from tests.workflows.status.rounds import FakeHistory
from wiring.process import Services
from workflows.ports.units import DueUnit

LEAD = "leder-fylket"
"""The county lead, who sits in every board."""


@pytest.fixture
async def services(database_file: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Services]:
    monkeypatch.setattr(connection, "SCHEMA_CHECK_INTERVAL", inf)
    settings = Settings(
        database_url=f"sqlite+aiosqlite:///{database_file}",
        bot_id="bot",
        tenant_id="tenant",
        hands_id="hands",
        builder_id="builder",
        organizer=("moter@fylket.example",),
    )
    services = Services(settings, name="test")
    services.outside.__dict__["clock"] = StillClock(NOW)
    yield services
    await services.close()


Work = Callable[[Services, Path], Awaitable[object]]


async def import_everything(services: Services, folder: Path) -> None:
    # The files are read by a command, before it reaches the record.
    await services.record.register.save(await asyncio.to_thread(load_documents, folder))


async def write_feed(services: Services, _: Path) -> None:
    address = await services.jobs.meetings.personal.feed(LEAD)
    # Something changed, so that it has to be written.
    meeting = (await services.record.meetings.list_meetings("kommune-001"))[-1]
    await services.record.meetings.save(replace(meeting, sequence=meeting.sequence + 1))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(services.web), base_url="http://service") as client:
        answer = await client.get(address)
    assert answer.text.count("BEGIN:VEVENT") >= FEW


async def sum_up(services: Services, _: Path) -> None:
    meeting = (await services.record.meetings.list_meetings("owner-board"))[-1]
    await services.jobs.papers.reports.owner(DueUnit(key=f"report.owner:{meeting.key}", due_at=NOW), FakeHistory())


def reading(address: str) -> Work:
    """Return the work of a page that the county lead reads."""

    async def read(services: Services, _: Path) -> None:
        async with signed_in(services.web, services.settings.public_url) as browsers:
            answer = await browsers[LEAD].get(address)
        assert answer.text.count("kommune-00") >= FEW

    return read


async def calls_on_the_loop(services: Services, folder: Path, municipalities: int, work: Work) -> int:
    """Return the calls of the second time; the first fills what is kept."""
    write_country(folder, municipalities, with_owner_board=True)
    programme = await services.record.register.save(load_documents(folder))
    await write_history(services.record.database, programme, 2, NOW)
    await services.jobs.meetings.booking.plan()
    await work(services, folder)
    with counted_calls() as calls:
        await work(services, folder)
    return len(calls)


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(import_everything, id="an import"),
        pytest.param(write_feed, id="the county lead's feed"),
        pytest.param(sum_up, id="the owner board's summary"),
        pytest.param(reading("/fylket"), id="the county's page"),
        pytest.param(reading("/fylket/kommuner"), id="the register's municipalities"),
        pytest.param(reading("/fylket/utrulling"), id="the rollouts of all places"),
        pytest.param(reading("/fylket/malen"), id="the template against all places"),
        pytest.param(reading("/fylket/utboks"), id="the messages that leave next"),
    ],
)
async def test_work_on_a_country_is_done_beside_the_loop(services: Services, tmp_path: Path, work: Work) -> None:
    few = await calls_on_the_loop(services, tmp_path / "few", FEW, work)
    many = await calls_on_the_loop(services, tmp_path / "many", MANY, work)

    assert many - few <= CALLS_EACH * (MANY - FEW)
