"""Everything that the end of the programme counts and ends in the record, all at once."""

from datetime import datetime

from sqlalchemy import func, or_, select, update

from integration.database.connection import Database
from integration.database.tables import link, status_round
from workflows.ports.units import Clock
from workflows.status.model import RoundState


class SQLOpenLinks:
    """The workflows' `OpenLinks`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def count_open(self) -> int:
        holds = or_(link.c.expires_at.is_(None), link.c.expires_at > self._clock.now())
        query = select(func.count()).select_from(link).where(link.c.revoked_at.is_(None), holds)
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def end_all(self, *, at: datetime) -> int:
        ended = update(link).where(link.c.revoked_at.is_(None)).values(revoked_at=at)
        async with self._database.begin() as connection:
            return int((await connection.execute(ended)).rowcount)


class SQLRoundsToEnd:
    """The workflows' `RoundsToEnd`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_open(self) -> int:
        query = select(func.count()).select_from(status_round).where(status_round.c.state == RoundState.OPEN)
        async with self._database.read() as connection:
            return int((await connection.execute(query)).scalar_one())
