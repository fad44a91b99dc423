"""People's accounts in the home tenant: looked up, invited, and held against the rehearsal's allow-list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class AccountKind(StrEnum):
    MEMBER = "member"
    GUEST = "guest"


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person's account in the home tenant."""

    id: str
    email: str
    kind: AccountKind
    enabled: bool = True
    redeemed: bool = True
    addresses: frozenset[str] = frozenset()
    """Every lower-case address that the directory has for it: mail, name to sign in with, aliases, other addresses."""

    @property
    def sees_teams(self) -> bool:
        """True when a post in Teams is seen: one to a guest succeeds and is not. Who is a guest, the directory says."""
        return self.kind is AccountKind.MEMBER and self.enabled


class Directory(Protocol):
    """Looks people up. Builder; needs User.Read.All."""

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        """Return the accounts there are, by lower-case address: mail, name to sign in with, alias, or other address."""
        ...

    async def find_by_ids(self, ids: Sequence[str]) -> Mapping[str, Account]:
        """The same by object id, whatever address they have by now."""
        ...


class Invitations(Protocol):
    """Makes guests. Hands; needs User.Invite.All."""

    async def invite(self, email: str, *, name: str, redirect_url: str) -> Account:
        """Make a guest account without Microsoft's mail. A repeat gives the same account."""
        ...


@dataclass(frozen=True)
class Recipients:
    """The rehearsal's allow-list; None lets everybody receive."""

    allowed: frozenset[str] | None = None

    def permits(self, email: str) -> bool:
        return self.allowed is None or email.lower() in self.allowed


class KnownAccounts(Protocol):
    """People's accounts, as last looked up."""

    async def find_accounts(self, emails: Sequence[str]) -> Mapping[str, Account]:
        """The accounts we know, by lower-case e-mail address."""
        ...

    async def find_by_object_id(self, object_id: str) -> Account | None: ...
