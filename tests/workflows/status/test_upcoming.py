"""Messages to rounds are seen before they leave: the next round's requests, and the next reminder."""

from datetime import timedelta

import pytest

from integration.database.connection import Database
from tests.workflows.status.rounds import GUEST, HOME, MEETING, OPENS, STARTS, World
from workflows.messages.model import Surface
from workflows.status.model import RequestState
from workflows.status.plan import REMINDER, REQUEST, request_id

DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def test_a_round_that_has_not_opened_is_seen_with_its_messages(world: World) -> None:
    await world.plan_meeting()
    world.clock.time = OPENS - 10 * DAY

    (sending,) = await world.upcoming.list_sendings()
    messages = await world.upcoming.messages_of(sending)

    assert (sending.notice.kind, sending.at, sending.municipality) == (REQUEST, OPENS, "a-dal")
    assert [item.content.email for item in messages] == [
        "home.lead@county.example",
        "guest.lead@nav.example",
        "lead@county.example",
    ]
    assert {item.due_at for item in messages} == {OPENS}
    assert "Pakken bro" in messages[1].content.subject
    assert messages[1].content.text.startswith("Hei!")


async def test_looking_plans_nothing_and_gives_nobody_a_link(world: World) -> None:
    await world.plan_meeting()
    world.clock.time = OPENS - 10 * DAY

    message = await world.upcoming.find_message(MEETING, GUEST)

    assert message is not None
    assert message.surface is Surface.EMAIL
    assert "/svar/" not in message.content.html
    assert "[Gi status]" in message.content.text
    assert not await world.messages.list_messages()


async def test_of_a_board_s_meetings_the_next_round_alone_is_shown(world: World) -> None:
    await world.plan_meeting()
    await world.plan_meeting(STARTS + timedelta(days=28), key="a-dal/2026-12-15")
    world.clock.time = OPENS - 10 * DAY

    assert [item.meeting.key for item in await world.upcoming.list_sendings()] == [MEETING]


async def test_a_round_whose_opening_is_late_is_still_to_come(world: World) -> None:
    await world.plan_meeting()
    world.clock.time = OPENS + DAY

    assert [item.at for item in await world.upcoming.list_sendings()] == [OPENS]


async def test_of_an_open_round_the_next_reminder_is_shown_with_those_who_owe_an_answer(world: World) -> None:
    await world.open()
    await world.answer(HOME, "home-lead")
    world.clock.time = OPENS + DAY

    (sending,) = await world.upcoming.list_sendings()
    reminder = await world.upcoming.find_message(MEETING, GUEST)

    assert (sending.notice.kind, sending.notice.number) == (REMINDER, 1)
    assert request_id(MEETING, HOME) not in {request.id for request in sending.requests}
    assert reminder is not None
    assert (reminder.kind, reminder.due_at) == (REMINDER, sending.at)
    assert await world.upcoming.find_message(MEETING, HOME) is None


async def test_a_round_that_is_closed_reminds_nobody_and_opens_no_more(world: World) -> None:
    await world.open()
    await world.store.close_round(MEETING, unanswered=RequestState.MISSING)

    assert await world.upcoming.list_sendings() == ()
    assert await world.upcoming.find_message(MEETING, GUEST) is None


async def test_a_meeting_that_nobody_has_or_that_is_cancelled_sends_nothing(world: World) -> None:
    await world.plan_meeting()
    await world.move_meeting(STARTS, state="cancelled")

    assert await world.upcoming.list_sendings() == ()
    assert await world.upcoming.find_message(MEETING, GUEST) is None
    assert await world.upcoming.find_message("nowhere/2026-01-01", GUEST) is None
