"""The outbox's rows."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from benchmarks.pages import counted_statements
from integration.database.connection import Database, create_database
from integration.database.messages import SQLMessages
from integration.database.switches import SQLSwitches
from integration.database.units import SQLUnits
from tests.clocks import NOON, StillClock
from workflows.messages.model import Content, Message, MessageState, Surface
from workflows.ports.bot import Conversation
from workflows.ports.units import DueUnit

CONTENT = Content(email="a@b.example", name="A", address="a@b.example", subject="Emne", text="Tekst", html="<p>")
MAIL = Message(key="m/1", kind="status_request", surface=Surface.EMAIL, due_at=NOON, content=CONTENT, request="r1")

CHAT = Conversation(id="chat:home-id", service_url="https://teams.example")


@pytest.fixture
def messages(database: Database) -> SQLMessages:
    return SQLMessages(database)


async def only(messages: SQLMessages) -> Message:
    [message] = await messages.list_messages()
    return message


async def test_a_message_comes_back_as_it_was_planned(messages: SQLMessages) -> None:
    card = replace(MAIL, surface=Surface.PERSONAL, content=replace(CONTENT, card={"body": [1, "æ"]}))
    await messages.plan([card])

    assert await only(messages) == card


@pytest.mark.parametrize("state", [MessageState.PLANNED, MessageState.HELD])
async def test_what_has_not_left_gets_the_new_words(messages: SQLMessages, state: MessageState) -> None:
    await messages.plan([MAIL])
    await messages.change(MAIL.key, state)
    await messages.plan([replace(MAIL, content=replace(CONTENT, subject="Nytt"))])

    assert ((await only(messages)).content.subject, (await only(messages)).state) == ("Nytt", state)


@pytest.mark.parametrize("state", [MessageState.SENDING, MessageState.SENT, MessageState.FAILED, MessageState.DROPPED])
async def test_what_has_left_stays_as_it_was(messages: SQLMessages, state: MessageState) -> None:
    await messages.plan([MAIL])
    await messages.change(MAIL.key, state)
    await messages.plan([replace(MAIL, content=replace(CONTENT, subject="Nytt"))])

    assert ((await only(messages)).content.subject, (await only(messages)).state) == ("Emne", state)


async def test_work_becomes_due_with_the_plan(messages: SQLMessages, database: Database) -> None:
    await messages.plan([MAIL], then=[DueUnit(key="status.send:x", due_at=NOON)])

    assert [unit.key for unit in await SQLUnits(database).list_units()] == ["status.send:x"]


async def test_a_sent_message_keeps_where_it_is(messages: SQLMessages) -> None:
    await messages.plan([MAIL])
    await messages.begin(MAIL.key, in_doubt=False, reference={})
    await messages.mark_sent(MAIL.key, reference={"message": "1"}, at=NOON)

    message = await only(messages)
    assert (message.state, message.reference, message.sent_at) == (MessageState.SENT, {"message": "1"}, NOON)


async def test_a_message_begins_to_leave_only_while_nobody_has_stopped_its_municipality(
    messages: SQLMessages, database: Database
) -> None:
    await messages.plan([MAIL])
    await SQLSwitches(database, StillClock()).pause("a-dal")

    stopped = await messages.begin(MAIL.key, in_doubt=False, reference={}, municipality="a-dal")
    assert (stopped, (await only(messages)).state) == (None, MessageState.PLANNED)

    assert await messages.begin(MAIL.key, in_doubt=False, reference={}, municipality="b-vik") is not None
    assert (await only(messages)).state is MessageState.SENDING


async def test_a_chat_opened_for_a_card_is_known_to_the_next_one(messages: SQLMessages) -> None:
    await messages.plan([MAIL])
    first = await messages.begin(MAIL.key, in_doubt=False, reference={}, reader="home-id")
    await messages.mark_sent(MAIL.key, reference={}, at=NOON, opened=("home-id", CHAT))
    second = await messages.begin(MAIL.key, in_doubt=False, reference={}, reader="home-id")

    assert first is not None
    assert second is not None
    assert (first.chat, second.chat) == (None, CHAT)


async def test_dropping_takes_only_what_has_not_left_and_doubts_what_was_on_its_way(messages: SQLMessages) -> None:
    states = [MessageState.PLANNED, MessageState.HELD, MessageState.SENDING, MessageState.SENT]
    for state in states:
        await messages.plan([replace(MAIL, key=state)])
        await messages.change(state, state)
    await messages.plan([replace(MAIL, key="other", request="r2")])

    await messages.drop(["r1"])

    found = {item.key: (item.state.value, item.in_doubt) for item in await messages.list_messages()}
    assert found == {
        "planned": ("dropped", False),
        "held": ("dropped", False),
        "sending": ("dropped", True),
        "sent": ("sent", False),
        "other": ("planned", False),
    }


async def test_messages_are_found_by_state_request_and_kind(messages: SQLMessages) -> None:
    await messages.plan([MAIL, replace(MAIL, key="m/2", request="r2", kind="reminder")])

    async def keys(**wanted: object) -> list[str]:
        return [item.key for item in await messages.list_messages(**wanted)]  # type: ignore[arg-type]

    assert await keys(requests=["r2"]) == ["m/2"]
    assert await keys(requests=[]) == []
    assert await keys(kind="status_request") == ["m/1"]
    assert await keys(states=[MessageState.SENT]) == []


async def test_naming_nothing_finds_nothing_and_asks_nothing(messages: SQLMessages) -> None:
    await messages.plan([MAIL])

    with counted_statements() as statements:
        found = [*await messages.list_messages(requests=[], kind=MAIL.kind), *await messages.list_messages(keys=())]

    assert (found, statements) == ([], [])


async def test_named_messages_are_found_by_their_names_among_all_that_were_ever_sent(database_file: Path) -> None:
    """SQLite has no statistics: with the states in the question it would go through every message that was sent."""
    database, plans = create_database(f"sqlite+aiosqlite:///{database_file}"), list[str]()
    messages = SQLMessages(database)

    def explain(connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        if statement.startswith("SELECT message"):
            raw = connection.connection.driver_connection
            plans.extend(row[-1] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values))

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        await messages.list_messages(states=[MessageState.SENT], requests=["r1", "r2"])
        await messages.list_messages(states=[MessageState.SENT], keys=["m/1"])
        await messages.list_messages(states=[MessageState.SENT], kind="status_request")
        await messages.reached(["leader", "other", "third"], kind="status_request", since=NOON - timedelta(days=400))
    finally:
        event.remove(Engine, "before_cursor_execute", explain)
        await database.close()

    searches = [plan for plan in plans if plan.startswith(("SEARCH", "SCAN"))]
    assert [plan.partition(" (")[2] for plan in searches] == [
        "request=?)",
        "key=?)",
        "kind=? AND state=?)",
        "person=? AND kind=?)",
    ]
