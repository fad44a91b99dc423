"""Send planned messages, each once.

A card has no key at the service: a row still in `sending` when it is met again may have gone out. It is sent once more
and marked in doubt. E-mail is sent once by its key whatever happens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workflows.errors import NotFound, OutcomeUnknown, Permanent, RecipientNotAllowed, Refused, Throttled, Transient
from workflows.messages.mailboxes import organizer_for
from workflows.messages.model import (
    NOT_ALLOWED,
    PAUSED,
    WAITING,
    Chats,
    Content,
    Departure,
    Message,
    Messages,
    MessageState,
    Surface,
)
from workflows.ports.accounts import Recipients
from workflows.ports.bot import Bot, Conversation, Posted
from workflows.ports.calendar import Attendee
from workflows.ports.mail import Mail, Mailer
from workflows.ports.units import Clock, DueUnit

TRIES = 4
"""Failures, with growing pauses between them, after which a surface is given up for the next one: some minutes."""


class Outbox:
    """
    Sends what was planned. Raises the transient errors of the surfaces; what is permanent ends in the row.

    *organizers*: the mailboxes that mails leave from; a municipality's mails leave from the same one.
    """

    def __init__(
        self,
        *,
        messages: Messages,
        mailer: Mailer,
        bot: Bot,
        chats: Chats,
        recipients: Recipients,
        clock: Clock,
        organizers: Sequence[str],
    ) -> None:
        self._messages = messages
        self._mailer = mailer
        self._bot = bot
        self._chats = chats
        self._recipients = recipients
        self._clock = clock
        self._organizers = tuple(organizers)

    async def plan(self, messages: Sequence[Message], *, then: Sequence[DueUnit] = ()) -> None:
        await self._messages.plan(messages, then=then)

    async def deliver(self, message: Message, *, patient: bool = True) -> Message:
        """
        Send *message*, already planned, unless it is over or must be held; returns it as it is afterwards.

        *patient*: no other surface is left for it. Silence is no refusal: it is tried for as long as its unit runs.
        """
        if message.state not in WAITING:
            return message
        if not self._recipients.permits(message.content.email):
            return await self._change(message, MessageState.HELD, NOT_ALLOWED)
        # A mail that was under way is found again by its key; a card is not.
        in_doubt = message.state is MessageState.SENDING and message.surface is not Surface.EMAIL
        leaving = replace(
            message,
            state=MessageState.SENDING,
            in_doubt=message.in_doubt or in_doubt,
            reference=self._from(message),
        )
        departure = await self._messages.begin(
            leaving.key,
            in_doubt=leaving.in_doubt,
            reference=leaving.reference,
            municipality=leaving.municipality,
            reader=leaving.content.address if leaving.surface is Surface.PERSONAL else None,
        )
        if departure is None:
            return await self._change(message, MessageState.HELD, PAUSED)
        return await self._leave(leaving, departure, patient=patient)

    async def _leave(self, message: Message, departure: Departure, *, patient: bool) -> Message:
        """Send a message that has begun to leave, and note what became of it."""
        try:
            reference = await self._send(message, departure.chat)
        except OutcomeUnknown as error:
            if message.in_doubt:
                # It may be there twice already.
                return await self._change(message, MessageState.FAILED, str(error))
            raise
        except Throttled:
            await self._messages.change(message.key, MessageState.PLANNED)
            raise
        except Transient as error:
            # It did not leave: the next try is no doubtful one.
            tries = message.tries + 1
            await self._messages.note_reference(message.key, {**message.reference, "tries": tries})
            if tries >= TRIES and not patient:
                return await self._change(message, MessageState.FAILED, str(error))
            await self._change(message, MessageState.PLANNED, str(error))
            raise
        except Permanent as error:
            return await self._refused(message, error)
        at = self._clock.now()
        sent = replace(message, state=MessageState.SENT, reference=reference, sent_at=at)
        await self._messages.mark_sent(message.key, reference=reference, at=at, opened=_opened(sent, departure))
        return sent

    async def waiting(self) -> Sequence[Message]:
        """List the messages that are planned, held or on their way."""
        return await self._messages.list_messages(states=WAITING)

    async def in_doubt(self) -> Sequence[Message]:
        """The messages that may have been sent twice."""
        return [message for message in await self._messages.list_messages() if message.in_doubt]

    async def _send(self, message: Message, chat: Conversation | None) -> dict[str, Any]:
        content = message.content
        if message.surface is Surface.EMAIL:
            to = Attendee(email=content.address, name=content.name)
            mail = Mail(key=message.key, to=to, subject=content.subject, html=content.html)
            sender = str(message.reference["sender"])
            return {"message": await self._mailer.send(sender, mail), "sender": sender}
        if message.surface is Surface.CHANNEL:
            posted = await self._bot.post_in_channel(content.address, content.card, summary=content.subject)
        else:
            posted = await self._post_in_chat(content, chat)
        where = posted.conversation
        return {"conversation": where.id, "service_url": where.service_url, "activity": posted.activity_id}

    def _from(self, message: Message) -> Mapping[str, Any]:
        begun = message.state is MessageState.SENDING and "sender" in message.reference
        if message.surface is not Surface.EMAIL or begun:
            return message.reference
        return {**message.reference, "sender": organizer_for(message.municipality or "", self._organizers)}

    async def _post_in_chat(self, content: Content, known: Conversation | None) -> Posted:
        if known is not None:
            try:
                return await self._post(known, content)
            except (NotFound, Refused):
                # The chat was deleted, or the app removed and perhaps added again: what we knew holds no longer.
                await self._chats.forget(content.address)
        return await self._post(await self._bot.open_chat(content.address), content)

    async def _post(self, chat: Conversation, content: Content) -> Posted:
        return await self._bot.post_card(chat, content.card, summary=content.subject, recipient=content.email)

    async def _refused(self, message: Message, error: Permanent) -> Message:
        # A rehearsal lets a person receive but no channel: that surface fails, and the next one is used.
        if isinstance(error, RecipientNotAllowed) and message.surface is not Surface.CHANNEL:
            return await self._change(message, MessageState.HELD, NOT_ALLOWED)
        failure = NOT_ALLOWED if isinstance(error, RecipientNotAllowed) else str(error)
        return await self._change(message, MessageState.FAILED, failure)

    async def _change(self, message: Message, state: MessageState, failure: str) -> Message:
        await self._messages.change(message.key, state, failure=failure)
        return replace(message, state=state, failure=failure)


def _opened(sent: Message, departure: Departure) -> tuple[str, Conversation] | None:
    """Return the chat that was opened for *sent*, with its reader; None where it was known before."""
    if sent.surface is not Surface.PERSONAL or sent.posted is None or sent.posted.conversation == departure.chat:
        return None
    return sent.content.address, sent.posted.conversation
