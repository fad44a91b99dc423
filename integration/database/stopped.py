"""Units that failed, out of the units' table: listed for people, and made due again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from engine.unit_names import loggable
from integration.database.audit import note_act
from integration.database.connection import Database
from integration.database.tables import unit
from integration.database.units import UnitState, make_failed_due
from workflows.ports.units import StoppedUnit

STOPPED = (
    select(unit.c.key, unit.c.due_at, unit.c.note)
    .where(unit.c.state == UnitState.FAILED)
    .order_by(unit.c.due_at.desc(), unit.c.key)
    .limit(bindparam("most"))
)
"""Few among hundreds of thousands that are done: the index over state and due time leads to them."""


def read_stopped(connection: Connection, most: int) -> Sequence[StoppedUnit]:
    """Return up to *most* units that failed, those that were due last first."""
    rows = connection.execute(STOPPED, {"most": most})
    return [StoppedUnit(key=row.key, log_key=loggable(row.key), due_at=row.due_at, note=row.note) for row in rows]


class SQLStoppedUnits:
    """The `StoppedUnits` of the workflows."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_stopped(self, *, most: int) -> Sequence[StoppedUnit]:
        return await self._database.look(lambda connection: read_stopped(connection, most))

    async def order_again(self, key: str, *, now: datetime, by: str) -> bool:
        def order(connection: Connection) -> bool:
            if not make_failed_due(connection, key, now):
                return False
            note_act(connection, by, "unit.ordered_again", key, at=now, values={})
            return True

        return await self._database.write(order)
