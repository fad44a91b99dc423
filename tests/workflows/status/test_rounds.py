"""A status round from its opening to its close, over a real database, with fakes of Teams and mail."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from config.values import Assignment, Role
from integration.database.connection import Database
from tests.workflows.status.rounds import GUEST, HOME, MEETING, OPENS, ORPHAN, PUBLIC, STARTS, World, deadline_of
from workflows.errors import NotFound, OutcomeUnknown, Refused, Throttled, Transient
from workflows.messages.model import MessageState, Surface
from workflows.ports.accounts import AccountKind
from workflows.ports.bot import Conversation, Posted
from workflows.ports.units import Done, Parked
from workflows.status.answering import ByAccount
from workflows.status.model import EscalationState, RequestState, RoundState
from workflows.status.plan import REQUEST, message_key, request_id

DEADLINE = deadline_of(date(2026, 11, 6))  # D−10 is a Saturday
DAY = timedelta(days=1)


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def test_a_round_opens_once_with_one_request_for_each_running_package(world: World) -> None:
    await world.open()
    await world.run("status.open")

    requests = await world.store.list_requests(MEETING)
    assert {request.work_package: request.person for request in requests} == {
        HOME: "home-lead",
        GUEST: "guest-lead",
        ORPHAN: "lead",
    }
    assert len(await world.messages.list_messages()) == 3


async def test_opening_makes_the_round_s_work_due(world: World) -> None:
    await world.open()

    due = await world.due()
    assert due[f"status.send:{MEETING}"] == OPENS
    assert due[f"status.close:{MEETING}"] == DEADLINE
    assert [key for key in due if key.startswith("status.remind")] == [
        f"status.remind:{MEETING}/1",
        f"status.remind:{MEETING}/2",
    ]


async def test_a_round_does_not_open_early_and_not_after_its_deadline(world: World) -> None:
    await world.plan_meeting()
    world.clock.time = OPENS - DAY
    assert await world.run("status.open") == Parked(until=OPENS, note="opens later")

    world.clock.time = DEADLINE
    assert isinstance(await world.run("status.open"), Done)
    assert await world.store.find_round(MEETING) is None


async def test_a_round_that_has_nobody_to_ask_waits_for_a_package(world: World) -> None:
    await world.plan_meeting()
    complete = world.programme
    world.programme = complete.model_copy(update={"work_packages": (), "assignments": ()})
    world.clock.time = OPENS
    assert await world.run("status.open") == Parked(until=OPENS + DAY, note="nobody to ask")
    assert await world.store.find_round(MEETING) is None

    world.programme, world.clock.time = complete, OPENS + DAY
    await world.run("status.open")
    assert len(await world.store.list_requests(MEETING)) == 3


async def test_a_round_that_nobody_joined_opens_empty_before_its_deadline_so_that_its_report_comes(
    world: World,
) -> None:
    await world.plan_meeting()
    world.programme = world.programme.model_copy(update={"work_packages": (), "assignments": ()})
    world.clock.time = DEADLINE - 2 * DAY

    await world.run("status.open")

    assert await world.store.find_round(MEETING) is not None


async def test_each_person_is_told_once_where_they_are(world: World) -> None:
    await world.open()
    await world.run("status.send")
    await world.run("status.send")

    assert world.bot.chats == ["home-id", "lead-id"]
    assert [mail.to.email for mail in world.mailer.sent.values()] == ["guest.lead@nav.example"]


async def test_the_board_is_called_by_its_own_name(world: World) -> None:
    board = world.programme.local_board("a-dal")
    renamed = board.model_copy(update={"name": "Lederteamet i Å-dal"})
    bodies = tuple(renamed if item.key == board.key else item for item in world.programme.bodies)
    world.programme = world.programme.model_copy(update={"bodies": bodies})
    await world.open()
    await world.run("status.send")

    assert world.mailer.sent
    for mail in world.mailer.sent.values():
        assert "Lederteamet i Å-dal møtes tirsdag 17. november 2026." in mail.html
        assert "Styret i" not in mail.html


async def test_the_mail_carries_the_person_s_own_link(world: World) -> None:
    await world.open()
    await world.run("status.send")

    [mail] = world.mailer.sent.values()
    token = mail.html.split(f"{PUBLIC}/svar/")[1].split('"')[0]
    link = await world.links.resolve(token, "answer")
    assert link is not None
    assert (link.subject, link.person) == (request_id(MEETING, GUEST), "guest-lead")


@pytest.mark.parametrize("fault", [Refused("open a chat", "no app"), NotFound("open a chat", "gone")])
async def test_a_chat_that_fails_is_followed_by_the_channel_at_once(world: World, fault: Exception) -> None:
    await world.open()
    world.bot.faults["open_chat"] = [fault]
    await world.run("status.send")

    assert world.bot.posted[0][0] == "19:board"
    overview = await world.rounds.results.overview(MEETING)
    assert overview is not None
    line = next(line for line in overview.lines if line.work_package == HOME)
    assert (line.surfaces, line.failures) == (("channel",), (str(fault),))


async def test_without_a_team_the_mail_follows(world: World) -> None:
    world.places.things.clear()
    await world.open()
    world.bot.faults["open_chat"] = [Refused("open a chat", "no app"), Refused("open a chat", "no app")]
    await world.run("status.send")

    assert len([key for key in world.mailer.sent if key.startswith("status_request/")]) == 3


async def test_nobody_is_written_to_at_night(world: World) -> None:
    await world.open()
    world.clock.time = datetime(2026, 10, 30, 18, 0, tzinfo=UTC)  # Friday evening

    outcome = await world.run("status.send")

    assert outcome == Parked(until=datetime(2026, 11, 2, 7, 0, tzinfo=UTC), note="waits for sending hours")
    assert not world.mailer.sent


async def test_a_kill_between_the_intent_and_the_mark_sends_a_card_again_and_names_it(world: World) -> None:
    await world.open()
    killed = KeyboardInterrupt()
    killed.after = True  # type: ignore[attr-defined]
    world.bot.faults["post_card"] = [killed]
    with pytest.raises(KeyboardInterrupt):
        await world.run("status.send")

    await world.run("status.send")

    assert [where for where, _, _ in world.bot.posted] == ["chat:home-id", "chat:home-id", "chat:lead-id"]
    assert [message.person for message in await world.outbox.in_doubt()] == ["home-lead"]
    assert "status.in_doubt" in world.history.notes


async def test_a_lost_answer_leaves_the_message_on_its_way(world: World) -> None:
    await world.open()
    world.bot.faults["post_card"] = [OutcomeUnknown("post a card", "timeout")]
    with pytest.raises(OutcomeUnknown):
        await world.run("status.send")

    states = {message.person: message.state for message in await world.messages.list_messages()}
    assert states["home-lead"] is MessageState.SENDING


@pytest.mark.parametrize(
    "fault", [Throttled("post", "slow down", retry_after=timedelta(seconds=5)), Transient("post", "503")]
)
async def test_a_message_that_did_not_leave_is_not_in_doubt(world: World, fault: Exception) -> None:
    await world.open()
    world.bot.faults["post_card"] = [fault]
    with pytest.raises(Transient):
        await world.run("status.send")
    await world.run("status.send")

    assert not await world.outbox.in_doubt()
    assert len(world.bot.posted) == 2


async def test_a_paused_municipality_hears_nothing_until_it_is_resumed(world: World) -> None:
    await world.open()
    await world.switches.pause("a-dal")

    assert isinstance(await world.run("status.send"), Parked)
    held = await world.messages.list_messages(states=[MessageState.HELD])
    assert len(held) == 3
    assert not world.mailer.sent
    assert not world.bot.posted

    await world.switches.resume("a-dal")
    assert await world.run("status.send") == Done()
    assert len(world.mailer.sent) + len(world.bot.posted) == 3


async def test_a_rehearsal_reaches_only_those_on_the_list(database: Database) -> None:
    world = World(database, allowed=frozenset({"home.lead@county.example"}))
    await world.open()
    world.bot.faults["open_chat"] = [Refused("open a chat", "no app")]

    assert await world.run("status.send") == Done()

    assert [mail.to.email for mail in world.mailer.sent.values()] == ["home.lead@county.example"]
    assert not world.bot.posted
    held = await world.messages.list_messages(states=[MessageState.HELD], kind="status_request")
    assert len(held) == 2


async def test_only_who_has_not_answered_is_reminded(world: World) -> None:
    await world.open()
    await world.run("status.send")
    await world.answer(GUEST, "guest-lead")
    await world.answer(ORPHAN, "lead")
    world.clock.time = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)

    await world.run("status.remind", f"{MEETING}/1")
    await world.run("status.remind", f"{MEETING}/1")

    assert len(world.mailer.sent) == 1
    assert [where for where, _, _ in world.bot.posted] == ["chat:home-id", "chat:lead-id", "chat:home-id"]
    assert "Påminnelse" in world.bot.posted[-1][2]


async def test_a_reminder_goes_where_the_request_got_through(world: World) -> None:
    await world.open()
    world.bot.faults["open_chat"] = [Refused("open a chat", "no app")]
    await world.run("status.send")
    world.clock.time = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)

    await world.run("status.remind", f"{MEETING}/1")

    reminders = await world.messages.list_messages(kind="reminder")
    assert {item.person: item.surface for item in reminders}["home-lead"] is Surface.CHANNEL


async def test_after_an_outage_only_the_last_reminder_is_sent(world: World) -> None:
    await world.open()
    world.clock.time = DEADLINE - timedelta(hours=6)

    assert await world.run("status.remind", f"{MEETING}/1") == Done(note="a later reminder is due")
    assert await world.run("status.remind", f"{MEETING}/2") == Done()


async def test_the_close_marks_who_is_missing_and_ends_the_links(world: World) -> None:
    await world.open()
    await world.run("status.send")
    await world.answer(HOME, "home-lead")
    token = await world.links.issue("answer", request_id(MEETING, GUEST), "guest-lead", OPENS + timedelta(days=90))
    world.clock.time = DEADLINE

    await world.run("status.close")
    await world.run("status.close")

    states = {request.work_package: request.state for request in await world.store.list_requests(MEETING)}
    assert states == {HOME: RequestState.ANSWERED, GUEST: RequestState.MISSING, ORPHAN: RequestState.MISSING}
    assert await world.links.resolve(token, "answer") is None
    assert f"report.compile:{MEETING}" in await world.due()


async def test_the_close_waits_for_the_deadline(world: World) -> None:
    await world.open()

    assert await world.run("status.close") == Parked(until=DEADLINE, note="closes at the deadline")


async def test_an_answer_brings_every_card_up_to_date_once(world: World) -> None:
    await world.open()
    await world.run("status.send")
    await world.answer(HOME, "home-lead")
    assert f"status.refresh:{request_id(MEETING, HOME)}" in await world.due()

    await world.run("status.refresh", request_id(MEETING, HOME))
    await world.run("status.refresh", request_id(MEETING, HOME))

    [(where, card)] = world.bot.updated
    assert where == "chat:home-id"
    assert "Takk! Statusen er lagret" in str(card)


async def test_a_channel_card_shows_the_state_and_calls_nobody_once_answered(world: World) -> None:
    await world.open()
    world.bot.faults["open_chat"] = [Refused("open a chat", "no app")]
    await world.run("status.send")
    assert "<at>" in str(world.bot.posted[0][1])
    await world.answer(HOME, "home-lead", light="yellow")

    await world.run("status.refresh", request_id(MEETING, HOME))

    [(_, card)] = world.bot.updated
    assert "Trenger oppmerksomhet" in str(card)
    assert "<at>" not in str(card)


async def test_cards_say_that_the_round_is_over(world: World) -> None:
    await world.open()
    await world.run("status.send")
    world.clock.time = DEADLINE
    await world.run("status.close")

    await world.run("status.refresh", request_id(MEETING, HOME))

    assert "Statusrunden er avsluttet" in str(world.bot.updated[0][1])


async def test_a_card_that_is_gone_is_no_failure(world: World) -> None:
    await world.open()
    await world.run("status.send")
    await world.answer(HOME, "home-lead")
    world.bot.faults["update_card"] = [NotFound("update a card", "no such activity")]

    assert await world.run("status.refresh", request_id(MEETING, HOME)) == Done()
    assert "status.card_gone" in world.history.notes


@pytest.mark.parametrize("kind", ["status.open", "status.close"], ids=["told of it", "not told of it"])
async def test_an_open_round_follows_its_meeting(world: World, kind: str) -> None:
    await world.open()
    await world.move_meeting(STARTS + timedelta(days=7))

    await world.run(kind)

    status_round = await world.store.find_round(MEETING)
    assert status_round is not None
    assert (status_round.state, status_round.deadline_at) == (RoundState.OPEN, deadline_of(date(2026, 11, 13)))


async def test_a_cancelled_meeting_asks_for_nothing_more(world: World) -> None:
    await world.open()
    await world.run("status.send")
    await world.move_meeting(STARTS, state="cancelled")
    world.clock.time = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)

    await world.run("status.remind", f"{MEETING}/1")

    assert {request.state for request in await world.store.list_requests(MEETING)} == {RequestState.WAIVED}
    assert not await world.messages.list_messages(kind="reminder")
    assert f"report.compile:{MEETING}" not in await world.due()


async def test_a_new_lead_takes_over_in_the_middle(world: World) -> None:
    await world.open()
    await world.run("status.send")
    others = tuple(item for item in world.programme.assignments if item.work_package != HOME)
    taken_over = (*others, Assignment(person="stranger", role=Role.WORK_PACKAGE_LEAD, work_package=HOME))
    world.programme = world.programme.model_copy(update={"assignments": taken_over})
    world.clock.time = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)

    await world.run("status.remind", f"{MEETING}/1")
    assert (await world.due())[f"status.send:{MEETING}"] <= world.clock.time
    await world.run("status.send")

    assert "chat:stranger-id" in [where for where, _, _ in world.bot.posted]
    assert (await world.answer(HOME, "stranger")).version == 1


async def test_a_disabled_account_gets_the_mail(world: World) -> None:
    world.accounts.accounts = [
        type(item)(id=item.id, email=item.email, kind=AccountKind.MEMBER, enabled=False)
        for item in world.accounts.accounts
    ]
    await world.open()
    await world.run("status.send")

    assert len(world.mailer.sent) == 3


async def test_everything_that_should_be_due_can_be_derived_again(world: World) -> None:
    await world.open()
    await world.plan_meeting(STARTS + timedelta(days=28), key="a-dal/2026-12-15")

    keys = {unit.key for unit in await world.rounds.due_units()}

    assert {f"status.send:{MEETING}", f"status.close:{MEETING}", "status.open:a-dal/2026-12-15"} <= keys


async def test_the_result_has_every_package_with_its_numbers_and_questions(world: World) -> None:
    await world.open()
    await world.answer(HOME, "home-lead", light="red", question="Hvem betaler?", **{"indicator:plasser": "12,5"})

    result = await world.rounds.results.result(MEETING)

    assert result is not None
    home, guest, _ = result.packages
    assert (home.light, home.lead, home.indicators[0].now, home.indicators[0].target) == (
        "red",
        "Leder arena",
        12.5,
        40,
    )
    assert guest.is_missing
    assert [package.question for package in result.questions] == ["Hvem betaler?"]


async def test_a_question_is_lifted_to_the_board_and_withdrawn_by_a_later_answer(world: World) -> None:
    await world.open()
    await world.answer(HOME, "home-lead", question="Hvem betaler?", proposal="Fylket")
    [raised] = await world.store.list_escalations(MEETING)
    assert (raised.question, raised.state, raised.level) == ("Hvem betaler?", EscalationState.RAISED, "local_board")

    await world.answer(HOME, "home-lead")

    [withdrawn] = await world.store.list_escalations(MEETING)
    assert withdrawn.state is EscalationState.WITHDRAWN


async def test_where_somebody_was_reached_is_tried_first_the_next_time(world: World) -> None:
    world.bot.faults["open_chat"] = [Refused("open the chat", "the app is not installed")]
    await world.open()
    await world.run("status.send")
    later = "a-dal/2026-12-15"
    world.clock.time = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    await world.plan_meeting(STARTS + 28 * DAY, key=later)
    await world.run("status.open", later)

    messages = await world.messages.list_messages(requests=[request_id(later, HOME)])
    assert [item.surface for item in messages] == [Surface.CHANNEL]


async def test_who_has_a_chat_with_the_bot_again_is_asked_there(world: World) -> None:
    world.bot.faults["open_chat"] = [Refused("open the chat", "the app is not installed")]
    await world.open()
    await world.run("status.send")
    await world.chats.remember("home-id", Conversation(id="chat:home-id", service_url="https://teams.example"))
    later = "a-dal/2026-12-15"
    world.clock.time = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    await world.plan_meeting(STARTS + 28 * DAY, key=later)
    await world.run("status.open", later)

    messages = await world.messages.list_messages(requests=[request_id(later, HOME)])
    assert [item.surface for item in messages] == [Surface.PERSONAL]


async def touch(world: World, request: str, posted: Posted) -> None:
    """Press a card of the request, as its lead."""
    await world.desk.touched(await world.desk.form(request, sender=ByAccount("home-id")), posted)


async def test_a_card_that_was_doubled_is_brought_up_to_date_at_its_first_touch(world: World) -> None:
    """The first one left, and its worker died before it knew."""
    await world.open()
    request = request_id(MEETING, HOME)
    key = message_key(REQUEST, request, Surface.PERSONAL)
    await world.messages.begin(key, in_doubt=False, reference={})
    await world.run("status.send")
    await world.answer(HOME, "home-lead")
    first = Posted(
        conversation=Conversation(id="chat:home-id", service_url="https://teams.example"), activity_id="lost"
    )

    await touch(world, request, first)
    assert f"status.refresh:{request}" in await world.due()
    await world.run("status.refresh", request)

    shown = {
        item.reference["activity"]: item.reference["shows"]
        for item in await world.messages.list_messages()
        if item.request == request
    }
    assert len(shown) == 2
    assert "lost" in shown
    assert len(set(shown.values())) == 1
    assert len(world.bot.updated) == 2


async def test_a_card_that_we_know_is_no_doubled_one(world: World) -> None:
    await world.open()
    await world.run("status.send")
    request = request_id(MEETING, HOME)
    [message] = await world.messages.list_messages(requests=[request])
    assert message.posted is not None

    await touch(world, request, message.posted)
    await touch(world, request, replace(message.posted, activity_id="unknown, and nothing is in doubt"))

    assert len(await world.messages.list_messages(requests=[request])) == 1


# --------------------------------------------------------------------------------------------------- owed and let go of


async def test_a_package_that_the_register_has_lost_owes_nothing_once_it_is_waived(world: World) -> None:
    await world.open()
    kept = tuple(item for item in world.programme.work_packages if item.key != GUEST)
    world.programme = world.programme.model_copy(update={"work_packages": kept})

    await world.rounds.closing.waive(GUEST, world.history)

    assert await world.rounds.closing.count_owing(work_package=GUEST) == 0


async def test_what_is_owed_is_counted_until_it_is_answered_or_waived(world: World) -> None:
    await world.open()
    closing = world.rounds.closing
    municipality = MEETING.partition("/")[0]

    counted = [await closing.count_owing(municipality=municipality), await closing.count_owing(work_package=GUEST)]
    await world.answer(HOME, "home-lead")
    await closing.waive(GUEST, world.history)

    assert counted == [3, 1]
    assert await closing.count_owing(municipality=municipality) == 1
    assert await closing.count_owing(municipality=municipality, work_package=GUEST) == 0
    assert await closing.count_owing(municipality="somewhere-else") == 0
