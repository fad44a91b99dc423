"""History: the steps of units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Insert, func, insert, select

from integration.database.connection import Database
from integration.database.tables import event


@dataclass(frozen=True, kw_only=True)
class UnitEvent:
    unit: str
    at: datetime
    what: str
    values: Mapping[str, str | int]


def note(unit: str, what: str, *, at: datetime, values: Mapping[str, str | int]) -> Insert:
    """The statement that adds a step to a unit's history, for the caller's transaction."""
    return insert(event).values(unit=unit, at=at, what=what, details=dict(values))


class SQLHistory:
    """The table of events: the workflows' `PastEvents`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def first(self, unit: str, what: str, *, after: Sequence[str] = ()) -> datetime | None:
        later = select(func.max(event.c.id)).where(event.c.unit == unit, event.c.what.in_(after)).scalar_subquery()
        query = (
            select(event.c.at)
            .where(event.c.unit == unit, event.c.what == what, event.c.id > func.coalesce(later, 0))
            .order_by(event.c.id)
            .limit(1)
        )
        row = await self._database.look(lambda connection: connection.execute(query).first())
        return None if row is None else row.at

    async def latest(self, unit: str, *, most: int) -> Sequence[UnitEvent]:
        """Return the latest steps of a unit, the last one first."""
        return list(reversed(await list_events(self._database, unit=unit, latest=most)))


async def list_events(database: Database, *, unit: str | None = None, latest: int = 200) -> Sequence[UnitEvent]:
    """The latest events, of one unit or of all, oldest first."""
    query = select(event).order_by(event.c.id.desc()).limit(latest)
    if unit is not None:
        query = query.where(event.c.unit == unit)
    async with database.read() as connection:
        rows = (await connection.execute(query)).all()
    return [UnitEvent(unit=row.unit, at=row.at, what=row.what, values=row.details) for row in reversed(rows)]
