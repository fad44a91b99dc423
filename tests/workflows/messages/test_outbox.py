"""Messages leave once, are held when they must be, and can be seen before they leave."""

from dataclasses import replace

import pytest

from integration.database.connection import Database
from tests.clocks import NOON
from tests.workflows.status.rounds import World
from workflows.errors import Invalid, OutcomeUnknown, RecipientNotAllowed
from workflows.messages.model import Content, Message, MessageState, Surface
from workflows.messages.outbox import Outbox
from workflows.messages.preview import preview

CONTENT = Content(
    email="home.lead@county.example", name="L", address="home-id", subject="Emne", text="Tekst", card={"body": []}
)
CARD = Message(key="c/1", kind="status_request", surface=Surface.PERSONAL, due_at=NOON, content=CONTENT)
MAIL = replace(CARD, key="m/1", surface=Surface.EMAIL, content=replace(CONTENT, address=CONTENT.email))


@pytest.fixture
def world(database: Database) -> World:
    return World(database)


async def deliver(world: World, message: Message) -> Message:
    """As a worker does that knows nothing but the rows."""
    outbox: Outbox = world.outbox
    await outbox.plan([message])
    [row] = [item for item in await world.messages.list_messages() if item.key == message.key]
    return await outbox.deliver(row)


@pytest.mark.parametrize("message", [CARD, MAIL], ids=["card", "mail"])
async def test_a_message_leaves_once(world: World, message: Message) -> None:
    first, second = [await deliver(world, message) for _ in range(2)]

    assert first.state is second.state is MessageState.SENT
    assert len(world.bot.posted) + len(world.mailer.sent) == 1


async def test_a_card_whose_fate_is_unknown_is_sent_again_and_named(world: World) -> None:
    world.bot.faults["post_card"] = [OutcomeUnknown("post", "timeout")]
    with pytest.raises(OutcomeUnknown):
        await deliver(world, CARD)

    sent = await deliver(world, CARD)

    assert sent.in_doubt
    assert [message.key for message in await world.outbox.in_doubt()] == ["c/1"]


async def test_a_mail_is_never_in_doubt(world: World) -> None:
    await world.outbox.plan([MAIL])
    await world.messages.begin(MAIL.key, in_doubt=False, reference={})

    sent = await deliver(world, MAIL)

    assert (sent.state, sent.in_doubt, len(world.mailer.sent)) == (MessageState.SENT, False, 1)


async def test_mails_are_spread_over_the_mailboxes_and_a_municipality_keeps_its_own(database: Database) -> None:
    boxes = ["one@county.example", "two@county.example", "three@county.example"]
    world = World(database, organizers=boxes)
    places = [f"m-{number}" for number in range(30)]
    for turn in ("first", "second"):
        for place in places:
            await deliver(world, replace(MAIL, key=f"{turn}/{place}", municipality=place))

    used = {place: world.mailer.senders[f"first/{place}"] for place in places}
    assert set(used.values()) == set(boxes)
    assert used == {place: world.mailer.senders[f"second/{place}"] for place in places}


async def test_a_mail_under_way_is_looked_for_where_it_began_whatever_mailboxes_there_are_now(world: World) -> None:
    await world.outbox.plan([MAIL])
    await world.messages.begin(MAIL.key, in_doubt=False, reference={"sender": "old@county.example"})

    await deliver(world, MAIL)

    assert world.mailer.senders[MAIL.key] == "old@county.example"


async def test_what_a_surface_refuses_for_good_is_failed_with_its_reason(world: World) -> None:
    world.bot.faults["post_card"] = [Invalid("post a card", "too large")]

    failed = await deliver(world, CARD)

    assert (failed.state, failed.failure) == (MessageState.FAILED, "could not post a card: too large")
    assert (await deliver(world, CARD)).state is MessageState.FAILED
    assert not world.bot.posted


async def test_the_allow_list_holds_before_anything_is_opened(database: Database) -> None:
    world = World(database, allowed=frozenset({"other@county.example"}))

    held = await deliver(world, CARD)

    assert held.state is MessageState.HELD
    assert not world.bot.chats


async def test_a_mailer_that_refuses_by_the_allow_list_holds_too(world: World) -> None:
    async def refuse(sender: str, mail: object) -> str:
        raise RecipientNotAllowed("send", "allow-list")

    world.mailer.send = refuse  # type: ignore[method-assign]

    assert (await deliver(world, MAIL)).state is MessageState.HELD


async def test_held_messages_are_seen_with_the_reason(world: World) -> None:
    await world.switches.pause()
    await deliver(world, MAIL)

    [line] = preview(await world.outbox.waiting())

    assert (line.to, line.state, line.why_held, line.text) == (
        "home.lead@county.example",
        MessageState.HELD,
        "paused",
        "Tekst",
    )


async def test_what_has_left_is_no_longer_shown(world: World) -> None:
    await deliver(world, MAIL)

    assert preview(await world.outbox.waiting()) == ()
