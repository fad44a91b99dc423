"""A unit's pass over the messages that wait: one that does not leave keeps no other waiting."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from integration.database.connection import Database
from tests.clocks import StillClock
from tests.workflows.status.rounds import OPENS, World
from workflows.errors import Throttled, Transient
from workflows.messages.delivery import MAX_PASS, Delivery, least_tried_first
from workflows.messages.model import Content, Message, MessageState, Surface
from workflows.ports.units import Done, Parked

FIRST, SECOND = "first@county.example", "second@county.example"
SILENCE = Transient("send a mail", "no answer")


def mail_to(email: str) -> Message:
    content = Content(email=email, name="Leder", address=email, subject="Hei", text="Hei", html="<p>Hei</p>")
    return Message(key=f"test/{email}", kind="test", surface=Surface.EMAIL, due_at=OPENS, content=content)


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.messages.plan([mail_to(FIRST), mail_to(SECOND)])
    return world


async def test_a_mailbox_that_does_not_answer_keeps_nobody_else_waiting(world: World) -> None:
    world.mailer.faults[FIRST] = SILENCE
    delivery = Delivery(world.outbox, world.clock)

    assert not await delivery.attempt(mail_to(FIRST))
    assert await delivery.attempt(mail_to(SECOND))

    with pytest.raises(Transient, match="no answer"):
        delivery.end()
    assert list(world.mailer.sent) == [f"test/{SECOND}"]
    [waiting] = await world.messages.list_messages(states=[MessageState.PLANNED])
    assert (waiting.content.email, waiting.tries, waiting.failure) == (FIRST, 1, str(SILENCE))


async def test_a_pass_ends_where_each_try_takes_long(world: World) -> None:
    class HastyClock(StillClock):
        """Time passes at each look, as it does while nobody answers."""

        def now(self) -> datetime:
            self.advance(MAX_PASS)
            return self.time

    world.mailer.down = SILENCE
    delivery = Delivery(world.outbox, HastyClock(OPENS))
    assert not await delivery.attempt(mail_to(FIRST))

    with pytest.raises(Transient):
        await delivery.attempt(mail_to(SECOND))


async def test_a_wait_that_the_service_names_ends_the_pass_at_once(world: World) -> None:
    world.mailer.faults[FIRST] = Throttled("send a mail", "too many", retry_after=timedelta(minutes=5))

    with pytest.raises(Throttled):
        await Delivery(world.outbox, world.clock).attempt(mail_to(FIRST))


async def test_the_last_surface_never_fails_by_silence(world: World) -> None:
    world.mailer.faults[FIRST] = SILENCE
    for _ in range(50):
        [message] = await world.messages.list_messages(keys=[f"test/{FIRST}"])
        with pytest.raises(Transient):
            await world.outbox.deliver(message)

    [message] = await world.messages.list_messages(keys=[f"test/{FIRST}"])
    assert (message.state, message.tries, message.is_overdue) == (MessageState.PLANNED, 50, True)


async def test_a_unit_comes_back_for_the_message_whose_time_comes_first(world: World) -> None:
    delivery = Delivery(world.outbox, world.clock)
    later, sooner = (Parked(until=OPENS + timedelta(hours=hours), note="waits") for hours in (5, 2))
    delivery.wait(later)
    delivery.wait(sooner)

    assert delivery.end() == sooner
    assert Delivery(world.outbox, world.clock).end() == Done()


def test_those_that_have_failed_least_come_first() -> None:
    often = replace(mail_to(FIRST), reference={"tries": 3})

    assert least_tried_first([often, mail_to(SECOND)]) == [mail_to(SECOND), often]
