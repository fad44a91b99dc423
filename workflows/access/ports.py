"""Ports of access: kept sessions."""

from datetime import datetime
from typing import Protocol

from workflows.access.model import Session


class SessionStore(Protocol):
    """Keeps sessions by the hash of their token."""

    async def add(self, session: Session) -> None: ...

    async def find(self, session_id: str) -> Session | None: ...

    async def mark_seen(self, session_id: str, at: datetime) -> None: ...

    async def end(self, session_id: str) -> None:
        """End a session. A repeat is harmless."""
        ...

    async def end_all(self, person: str) -> int:
        """End all of a person's sessions; return how many there were."""
        ...

    async def end_of_identity(self, issuer: str, subject: str) -> int:
        """End all sessions that were signed in to with that identity; return how many there were."""
        ...

    async def forget_before(self, moment: datetime) -> int:
        """Delete the sessions whose end lies before *moment*; return how many there were."""
        ...
