"""Notices to the local lead about a round, and the progress of its requests."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from config.programme import Programme
from config.values import Assignment, Role
from integration.database.connection import Database
from tests.workflows.status.rounds import GUEST, HOME, MEETING, ORPHAN, PUBLIC, STARTS, World, deadline_of
from workflows.errors import Refused
from workflows.messages.model import MessageState
from workflows.ports.mail import Mail
from workflows.ports.units import Done, Parked
from workflows.status.model import RequestStage
from workflows.status.plan import missing_told_at, request_id
from workflows.working_days import WorkCalendar

LEAD = "lead@county.example"
FIRST_REMINDER = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)
LAST_REMINDER = datetime(2026, 11, 5, 7, 0, tzinfo=UTC)
TWO_WORKING_DAYS_BEFORE = datetime(2026, 11, 4, 7, 0, tzinfo=UTC)
DEADLINE_DAY = datetime(2026, 11, 6, 7, 0, tzinfo=UTC)


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.open()
    return world


async def stages(world: World) -> dict[str, RequestStage]:
    overview = await world.rounds.results.overview(MEETING)
    assert overview is not None
    return {line.work_package: line.stage for line in overview.lines}


def lead_mails(world: World) -> list[Mail]:
    return world.mailer.to(LEAD)


async def remind(world: World) -> None:
    for number, moment in enumerate((FIRST_REMINDER, LAST_REMINDER), start=1):
        world.clock.time = moment
        await world.run("status.remind", f"{MEETING}/{number}")


# ------------------------------------------------------------------------------------------------ what did not arrive


async def test_the_lead_hears_once_what_did_not_arrive_and_what_was_used_instead(world: World) -> None:
    world.bot.faults["open_chat"] = [Refused("open a chat", "not installed")]
    await world.run("status.send")
    await world.run("status.send")

    [mail] = lead_mails(world)
    assert "Pakken arena: Chatten i Teams tok ikke imot meldingen til Leder arena." in mail.html
    assert "Appen kan mangle, eller den er fjernet eller blokkert." in mail.html
    assert "Vi skrev i kanalen i Teams i stedet." in mail.html
    assert "not installed" not in mail.html


async def test_a_bot_that_was_removed_is_followed_by_the_next_surface_at_the_reminder(world: World) -> None:
    await world.run("status.send")
    assert not lead_mails(world)
    world.clock.time = FIRST_REMINDER
    world.bot.faults["post_card"] = [Refused("post a card", "MessageWritesBlocked")]
    world.bot.faults["open_chat"] = [Refused("open a chat", "not installed")]

    await world.run("status.remind", f"{MEETING}/1")

    assert world.bot.posted[-2][0] == "19:board"
    assert len(lead_mails(world)) == 1


async def test_nothing_is_told_of_what_a_rehearsal_keeps_back(database: Database) -> None:
    world = World(database, allowed=frozenset({"home.lead@county.example", LEAD}))
    await world.open()
    world.bot.faults["open_chat"] = [Refused("open a chat", "not installed")]
    await world.run("status.send")

    [mail] = lead_mails(world)
    assert "Chatten i Teams" in mail.html
    assert "Kanalen i Teams tok" not in mail.html


# ------------------------------------------------------------------------------------------------- who does not answer


async def test_the_lead_hears_once_who_has_not_answered_two_working_days_before_the_deadline(world: World) -> None:
    await world.run("status.send")
    await world.answer(GUEST, "guest-lead")
    world.clock.time = FIRST_REMINDER
    await world.run("status.remind", f"{MEETING}/1")

    assert (await world.due())[f"status.escalate:{MEETING}"] == TWO_WORKING_DAYS_BEFORE
    assert await world.run("status.escalate") == Parked(
        until=TWO_WORKING_DAYS_BEFORE, note="gives people time to answer"
    )
    world.clock.time = TWO_WORKING_DAYS_BEFORE
    await world.run("status.escalate")
    await world.run("status.escalate")

    [mail] = lead_mails(world)
    assert "Vi har ikke fått status for Pakken arena, enda vi har minnet om det." in mail.html
    assert "Ta gjerne kontakt med Leder arena" in mail.html
    assert "Pakken bro" not in mail.html
    # The lead is asked for this one in person, and needs nobody to call.
    assert f"Pakken {ORPHAN}" not in mail.html


async def test_the_lead_has_a_button_for_each_package_that_opens_its_form_for_them(world: World) -> None:
    await world.run("status.send")
    world.clock.time = TWO_WORKING_DAYS_BEFORE
    await world.run("status.escalate")

    [mail] = lead_mails(world)
    assert "Vi har ikke fått status for Pakken bro. Ta gjerne" in mail.html
    links = re.findall(rf'href="{PUBLIC}/svar/([^"]+)" style="display[^>]*>Svar for Pakken (\w+)<', mail.html)
    assert [package for _, package in links] == [HOME, GUEST]
    for token, package in links:
        link = await world.links.resolve(token, "answer")
        assert link is not None
        assert (link.subject, link.person) == (request_id(MEETING, package), "lead")


@pytest.mark.parametrize(
    ("deadline", "told"),
    [
        pytest.param(date(2026, 11, 6), datetime(2026, 11, 4, 7, 0, tzinfo=UTC), id="a Friday"),
        pytest.param(date(2026, 11, 9), datetime(2026, 11, 5, 7, 0, tzinfo=UTC), id="a Monday"),
        pytest.param(date(2027, 3, 30), datetime(2027, 3, 18, 7, 0, tzinfo=UTC), id="after Easter"),
    ],
)
def test_the_two_days_are_days_on_which_messages_leave(world: World, deadline: date, told: datetime) -> None:
    assert missing_told_at(deadline_of(deadline), WorkCalendar(world.programme, "a-dal")) == told


async def test_the_lead_hears_nothing_when_all_have_answered(world: World) -> None:
    await world.answer(GUEST, "guest-lead")
    await world.answer(HOME, "home-lead")
    world.clock.time = DEADLINE_DAY

    assert await world.run("status.escalate") == Done()
    assert not lead_mails(world)


async def test_after_an_outage_the_lead_is_not_woken_at_night(world: World) -> None:
    world.clock.time = DEADLINE_DAY - timedelta(hours=4)

    assert await world.run("status.escalate") == Parked(until=DEADLINE_DAY, note="waits for sending hours")
    assert not lead_mails(world)


# ------------------------------------------------------------------------------------------------------ what is lifted


async def test_the_lead_hears_of_a_question_once(world: World) -> None:
    await world.answer(HOME, "home-lead", question="Hvem betaler?", proposal="Fylket")
    assert f"status.lifted:{request_id(MEETING, HOME)}" in await world.due()
    for _ in range(2):
        await world.run("status.lifted", request_id(MEETING, HOME))

    [mail] = lead_mails(world)
    assert mail.subject == "Pakken arena ber styret om en avgjørelse"
    assert "Spørsmål: Hvem betaler?" in mail.html
    assert "Forslag: Fylket" in mail.html


async def test_the_lead_hears_that_a_question_has_no_proposal(world: World) -> None:
    await world.answer(HOME, "home-lead", question="Hvem betaler?")
    await world.run("status.lifted", request_id(MEETING, HOME))

    [mail] = lead_mails(world)
    assert "Arbeidspakken foreslår ikke noe vedtak." in mail.html


async def test_another_question_is_told_and_a_withdrawn_one_is_not(world: World) -> None:
    await world.answer(HOME, "home-lead", question="Hvem betaler?")
    await world.answer(HOME, "home-lead")
    await world.run("status.lifted", request_id(MEETING, HOME))
    assert not lead_mails(world)

    await world.answer(HOME, "home-lead", question="Når da?")
    await world.run("status.lifted", request_id(MEETING, HOME))
    assert len(lead_mails(world)) == 1


async def test_who_lifts_it_on_behalf_needs_no_message(world: World) -> None:
    await world.answer(HOME, "lead", question="Hvem betaler?")
    await world.run("status.lifted", request_id(MEETING, HOME))

    assert not lead_mails(world)


async def test_a_question_at_night_is_told_in_the_morning(world: World) -> None:
    world.clock.time = datetime(2026, 10, 30, 18, 0, tzinfo=UTC)  # Friday evening
    await world.answer(HOME, "home-lead", question="Hvem betaler?")

    outcome = await world.run("status.lifted", request_id(MEETING, HOME))

    assert outcome == Parked(until=datetime(2026, 11, 2, 7, 0, tzinfo=UTC), note="waits for sending hours")


# ------------------------------------------------------------------------------------------------------ how far it is


async def test_every_stage_of_a_request_can_be_seen(world: World) -> None:
    assert await stages(world) == {
        HOME: RequestStage.PLANNED,
        GUEST: RequestStage.PLANNED,
        ORPHAN: RequestStage.PLANNED,
    }

    await world.run("status.send")
    await world.answer(GUEST, "guest-lead")
    assert await stages(world) == {
        HOME: RequestStage.SENT,
        GUEST: RequestStage.ANSWERED,
        ORPHAN: RequestStage.SENT,
    }

    await remind(world)
    await world.answer(GUEST, "guest-lead", light="red")
    assert await stages(world) == {
        HOME: RequestStage.REMINDED,
        GUEST: RequestStage.CORRECTED,
        ORPHAN: RequestStage.REMINDED,
    }

    world.clock.time = DEADLINE_DAY
    await world.run("status.escalate")
    assert (await stages(world))[HOME] is RequestStage.ESCALATED

    world.clock.time = deadline_of(date(2026, 11, 6))
    await world.run("status.close")
    assert await stages(world) == {
        HOME: RequestStage.MISSING,
        GUEST: RequestStage.CORRECTED,
        ORPHAN: RequestStage.MISSING,
    }


async def test_the_overview_says_who_was_reached_how_and_who_answered_for_whom(world: World) -> None:
    world.bot.faults["open_chat"] = [Refused("open a chat", "not installed")]
    await world.run("status.send")
    await world.answer(HOME, "lead", question="Hvem betaler?")

    overview = await world.rounds.results.overview(MEETING)

    assert overview is not None
    line = next(line for line in overview.lines if line.work_package == HOME)
    assert (line.surfaces, line.failed_on, line.on_behalf, line.lifts) == (("channel",), ("personal",), True, True)
    assert overview.answer_rate == pytest.approx(1 / 3)
    # When somebody answered, let alone how long it took, is nobody's business.
    assert not any("at" in name.split("_") for name in line.__dataclass_fields__)


# -------------------------------------------------------------------------------------------------- when things change


async def test_everybody_who_owes_hears_once_that_a_meeting_moved(world: World) -> None:
    await world.run("status.send")
    await world.answer(GUEST, "guest-lead")
    await world.move_meeting(STARTS + timedelta(days=7))
    await world.run("status.open")
    assert f"status.moved:{MEETING}" in await world.due()

    await world.run("status.moved")
    await world.run("status.moved")

    told = await world.messages.list_messages(kind="moved")
    assert {message.person: message.state for message in told} == {
        "home-lead": MessageState.SENT,
        "lead": MessageState.SENT,
    }
    assert "Ny frist: status for Pakken arena innen 13. november" in world.bot.posted[-2][2]
    assert not lead_mails(world)


async def test_a_meeting_that_moves_before_anybody_was_asked_is_no_news(world: World) -> None:
    await world.move_meeting(STARTS + timedelta(days=7))
    await world.run("status.open")
    await world.run("status.moved")

    assert not await world.messages.list_messages(kind="moved")


async def test_a_reminder_that_went_out_is_not_sent_again_after_a_move(world: World) -> None:
    await world.run("status.send")
    world.clock.time = FIRST_REMINDER
    await world.run("status.remind", f"{MEETING}/1")
    posted = len(world.bot.posted)
    await world.move_meeting(STARTS + timedelta(days=7))
    world.clock.time = FIRST_REMINDER + timedelta(days=7)

    await world.run("status.remind", f"{MEETING}/1")

    assert len(world.bot.posted) == posted


async def test_the_card_of_a_former_lead_says_who_is_asked_now(world: World) -> None:
    await world.run("status.send")
    assert await world.rounds.due_units()
    others = tuple(item for item in world.programme.assignments if item.work_package != HOME)
    taken_over = (*others, Assignment(person="stranger", role=Role.WORK_PACKAGE_LEAD, work_package=HOME))
    world.programme = world.programme.model_copy(update={"assignments": taken_over})
    request = request_id(MEETING, HOME)
    assert f"status.refresh:{request}" in {unit.key for unit in await world.rounds.due_units()}

    await world.run("status.refresh", request)

    [(where, card)] = world.bot.updated
    assert where == "chat:home-id"
    assert "En annen gir status for arbeidspakken nå." in str(card)


async def test_the_card_of_a_lead_whose_role_ended_asks_for_nothing_any_more(world: World) -> None:
    await world.run("status.send")
    world.programme = nobody_leads(world)
    request = request_id(MEETING, HOME)
    assert f"status.refresh:{request}" in {unit.key for unit in await world.rounds.due_units()}

    await world.run("status.refresh", request)

    [(where, card)] = world.bot.updated
    assert where == "chat:home-id"
    assert "Du leder ikke denne arbeidspakken lenger." in str(card)
    assert "Action." not in str(card)


async def test_nobody_is_asked_or_reminded_whose_role_has_ended(world: World) -> None:
    world.programme = nobody_leads(world)
    await world.run("status.send")
    await remind(world)

    assert not world.bot.posted
    assert not world.mailer.sent
    waiting = await world.messages.list_messages(states=[MessageState.PLANNED])
    assert not waiting


def nobody_leads(world: World) -> Programme:
    """The programme after every role in it has ended."""
    return world.programme.model_copy(update={"assignments": ()})


async def test_a_card_says_who_answered_when_it_was_somebody_else(world: World) -> None:
    await world.run("status.send")
    await world.answer(HOME, "lead")

    await world.run("status.refresh", request_id(MEETING, HOME))

    [(_, card)] = world.bot.updated
    assert "har svart på vegne av Leder arena." in str(card)


async def test_an_outage_of_two_days_is_caught_up_without_doubles_and_not_at_night(world: World) -> None:
    """The service was down from before the opening until the night after the first reminder was due."""
    world.clock.time = FIRST_REMINDER + timedelta(hours=14)
    units = [f"status.send:{MEETING}", f"status.remind:{MEETING}/1"]
    for unit in units * 2:
        outcome = await world.run(*unit.split(":"))
        assert isinstance(outcome, Parked)
    assert not world.mailer.sent
    assert not world.bot.posted

    world.clock.time = FIRST_REMINDER + timedelta(days=1)
    for unit in units * 2:
        assert await world.run(*unit.split(":")) == Done()
    assert await world.run("status.remind", f"{MEETING}/2") == Parked(until=LAST_REMINDER, note="reminds later")
    # Asked late is not reminded in the same breath.
    assert len([where for where, _, _ in world.bot.posted if where == "chat:home-id"]) == 1
