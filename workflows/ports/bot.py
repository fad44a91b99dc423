"""The Teams bot: its chats, channel posts and cards."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Conversation:
    id: str
    service_url: str


@dataclass(frozen=True, kw_only=True)
class Posted:
    conversation: Conversation
    activity_id: str


class Bot(Protocol):
    """The bot's own voice. Hands; the bot's credential. Bot Framework has no keys: a repeat posts again."""

    async def open_chat(self, user_id: str) -> Conversation:
        """The personal chat with a user who has the app. Raises Refused when it is not installed or was blocked."""
        ...

    async def post_card(
        self, conversation: Conversation, card: Mapping[str, Any], *, summary: str, recipient: str
    ) -> Posted:
        """*summary*: the notification's text. *recipient*: e-mail address, held against the allow-list."""
        ...

    async def post_in_channel(self, channel_id: str, card: Mapping[str, Any], *, summary: str) -> Posted:
        """A new thread in a channel of a team that has the app. RecipientNotAllowed while an allow-list is set."""
        ...

    async def update_card(self, posted: Posted, card: Mapping[str, Any], *, summary: str) -> None:
        """A repeat is harmless."""
        ...
