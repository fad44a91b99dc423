"""The database away for a while, as everybody meets it: no token for it, or a schema that is another version's."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DataError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from structlog.testing import capture_logs

from cli import main
from commands.session import DID_NOT_HOLD
from config.settings import MICROSOFT, variable
from engine.units import LONGEST_DELAY, TRIES
from integration.database.schema import SchemaNewer, newest_revision
from integration.database.units import UnitState
from integration.unit_queue import message_for
from tests.support.azurite import MOST_READS, POISON, Azurite
from tests.support.schema import TAKEN_AWAY, change
from tests.support.triggers import Way, ground, way
from tests.wiring.test_triggers import MINUTE, UNIT, Worker, azurite, worker, working
from wiring.triggers import GRACE
from workflows.ports.units import Done, DueUnit, History, Outcome

__all__ = ["azurite", "ground", "way", "worker"]

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
async def unable(way: Way, azurite: Azurite, without_token: None) -> AsyncIterator[Worker]:
    async with working(BY_TOKEN, azurite.url, way) as found:
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


SET = "update alembic_version set version_num = '{}'"


@pytest.fixture(
    params=[
        pytest.param([SET.format("9999"), TAKEN_AWAY.replace(":revision", "'9999'")], id="newer"),
        pytest.param([SET.format("0001")], id="older"),
    ]
)
async def outpaced(worker: Worker, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Worker:
    """A worker with a unit that is due, on a database of another version's schema."""
    monkeypatch.setattr("integration.database.connection.SCHEMA_CHECK_INTERVAL", 0)
    await worker.make_due(UNIT)
    change(worker.services.settings.database_url, *request.param)
    return worker


async def test_a_unit_waits_while_the_schema_is_another_version_s(outpaced: Worker) -> None:
    """A deployment in between, or the version before that was put back: no unit is failed for it."""
    worker = outpaced

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
    await worker.functions.tick()
    await worker.host.deliver_all()
    assert worker.ran == [UNIT.key]
    assert (await worker.unit()).state is UnitState.DONE


async def test_the_timer_sends_no_messages_while_the_schema_is_another_version_s(outpaced: Worker) -> None:
    """They would come again every minute, and more of them with each of the timer's turns."""
    worker = outpaced
    await worker.host.clear()
    worker.clock.advance(MINUTE + GRACE)

    with capture_logs() as entries, pytest.raises(Exception, match=r"schema|newer version"):
        await worker.functions.tick()

    assert await worker.host.waiting() == 0
    assert "engine.store_failed" in [entry["event"] for entry in entries]


async def test_a_unit_is_not_set_aside_while_the_schema_is_another_version_s(outpaced: Worker) -> None:
    """Its message may have become poison before: the reader leaves it to the version that knows the schema."""
    worker = outpaced
    await worker.host.put(message_for(UNIT.key), name=POISON)

    await worker.host.deliver_one(POISON)

    assert await worker.host.waiting(POISON) == 1
    assert (await worker.unit()).state is UnitState.WAITING


async def test_a_unit_waits_while_the_server_only_reads(way: Way, azurite: Azurite, postgres_url: str) -> None:
    """A server whose disk is full, or whose place another one takes."""
    change(postgres_url, f'alter database "{make_url(postgres_url).database}" set default_transaction_read_only = on')
    async with working(postgres_url, azurite.url, way) as worker:
        await worker.host.create_queues()
        await worker.host.put(message_for(UNIT.key))

        await worker.host.deliver_all()

        assert (await worker.host.waiting(), await worker.host.waiting(POISON)) == (1, 0)
        await worker.host.clear()


# ------------------------------------------------------------------------------------------ away from what a unit does


async def run_due(worker: Worker) -> None:
    await worker.services.create_engine().run_due(only=[UNIT.key])


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(OperationalError("select 1", {}, Exception()), id="no answer"),
        pytest.param(InterfaceError("select 1", {}, Exception()), id="no line"),
        pytest.param(NoConnectionFree(), id="no connection free"),
        pytest.param(InternalError("insert", {}, Exception()), id="reads only"),
        pytest.param(SchemaNewer(), id="a newer schema"),
    ],
)
async def test_a_unit_waits_for_a_database_that_leaves_it_alone_at_work(worker: Worker, error: Exception) -> None:
    tries: list[str] = []

    async def work(unit: DueUnit, _: History) -> Outcome:
        tries.append(unit.key)
        if len(tries) <= 2 * TRIES:
            raise error
        return Done()

    worker.services.__dict__["handlers"] = {"test.work": work}
    await worker.make_due(UNIT)
    waited = []
    for _ in range(2 * TRIES):
        await run_due(worker)
        waited.append(await worker.unit())
        worker.clock.advance(LONGEST_DELAY)
    await run_due(worker)

    assert {(unit.state, unit.note) for unit in waited} == {
        (UnitState.WAITING, f"could not use the database: {type(error).__name__}")
    }
    assert (await worker.unit()).state is UnitState.DONE


async def test_a_connection_that_ends_at_work_costs_one_run(azurite: Azurite, postgres_url: str) -> None:
    end = "select pg_terminate_backend(pg_backend_pid())"
    ends = [end, "select 1"]

    async with working(postgres_url, azurite.url) as worker:

        async def work(*_: object) -> Outcome:
            statement = ends.pop(0)
            await worker.services.record.database.write(
                lambda connection: connection.exec_driver_sql(statement).close()
            )
            return Done()

        worker.services.__dict__["handlers"] = {"test.work": work}
        await worker.host.create_queues()
        await worker.make_due(UNIT)
        await run_due(worker)
        assert (await worker.unit()).state is UnitState.WAITING
        worker.clock.advance(MINUTE)
        await run_due(worker)

        assert (await worker.unit()).state is UnitState.DONE
        await worker.host.clear()


async def test_what_the_database_refuses_is_the_unit_s_own_fault(worker: Worker) -> None:
    async def work(*_: object) -> Outcome:
        raise DataError("insert", {}, Exception())

    worker.services.__dict__["handlers"] = {"test.work": work}
    await worker.make_due(UNIT)
    for _ in range(TRIES):
        await run_due(worker)
        worker.clock.advance(LONGEST_DELAY)

    assert ((await worker.unit()).state, (await worker.unit()).note) == (UnitState.FAILED, "unexpected DataError")
