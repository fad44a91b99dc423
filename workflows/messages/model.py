"""Messages to people as rows: each can be seen and held before it leaves, and leaves once.

planned ──▶ sending ──▶ sent
   ▲           ├──▶ failed    refused by its surface; its planner uses the next one
   └── held ◀──┘              sending is paused, or a rehearsal's allow-list leaves the reader out
dropped                       nobody needs it any more
summed                        a summary after a pause stands for it (`resumption`)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from workflows.ports.bot import Conversation, Posted
from workflows.ports.units import DueUnit


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
    SUMMED = "summed"


TOLD = (MessageState.SENT, MessageState.SUMMED)
"""States in which its reader was told, by itself or in a summary. `sent_at` is the moment."""
WAITING = (MessageState.PLANNED, MessageState.HELD, MessageState.SENDING)
"""States from which a message may still leave."""
CARD_BESIDE = "/card"
"""Ends the key of a card that says in a chat what a mail says: the mail's key and this. Both are one matter."""
AGAIN = "/again/"
"""In the key of a card that was posted twice, before the id of the one that was found later."""
PAUSED = "paused"
REHEARSAL = "rehearsal"
"""The unit under which calls are noted that a rehearsal withheld on their way out."""
NOT_ALLOWED = "not on the allow-list"
OVERDUE_TRIES = 12
"""Tries after which a message is overdue: with the growing pauses between them, a working day."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A finished message. *address*: e-mail address, account id or channel id, by the message's surface."""

    email: str
    """The address held against the allow-list."""
    name: str
    address: str
    subject: str
    """Of the mail, or the notification's text of a card."""
    text: str
    """The text as plain text, for previews."""
    deadline: str = ""
    """The moment it asks somebody to answer by, if it does."""
    html: str = ""
    links: Sequence[tuple[str, str]] = ()
    """The buttons of a mail, words and address, the main one first."""
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
    """The message's place: conversation, service_url and activity of a card, id of a mail; `shows`: its last change.
    `sender`: the mailbox that a mail leaves from, noted before it does, so that it is looked for there; `tries`: how
    often it failed to leave."""
    in_doubt: bool = False
    failure: str = ""
    sent_at: datetime | None = None

    @property
    def tries(self) -> int:
        """Number of times that its surface did not take it, and another try may help."""
        return int(self.reference.get("tries", 0))

    @property
    def is_overdue(self) -> bool:
        """True when it still waits after a working day of tries."""
        return self.state in WAITING and self.tries >= OVERDUE_TRIES

    @property
    def is_paused(self) -> bool:
        """True when it was held because people stopped sending."""
        return self.state is MessageState.HELD and self.failure == PAUSED

    @property
    def posted(self) -> Posted | None:
        """The card in Teams, if this is one and it was sent."""
        if self.state is not MessageState.SENT or "activity" not in self.reference:
            return None
        where = Conversation(id=self.reference["conversation"], service_url=self.reference["service_url"])
        return Posted(conversation=where, activity_id=self.reference["activity"])


@dataclass(frozen=True, kw_only=True)
class Departure:
    """The state of things as a message leaves. *chat*: its reader's chat with the bot, if one is known."""

    chat: Conversation | None = None


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

    async def begin(
        self,
        key: str,
        *,
        in_doubt: bool,
        reference: Mapping[str, Any],
        municipality: str | None = None,
        reader: str | None = None,
    ) -> Departure | None:
        """
        Note that it leaves now. None, and nothing noted, while people have stopped sending in *municipality*.

        *in_doubt*: it may have left before. *reference*: what is known of where it goes. *reader*: the object id whose
        chat it goes to.
        """
        ...

    async def change(self, key: str, state: MessageState, *, failure: str = "") -> None: ...
    async def mark_sent(
        self,
        key: str,
        *,
        reference: Mapping[str, Any],
        at: datetime,
        opened: tuple[str, Conversation] | None = None,
    ) -> None:
        """Note that it has left. *opened*: the reader's object id and the chat that was opened for it."""
        ...

    async def note_reference(self, key: str, reference: Mapping[str, Any]) -> None: ...
    async def reached(self, people: Sequence[str], *, kind: str, since: datetime) -> Mapping[str, Surface]:
        """By person: where the last message of *kind* after *since* reached them, if in their chat or because a better
        one failed."""
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
        """Tell whether people stopped sending there."""
        ...


class Chats(Protocol):
    """Personal chats with the bot, by the person's object id. Every method is atomic, and a repeat is harmless."""

    async def find(self, object_id: str) -> Conversation | None: ...
    async def remember(self, object_id: str, chat: Conversation) -> None: ...
    async def forget(self, object_id: str) -> None: ...
