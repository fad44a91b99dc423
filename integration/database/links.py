"""Addresses given to people: who holds one may do that one thing, until it expires or is revoked."""

import hashlib
from datetime import UTC, datetime

from itsdangerous import BadSignature, Signer
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from integration.database.connection import Database, insert_into
from integration.database.switches import secret
from integration.database.tables import link
from workflows.ports import Clock, Link, LinkPurpose

_LINK = select(link).where(link.c.id == bindparam("of"))


class SQLLinks:
    """Signed tokens. The token names a row and says nothing about whom or what it is for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._signer: Signer | None = None

    async def issue(
        self,
        purpose: LinkPurpose,
        subject: str,
        person: str | None = None,
        expires_at: datetime | None = None,
    ) -> str:
        """A token for *purpose*; the same arguments give the same one, until it is revoked."""
        same = (
            link.c.purpose == purpose,
            link.c.subject == subject,
            link.c.person.is_(None) if person is None else link.c.person == person,
            link.c.expires_at.is_(None) if expires_at is None else link.c.expires_at == expires_at,
        )
        async with self._database.begin() as connection:
            signer = await self._signer_of(connection)
            revoked = select(func.count()).select_from(link).where(*same, link.c.revoked_at.is_not(None))
            generation = (await connection.execute(revoked)).scalar_one()
            # Derived, not drawn: two workers that issue the same link at the same moment make one row.
            moment = expires_at and expires_at.astimezone(UTC).isoformat()
            identity = _digest(purpose, subject, person or "", moment or "", str(generation))
            row = {"id": identity, "purpose": purpose, "subject": subject, "person": person, "expires_at": expires_at}
            await connection.execute(insert_into(connection, link).values(**row).on_conflict_do_nothing())
        return signer.sign(identity).decode()

    async def resolve(self, token: str, purpose: LinkPurpose) -> Link | None:
        """What the token leads to; None when it is forged, expired, revoked or for another purpose."""
        signer = self._signer
        if signer is None:
            async with self._database.begin() as connection:
                signer = await self._signer_of(connection)
        try:
            identity = signer.unsign(token).decode()
        except BadSignature:
            return None
        row = await self._database.look(lambda connection: connection.execute(_LINK, {"of": identity}).one_or_none())
        if row is None or row.purpose != purpose or row.revoked_at is not None:
            return None
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            return None
        return Link(purpose=purpose, subject=row.subject, person=row.person, expires_at=row.expires_at)

    async def revoke(self, subject: str) -> None:
        """End every link to *subject*. A repeat is harmless."""
        now = self._clock.now()
        ours = (link.c.subject == subject, link.c.revoked_at.is_(None))
        async with self._database.begin() as connection:
            await connection.execute(update(link).where(*ours).values(revoked_at=now))

    async def _signer_of(self, connection: AsyncConnection) -> Signer:
        if self._signer is None:
            key = await secret(connection, "links", now=self._clock.now())
            self._signer = Signer(key, salt="links", key_derivation="hmac", digest_method=hashlib.sha256)
        return self._signer


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
