"""Redactions in the database: the other words, the marker and the act in one transaction, and the steps after it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from integration.database.connection import Database
from integration.database.privacy_tables import redaction as table
from integration.database.record_rows import apply_changes, note_privacy_act, rows_of, walked_tables
from integration.database.units import make_due
from workflows.errors import Conflict
from workflows.ports.units import DueUnit
from workflows.privacy.model import PrivacyAct
from workflows.privacy.redaction.model import (
    KIND,
    LeftKind,
    Redaction,
    RedactionPlan,
    RedactionStep,
    RowReader,
)

_NEXT = select(func.coalesce(func.max(table.c.number), 0) + 1)


class SQLRedactions:
    """The workflows' `Redactions`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def next_number(self) -> int:
        async with self._database.read() as connection:
            return int((await connection.execute(_NEXT)).scalar_one())

    async def carry_out(
        self, reader: RowReader, number: int, note: Callable[[RedactionPlan], Redaction], act: PrivacyAct
    ) -> Redaction | None:
        async with self._database.begin() as connection:
            if (await connection.execute(_NEXT)).scalar_one() != number:
                raise Conflict("redact", "another redaction took the number")
            for walked in walked_tables():
                async for row in rows_of(connection, walked):
                    reader.take(row)
            plan = reader.plan()
            if not plan.changes:
                return None
            await apply_changes(connection, plan.changes)
            redaction = note(plan)
            await connection.execute(table.insert().values(**_row(redaction)))
            await make_due(connection, [DueUnit(key=f"{KIND}:{number}", due_at=redaction.at)])
            await note_privacy_act(connection, replace(act, values={**act.values, "found": plan.total}))
        return redaction

    async def find(self, number: int) -> Redaction | None:
        async with self._database.read() as connection:
            row = (await connection.execute(select(table).where(table.c.number == number))).one_or_none()
        return None if row is None else _redaction(row)

    async def list_all(self) -> Sequence[Redaction]:
        async with self._database.read() as connection:
            rows = (await connection.execute(select(table).order_by(table.c.number.desc()))).all()
        return [_redaction(row) for row in rows]

    async def note_step(
        self, number: int, step: RedactionStep, *, left: Mapping[LeftKind, int], then: Sequence[DueUnit] = ()
    ) -> None:
        async with self._database.begin() as connection:
            known = await _known(connection, number)
            steps = [
                replace(item, taken=item.taken + 1) if (item.kind, item.key) == (step.kind, step.key) else item
                for item in known.steps
            ]
            values = {"steps": [item.to_data() for item in steps], "left": {**known.left, **left}}
            await connection.execute(update(table).where(table.c.number == number).values(**values))
            await make_due(connection, then)

    async def finish(self, number: int, at: datetime) -> None:
        this = (table.c.number == number, table.c.finished_at.is_(None))
        async with self._database.begin() as connection:
            await connection.execute(update(table).where(*this).values(finished_at=at))


async def _known(connection: AsyncConnection, number: int) -> Redaction:
    return _redaction((await connection.execute(select(table).where(table.c.number == number))).one())


def _row(redaction: Redaction) -> dict[str, Any]:
    return {
        "number": redaction.number,
        "at": redaction.at,
        "by": redaction.by,
        "basis": redaction.basis,
        "found": dict(redaction.found),
        "papers": list(redaction.papers),
        "steps": [step.to_data() for step in redaction.steps],
        "left": dict(redaction.left),
        "finished_at": redaction.finished_at,
    }


def _redaction(row: Row[Any]) -> Redaction:
    return Redaction(
        number=row.number,
        at=row.at,
        by=row.by,
        basis=row.basis,
        found=row.found,
        papers=row.papers,
        steps=[RedactionStep.from_data(step) for step in row.steps],
        left={LeftKind(kind): count for kind, count in row.left.items()},
        finished_at=row.finished_at,
    )
