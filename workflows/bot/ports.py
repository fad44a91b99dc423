"""Ports of the bot's desk and its commands."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from config.programme import Programme
from workflows.messages.model import Chats, Messages
from workflows.ports.accounts import KnownAccounts
from workflows.ports.place import Places
from workflows.ports.units import Clock
from workflows.status.ports import Rounds


class Languages(Protocol):
    async def set_language(self, person: str, language: str) -> bool:
        """Write to *person* in *language* from now on; False when nobody has that key."""
        ...


@dataclass(frozen=True, kw_only=True)
class BotPorts:
    """Everything that an answer of the bot is looked up in."""

    programme: Callable[[], Awaitable[Programme]]
    rounds: Rounds
    accounts: KnownAccounts
    messages: Messages
    chats: Chats
    places: Places
    languages: Languages
    clock: Clock
    own_address: Callable[[str], Awaitable[str]]
    """The address of a person's page with their own meetings."""
