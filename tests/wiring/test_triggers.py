"""
The host's triggers on a real queue (Azurite): messages lost, doubled, late, poisonous; queue and database away.

On PostgreSQL the functions themselves are played, which the real Python worker library has indexed and calls; on
SQLite, and where that library is not, what is behind them.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from config.settings import MICROSOFT, Part, Settings
from engine.units import LEASE
from integration.database.units import SQLUnits, UnitState, UnitView
from integration.unit_queue import LONGEST_HIDDEN, UnitQueue, message_for, unit_in
from tests.clocks import NOON, RestfulClock
from tests.support import azurite as azurite_support
from tests.support import postgres
from tests.support.azurite import MOST_READS, POISON, UNITS, Azurite, QueueHost, running_azurite
from tests.support.triggers import Functions, Ground, Way, directly, ground, way
from wiring import triggers
from wiring.process import Services
from wiring.triggers import GRACE, TIMER_PERIOD
from workflows.errors import Invalid, Transient
from workflows.ports.units import SET_ASIDE, Done, DueUnit, History, Outcome, Parked

__all__ = ["ground", "way"]

UNIT = DueUnit(key="test.work:Bø", due_at=NOON)
NO_QUEUE = "http://127.0.0.1:9/account?sig=none"
HERE: dict[str, Any] = dict.fromkeys((*MICROSOFT, "public_url"), "http://127.0.0.1:9")
"""Microsoft's addresses and the Door's on this machine, where nobody answers: no test looks at the real ones."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(scope="module")
def azurite() -> Iterator[Azurite]:
    if reason := azurite_support.why_missing():
        pytest.skip(reason)
    with running_azurite() as found:
        yield found


@dataclass
class Worker:
    """A worker of the Functions host, whose units only note that they ran."""

    services: Services
    functions: Functions
    host: QueueHost
    clock: RestfulClock
    ran: list[str] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    """The ends of the runs to come; Done when there is none."""

    @property
    def units(self) -> SQLUnits:
        return self.services.record.units

    async def make_due(self, *units: DueUnit) -> None:
        await self.units.make_due(units)
        if self.services.record.queue is not None:
            await self.services.record.queue.settle()

    async def run(self, unit: DueUnit, history: History) -> Outcome:
        self.ran.append(unit.key)
        return self.outcomes.pop(0) if self.outcomes else Done()

    async def unit(self) -> UnitView:
        return next(unit for unit in await self.units.list_units() if unit.key == UNIT.key)


@asynccontextmanager
async def working(url: str, queue_url: str, way: Way = directly) -> AsyncIterator[Worker]:
    services = Services(Settings(database_url=url, queue_url=queue_url, part=Part.HANDS, **HERE), name="test")
    clock = RestfulClock()
    services.outside.__dict__["clock"] = clock
    with way(services) as functions:
        host = QueueHost(queue_url or NO_QUEUE, {UNITS: functions.due, POISON: functions.poison})
        worker = Worker(services, functions, host, clock)
        services.__dict__["handlers"] = {"test.work": worker.run}
        yield worker
    await worker.host.close()
    await services.close()


@pytest.fixture
async def worker(azurite: Azurite, ground: Ground) -> AsyncIterator[Worker]:
    async with working(ground.database_url, azurite.url, ground.way) as found:
        await found.host.create_queues()
        yield found
        await found.host.clear()


async def test_a_unit_that_becomes_due_is_run_by_its_message_once(worker: Worker) -> None:
    await worker.make_due(UNIT)

    assert await worker.host.deliver_all() == 1
    assert worker.ran == [UNIT.key]
    assert (await worker.unit()).state is UnitState.DONE


async def test_a_message_runs_no_other_unit(worker: Worker) -> None:
    other = DueUnit(key="test.work:other", due_at=NOON)
    await worker.make_due(UNIT, other)
    await worker.host.clear()
    await worker.host.put(message_for(other.key))

    await worker.host.deliver_all()

    assert worker.ran == [other.key]


async def test_a_doubled_message_finds_nothing_to_do(worker: Worker) -> None:
    await worker.make_due(UNIT)
    await worker.host.put(message_for(UNIT.key))

    assert await worker.host.deliver_all() == 2
    assert worker.ran == [UNIT.key]


async def test_a_message_is_hidden_until_its_unit_is_due(worker: Worker) -> None:
    await worker.make_due(DueUnit(key=UNIT.key, due_at=NOON + HOUR))

    assert await worker.host.waiting() == 1
    assert await worker.host.deliver_all() == 0


@pytest.mark.parametrize("key", [UNIT.key, "test.work:gone"], ids=["not due yet", "gone"])
async def test_a_message_that_comes_too_early_or_too_late_changes_nothing(worker: Worker, key: str) -> None:
    await worker.make_due(DueUnit(key=UNIT.key, due_at=NOON + HOUR))
    await worker.host.put(message_for(key))

    await worker.host.deliver_all()

    assert worker.ran == []
    assert (await worker.unit()).state is UnitState.WAITING


async def test_a_parked_unit_sends_its_next_message(worker: Worker) -> None:
    await worker.make_due(UNIT)
    worker.outcomes.append(Parked(until=NOON + HOUR, note="waits"))

    assert await worker.host.deliver_all() == 1

    assert await worker.host.waiting() == 1
    assert (await worker.unit()).due_at == NOON + HOUR


async def test_a_lost_message_is_found_by_the_timer(worker: Worker) -> None:
    await worker.make_due(UNIT)
    await worker.host.clear()
    worker.clock.advance(GRACE)

    await worker.functions.tick()
    await worker.host.deliver_all()

    assert worker.ran == [UNIT.key]


@pytest.mark.parametrize(
    ("waited", "told"),
    [(triggers.OLD - timedelta(seconds=1), []), (triggers.OLD, [("queue.old", 1, 900)])],
    ids=["a while", "a quarter of an hour"],
)
async def test_work_that_has_been_due_for_long_is_told(
    worker: Worker, waited: timedelta, told: list[tuple[str, int, int]]
) -> None:
    """The alert `queue-old` asks the log for it."""
    await worker.make_due(UNIT)
    worker.clock.advance(waited)

    with capture_logs() as entries:
        await worker.functions.tick()

    late = [entry for entry in entries if entry["event"] == "queue.old"]
    assert [(entry["event"], entry["units"], entry["seconds"]) for entry in late] == told


async def test_the_timer_leaves_alone_what_is_on_its_way_held_or_done(worker: Worker) -> None:
    done, held = (DueUnit(key=f"test.work:{name}", due_at=NOON - HOUR) for name in ("done", "held"))
    await worker.make_due(done, held)
    await worker.host.clear()
    await worker.units.claim("other", now=NOON, lease_until=NOON + LEASE, limit=1, only=[held.key])
    await worker.host.put(message_for(done.key))
    await worker.host.deliver_all()
    await worker.make_due(UNIT)
    await worker.host.clear()

    await worker.functions.tick()

    assert await worker.host.waiting() == 0


async def test_what_is_due_later_than_a_queue_hides_gets_its_message_from_the_timer(worker: Worker) -> None:
    due_at = NOON + LONGEST_HIDDEN + MINUTE
    await worker.make_due(DueUnit(key=UNIT.key, due_at=due_at))
    assert await worker.host.waiting() == 0
    worker.clock.advance(due_at - NOON - TIMER_PERIOD)

    await worker.functions.tick()

    assert await worker.host.waiting() == 1


async def test_a_unit_whose_worker_died_is_taken_over_when_its_lease_has_ended(worker: Worker) -> None:
    await worker.make_due(UNIT)
    await worker.units.claim("dead", now=NOON, lease_until=NOON + LEASE, limit=1)
    await worker.host.deliver_all()
    assert worker.ran == []

    worker.clock.advance(LEASE)
    await worker.functions.tick()
    await worker.host.deliver_all()

    assert worker.ran == [UNIT.key]


# ------------------------------------------------------------------------------------------------------------ poison


async def test_a_unit_that_stops_its_workers_becomes_a_failed_unit_with_what_to_do(worker: Worker) -> None:
    await worker.make_due(UNIT)
    await worker.host.clear()
    await worker.host.put(message_for(UNIT.key), name=POISON)

    await worker.host.deliver_all(POISON)

    unit = await worker.unit()
    assert (unit.state, unit.note) == (UnitState.FAILED, SET_ASIDE)
    await worker.make_due(UNIT)
    await worker.host.deliver_all()
    assert worker.ran == [UNIT.key]


async def test_a_unit_is_not_set_aside_while_somebody_holds_it(worker: Worker) -> None:
    await worker.make_due(UNIT)
    await worker.units.claim("other", now=NOON, lease_until=NOON + LEASE, limit=1)
    await worker.host.put(message_for(UNIT.key), name=POISON)

    await worker.host.deliver_one(POISON)
    assert await worker.host.waiting(POISON) == 1
    assert (await worker.unit()).state is UnitState.WAITING
    worker.clock.advance(LEASE)
    await worker.host.deliver_all(POISON)

    assert (await worker.unit()).state is UnitState.FAILED


async def test_a_unit_that_was_done_meanwhile_is_not_set_aside(worker: Worker) -> None:
    await worker.make_due(UNIT)
    await worker.host.deliver_all()

    await worker.functions.poison(message_for(UNIT.key).encode())

    assert (await worker.unit()).state is UnitState.DONE


@pytest.mark.parametrize(
    "body",
    [
        *("no JSON", "[]", "{}", '{"unit": 3}', '{"unit": ""}'),
        pytest.param('{"unit": "test.work:B\\u0000"}', id="NUL"),
        pytest.param('{"unit": "test.work:B\\ud800"}', id="half a pair"),
        pytest.param(message_for("x" * 201), id="too long"),
        pytest.param("[" * 30_000, id="too deep"),
        pytest.param('{"unit": ' + "1" * 5_000 + "}", id="too many digits"),
    ],
)
async def test_a_message_that_names_no_unit_is_set_aside_and_harms_nothing(worker: Worker, body: str) -> None:
    await worker.make_due(UNIT)
    await worker.host.put(body)

    assert await worker.host.deliver_all() == MOST_READS + 1
    assert await worker.host.deliver_all(POISON) == 1

    assert worker.ran == [UNIT.key]
    assert await worker.host.waiting(POISON) == 0


def test_a_message_is_ascii_and_says_the_unit_whatever_its_name() -> None:
    message = message_for("kind:Bø\x01")

    assert json.loads(message) == {"unit": "kind:Bø\x01"}
    assert message.isascii()
    assert unit_in(message.encode()) == "kind:Bø\x01"
    with pytest.raises(Invalid):
        unit_in(b"\xff")


# -------------------------------------------------------------------------------------------------------------- outages


async def test_a_queue_that_is_away_for_an_hour_stops_nothing(ground: Ground) -> None:
    if reason := azurite_support.why_missing():
        pytest.skip(reason)
    with running_azurite() as azurite:
        async with working(ground.database_url, azurite.url, ground.way) as worker:
            azurite.stop()
            await worker.make_due(UNIT)
            worker.outcomes.append(Parked(until=NOON + HOUR, note="waits"))
            worker.clock.advance(TIMER_PERIOD)
            await worker.functions.tick()
            assert worker.ran == [UNIT.key]

            worker.clock.advance(HOUR)
            azurite.start()
            await worker.host.create_queues()
            await worker.functions.tick()
            await worker.host.deliver_all()

            assert worker.ran == [UNIT.key] * 2
            assert (await worker.unit()).state is UnitState.DONE


async def test_a_queue_that_does_not_answer_says_so_to_who_waits_for_it() -> None:
    queue = UnitQueue(NO_QUEUE, "hands", RestfulClock())

    with pytest.raises(Transient):
        await queue.send([UNIT])
    await queue.close()


async def test_a_connection_that_the_queue_has_closed_meanwhile_loses_no_message() -> None:
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        if len(asked) > 1:
            at = "Mon, 07 Sep 2026 10:00:00 GMT"
            told = {
                "MessageId": "1",
                "InsertionTime": at,
                "ExpirationTime": at,
                "PopReceipt": "1",
                "TimeNextVisible": at,
            }
            message = "".join(f"<{name}>{value}</{name}>" for name, value in told.items())
            body = f"<QueueMessagesList><QueueMessage>{message}</QueueMessage></QueueMessagesList>"
            head = "HTTP/1.1 201 Created\r\nContent-Type: application/xml\r\nConnection: close\r\n"
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        queue = UnitQueue(f"http://127.0.0.1:{port}/account?sig=none", "", RestfulClock())
        await queue.send([UNIT])
        await queue.close()

    assert [line.partition(b" ")[0] for line in asked] == [b"POST", b"POST"]


async def test_a_database_that_is_away_for_a_minute_is_not_held_against_a_unit(way: Way, azurite: Azurite) -> None:
    if reason := postgres.why_missing():
        pytest.skip(reason)
    with postgres.running_server() as server, postgres.new_database(server.url) as url:
        async with working(url, azurite.url, way) as worker:
            await worker.host.create_queues()
            await worker.services.record.database.migrate()
            await worker.make_due(UNIT)
            server.stop()

            for _ in range(MOST_READS + 1):
                await worker.host.put(message_for(UNIT.key))
                await worker.host.deliver_all()
            assert await worker.host.waiting(POISON) == 0
            server.start()

            worker.clock.advance(MINUTE + GRACE)
            await worker.functions.tick()
            await worker.host.deliver_all()
            assert worker.ran == [UNIT.key]
            await worker.host.clear()


async def test_without_a_queue_a_database_that_is_away_is_the_host_s_to_repeat(way: Way) -> None:
    async with working("postgresql+psycopg://nobody@127.0.0.1:9/none", "", way) as worker:
        with pytest.raises(Exception, match="connection"):
            await worker.functions.due(message_for(UNIT.key).encode())


async def test_without_a_queue_the_timer_runs_what_is_due(way: Way, database_url: str) -> None:
    async with working(database_url, "", way) as worker:
        await worker.make_due(UNIT)

        await worker.functions.tick()

        assert worker.ran == [UNIT.key]


async def test_the_doctor_counts_what_waits_and_what_was_given_up(worker: Worker) -> None:
    await worker.host.put(message_for(UNIT.key))
    await worker.host.put(message_for(UNIT.key), name=POISON)
    await worker.host.put("[]", name=POISON)

    findings = await worker.services.jobs.operations.look_around()

    (queue,) = [item for item in findings if item.rule.startswith("queue_")]
    assert (queue.rule, queue.values) == ("queue_poison", {"waiting": 1, "given_up": 2})


async def test_the_doctor_tells_that_the_queue_does_not_answer(database_url: str) -> None:
    async with working(database_url, NO_QUEUE) as worker:
        findings = await worker.services.jobs.operations.look_around()

    (queue,) = [item for item in findings if item.rule.startswith("queue_")]
    assert (queue.rule, queue.fails) == ("queue_silent", True)
