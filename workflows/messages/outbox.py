"""Every message to people is a row before it leaves, so that it can be seen, held, and sent once.

    planned ──▶ sending ──▶ sent
       ▲           ├──▶ failed    the surface refused it; who planned it uses the next one
       └── held ◀──┘              sending is paused, or a rehearsal's allow-list leaves the reader out
    dropped                       nobody needs it any more

A card has no key at the service: a row still in `sending` when it is met again may have gone out. It is sent once more
and marked in doubt. E-mail is sent once by its key whatever happens.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from workflows.errors import NotFound, OutcomeUnknown, Permanent, RecipientNotAllowed, Refused, Throttled, Transient
from workflows.messages.mailboxes import organizer_for
from workflows.ports.accounts import Recipients
from workflows.ports.bot import Bot, Conversation, Posted
from workflows.ports.calendar import Attendee
from workflows.ports.mail import Mail, Mailer
from workflows.ports.units import Clock, DueUnit


class Surface(StrEnum):
    PERSONAL = "personal"
    CHANNEL = "channel"
    EMAIL = "email"


class MessageState(StrEnum):
    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"
    DROPPED = "dropped"


WAITING = (MessageState.PLANNED, MessageState.HELD, MessageState.SENDING)
"""States from which a message may still leave."""
AGAIN = "/again/"
"""In the key of a card that was posted twice, before the id of the one that was found later."""
TRIES, PATIENT_TRIES = 4, 12
"""After how many failures, with growing pauses between them, a surface is given up: some minutes where another one is
left, a working day where none is."""
PAUSED = "paused"
NOT_ALLOWED = "not on the allow-list"


@dataclass(frozen=True, kw_only=True)
class Content:
    """What goes out, finished. *address*: e-mail address, account id or channel id, by the message's surface."""

    email: str
    """Whom it is for; held against the allow-list."""
    name: str
    address: str
    subject: str
    """Of the mail, or the notification's text of a card."""
    text: str
    """What the reader reads, as plain text, for previews."""
    deadline: str = ""
    """The moment it asks somebody to answer by, if it does."""
    html: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message to one person on one surface. *key* identifies it for ever."""

    key: str
    kind: str
    surface: Surface
    due_at: datetime
    content: Content
    municipality: str | None = None
    person: str | None = None
    request: str | None = None
    state: MessageState = MessageState.PLANNED
    reference: Mapping[str, Any] = field(default_factory=dict)
    """Where it ended up: conversation, service_url and activity of a card, id of a mail; `shows`: its last change.
    `sender`: the mailbox that a mail leaves from, noted before it does, so that it is looked for there; `tries`: how
    often it failed to leave."""
    in_doubt: bool = False
    failure: str = ""
    sent_at: datetime | None = None

    @property
    def posted(self) -> Posted | None:
        """The card in Teams, if this is one and it was sent."""
        if self.state is not MessageState.SENT or "activity" not in self.reference:
            return None
        where = Conversation(id=self.reference["conversation"], service_url=self.reference["service_url"])
        return Posted(conversation=where, activity_id=self.reference["activity"])


class Messages(Protocol):
    """The rows of the outbox. Every method is atomic."""

    async def plan(self, messages: Sequence[Message], *, then: Sequence[DueUnit] = ()) -> None:
        """Add messages; one that is planned or held already gets the new content, any other stays as it is."""
        ...

    async def list_messages(
        self,
        *,
        states: Sequence[MessageState] = (),
        requests: Sequence[str] | None = None,
        kind: str | None = None,
        keys: Sequence[str] | None = None,
    ) -> Sequence[Message]:
        """By due time; only those in *states*, of *requests*, of *kind* and with *keys* (any when empty or None)."""
        ...

    async def begin(self, key: str, *, in_doubt: bool, reference: Mapping[str, Any]) -> None:
        """Note that it leaves now; *in_doubt*: it may have left before; *reference*: what is known of where it goes."""
        ...

    async def change(self, key: str, state: MessageState, *, failure: str = "") -> None: ...
    async def mark_sent(self, key: str, *, reference: Mapping[str, Any], at: datetime) -> None: ...
    async def note_reference(self, key: str, reference: Mapping[str, Any]) -> None: ...
    async def reached(self, people: Sequence[str], *, kind: str) -> Mapping[str, Surface]:
        """By person: where the last message of *kind* reached them, if in their chat or because a better one failed."""
        ...

    async def drop(self, requests: Sequence[str]) -> None:
        """Drop what has not left for *requests*; what was on its way is in doubt."""
        ...


class Doubles(Protocol):
    """Cards that we did not know to be there."""

    async def adopt(self, request: str, posted: Posted, *, then: Sequence[DueUnit]) -> bool:
        """
        Note that a card of *request* in doubt is *posted* as well, and make *then* due.

        False, and nothing written, when no card of it is in doubt or this one is known.
        """
        ...


class Pauses(Protocol):
    async def is_paused(self, municipality: str | None = None) -> bool:
        """Whether people stopped sending there."""
        ...


class Chats(Protocol):
    """Personal chats with the bot, by the person's object id. Every method is atomic, and a repeat is harmless."""

    async def find(self, object_id: str) -> Conversation | None: ...
    async def remember(self, object_id: str, chat: Conversation) -> None: ...
    async def forget(self, object_id: str) -> None: ...


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
        pauses: Pauses,
        recipients: Recipients,
        clock: Clock,
        organizers: Sequence[str],
    ) -> None:
        self._messages = messages
        self._mailer = mailer
        self._bot = bot
        self._chats = chats
        self._pauses = pauses
        self._recipients = recipients
        self._clock = clock
        self._organizers = tuple(organizers)

    async def plan(self, messages: Sequence[Message], *, then: Sequence[DueUnit] = ()) -> None:
        await self._messages.plan(messages, then=then)

    async def deliver(self, message: Message, *, patient: bool = True) -> Message:
        """
        Send *message*, already planned, unless it is over or must be held; returns it as it is afterwards.

        *patient*: no other surface is left for it, so it is tried for long before it fails.
        """
        if message.state not in WAITING:
            return message
        if await self._pauses.is_paused(message.municipality):
            return await self._change(message, MessageState.HELD, PAUSED)
        if not self._recipients.permits(message.content.email):
            return await self._change(message, MessageState.HELD, NOT_ALLOWED)
        # A mail that was under way is found again by its key; a card is not.
        in_doubt = message.state is MessageState.SENDING and message.surface is not Surface.EMAIL
        message = replace(
            message,
            state=MessageState.SENDING,
            in_doubt=message.in_doubt or in_doubt,
            reference=self._from(message),
        )
        await self._messages.begin(message.key, in_doubt=message.in_doubt, reference=message.reference)
        try:
            reference = await self._send(message)
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
            tries = int(message.reference.get("tries", 0)) + 1
            await self._messages.note_reference(message.key, {**message.reference, "tries": tries})
            if tries >= (PATIENT_TRIES if patient else TRIES):
                return await self._change(message, MessageState.FAILED, str(error))
            await self._change(message, MessageState.PLANNED, str(error))
            raise
        except Permanent as error:
            return await self._refused(message, error)
        at = self._clock.now()
        await self._messages.mark_sent(message.key, reference=reference, at=at)
        return replace(message, state=MessageState.SENT, reference=reference, sent_at=at)

    async def has_chat(self, object_id: str) -> bool:
        """Whether we know a chat with them: the app was added, they wrote, or a card arrived there."""
        return await self._chats.find(object_id) is not None

    async def waiting(self) -> Sequence[Message]:
        """What is planned, held or on its way."""
        return await self._messages.list_messages(states=WAITING)

    async def in_doubt(self) -> Sequence[Message]:
        """The messages that may have been sent twice."""
        return [message for message in await self._messages.list_messages() if message.in_doubt]

    async def _send(self, message: Message) -> dict[str, Any]:
        content = message.content
        if message.surface is Surface.EMAIL:
            to = Attendee(email=content.address, name=content.name)
            mail = Mail(key=message.key, to=to, subject=content.subject, html=content.html)
            sender = str(message.reference["sender"])
            return {"message": await self._mailer.send(sender, mail), "sender": sender}
        if message.surface is Surface.CHANNEL:
            posted = await self._bot.post_in_channel(content.address, content.card, summary=content.subject)
        else:
            posted = await self._post_in_chat(content)
        where = posted.conversation
        return {"conversation": where.id, "service_url": where.service_url, "activity": posted.activity_id}

    def _from(self, message: Message) -> Mapping[str, Any]:
        begun = message.state is MessageState.SENDING and "sender" in message.reference
        if message.surface is not Surface.EMAIL or begun:
            return message.reference
        return {**message.reference, "sender": organizer_for(message.municipality or "", self._organizers)}

    async def _post_in_chat(self, content: Content) -> Posted:
        known = await self._chats.find(content.address)
        if known is not None:
            try:
                return await self._post(known, content)
            except (NotFound, Refused):
                # The chat was deleted, or the app removed and perhaps added again: what we knew holds no longer.
                await self._chats.forget(content.address)
        chat = await self._bot.open_chat(content.address)
        posted = await self._post(chat, content)
        await self._chats.remember(content.address, chat)
        return posted

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


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A message that has not left, as a person sees it before it does."""

    at: datetime
    to: str
    surface: Surface
    kind: str
    state: MessageState
    subject: str
    text: str
    why_held: str = ""


def preview(messages: Sequence[Message]) -> tuple[Preview, ...]:
    """What would go out next, to whom, with its text, the earliest first."""
    lines = (
        Preview(
            at=message.due_at,
            to=message.content.email,
            surface=message.surface,
            kind=message.kind,
            state=message.state,
            subject=message.content.subject,
            text=message.content.text,
            why_held=message.failure if message.state is MessageState.HELD else "",
        )
        for message in messages
        if message.state in WAITING
    )
    return tuple(sorted(lines, key=lambda line: (line.at, line.to, line.kind)))
