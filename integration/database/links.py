"""Addresses given to people: who holds one may do that one thing, until it expires or is revoked."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from itsdangerous import BadSignature, Signer
from sqlalchemy import Connection, Row, bindparam, func, select, update

from integration.database.compiled_once import CompiledOnce
from integration.database.connection import Database, insert_into
from integration.database.standings import standing_behind
from integration.database.switches import IS_CLOSED, secret
from integration.database.tables import link
from workflows.ports.links import Link, LinkPurpose
from workflows.ports.units import Clock
from workflows.status.ports import Standing

T = TypeVar("T")

MOST_AT_ONCE = 500
"""Subjects in one question: databases take so many values and no more."""
USE_STEP = timedelta(days=1)
"""Least time between two notes of a link's use."""
_LINK = CompiledOnce(select(link).where(link.c.id == bindparam("of")))


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
        """A token for *purpose*; the same arguments give the same one, until it is revoked. Of a closed programme it
        opens nothing."""
        same = (
            link.c.purpose == purpose,
            link.c.subject == subject,
            link.c.person.is_(None) if person is None else link.c.person == person,
            link.c.expires_at.is_(None) if expires_at is None else link.c.expires_at == expires_at,
        )
        signer = await self._known_signer()
        async with self._database.begin() as connection:
            revoked = select(func.count(), IS_CLOSED).select_from(link).where(*same, link.c.revoked_at.is_not(None))
            generation, closed = (await connection.execute(revoked)).one()
            identity = _identity(purpose, subject, person, expires_at, generation)
            row = {"id": identity, "purpose": purpose, "subject": subject, "person": person, "expires_at": expires_at}
            row["issued_at"] = self._clock.now()
            if not closed:
                await connection.execute(insert_into(connection, link).values(**row).on_conflict_do_nothing())
        return signer.sign(identity).decode()

    async def issue_all(
        self,
        purpose: LinkPurpose,
        subjects: Collection[str],
        *,
        person: str | None = None,
        expires_at: Mapping[str, datetime] | None = None,
    ) -> Mapping[str, str]:
        """The token that `issue` gives for each of *subjects*; *expires_at*: by the subject. It writes, once, only when
        some have none yet."""
        ends, signer = expires_at or {}, await self._known_signer()
        wanted = sorted(set(subjects))

        def identify(connection: Connection) -> tuple[set[str], dict[str, str], dict[str, str]]:
            """Return the known ids, and each subject's id and token: beside the loop, for a feed has thousands."""
            found = _known(purpose, wanted, person, connection)
            revoked = Counter((row.subject, row.expires_at) for row in found if row.revoked_at is not None)
            identities = {
                subject: _identity(purpose, subject, person, ends.get(subject), revoked[subject, ends.get(subject)])
                for subject in wanted
            }
            tokens = {subject: signer.sign(identity).decode() for subject, identity in identities.items()}
            return {row.id for row in found}, identities, tokens

        known, identities, tokens = await self._database.scan(identify)
        new = [
            {
                "id": identity,
                "purpose": purpose,
                "subject": subject,
                "person": person,
                "expires_at": ends.get(subject),
                "issued_at": self._clock.now(),
            }
            for subject, identity in identities.items()
            if identity not in known
        ]
        if new:
            async with self._database.begin() as connection:
                if not (await connection.execute(select(IS_CLOSED))).scalar_one():
                    await connection.execute(insert_into(connection, link).on_conflict_do_nothing(), new)
        return tokens

    async def resolve(self, token: str, purpose: LinkPurpose) -> Link | None:
        """Return the link of the token; None when it is forged, expired, revoked or for another purpose."""
        row = await self._find(token, purpose)
        if row is None or self._has_ended(row):
            return None
        await self._note_use(row)
        return _link_of(row)

    async def resolve_answer(self, token: str) -> tuple[Link, Standing | None] | None:
        """Return the link of a form, and the request as it stands; see `AnswerLinks`."""

        def read(connection: Connection, identity: str) -> tuple[Link, Standing | None] | None:
            row, standing = standing_behind(connection, identity) or (_row(connection, identity, "answer"), None)
            if row is None or row.purpose != "answer" or self._has_ended(row):
                return None
            return _link_of(row), standing

        return await self._look(token, read)

    async def take(self, token: str, purpose: LinkPurpose) -> Link | None:
        """Return the link of the token and end it in one step: of two who take it, one gets it."""
        row = await self._find(token, purpose)
        if row is None or self._has_ended(row):
            return None
        still_there = (link.c.id == row.id, link.c.revoked_at.is_(None))
        async with self._database.begin() as connection:
            ended = await connection.execute(update(link).where(*still_there).values(revoked_at=self._clock.now()))
        return _link_of(row) if ended.rowcount == 1 else None

    async def find_ended(self, token: str, purpose: LinkPurpose) -> Link | None:
        """Return the link of a token of ours that expired or was revoked; None for any other. It opens nothing."""
        row = await self._find(token, purpose)
        return _link_of(row) if row is not None and self._has_ended(row) else None

    async def _find(self, token: str, purpose: LinkPurpose) -> Any:
        """The row that a correctly signed token names, if it is for *purpose*."""
        return await self._look(token, lambda connection, identity: _row(connection, identity, purpose))

    async def _look(self, token: str, read: Callable[[Connection, str], T | None]) -> T | None:
        """Return what *read* finds for the id in a token; None where the token is not signed by us."""
        signer = await self._known_signer()
        try:
            identity = signer.unsign(token).decode()
        except BadSignature:
            return None
        return await self._database.look(lambda connection: read(connection, identity))

    async def _note_use(self, row: Any) -> None:
        """Note the use of a link, once a day at most: a page costs no write."""
        now = self._clock.now()
        if row.used_at is None or now - row.used_at >= USE_STEP:
            used = update(link).where(link.c.id == row.id).values(used_at=now)
            # Beside others: a thousand people open their forms at the same time, and each only notes that they did.
            await self._database.write(lambda connection: connection.execute(used).close())

    def _has_ended(self, row: Any) -> bool:
        return row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= self._clock.now())

    async def revoke(self, subject: str) -> None:
        """End every link to *subject*. A repeat is harmless."""
        now = self._clock.now()
        ours = (link.c.subject == subject, link.c.revoked_at.is_(None))
        async with self._database.begin() as connection:
            await connection.execute(update(link).where(*ours).values(revoked_at=now))

    async def _known_signer(self) -> Signer:
        if self._signer is None:
            key = await secret(self._database, "links", now=self._clock.now())
            self._signer = _LinkSigner(key, salt="links", key_derivation="hmac", digest_method=hashlib.sha256)
        return self._signer


class _LinkSigner(Signer):
    """A signer that derives its key once, and not for each of the thousands of links in a feed."""

    def __init__(self, *values: Any, **named: Any) -> None:
        super().__init__(*values, **named)
        self._derived = super().derive_key()

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        return self._derived if secret_key is None else super().derive_key(secret_key)


def _row(connection: Connection, identity: str, purpose: LinkPurpose) -> Any:
    """Return the row of that id, if it is for *purpose*; None else."""
    row = _LINK.first(connection, {"of": identity})
    return None if row is None or row.purpose != purpose else row


def _link_of(row: Any) -> Link:
    return Link(purpose=row.purpose, subject=row.subject, person=row.person, expires_at=row.expires_at)


def _known(
    purpose: LinkPurpose, subjects: Sequence[str], person: str | None, connection: Connection
) -> Sequence[Row[Any]]:
    """Return the links to *subjects* with this purpose for this person, or for anybody."""
    theirs = link.c.person.is_(None) if person is None else link.c.person == person
    columns = select(link.c.id, link.c.subject, link.c.expires_at, link.c.revoked_at)
    found: list[Any] = []
    for start in range(0, len(subjects), MOST_AT_ONCE):
        some = link.c.subject.in_(subjects[start : start + MOST_AT_ONCE])
        found += connection.execute(columns.where(link.c.purpose == purpose, theirs, some)).all()
    return found


def _identity(
    purpose: LinkPurpose, subject: str, person: str | None, expires_at: datetime | None, generation: int
) -> str:
    """Return the id of a link. Derived, not drawn: two workers that issue the same link at once make one row."""
    moment = expires_at.astimezone(UTC).isoformat() if expires_at else ""
    return _digest(purpose, subject, person or "", moment, str(generation))


def _digest(*parts: str) -> str:
    # Longer than other digests: it stands in addresses that people have.
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
