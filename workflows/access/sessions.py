"""Sessions: begun by a sign-in, ended by time without use, by age, by logging out, and with the last role."""

import hashlib
import secrets
from datetime import datetime, timedelta

from workflows.access.model import Session
from workflows.access.ports import SessionStore
from workflows.ports.units import Clock

IDLE_LIMIT = timedelta(hours=4)
"""Time without use after which a session ends."""
LIFE = timedelta(hours=12)
"""Time after which a session ends however much it is used: a working day."""
SEEN_STEP = timedelta(minutes=5)
"""Least time between two notes of use, so that a page costs no write."""


class Sessions:
    """Begins, finds and ends sessions. The token is never stored: its hash is the key."""

    def __init__(self, store: SessionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def start(self, person: str, *, issuer: str, subject: str) -> str:
        """Begin a session and return its token: always a new one, so that nobody can be given a known one."""
        token, now = secrets.token_urlsafe(32), self._clock.now()
        await self._store.forget_before(now)
        await self._store.add(
            Session(
                id=session_id(token),
                person=person,
                issuer=issuer,
                subject=subject,
                started_at=now,
                seen_at=now,
                ends_at=now + LIFE,
            )
        )
        return token

    async def find(self, token: str) -> Session | None:
        """Return the session of a cookie's token while it is open, and note its use now and then."""
        session, now = await self._store.find(session_id(token)), self._clock.now()
        if session is None:
            return None
        if not is_open(session, now):
            await self._store.end(session.id)
            return None
        if now - session.seen_at >= SEEN_STEP:
            await self._store.mark_seen(session.id, now)
        return session

    async def end(self, token: str) -> None:
        """End the session of a token. A repeat is harmless."""
        await self._store.end(session_id(token))

    async def sign_out(self, person: str, token: str | None = None) -> int:
        """End the session of a token, or all of a person's, as their own act; return how many ended."""
        ended = session_id(token) if token is not None else None
        return await self._store.sign_out(person, ended, at=self._clock.now())


def is_open(session: Session, now: datetime) -> bool:
    """Return True while a session is neither too old nor unused for too long."""
    return now < session.ends_at and now - session.seen_at < IDLE_LIMIT


def session_id(token: str) -> str:
    """Return the key under which a session is kept: it opens nothing."""
    return hashlib.sha256(f"session:{token}".encode(errors="surrogatepass")).hexdigest()


def csrf_token(token: str) -> str:
    """Return the word that every form of a session carries: known to its own pages alone, and never stored."""
    return hashlib.sha256(f"csrf:{token}".encode(errors="surrogatepass")).hexdigest()
