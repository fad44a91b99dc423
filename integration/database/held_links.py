"""The links that have not ended: the workflows' `HeldLinks`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, column, null, or_, select, union_all, update

from integration.database.audit import note_action
from integration.database.connection import Database
from integration.database.tables import link, status_request
from workflows.access.held_links import HeldLink, LinkOwner
from workflows.ports.units import Clock

_FIRST_OF, _FIRST_BEHIND = "/", "0"
"""The sign after a root in what lies below it, and the one that follows it: a range, which the index knows."""
_COLUMNS = (*link.c, status_request.c.work_package, status_request.c.meeting)
_ASKS = (link.c.purpose == "answer") & (link.c.subject == status_request.c.id)
_LINKS = select(*_COLUMNS).select_from(link.outerjoin(status_request, _ASKS))


class SQLHeldLinks:
    """The table of links, as those see it who look after a place."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list_held(self, owner: LinkOwner) -> Sequence[HeldLink]:
        below = [
            (link.c.subject >= root + _FIRST_OF) & (link.c.subject < root + _FIRST_BEHIND)
            for root in sorted(owner.roots)
        ]
        named = or_(link.c.subject.in_(sorted(owner.subjects)), *below)
        asked = status_request.c.work_package.in_(sorted(owner.packages))
        # Two questions, each along an index of its own: with "or" between them, all links there are would be read.
        answers = select(*_COLUMNS).where(_ASKS, asked, *self._holds())
        others = select(*link.c, null(), null()).where(named, *self._holds())
        query = union_all(answers, others).order_by(column("used_at").desc(), column("id"))
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        # Databases do not agree on where those that were never used stand.
        return sorted(map(_held, rows), key=lambda item: item.used_at is None)

    async def find_held(self, link_id: str) -> HeldLink | None:
        query = _LINKS.where(link.c.id == link_id, *self._holds())
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _held(row)

    async def end(self, link_id: str, *, by: str) -> bool:
        now = self._clock.now()
        async with self._database.begin() as connection:
            ours = (link.c.id == link_id, link.c.revoked_at.is_(None))
            ended = await connection.execute(update(link).where(*ours).values(revoked_at=now))
            if not ended.rowcount:
                return False
            await note_action(connection, by, "link.ended", link_id, at=now, values={})
        return True

    def _holds(self) -> tuple[ColumnElement[bool], ...]:
        now = self._clock.now()
        return link.c.revoked_at.is_(None), or_(link.c.expires_at.is_(None), link.c.expires_at > now)


def _held(row: Row[Any]) -> HeldLink:
    return HeldLink(
        id=row.id,
        purpose=row.purpose,
        subject=row.subject,
        person=row.person,
        issued_at=row.issued_at,
        used_at=row.used_at,
        expires_at=row.expires_at,
        work_package=row.work_package,
        meeting=row.meeting,
    )
