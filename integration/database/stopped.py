"""Units that failed, out of the units' table: listed for people, and made due again."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from engine.unit_names import loggable
from integration.database.audit import note_act
from integration.database.connection import Database, announce
from integration.database.tables import unit
from integration.database.units import UnitState
from workflows.ports.units import DueUnit, StoppedUnit

STOPPED = (
    select(unit.c.key, unit.c.due_at, unit.c.note)
    .where(unit.c.state == UnitState.FAILED)
    .order_by(unit.c.due_at.desc(), unit.c.key)
    .limit(bindparam("most"))
)
"""Few among hundreds of thousands that are done: the index over state and due time leads to them."""
AGAIN = (
    update(unit)
    .where(unit.c.key == bindparam("of"), unit.c.state == UnitState.FAILED)
    .values(state=UnitState.WAITING, due_at=bindparam("now", type_=unit.c.due_at.type), failures=0, note="")
)


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
            if not connection.execute(AGAIN, {"of": key, "now": now}).rowcount:
                return False
            announce(connection, [DueUnit(key=key, due_at=now)])
            note_act(connection, by, "unit.ordered_again", key, at=now, values={})
            return True

        return await self._database.write(order)
