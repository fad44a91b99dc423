"""The links that have not ended: the workflows' `HeldLinks`."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select, update

from integration.database.audit import note_action
from integration.database.connection import Database
from integration.database.tables import link, status_request
from workflows.access.held_links import HeldLink, LinkOwner
from workflows.ports.units import Clock

_LINKS = select(link, status_request.c.work_package, status_request.c.meeting).select_from(
    link.outerjoin(status_request, (link.c.purpose == "answer") & (link.c.subject == status_request.c.id))
)


class SQLHeldLinks:
    """The table of links, as those see it who look after a place."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def list_held(self, owner: LinkOwner) -> Sequence[HeldLink]:
        below = [link.c.subject.startswith(f"{root}/", autoescape=True) for root in sorted(owner.roots)]
        asked = status_request.c.work_package.in_(sorted(owner.packages))
        wanted = or_(asked, link.c.subject.in_(sorted(owner.subjects)), *below)
        query = _LINKS.where(wanted, *self._holds()).order_by(link.c.used_at.desc(), link.c.id)
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
