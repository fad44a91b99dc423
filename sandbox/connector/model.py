"""Chats and what is posted in them."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Card = dict[str, Any]
CARD_CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
THREAD_MARK = ";messageid="


@dataclass(kw_only=True, eq=False)
class Post:
    """A post. *sender* is a user's id, or empty for the bot. *private*: cards that one person alone sees instead."""

    id: str
    conversation: str
    sender: str
    sent_at: datetime
    summary: str = ""
    text: str = ""
    card: Card | None = None
    edited: int = 0
    private: dict[str, Card] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class Chat:
    """A person's chat with the bot (*user_id*), or a channel with its threads (*team_id*)."""

    id: str
    user_id: str = ""
    team_id: str = ""
    messages: list[Post] = field(default_factory=list)

    def find(self, activity_id: str) -> Post | None:
        return next((message for message in self.messages if message.id == activity_id), None)


def member_id(user_id: str) -> str:
    """Return the id by which Teams names a person to bots; it says nothing about the account."""
    return "29:1" + base64.urlsafe_b64encode(hashlib.sha256(user_id.encode()).digest()).decode().rstrip("=")
