"""The mail with the way to a person's own page leaves when it is asked for, whatever the hour, and once."""

from datetime import timedelta

import pytest

from integration.database.connection import Database
from tests.workflows.status.rounds import OPENS, PUBLIC, World
from workflows.meetings.personal import KIND, own_address, own_mail
from workflows.messages.model import MessageState
from workflows.messages.short_links import LinkMails
from workflows.ports.units import DueUnit, Parked

UNIT = DueUnit(key=f"{KIND}:home-lead", due_at=OPENS)


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    world.clock.time = OPENS.replace(hour=22)
    return world


async def plan(world: World, person: str = "home-lead") -> str:
    address = await own_address(world.links, PUBLIC, person, world.clock.now())
    to = world.programme.person(person)
    await world.messages.plan([own_mail(to, address=address, key=f"{KIND}:{person}/1", now=world.clock.now())])
    return address


def handler(world: World) -> LinkMails:
    return LinkMails(kind=KIND, messages=world.messages, outbox=world.outbox, clock=world.clock)


async def test_it_leaves_at_night_and_a_repeat_sends_nothing(world: World) -> None:
    address = await plan(world)

    for _ in range(2):
        await handler(world).send(UNIT, world.history)

    [mail] = world.mailer.sent.values()
    assert mail.to.email == "home.lead@county.example"
    assert address in mail.html


async def test_nobody_else_s_leaves_with_it(world: World) -> None:
    await plan(world, "lead")

    await handler(world).send(UNIT, world.history)

    assert not world.mailer.sent


async def test_a_paused_one_leaves_later(world: World) -> None:
    await plan(world)
    await world.switches.pause()

    assert await handler(world).send(UNIT, world.history) == Parked(
        until=world.clock.now() + timedelta(hours=1), note="sending is paused"
    )
    [message] = await world.messages.list_messages()
    assert message.state is MessageState.HELD


async def test_the_address_is_the_same_through_a_day_and_bound_to_the_person(world: World) -> None:
    first = await own_address(world.links, PUBLIC, "home-lead", world.clock.now())
    world.clock.advance(timedelta(minutes=30))
    second = await own_address(world.links, PUBLIC, "home-lead", world.clock.now())

    link = await world.links.resolve(first.rpartition("/")[2], "own_meetings")
    assert first == second
    assert link is not None
    assert link.person == "home-lead"
    assert await world.links.resolve(first.rpartition("/")[2], "answer") is None
