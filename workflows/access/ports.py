"""Ports of access: kept sessions, and the providers that prove who somebody is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from workflows.access.identities import ProvedIdentity
from workflows.access.model import Session


class SessionStore(Protocol):
    """Keeps sessions by the hash of their token."""

    async def add(self, session: Session) -> None: ...

    async def find(self, session_id: str) -> Session | None: ...

    async def mark_seen(self, session_id: str, at: datetime) -> None: ...

    async def end(self, session_id: str) -> None:
        """End a session. A repeat is harmless."""
        ...

    async def sign_out(self, person: str, session_id: str | None, *, at: datetime) -> int:
        """End a session of a person, or all of theirs, and note it as the person's act; return how many ended."""
        ...

    async def forget_before(self, moment: datetime) -> int:
        """Delete the sessions whose end lies before *moment*; return how many there were."""
        ...


class Provider(Protocol):
    """An identity provider. *flow* is one browser's, the same in both calls, and used up by the second."""

    @property
    def name(self) -> str:
        """The provider's name in our addresses."""
        ...

    @property
    def issuer(self) -> str:
        """The issuer that its tokens, and the sessions begun with them, name."""
        ...

    async def end_address(self, *, back: str) -> str:
        """
        Return the address at the provider that ends the session there and leads to *back*; empty where it names none.

        Raises Transient when the provider does not answer, Refused for an answer that is none.
        """
        ...

    async def begin(self, flow: dict[str, Any], *, redirect_uri: str) -> str:
        """Return the address at the provider that a person is sent to; Transient when the provider does not answer."""
        ...

    async def finish(self, flow: dict[str, Any], query: Mapping[str, str]) -> ProvedIdentity:
        """Return the identity of a person who comes back; Refused unless all is as agreed, Transient for no answer."""
        ...


class TokenReader(Protocol):
    """Reads a token that Teams gives our tab."""

    async def read(self, token: str) -> ProvedIdentity:
        """Return the account of a token; Refused for any other, Transient while the issuer's keys are unknown."""
        ...
