"""Identities that providers prove, and the people they belong to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.ports.accounts import Account


@dataclass(frozen=True, kw_only=True)
class ProvedIdentity:
    """An identity that a provider has proved just now."""

    issuer: str
    subject: str
    object_id: str = ""
    """Of the account in our tenant; empty where the provider knows none."""
    shown_as: str = ""
    """The name or address in the token: shown to the person themselves, and used for nothing else."""


@dataclass(frozen=True, kw_only=True)
class BoundIdentity:
    """An identity that is bound to a person, until that is undone."""

    issuer: str
    subject: str
    person: str
    bound_at: datetime
    bound_by: str
    """The person who confirmed it, themselves."""


@dataclass(frozen=True, kw_only=True)
class KnownAccount:
    """An account of our tenant as it was last looked up, and its person where the look-up knew one."""

    account: Account
    person: str | None


class AccountOwners(Protocol):
    """Knows whose the accounts of our tenant are."""

    async def find_owned(self, object_id: str) -> KnownAccount | None: ...


class IdentityStore(Protocol):
    """Keeps the identities that are bound to people. A person has one at a time."""

    async def find(self, issuer: str, subject: str) -> BoundIdentity | None:
        """Return the person's identity while it is bound."""
        ...

    async def of_person(self, person: str) -> BoundIdentity | None: ...

    async def list_bound(self) -> list[BoundIdentity]: ...

    async def bind(self, item: BoundIdentity) -> bool:
        """Bind an identity; False, and nothing changed, when it or its person is bound already."""
        ...

    async def undo(self, issuer: str, subject: str, *, at: datetime, by: str) -> bool:
        """Undo a binding and end its sessions; False when there was none."""
        ...
