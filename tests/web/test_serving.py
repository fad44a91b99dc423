"""`vareunge serve` as a real process: how it ends, and a database that it cannot work with."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from integration.database.connection import create_database
from integration.database.register import SQLRegister
from integration.database.schema import newest_revision
from integration.database.units import SQLUnits, UnitState, UnitView
from tests.clocks import StillClock
from tests.support.open_round import open_round
from tests.support.patience import waiting_for
from tests.support.rollout import PLACE, START, small
from tests.support.sandbox import RunningSandbox, running_sandbox
from tests.support.schema import TAKEN_AWAY
from tests.support.serving import Ended, Served, served, start
from workflows.ports.units import DueUnit

DAY = timedelta(days=1)
ROLLOUT = f"rollout.place:{PLACE}"


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox() as sandbox:
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        yield sandbox


@pytest.fixture
def environment(sandbox: RunningSandbox, database_url: str) -> dict[str, str]:
    clock = {"VAREUNGE_CLOCK_URL": f"{sandbox.url}/_sandbox/clock"}
    return {**sandbox.env, **clock, "VAREUNGE_DATABASE_URL": database_url, "VAREUNGE_LOG_LEVEL": "ERROR"}


# ---------------------------------------------------------------------------------------------------------- how it ends


async def order_rollout(database_url: str) -> None:
    database = create_database(database_url)
    await SQLRegister(database, StillClock(START)).save(small(), then=(DueUnit(key=ROLLOUT, due_at=START),))
    await database.close()


async def rollout_unit(database_url: str) -> UnitView:
    database = create_database(database_url)
    (unit,) = [unit for unit in await SQLUnits(database).list_units() if unit.key == ROLLOUT]
    await database.close()
    return unit


async def test_a_service_told_to_stop_in_the_middle_of_a_rollout_ends_and_goes_on_at_its_next_start(
    sandbox: RunningSandbox, environment: dict[str, str], database_url: str
) -> None:
    """Graph holds a request for as long as it likes: nobody waits for that answer."""
    await order_rollout(database_url)
    rule = {"match": {"method": "POST", "path": "/teams$"}, "do": "hold", "phase": "before"}
    await sandbox.control("POST", "faults", [rule])
    async with served(environment) as service:
        async with waiting_for("the request that is held"):
            while not (await sandbox.control("GET", "faults"))["held"]:  # noqa: ASYNC110 - It is another process.
                await asyncio.sleep(0.02)

        ended = await service.stop()

    stopped = await rollout_unit(database_url)
    assert (ended.code, ended.said) == (0, [])
    assert (stopped.state, stopped.held, stopped.due_at <= START + DAY) == (UnitState.WAITING, False, True)
    await sandbox.control("POST", "faults", {"release": True})
    await sandbox.control("DELETE", "faults")
    async with served(environment), waiting_for("the end of the rollout"):
        while (unit := await rollout_unit(database_url)).state is UnitState.WAITING:  # noqa: ASYNC110 - As above.
            await asyncio.sleep(0.1)
    assert unit.state is UnitState.DONE


# ------------------------------------------------------------------------------------- a database it cannot work with

Mishap = Callable[[Path], None]
DAMAGED = (
    "Registeret i databasen er skadet. Les det inn på nytt: vareunge import MAPPE. "
    "Det første av det som er galt (15): people.yaml: people: 3: ventet en liste"
)


@pytest.fixture
def in_a_file(environment: dict[str, str], database_file: Path) -> dict[str, str]:
    """Return the environment with a file as database, which something happens to."""
    return {**environment, "VAREUNGE_DATABASE_URL": f"sqlite+aiosqlite:///{database_file}"}


@pytest.fixture
async def link(in_a_file: dict[str, str]) -> str:
    """Return the path of the form for a request of an open round."""
    return await open_round(in_a_file["VAREUNGE_DATABASE_URL"])


def door(environment: dict[str, str]) -> dict[str, str]:
    return {**environment, "VAREUNGE_PART": "door"}


async def answer(service: Served, link: str, words: str = "Det jeg skrev") -> httpx.Response:
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as client:
        return await client.post(link, data={"light": "green", "done": words})


async def readiness(service: Served) -> tuple[int, str]:
    async with httpx.AsyncClient(base_url=service.url, trust_env=False, timeout=30) as client:
        response = await client.get("/readyz")
    return response.status_code, response.json().get("missing", "")


def change(file: Path, statement: str, *values: object) -> None:
    """Change the file as another process does."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement, values)


def vanish(file: Path) -> None:
    file.rename(file.with_name("elsewhere.db"))


def replace(file: Path) -> None:
    """Put a copy in its place, as a backup that is brought back while the service runs."""
    vanish(file)
    shutil.copyfile(file.with_name("elsewhere.db"), file)


def make_newer(file: Path) -> None:
    newer = f"{int(newest_revision()) + 1:04}"
    change(file, "update alembic_version set version_num = ?", newer)
    change(file, TAKEN_AWAY.replace(":revision", "?"), newer)


def spoil_register(file: Path) -> None:
    change(file, "update register set data = '{\"people\": 3}' where key = 'people.yaml'")
    change(file, "update register set position = position + 1 where kind = 'version'")


def spoil_file(file: Path) -> None:
    file.write_bytes(b"no database" * 1000)


@pytest.mark.parametrize(
    ("mishap", "missing"),
    [(vanish, "database"), (replace, "database"), (make_newer, "schema"), (spoil_register, "register")],
)
async def test_a_running_service_whose_database_fails_it_is_not_ready_and_thanks_nobody(
    in_a_file: dict[str, str], database_file: Path, link: str, mishap: Mishap, missing: str
) -> None:
    async with served(door(in_a_file)) as service:
        assert await readiness(service) == (200, "")

        mishap(database_file)
        page = await answer(service, link)

        assert await readiness(service) == (503, missing)
        assert page.status_code == 503
        assert "Takk!" not in page.text
        assert "Det jeg skrev" in page.text


async def test_the_service_that_is_well_thanks(in_a_file: dict[str, str], link: str) -> None:
    """Without it the tests above would say nothing."""
    async with served(door(in_a_file)) as service:
        page = await answer(service, link)

    assert "Takk!" in page.text


@pytest.mark.parametrize(
    ("mishap", "told"),
    [
        (make_newer, "Databasen er laget av en nyere versjon av tjenesten. Installer den versjonen."),
        (spoil_file, "Databasen svarer ikke som den skal (DatabaseError)."),
        (spoil_register, DAMAGED),
    ],
)
async def test_a_database_that_it_cannot_work_with_ends_a_start_with_one_sentence(
    in_a_file: dict[str, str], database_file: Path, link: str, mishap: Mishap, told: str
) -> None:
    mishap(database_file)

    assert await start(in_a_file) == Ended(1, [told])
