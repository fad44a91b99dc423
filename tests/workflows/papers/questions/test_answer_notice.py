"""The answer to a question reaches the leads who asked it: by mail, and where they see Teams as a card, each once."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

import cards
import texts
from config.values import WorkPackage
from integration.database.connection import Database
from tests.clocks import NOON
from tests.workflows.papers.agendas.agenda_world import AgendaWorld
from tests.workflows.papers.reports.test_handlers import ReportWorld
from tests.workflows.programme import programme
from tests.workflows.status.rounds import HOME
from workflows.errors import Refused, Transient
from workflows.messages.lead_mail import mail_to, with_cards
from workflows.messages.model import NOT_ALLOWED, Message, MessageState, Surface
from workflows.papers.minutes.plan import LONGEST_TEXT
from workflows.papers.questions.answer_notice import AnswerNotice
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.units import Done, DueUnit, Outcome, Parked
from workflows.status.answer_parsing import MAX_TEXT

ANSWER = "Dere får lokalene fra januar."
BUSY = Transient("post a card", "no answer")


async def answered(database: Database) -> AgendaWorld:
    """The board has answered the question of the package, its minutes are approved, and nobody was told yet."""
    world = AgendaWorld(database)
    await world.at_the_meeting()
    world.bot.posted.clear()
    await world.approved({"decision:2": ANSWER})
    return world


async def send(world: ReportWorld) -> Outcome:
    return await world.lead_mail.send(DueUnit(key="leads.mail:test", due_at=world.clock.now()), world.history)


async def told(world: ReportWorld) -> dict[Surface, Message]:
    """Return the messages with the answer, by their surface."""
    messages = await world.messages.list_messages(kind="leads.mail")
    return {message.surface: message for message in messages if "/answer/" in message.key}


def written(card: Mapping[str, Any]) -> str:
    """Return the words of a card."""
    return " ".join(run["text"] for block in card["body"] for run in block.get("inlines", [block]))


async def test_the_lead_who_asked_gets_the_answer_by_mail_and_as_a_card_once(database: Database) -> None:
    world = await answered(database)
    for _ in range(2):
        assert await send(world) == Done()
        await world.paper("minutes.publish")

    [(chat, card, _)] = world.bot.posted
    assert chat == "chat:home-id"
    assert "Får vi lokaler?" in written(card)
    assert ANSWER in written(card)
    assert "spør vi om det er løst" in written(card)
    [action] = card["actions"]
    assert (action["type"], action["url"].rpartition("/")[2]) == ("Action.OpenUrl", HOME)
    mails = [mail for mail in world.mailer.sent.values() if mail.to.email == "home.lead@county.example"]
    assert sum(ANSWER in mail.html for mail in mails) == 1


async def test_who_does_not_see_teams_gets_the_mail_alone(database: Database) -> None:
    world = AgendaWorld(database)
    world.accounts.accounts = [replace(item, kind=AccountKind.GUEST) for item in world.accounts.accounts]
    await world.at_the_meeting()
    await world.approved({"decision:2": ANSWER})

    assert set(await told(world)) == {Surface.EMAIL}


async def test_a_pause_holds_mail_and_card_and_both_leave_after_it(database: Database) -> None:
    world = await answered(database)
    await world.switches.pause("a-dal", by="lead")
    assert isinstance(await send(world), Parked)
    assert {message.state for message in (await told(world)).values()} == {MessageState.HELD}
    assert world.bot.posted == []
    await world.switches.resume("a-dal", by="lead")

    assert await send(world) == Done()

    assert {message.state for message in (await told(world)).values()} == {MessageState.SENT}
    assert len(world.bot.posted) == 1


async def test_a_rehearsal_withholds_the_card_from_everybody_else(database: Database) -> None:
    """The allow-list names nobody."""
    world = ReportWorld(database, allowed=frozenset())
    package = world.programme.work_packages[0]
    notice = AnswerNotice(
        person=world.programme.person("home-lead"),
        package=package,
        subject="Svar",
        told="Styret har svart.",
        question="Får vi lokaler?",
        answer=ANSWER,
    )
    message = notice.message(key="minutes/1/answer/2", due_at=world.clock.now(), public_url="https://ours.example")
    await world.lead_mail.plan([message])

    await send(world)

    assert {surface: found.failure for surface, found in (await told(world)).items()} == {
        Surface.EMAIL: NOT_ALLOWED,
        Surface.PERSONAL: NOT_ALLOWED,
    }
    assert (world.bot.posted, world.mailer.sent) == ([], {})


@pytest.mark.parametrize("fault", [Refused("post a card", "the app is not there"), BUSY])
async def test_what_teams_does_not_take_keeps_no_mail_waiting(database: Database, fault: Exception) -> None:
    world = await answered(database)
    world.bot.down = fault

    for _ in range(4):
        try:
            await send(world)
        except Transient:
            continue

    states = {surface: message.state for surface, message in (await told(world)).items()}
    assert states == {Surface.EMAIL: MessageState.SENT, Surface.PERSONAL: MessageState.FAILED}
    assert await send(world) == Done()


@pytest.mark.parametrize("language", texts.languages())
def test_the_longest_answer_fits_into_a_card(language: str) -> None:
    register = programme()
    notice = AnswerNotice(
        person=register.person("lead").model_copy(update={"language": language}),
        package=WorkPackage(key="a", municipality="a-dal", name="🙂" * 100),
        subject="Svar",
        told="Styret har svart.",
        question='"' * MAX_TEXT,
        answer="🙂" * LONGEST_TEXT,
        next="Vi spør igjen.",
    )

    message = notice.message(key="a", due_at=NOON, public_url="https://ours.example/")

    assert message.content.card["lang"] == language
    assert cards.utf16_size(message.content.card) < cards.MAX_BYTES / 2


@pytest.mark.parametrize(
    ("account", "surfaces"),
    [
        pytest.param(None, [Surface.EMAIL], id="no account"),
        pytest.param({"kind": AccountKind.GUEST}, [Surface.EMAIL], id="a guest"),
        pytest.param({"enabled": False}, [Surface.EMAIL], id="an account that is switched off"),
        pytest.param({}, [Surface.EMAIL, Surface.PERSONAL], id="an account of the home tenant"),
    ],
)
def test_a_card_is_a_message_of_its_own_for_those_who_see_teams(
    account: dict[str, Any] | None, surfaces: list[Surface]
) -> None:
    reader = programme().person("lead")
    mail = mail_to(
        reader,
        key="a",
        municipality=None,
        due_at=NOON,
        subject="Svar",
        paragraphs=["Svaret"],
        button=("Se", "https://ours.example"),
        card={"type": "AdaptiveCard"},
    )
    there = {"id": "object", "email": reader.email, "kind": AccountKind.MEMBER, **(account or {})}
    accounts = {reader.email.lower(): Account(**there)} if account is not None else {}

    messages = with_cards([mail], accounts)

    assert [message.surface for message in messages] == surfaces
    assert messages[0].content.card == {}
    assert [message.content.address for message in messages[1:]] == ["object"] * (len(surfaces) - 1)
