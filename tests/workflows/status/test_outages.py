"""Nobody answers for a day, or for the whole round: what waits leaves once the line is back, in the right order."""

import itertools
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from engine.units import Engine
from integration.database.connection import Database
from integration.database.units import SQLUnits
from tests.clocks import RestfulClock
from tests.workflows.status.rounds import GUEST, HOME, MEETING, OPENS, ORPHAN, PUBLIC, World
from tests.workflows.status.test_sending import DAY, DEADLINE, FIRST_REMINDER, LEAD
from workflows.errors import OutcomeUnknown, Transient
from workflows.messages.lead_mail import LeadMail, LeadMailPorts
from workflows.messages.model import Message, MessageState
from workflows.ports.units import Done, DueUnit, History, Outcome
from workflows.status.delivery import REMINDER_GAP
from workflows.status.model import RequestState
from workflows.status.plan import REMINDER, REQUEST

SILENCE = Transient("call Microsoft 365", "no answer")


class Days:
    """A world in which units run by themselves, as time goes by."""

    def __init__(self, database: Database) -> None:
        self.world = World(database, clock=RestfulClock(OPENS))
        world = self.world
        mails = LeadMail(
            LeadMailPorts(
                programme=world.read_programme,
                messages=world.messages,
                outbox=world.outbox,
                accounts=world.accounts,
                clock=world.clock,
                public_url=PUBLIC,
            )
        )
        handlers = {**world.rounds.handlers, "leads.mail": mails.send, "report.compile": nothing}
        self._store = SQLUnits(database)
        self._engine = Engine(self._store, world.clock, handlers, owner="me")

    def cut_the_line(self, error: Exception | None = SILENCE) -> None:
        """Let every call to Teams and Exchange fail from now on; None: no longer."""
        self.world.bot.down = self.world.mailer.down = error

    async def pass_until(self, moment: datetime) -> None:
        """Run every unit at its time, up to *moment*."""
        while (due_at := await self._store.next_moment()) is not None and due_at <= moment:
            self.world.clock.time = max(self.world.clock.time, due_at)
            await self._engine.run_due()
        self.world.clock.time = moment

    async def sent(self) -> dict[str, list[Message]]:
        """Return the messages to each person about their own request, in that order."""
        told: dict[str, list[Message]] = {}
        for message in await self.world.messages.list_messages(states=[MessageState.SENT]):
            if message.request is not None:
                told.setdefault(message.person or "", []).append(message)
        return {person: sorted(messages, key=lambda item: item.sent_at or OPENS) for person, messages in told.items()}


async def nothing(unit: DueUnit, history: History) -> Outcome:
    del unit, history
    return Done()


@pytest.fixture
async def days(database: Database) -> AsyncIterator[Days]:
    days = Days(database)
    await days.world.open()
    yield days
    # Whatever happened: a request is the first word, and no two come close to each other.
    for messages in (await days.sent()).values():
        moments = [message.sent_at for message in messages if message.sent_at is not None]
        assert messages[0].kind == REQUEST
        assert all(later - earlier >= REMINDER_GAP for earlier, later in itertools.pairwise(moments))


@pytest.mark.parametrize("error", [SILENCE, OutcomeUnknown("post a card", "no answer")], ids=["refused", "unknown"])
async def test_a_day_without_answers_at_the_opening_only_delays_the_requests(days: Days, error: Exception) -> None:
    days.cut_the_line(error)
    await days.pass_until(OPENS + DAY)
    assert await days.sent() == {}

    days.cut_the_line(None)
    back_at = days.world.clock.time
    await days.pass_until(back_at + timedelta(hours=2))

    told = await days.sent()
    assert {person: [message.kind for message in messages] for person, messages in told.items()} == {
        "home-lead": [REQUEST],
        "guest-lead": [REQUEST],
        "lead": [REQUEST],
    }
    await days.pass_until(FIRST_REMINDER + timedelta(hours=1))
    assert [message.kind for message in (await days.sent())["guest-lead"]] == [REQUEST, REMINDER]


async def test_an_outage_over_the_first_reminder_sends_the_request_and_the_next_reminder(days: Days) -> None:
    days.cut_the_line()
    await days.pass_until(FIRST_REMINDER + timedelta(hours=2))
    days.cut_the_line(None)
    await days.pass_until(DEADLINE - timedelta(hours=1))

    assert {person: [message.kind for message in messages] for person, messages in (await days.sent()).items()} == {
        "home-lead": [REQUEST, REMINDER],
        "guest-lead": [REQUEST, REMINDER],
        "lead": [REQUEST, REMINDER],
    }
    # The lead hears who has not answered, and nothing of messages that arrived after all.
    subjects = [mail.subject for mail in days.world.mailer.to(LEAD)]
    assert len([subject for subject in subjects if "Status som mangler" in subject]) == 1


async def test_what_never_left_is_told_when_the_line_is_back_and_to_nobody_else(days: Days) -> None:
    days.cut_the_line()
    await days.pass_until(OPENS + timedelta(hours=1))
    # The service itself is away until the deadline, and the line for longer.
    days.world.clock.time = DEADLINE
    await days.pass_until(DEADLINE + timedelta(hours=1))
    assert not days.world.mailer.sent
    days.cut_the_line(None)
    await days.pass_until(DEADLINE + 5 * DAY)

    [mail] = days.world.mailer.sent.values()
    assert mail.to.email == LEAD
    assert mail.subject == "Noen fikk ikke spørsmålet om status til styremøtet tirsdag 17. november 2026"
    assert all(f"Pakken {package}: " in mail.html for package in (HOME, GUEST, ORPHAN))
    assert not days.world.bot.posted
    overview = await days.world.rounds.results.overview(MEETING)
    assert overview is not None
    assert {(line.state, line.surfaces) for line in overview.lines} == {(RequestState.MISSING, ())}
    assert all(line.failures for line in overview.lines)


async def test_a_round_in_which_all_were_asked_tells_nothing_at_its_end(days: Days) -> None:
    await days.pass_until(DEADLINE + 3 * DAY)

    assert not [mail for mail in days.world.mailer.to(LEAD) if "Noen fikk ikke spørsmålet" in mail.subject]
