"""
The edge that every call passes which may reach people: in a rehearsal, none who is not on the allow-list.

Workflows leave people out where they plan, so that plans and previews tell the truth. This is what holds when one of
them does not: it reads the calls themselves, as they would leave. A person who is named and cannot be told counts as
somebody else.
"""

import re
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from workflows.errors import RecipientNotAllowed
from workflows.ports.accounts import Account, Recipients

ADDRESS = re.compile(r"[^@\s<>'\"/]+@[^@\s<>'\"/]+\.[A-Za-z]{2,}")
PERSON = re.compile(r"/(?:users|directoryObjects)(?:/|\(')([^/'()?]+)", re.IGNORECASE)
"""A person in an address of Graph, by object id or by the name to sign in with."""
READING_COPY = re.compile(r"^/(?:sites|drives)/")
"""Writes to a site reach nobody by themselves; sharing would."""
SHARING = "/invite"
REACHING = ("POST", "PUT", "PATCH")
"""Methods by which people are reached. Nobody is told of a membership that ends, and reading tells nobody anything."""


@dataclass(frozen=True, kw_only=True)
class Reach:
    """The people that a call names, by address and by object id."""

    addresses: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()


def reach_of(method: str, path: str, body: object) -> Reach:
    """Return the people that a call to Graph would reach."""
    path = unquote(path.partition("?")[0])
    if method not in REACHING or (READING_COPY.search(path) and not path.endswith(SHARING)):
        return Reach()
    named = {*PERSON.findall(path), *_named_in(body)}
    addresses = frozenset(name.lower() for name in named if "@" in name)
    return Reach(addresses=addresses, accounts=frozenset(name for name in named if "@" not in name))


def withheld(reach: Reach, *, permits: Callable[[str], bool], known: Mapping[str, Account]) -> frozenset[str]:
    """Return those of *reach* whom the allow-list leaves out. *known*: accounts by object id; without one, it does."""
    others = {address for address in reach.addresses if not permits(address)}
    for account_id in reach.accounts:
        account = known.get(account_id)
        if account is None or not any(map(permits, {account.email, *account.addresses})):
            others.add(account_id)
    return frozenset(others)


class AllowList:
    """
    Lets calls pass that reach nobody but those on the allow-list, and our own mailboxes. Without a list, all of them.

    *find_account*: by object id. *find_chat_owner*: the object id of the person in a chat with the bot. *note*: is told
    of each call that is withheld, in English, with the number of people it would have reached.
    """

    def __init__(
        self,
        recipients: Recipients,
        *,
        ours: Collection[str],
        find_account: Callable[[str], Awaitable[Account | None]],
        find_chat_owner: Callable[[str], Awaitable[str | None]],
        note: Callable[[str, int], Awaitable[None]],
    ) -> None:
        self._recipients = recipients
        self._ours = frozenset(address.lower() for address in ours)
        self._find_account = find_account
        self._find_chat_owner = find_chat_owner
        self._note = note

    @property
    def is_set(self) -> bool:
        """True in a rehearsal."""
        return self._recipients.allowed is not None

    async def check(self, action: str, reach: Reach) -> None:
        """Raise RecipientNotAllowed for a call that would reach somebody else."""
        if not self.is_set:
            return
        found = {account_id: await self._find_account(account_id) for account_id in reach.accounts}
        known = {account_id: account for account_id, account in found.items() if account is not None}
        others = withheld(reach, permits=self._permits, known=known)
        if others:
            await self._note(action, len(others))
            raise RecipientNotAllowed(action, f"{len(others)} it would reach are not on the allow-list")

    async def check_chat(self, action: str, conversation_id: str) -> None:
        """Raise RecipientNotAllowed for a call to the chat of somebody else, or of nobody that is known."""
        if self.is_set:
            owner = await self._find_chat_owner(conversation_id)
            await self.check(action, Reach(accounts=frozenset({owner or conversation_id})))

    def _permits(self, address: str) -> bool:
        return address.lower() in self._ours or self._recipients.permits(address)


def _named_in(value: object) -> Iterator[str]:
    """Yield the people that a body names, by a value that is an address or leads to a person."""
    if isinstance(value, str):
        if ADDRESS.fullmatch(value):
            yield value
        elif value.startswith(("https://", "http://")):
            yield from PERSON.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _named_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _named_in(item)
