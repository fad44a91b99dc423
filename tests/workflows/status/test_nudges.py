"""Reminders by hand: who can get one, and that each goes out once a day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from integration.database.connection import Database
from tests.workflows.status.rounds import GUEST, HOME, MEETING, OPENS, World
from workflows.ports.units import Done
from workflows.status.nudges import Nudge, Obstacle, chosen, nudge_unit, plan_nudges
from workflows.status.plan import REMINDER, request_id

DAY = timedelta(days=1)


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.open()
    return world


async def nudges(world: World) -> dict[str, Nudge]:
    """Return what can be sent now, by the work package."""
    requests = await world.store.list_requests(MEETING)
    messages = await world.messages.list_messages(requests=[request.id for request in requests])
    found = plan_nudges(world.programme, requests, messages, now=world.clock.now())
    packages = {request.id: request.work_package for request in requests}
    return {packages[nudge.request]: nudge for nudge in found}


async def remind(world: World, package: str) -> None:
    now = world.clock.now()
    unit = nudge_unit(request_id(MEETING, package), today=world.programme.today(now), now=now)
    await world.run("status.nudge", unit.key.partition(":")[2])


async def reminders(world: World) -> list[str | None]:
    return [item.person for item in await world.messages.list_messages(kind=REMINDER) if item.sent_at]


async def test_nobody_is_reminded_of_what_they_have_not_heard_of(world: World) -> None:
    assert (await nudges(world))[HOME].obstacle is Obstacle.NOT_ASKED


async def test_nobody_is_reminded_on_the_day_of_the_request(world: World) -> None:
    await world.run("status.send")

    found = await nudges(world)

    assert found[HOME].obstacle is Obstacle.JUST_WRITTEN
    assert found[HOME].heard_at == OPENS


async def test_a_package_that_nobody_leads_reminds_nobody(world: World) -> None:
    world.programme = world.programme.model_copy(update={"assignments": ()})

    assert (await nudges(world))[HOME].obstacle is Obstacle.NOBODY


async def test_the_next_day_those_who_owe_an_answer_can_be_reminded_and_only_those(world: World) -> None:
    await world.run("status.send")
    await world.answer(GUEST, "guest-lead")
    world.clock.time = OPENS + DAY

    found = await nudges(world)

    assert GUEST not in found
    assert found[HOME].obstacle is None
    assert found[HOME].person == "Leder arena"


async def test_a_reminder_by_hand_goes_to_that_person_alone_and_once_a_day(world: World) -> None:
    await world.run("status.send")
    world.clock.time = OPENS + DAY

    await remind(world, HOME)
    await remind(world, HOME)

    assert await reminders(world) == ["home-lead"]
    assert (await nudges(world))[HOME].obstacle is Obstacle.JUST_WRITTEN


async def test_another_day_is_another_reminder(world: World) -> None:
    await world.run("status.send")
    for days in (1, 2):
        world.clock.time = OPENS + days * DAY
        await remind(world, HOME)

    assert await reminders(world) == ["home-lead", "home-lead"]


@pytest.mark.parametrize("subject", ["gone/20261020", f"{request_id(MEETING, HOME)}/soon", ""])
async def test_a_reminder_of_nothing_is_none(world: World, subject: str) -> None:
    assert await world.run("status.nudge", subject) == Done(note="no such request")


def test_a_form_reminds_those_it_names_and_nobody_who_cannot_be() -> None:
    ready = Nudge(request="m/a", package="A", person="Leder", heard_at=OPENS)
    asked = Nudge(request="m/b", package="B", person="Leder", heard_at=None, obstacle=Obstacle.NOT_ASKED)
    other = replace(ready, request="m/c")

    typed = [("request", "m/a"), ("request", "m/b"), ("request", "elsewhere/x"), ("csrf", "m/c")]

    assert chosen([ready, asked, other], typed) == (ready,)
