"""Work of the Functions host's triggers.

Run the unit that a message names, set aside what fails it, find what was lost, and see that the Door can work.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from config.settings import Part
from workflows.errors import OutsideError, Transient
from workflows.ports.units import SET_ASIDE, DueUnit

if TYPE_CHECKING:
    from wiring.process import Services

TIMER_PERIOD = timedelta(minutes=5)
"""The time between two looks for what was lost."""
GRACE = timedelta(minutes=1)
"""The time that the queue is given before a due unit counts as lost."""
OLD = timedelta(minutes=15)
"""The time past which somebody is told that due work is not done: the timer has sent its messages twice meanwhile."""
MOST_LOST = 1_000
"""Messages that one look sends at most; the next one sends the others."""
READY = 200
DATABASE_PAUSE = timedelta(minutes=1)
"""The time after which a unit is tried again that could not be looked up."""
SKEW = timedelta(seconds=2)
"""The difference of two machines' clocks that costs a unit no turn of the timer."""
SENDING = timedelta(minutes=1)
"""Real time that the queue gets to take what is sent at once; a slow one counts as away."""
RUNNING = timedelta(minutes=3)
"""The time for which the timer begins units itself. With what runs then, it ends within the host's functionTimeout."""

log = structlog.get_logger()


async def run_named(services: "Services", message: bytes) -> None:
    """
    Run the unit that a message names, under its lease; one that is not due yet, held or gone is left alone.

    A database that is away, or whose schema is not this version's, is no fault of the unit: it gets a new message, and
    does not come nearer to being set aside.
    One that is due in a moment gets a new message, too: the clock of who made it due is ahead of ours.

    Raises Invalid for a message that names no unit.
    """
    from integration.database.away import AWAY
    from integration.unit_queue import unit_in

    key = unit_in(message)
    looked = services.clock.now()
    try:
        if not await services.create_engine().run_due(only=[key]):
            await _send_again(services, key, looked)
    except AWAY as exc:
        log.warning("unit.database_away", unit=key, error=type(exc).__name__)
        if services.record.queue is None:
            raise
        await services.record.queue.send([DueUnit(key=key, due_at=services.clock.now())], not_before=DATABASE_PAUSE)
    finally:
        await _settle(services)


async def set_aside(services: "Services", message: bytes) -> None:
    """
    Turn a message that the host gave up into a failed unit, which people see with what to do.

    Raises StillHeld while somebody holds the unit, so that the host comes again. A message without a unit is logged;
    one whose unit was carried out meanwhile is let go.
    """
    from integration.unit_queue import unit_in
    from workflows.errors import Invalid

    try:
        key = unit_in(message)
    except Invalid:
        log.error("queue.unreadable", size=len(message))
        return
    if await services.record.units.set_aside(key, now=services.clock.now(), note=SET_ASIDE):
        log.error("unit.set_aside", unit=key)
    await _settle(services)


async def find_lost(services: "Services") -> None:
    """
    Send the messages of units that have waited too long; where there is no queue, or it is away, run what is due.

    What the host's time for a function does not suffice for is left to the next look. A database that is away is
    logged, and the host told of it.
    """
    from integration.database.away import AWAY

    try:
        await _find_lost(services)
    except AWAY as exc:
        log.error("engine.store_failed", error=type(exc).__name__)
        raise


async def _find_lost(services: "Services") -> None:
    queue = services.record.queue
    if queue is None:
        await _run_due(services)
        return
    # Else a message would be sent, every time, for a unit that nobody can claim.
    await services.record.database.check_schema()
    now = services.clock.now()
    lost = await services.record.units.list_lost(now=now, grace=GRACE, ahead=TIMER_PERIOD, limit=MOST_LOST)
    oldest = max((now - min(unit.due_at for unit in lost)).total_seconds(), 0) if lost else 0
    services.outside.telemetry.oldest_work(oldest)
    log.info("queue.looked", units=len(lost))
    if old := [unit for unit in lost if unit.due_at <= now - OLD]:
        log.warning("queue.old", units=len(old), seconds=round(oldest))
    try:
        async with asyncio.timeout(SENDING.total_seconds()):
            await queue.send(lost)
    except (Transient, TimeoutError):
        log.warning("queue.away", lost=len(lost))
        await _run_due(services)
    finally:
        await _settle(services)


async def watch_door(services: "Services") -> None:
    """
    Ask the Door at its public address whether it can work, and log what it says or that it says nothing.

    A Door that is dead tells nobody itself. An app that does it all would only ask itself.
    """
    from integration.surroundings import HTTPSurroundings

    if services.settings.part is not Part.HANDS:
        return
    try:
        seen = await HTTPSurroundings(services.record.database).ready(services.settings.public_url)
    except OutsideError as exc:
        log.warning("web.not_ready", missing="answer", error=type(exc).__name__)
        return
    if seen.status != READY:
        log.warning("web.not_ready", missing=seen.missing or "answer", status=seen.status)


async def _run_due(services: "Services") -> None:
    await services.create_engine().run_due(until=services.clock.now() + RUNNING)


async def _send_again(services: "Services", key: str, looked: datetime) -> None:
    """Send the message of a unit that was not due yet when we *looked*, but was so for who sent it."""
    if services.record.queue is None:
        return
    soon = await services.record.units.list_lost(now=looked, grace=GRACE, ahead=SKEW, limit=1, only=key)
    await services.record.queue.send(soon)


async def _settle(services: "Services") -> None:
    """
    Wait until the messages of what became due are sent: the host may stop a worker that does nothing.

    Not for long: what a queue does not take by then the timer finds.
    """
    if services.record.queue is not None:
        with suppress(TimeoutError):
            async with asyncio.timeout(SENDING.total_seconds()):
                await services.record.queue.settle()
