"""The database away for a while, as everybody meets it: no token for it, or a schema that is another version's."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url
from structlog.testing import capture_logs

from cli import main
from commands.session import DID_NOT_HOLD
from config.settings import MICROSOFT, variable
from integration.database.schema import newest_revision
from integration.database.units import UnitState
from integration.unit_queue import message_for
from tests.support.azurite import MOST_READS, POISON, Azurite
from tests.support.schema import TAKEN_AWAY, change
from tests.wiring.test_triggers import MINUTE, UNIT, Worker, azurite, worker, working
from wiring import triggers
from wiring.triggers import GRACE

__all__ = ["azurite", "worker"]

BY_TOKEN = "postgresql+psycopg://hands@127.0.0.1:9/none?sslmode=require"


# ----------------------------------------------------------------------------------------------------------- no token


@pytest.fixture
def without_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the endpoint of the identity's tokens be one where nobody answers."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "secret")
    monkeypatch.setenv(variable("database_url"), BY_TOKEN)
    for name in MICROSOFT:
        monkeypatch.setenv(variable(name), "http://127.0.0.1:9")


@pytest.fixture
async def unable(azurite: Azurite, without_token: None) -> AsyncIterator[Worker]:
    async with working(BY_TOKEN, azurite.url) as found:
        await found.host.create_queues()
        yield found
        await found.host.clear()


async def test_without_a_token_a_unit_waits_and_is_not_set_aside(unable: Worker) -> None:
    await unable.host.put(message_for(UNIT.key))

    with capture_logs() as entries:
        assert await unable.host.deliver_all() == 1

    assert (await unable.host.waiting(), await unable.host.waiting(POISON)) == (1, 0)
    assert [entry["event"] for entry in entries] == ["database.no_token", "unit.database_away"]


async def test_without_a_token_the_service_says_that_its_database_is_missing(unable: Worker) -> None:
    assert await unable.services.record.not_ready() == "database"


@pytest.mark.usefixtures("without_token")
def test_without_a_token_the_schema_is_not_brought_up_and_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == DID_NOT_HOLD
    assert capsys.readouterr().err == "Databasen svarer ikke som den skal (OperationalError).\n"


@pytest.mark.usefixtures("without_token")
def test_without_a_token_the_doctor_examines_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == DID_NOT_HOLD

    told = capsys.readouterr()
    assert "Databasen svarer ikke" in told.out
    assert told.err == ""


# ------------------------------------------------------------------------------------------- another version's schema


FORGET = "delete from switch where name = 'schema:oldest'"
SET = "update alembic_version set version_num = '{}'"
SCHEMAS = pytest.mark.parametrize(
    "schema",
    [
        pytest.param([SET.format("9999"), TAKEN_AWAY.replace(":revision", "'9999'")], id="newer"),
        pytest.param([SET.format("0001")], id="older"),
    ],
)


@SCHEMAS
async def test_a_unit_waits_while_the_schema_is_another_version_s(
    worker: Worker, schema: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deployment in between, or the version before that was put back: no unit is failed for it."""
    monkeypatch.setattr("integration.database.connection.SCHEMA_CHECK_INTERVAL", 0)
    await worker.make_due(UNIT)
    change(worker.services.settings.database_url, *schema)

    for _ in range(MOST_READS + 1):
        await worker.host.put(message_for(UNIT.key))
        await worker.host.deliver_all()
    assert await worker.host.waiting(POISON) == 0
    change(
        worker.services.settings.database_url,
        SET.format(newest_revision()),
        "delete from switch where name = 'schema:oldest'",
    )

    worker.clock.advance(MINUTE + GRACE)
    await triggers.find_lost(worker.services)
    await worker.host.deliver_all()
    assert worker.ran == [UNIT.key]
    assert (await worker.unit()).state is UnitState.DONE


@SCHEMAS
async def test_a_unit_is_not_set_aside_while_the_schema_is_another_version_s(
    worker: Worker, schema: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its message may have become poison before: the reader leaves it to the version that knows the schema."""
    monkeypatch.setattr("integration.database.connection.SCHEMA_CHECK_INTERVAL", 0)
    await worker.make_due(UNIT)
    change(worker.services.settings.database_url, *schema)
    await worker.host.put(message_for(UNIT.key), name=POISON)

    await worker.host.deliver_one(POISON)

    assert await worker.host.waiting(POISON) == 1
    assert (await worker.unit()).state is UnitState.WAITING


async def test_a_unit_waits_while_the_server_only_reads(azurite: Azurite, postgres_url: str) -> None:
    """A server whose disk is full, or whose place another one takes."""
    change(postgres_url, f'alter database "{make_url(postgres_url).database}" set default_transaction_read_only = on')
    async with working(postgres_url, azurite.url) as worker:
        await worker.host.create_queues()
        await worker.host.put(message_for(UNIT.key))

        await worker.host.deliver_all()

        assert (await worker.host.waiting(), await worker.host.waiting(POISON)) == (1, 0)
        await worker.host.clear()
