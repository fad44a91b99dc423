"""The triggers among clocks that differ, orders that come meanwhile, and a queue that is slow."""

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from engine.units import LEASE, LONGEST_RUN
from integration.database.units import UnitState
from integration.unit_queue import message_for
from tests.clocks import NOON
from tests.support.azurite import POISON
from tests.support.triggers import ground, way
from tests.wiring.test_triggers import HOUR, UNIT, Worker, azurite, worker
from wiring import triggers
from wiring.triggers import GRACE, SKEW
from workflows.ports.units import DueUnit

__all__ = ["azurite", "ground", "way", "worker"]

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("ahead", "messages"),
    [
        pytest.param(timedelta(milliseconds=50), 1, id="a little"),
        pytest.param(SKEW, 1, id="as far as clocks differ"),
        pytest.param(SKEW + timedelta(milliseconds=1), 0, id="further: it is a message that came too early"),
    ],
)
async def test_a_unit_of_a_sender_whose_clock_is_ahead_gets_a_new_message(
    worker: Worker, ahead: timedelta, messages: int
) -> None:
    await worker.make_due(DueUnit(key=UNIT.key, due_at=NOON + ahead))
    await worker.host.clear()
    await worker.host.put(message_for(UNIT.key))

    assert await worker.host.deliver_all() == 1

    assert worker.ran == []
    assert await worker.host.waiting() == messages


async def test_its_new_message_runs_it(worker: Worker) -> None:
    await worker.make_due(DueUnit(key=UNIT.key, due_at=NOON + timedelta(milliseconds=50)))
    await worker.functions.due(message_for(UNIT.key).encode())
    worker.clock.advance(timedelta(seconds=1))

    await worker.functions.due(message_for(UNIT.key).encode())

    assert worker.ran == [UNIT.key]


async def test_a_unit_that_is_set_aside_waits_for_what_was_ordered_meanwhile(worker: Worker) -> None:
    await worker.make_due(UNIT)
    await worker.units.claim("dead", now=NOON, lease_until=NOON + LEASE, limit=1)
    await worker.make_due(DueUnit(key=UNIT.key, due_at=NOON + HOUR))
    await worker.host.clear()
    worker.clock.advance(LEASE)
    await worker.host.put(message_for(UNIT.key), name=POISON)

    await worker.host.deliver_all(POISON)

    unit = await worker.unit()
    assert (unit.state, unit.due_at) == (UnitState.WAITING, NOON + HOUR)
    assert await worker.host.waiting() == 1


async def test_nobody_is_woken_for_a_unit_that_was_done_meanwhile(worker: Worker) -> None:
    """The alert `poison` asks the log for what was set aside."""
    await worker.make_due(UNIT)
    await worker.host.deliver_all()
    await worker.host.put(message_for(UNIT.key), name=POISON)

    with capture_logs() as entries:
        await worker.host.deliver_all(POISON)

    assert entries == []
    assert await worker.host.waiting(POISON) == 0


async def test_a_queue_that_takes_too_long_counts_as_away(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    async def take_for_ever(units: Sequence[DueUnit]) -> None:
        await asyncio.Event().wait()

    await worker.make_due(UNIT)
    await worker.host.clear()
    worker.clock.advance(GRACE)
    monkeypatch.setattr(worker.services.record.queue, "send", take_for_ever)
    monkeypatch.setattr(triggers, "SENDING", timedelta(milliseconds=10))

    with capture_logs() as entries:
        await worker.functions.tick()

    assert worker.ran == [UNIT.key]
    assert "queue.away" in [entry["event"] for entry in entries]


def test_the_timer_ends_within_the_host_s_time_for_a_function() -> None:
    host = json.loads((ROOT / "host.json").read_text("utf-8"))
    hours, minutes, seconds = map(int, host["functionTimeout"].split(":"))

    # It sends, begins units, waits for the last of them, and waits for the messages of what became due.
    longest = triggers.SENDING + triggers.RUNNING + LONGEST_RUN + triggers.SENDING
    assert longest < timedelta(hours=hours, minutes=minutes, seconds=seconds)
