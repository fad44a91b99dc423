"""Notices in a round when things change on the way: the lead, the meeting, the service, the surfaces."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from config.programme import Programme
from config.values import Assignment, PackageState, Person, Role
from integration.database.connection import Database
from tests.workflows.status.rounds import (
    GUEST,
    HOME,
    MEETING,
    OPENS,
    ORPHAN,
    PUBLIC,
    STARTS,
    World,
    deadline_of,
    package,
)
from workflows.errors import OutcomeUnknown, Transient
from workflows.messages.model import OVERDUE_TRIES, MessageState, Surface
from workflows.messages.outbox import TRIES
from workflows.ports.mail import Mail
from workflows.ports.units import Done, Parked
from workflows.status.model import RequestState, RoundState, StatusRequest, StatusRound
from workflows.status.plan import REMINDER, REQUEST, followed, next_takeover, request_id

DAY = timedelta(days=1)
FIRST_REMINDER = datetime(2026, 11, 3, 7, 0, tzinfo=UTC)
LAST_REMINDER = datetime(2026, 11, 5, 7, 0, tzinfo=UTC)
DEADLINE = deadline_of(date(2026, 11, 6))
HOME_REQUEST, GUEST_REQUEST = request_id(MEETING, HOME), request_id(MEETING, GUEST)
LEAD = "lead@county.example"


@pytest.fixture
async def world(database: Database) -> World:
    world = World(database)
    await world.open()
    return world


class AnswerLost(OutcomeUnknown):
    """The card is there, and the answer that said so was lost."""

    after = True


def led_by(world: World, person: str, *, package: str = HOME, since: date | None = None) -> Programme:
    """The programme with another lead of *package*, from that day or at once."""
    others = [item for item in world.programme.assignments if item.work_package != package]
    before = [item for item in world.programme.assignments if item.work_package == package]
    if since is not None:
        others += [item.model_copy(update={"until": since - DAY}) for item in before]
    new = Assignment(person=person, role=Role.WORK_PACKAGE_LEAD, work_package=package, since=since)
    return world.programme.model_copy(update={"assignments": (*others, new)})


async def sent(world: World, request: str = HOME_REQUEST) -> list[tuple[str, Surface, str | None]]:
    """Return the messages that left about a request, in that order."""
    messages = await world.messages.list_messages(states=[MessageState.SENT], requests=[request])
    ordered = sorted(messages, key=lambda message: message.sent_at or OPENS)
    return [(message.kind, message.surface, message.person) for message in ordered]


def mails(world: World, email: str) -> list[str]:
    return [mail.subject for mail in world.mailer.to(email)]


# ---------------------------------------------------------------------------------------------------------- a new lead


async def test_a_guest_who_takes_over_is_asked_by_mail_and_then_reminded(world: World) -> None:
    await world.run("status.send")
    world.programme = led_by(world, "guest-lead")

    world.clock.time = FIRST_REMINDER
    await world.run("status.remind", f"{MEETING}/1")
    assert (await world.due())[f"status.send:{MEETING}"] <= FIRST_REMINDER
    await world.run("status.send")
    world.clock.time = LAST_REMINDER
    await world.run("status.remind", f"{MEETING}/2")

    assert await sent(world) == [
        (REQUEST, Surface.PERSONAL, "home-lead"),
        (REQUEST, Surface.EMAIL, "guest-lead"),
        (REMINDER, Surface.EMAIL, "guest-lead"),
    ]
    assert "chat:guest-id" not in [where for where, _, _ in world.bot.posted]


async def test_a_reminder_never_sends_the_request_beside_the_unit_that_does(world: World) -> None:
    """After an outage both are due at once, and two workers run them side by side."""
    world.clock.time = FIRST_REMINDER

    await asyncio.gather(world.run("status.remind", f"{MEETING}/1"), world.run("status.send"))

    assert await sent(world) == [(REQUEST, Surface.PERSONAL, "home-lead")]
    assert [where for where, _, _ in world.bot.posted] == ["chat:home-id", "chat:lead-id"]


async def test_who_takes_over_without_an_account_gets_a_mail(world: World) -> None:
    await world.run("status.send")
    new = Person(key="new-lead", name="Ny leder", email="new.lead@nav.example", organisation="nav")
    world.programme = world.programme.model_copy(update={"people": (*world.programme.people, new)})
    world.programme = led_by(world, "new-lead")
    world.clock.time += timedelta(hours=1)

    await world.run("status.send")

    assert (await sent(world))[-1] == (REQUEST, Surface.EMAIL, "new-lead")
    assert f"{PUBLIC}/svar/" in world.mailer.to("new.lead@nav.example")[0].html


async def test_who_takes_over_after_the_last_reminder_is_asked_by_the_sweep(world: World) -> None:
    await world.run("status.send")
    world.clock.time = LAST_REMINDER + timedelta(hours=1)
    world.programme = led_by(world, "stranger")

    for unit in await world.rounds.due_units():
        kind, _, subject = unit.key.partition(":")
        if kind in ("status.send", "status.refresh"):
            await world.run(kind, subject)

    assert (await sent(world))[-1] == (REQUEST, Surface.PERSONAL, "stranger")


async def test_who_takes_over_on_a_day_of_the_round_is_asked_that_day(world: World) -> None:
    world.programme = led_by(world, "stranger", since=date(2026, 10, 31))  # a Saturday

    monday = datetime(2026, 11, 2, 7, 0, tzinfo=UTC)
    assert await world.run("status.send") == Parked(until=monday, note="somebody takes over then")
    world.clock.time = monday
    assert await world.run("status.send") == Done()

    assert [person for _, _, person in await sent(world)] == ["home-lead", "stranger"]


async def test_what_was_planned_for_the_one_before_does_not_leave(world: World) -> None:
    world.programme = led_by(world, "stranger")

    await world.run("status.send")
    await world.run("status.refresh", HOME_REQUEST)

    assert [person for _, _, person in await sent(world)] == ["stranger"]
    assert "Du trenger ikke å svare" not in world.bot.notices
    planned = await world.messages.list_messages(requests=[HOME_REQUEST], states=[MessageState.DROPPED])
    assert [message.person for message in planned] == ["home-lead"]


async def test_overview_and_report_name_who_leads_it_now(world: World) -> None:
    world.programme = led_by(world, "stranger")

    overview, result = await world.rounds.results.overview(MEETING), await world.rounds.results.result(MEETING)

    assert overview is not None
    assert result is not None
    assert next(line.lead for line in overview.lines if line.work_package == HOME) == "En annen"
    assert next(item.lead for item in result.packages if item.work_package == HOME) == "En annen"


def test_the_next_day_on_which_somebody_takes_over_is_known(world: World) -> None:
    changed = led_by(world, "stranger", since=date(2026, 11, 4))
    asked = StatusRequest(
        id="1", meeting=MEETING, work_package=HOME, person="home-lead", state=RequestState.OPEN, opened_at=OPENS
    )

    assert next_takeover(changed, [asked], date(2026, 10, 27), date(2026, 11, 6)) == date(2026, 11, 4)
    assert next_takeover(changed, [asked], date(2026, 10, 27), date(2026, 11, 3)) is None
    assert next_takeover(changed, [asked], date(2026, 11, 4), date(2026, 11, 6)) is None


# ------------------------------------------------------------------------------------------------ surfaces that fail


async def test_one_full_mailbox_keeps_nobody_else_waiting(world: World) -> None:
    world.mailer.faults["guest.lead@nav.example"] = Transient("send a mail", "503")

    with pytest.raises(Transient):
        await world.run("status.send")

    assert [where for where, _, _ in world.bot.posted] == ["chat:home-id", "chat:lead-id"]
    overview = await world.rounds.results.overview(MEETING)
    assert overview is not None
    line = next(line for line in overview.lines if line.work_package == GUEST)
    assert line.failures == ("could not send a mail: 503",)


async def test_a_chat_that_fails_again_and_again_is_given_up_for_the_channel(world: World) -> None:
    world.bot.faults["open_chat"] = [Transient("open a chat", "502")] * TRIES

    for _ in range(TRIES - 1):
        # The other chat opens each time: the first one takes every fault.
        world.bot.chats.clear()
        with pytest.raises(Transient):
            await only_home(world)
    await only_home(world)

    assert (await sent(world)) == [(REQUEST, Surface.CHANNEL, "home-lead")]
    assert [mail.subject for mail in world.mailer.to(LEAD)] != []


async def test_a_chat_that_did_not_answer_once_is_tried_first_in_the_next_round(world: World) -> None:
    world.bot.faults["open_chat"] = [Transient("open a chat", "502")] * TRIES
    for _ in range(TRIES - 1):
        with pytest.raises(Transient):
            await only_home(world)
    await only_home(world)
    later = "a-dal/2027-02-09"
    await world.plan_meeting(STARTS + 84 * DAY, key=later)
    world.clock.time += 84 * DAY
    await world.run("status.close")
    await world.run("status.open", later)

    await world.run("status.send", later)

    assert (await sent(world, request_id(later, HOME))) == [(REQUEST, Surface.PERSONAL, "home-lead")]


async def only_home(world: World) -> None:
    """Send to the first package alone: the others have answered."""
    for request in await world.store.list_requests(MEETING):
        if request.work_package != HOME:
            await world.store.waive([request.id])
    await world.run("status.send")


async def test_the_last_surface_is_tried_until_it_answers_and_the_lead_hears_after_a_working_day(world: World) -> None:
    world.mailer.faults["guest.lead@nav.example"] = Transient("send a mail", "503")

    async def try_again(times: int) -> None:
        for _ in range(times):
            with pytest.raises(Transient):
                await world.run("status.send")

    await try_again(OVERDUE_TRIES - 1)
    assert not world.mailer.to(LEAD)
    await try_again(OVERDUE_TRIES)

    [mail] = world.mailer.to(LEAD)
    assert "Pakken bro: E-posten til Leder bro kom ikke fram. Vi prøver videre fram til fristen." in mail.html
    assert f"{PUBLIC}/svar/" in mail.html
    world.mailer.faults.clear()
    await world.run("status.send")
    assert await sent(world, GUEST_REQUEST) == [(REQUEST, Surface.EMAIL, "guest-lead")]


async def test_a_card_whose_fate_stays_unknown_is_there_twice_at_most(world: World) -> None:
    world.bot.faults["post_card"] = [AnswerLost("post a card", "no answer")] * 2

    with pytest.raises(OutcomeUnknown):
        await only_home(world)
    await only_home(world)
    await only_home(world)

    assert [where for where, _, _ in world.bot.posted] == ["chat:home-id", "chat:home-id", "19:board"]


async def test_a_mail_in_the_first_round_is_no_reason_for_mails_ever_after(world: World) -> None:
    accounts = world.accounts.accounts
    world.accounts.accounts = []
    await world.run("status.send")
    world.accounts.accounts = accounts
    later = "a-dal/2027-02-09"
    await world.plan_meeting(STARTS + 84 * DAY, key=later)
    world.clock.time += 84 * DAY
    await world.run("status.close")
    await world.run("status.open", later)

    await world.run("status.send", later)

    assert (await sent(world, request_id(later, HOME))) == [(REQUEST, Surface.PERSONAL, "home-lead")]


# ------------------------------------------------------------------------------------------------ a meeting that moves


async def test_people_are_told_every_deadline_that_is_another_than_they_know(world: World) -> None:
    await world.run("status.send")
    told = []
    for weeks in (1, 2, 1):
        world.clock.time += timedelta(hours=1)
        await world.move_meeting(STARTS + weeks * 7 * DAY)
        for _ in range(2):
            await world.run("status.moved")
        told.append(world.mailer.to("guest.lead@nav.example")[-1].subject)

    assert len(mails(world, "guest.lead@nav.example")) == 4
    assert ["13. november" in told[0], "20. november" in told[1], "13. november" in told[2]] == [True] * 3


async def test_there_and_back_before_anybody_was_told_is_told_to_nobody(world: World) -> None:
    await world.run("status.send")
    for days in (7, 0):
        await world.move_meeting(STARTS + days * DAY)
        await world.run("status.open")
    await world.run("status.moved")

    assert len(mails(world, "guest.lead@nav.example")) == 1


async def test_who_was_asked_with_the_new_deadline_is_not_told_it_again(world: World) -> None:
    await world.move_meeting(STARTS + 7 * DAY)
    await world.run("status.send")
    world.clock.time += timedelta(hours=1)
    await world.run("status.moved")

    assert len(mails(world, "guest.lead@nav.example")) == 1


async def test_a_meeting_that_comes_nearer_closes_nothing_over_people_s_heads(world: World) -> None:
    await world.run("status.send")
    world.clock.time = datetime(2026, 11, 4, 8, 0, tzinfo=UTC)
    await world.move_meeting(datetime(2026, 11, 11, 9, 0))  # noqa: DTZ001 - a local wall time

    assert await world.run("status.close") == Parked(until=DEADLINE, note="closes at the deadline")
    assert (await world.answer(HOME, "home-lead")).changeable_until == DEADLINE


def moved_round(planned: datetime, *, existing: datetime = DEADLINE, last: datetime, now: datetime) -> datetime:
    before = StatusRound(
        meeting=MEETING,
        municipality="a-dal",
        state=RoundState.OPEN,
        opens_at=OPENS,
        reminders_at=(),
        deadline_at=existing,
        release_at=existing + DAY,
    )
    after = replace(before, state=RoundState.PLANNED, deadline_at=planned, release_at=planned + DAY)
    result = followed(before, after, last=last, now=now)
    assert result.release_at >= result.deadline_at
    assert (result.state, result.opens_at) == (RoundState.OPEN, OPENS)
    # Looked at again, it stays there.
    assert followed(result, after, last=last, now=now + timedelta(hours=5)) == result
    return result.deadline_at


def test_where_a_deadline_goes_when_its_meeting_moves() -> None:
    now = DEADLINE - 3 * DAY

    assert moved_round(DEADLINE + 7 * DAY, last=DEADLINE + 16 * DAY, now=now) == DEADLINE + 7 * DAY
    assert moved_round(now + 2 * DAY, last=DEADLINE + 9 * DAY, now=now) == now + 2 * DAY
    assert moved_round(now - DAY, last=DEADLINE + 2 * DAY, now=now) == DEADLINE
    assert moved_round(now - 5 * DAY, last=now + DAY, now=now) == now + DAY


async def test_the_link_outlives_a_meeting_that_moves_over_the_summer(world: World) -> None:
    await world.run("status.send")
    await world.move_meeting(STARTS + 112 * DAY)
    await world.run("status.moved")
    world.clock.time += 105 * DAY

    token = world.mailer.to("guest.lead@nav.example")[-1].html.split(f"{PUBLIC}/svar/")[1].split('"')[0]
    assert await world.links.resolve(token, "answer") is not None


# ----------------------------------------------------------------------------------------------- outages and imports


async def test_after_an_outage_the_lead_hears_when_people_have_had_time_to_answer(world: World) -> None:
    await world.run("status.send")
    world.clock.time = DEADLINE - timedelta(hours=6)
    await world.run("status.remind", f"{MEETING}/2")

    three_hours_before = DEADLINE - timedelta(hours=3)
    assert await world.run("status.escalate") == Parked(until=three_hours_before, note="gives people time to answer")
    assert not world.mailer.to(LEAD)
    world.clock.time = three_hours_before
    await world.run("status.escalate")
    assert len(world.mailer.to(LEAD)) == 1


async def test_the_lead_is_told_that_a_reminder_was_sent(world: World) -> None:
    await world.run("status.send")
    world.clock.time = LAST_REMINDER
    await world.run("status.remind", f"{MEETING}/2")
    world.clock.time = datetime(2026, 11, 6, 7, 0, tzinfo=UTC)

    await world.run("status.escalate")

    [mail] = world.mailer.to(LEAD)
    assert "Vi har ikke fått status for Pakken arena, enda vi har minnet om det." in mail.html


async def test_a_package_taken_out_of_the_register_stops_nothing(world: World) -> None:
    await world.run("status.send")
    kept = tuple(item for item in world.programme.work_packages if item.key != HOME)
    assignments = tuple(item for item in world.programme.assignments if item.work_package != HOME)
    world.programme = world.programme.model_copy(update={"work_packages": kept, "assignments": assignments})

    for moment, unit in (
        (FIRST_REMINDER, f"status.remind:{MEETING}/1"),
        (FIRST_REMINDER, f"status.refresh:{HOME_REQUEST}"),
        (FIRST_REMINDER, f"status.lifted:{HOME_REQUEST}"),
        (LAST_REMINDER + DAY, f"status.escalate:{MEETING}"),
        (DEADLINE, f"status.close:{MEETING}"),
    ):
        world.clock.time = moment
        assert isinstance(await world.run(*unit.split(":")), Done)

    assert len(mails(world, "guest.lead@nav.example")) == 2
    assert await world.rounds.results.result(MEETING) is not None


async def test_a_package_that_ended_in_an_open_round_is_no_fault(world: World) -> None:
    ended = tuple(
        package(item.key, state=PackageState.ENDED) if item.key == ORPHAN else item
        for item in world.programme.work_packages
    )
    world.programme = world.programme.model_copy(update={"work_packages": ended})

    assert await world.run("status.send") == Done()


# ---------------------------------------------------------------------------------------------------- cards and links


async def test_the_chat_list_says_how_it_stands_now(world: World) -> None:
    await world.run("status.send")
    await world.move_meeting(STARTS + 7 * DAY)
    await world.run("status.open")
    await world.run("status.refresh", HOME_REQUEST)
    await world.answer(HOME, "home-lead")
    await world.run("status.refresh", HOME_REQUEST)
    world.clock.time = deadline_of(date(2026, 11, 13))
    await world.run("status.close")
    await world.run("status.refresh", HOME_REQUEST)

    assert world.bot.notices == [
        "Status for Pakken arena: svar innen 13. november",
        "Status for Pakken arena er mottatt",
        "Statusrunden er avsluttet",
    ]


async def test_a_link_that_went_astray_is_replaced(world: World) -> None:
    await world.run("status.send")

    assert await world.rounds.closing.revoke_links(MEETING, HOME) == ()
    (unit,) = await world.rounds.closing.revoke_links(MEETING)
    for _ in range(2):
        await world.run(*unit.key.split(":"))

    first, second = (mail.html.split(f"{PUBLIC}/svar/")[1].split('"')[0] for mail in guest_mails(world))
    assert await world.links.resolve(first, "answer") is None
    assert await world.links.resolve(second, "answer") is not None
    # Nobody else is asked again.
    assert len(world.bot.posted) == 2


def guest_mails(world: World) -> list[Mail]:
    return world.mailer.to("guest.lead@nav.example")
