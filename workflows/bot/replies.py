"""Replies of the bot as messages that wait, and the unit `bot.reply` that sends them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import cards
import texts
from config.values import Person
from workflows.bot.command import BotReply
from workflows.digest import digest
from workflows.messages.model import WAITING, Content, Message, Messages, MessageState, Surface
from workflows.messages.outbox import Outbox
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome

REPLY = "bot_reply"
MAX_LINES, MAX_REQUESTS, MAX_LINE = 12, 10, 400
"""The room of one reply: lines, buttons and characters of a line; the rest is counted."""
REPLY_LIFE = timedelta(hours=1)
"""A reply that has not left by then would come as a surprise, and is dropped."""


def reply_card(reply: BotReply, language: str) -> dict[str, Any]:
    """Draw a reply as a card."""
    lines, requests = reply.lines[:MAX_LINES], reply.requests[:MAX_REQUESTS]
    if left_out := len(reply.lines) - len(lines) + len(reply.requests) - len(requests):
        lines = [*lines, texts.say("bot.more", language, count=left_out)]
    values = {
        "lines": [{"line": cards.short(line, MAX_LINE)} for line in lines],
        "requests": [{"line": cards.short(line, MAX_LINE), "request_id": request} for line, request in requests],
        "url": reply.url,
    }
    return cards.render(REPLY, language=language, values=values)


def reply_text(reply: BotReply) -> str:
    """Write a reply as plain text, for previews."""
    return "\n".join([*reply.lines, *(line for line, _ in reply.requests)])


def reply_key(*parts: str) -> str:
    """Return the key of the one reply to a message or a press."""
    return digest(*parts)


def waiting_reply(
    card: Mapping[str, Any],
    language: str,
    *,
    text: str,
    key: str,
    object_id: str,
    person: Person | None,
    now: datetime,
) -> tuple[Message, DueUnit]:
    """Write the message that waits under *key* for the chat of *object_id*, and the unit that sends it."""
    content = Content(
        email=person.email if person else "",
        name=person.name if person else "",
        address=object_id,
        subject=texts.say("bot.summary", language),
        text=text,
        card=card,
    )
    message = Message(
        key=f"{REPLY}/{key}",
        kind=REPLY,
        surface=Surface.PERSONAL,
        due_at=now,
        content=content,
        person=person.key if person else None,
    )
    return message, DueUnit(key=f"bot.reply:{key}", due_at=now)


class BotReplies:
    """Sends the replies that the Door stored. They leave at any hour."""

    def __init__(self, *, messages: Messages, outbox: Outbox, clock: Clock) -> None:
        self._messages = messages
        self._outbox = outbox
        self._clock = clock

    async def reply(self, unit: DueUnit, history: History) -> Outcome:
        """Send the reply that waits under the unit's subject."""
        waiting = await self._messages.list_messages(states=WAITING, kind=REPLY)
        message = next((item for item in waiting if item.key == f"{REPLY}/{unit.subject}"), None)
        if message is None:
            return Done(note="nothing to send")
        if self._clock.now() - message.due_at > REPLY_LIFE:
            await self._messages.change(message.key, MessageState.DROPPED)
            return Done(note="too late to answer")
        sent = await self._outbox.deliver(message)
        if sent.state is MessageState.FAILED:
            await history.note("bot.reply_failed")
        return Done()
