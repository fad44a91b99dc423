"""The doctor's last findings, as one value among the switches."""

import json
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import select

from integration.database.connection import Database, insert_into
from integration.database.tables import switch
from workflows.operations.examination import KeptFindings
from workflows.operations.findings import Finding, Verdict

log = structlog.get_logger()

NAME = "doctor"


class SQLFindings:
    """The workflows' `FindingStore`. It logs what needs somebody, by rule alone: the values may be addresses."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, kept: KeptFindings) -> None:
        for item in kept.findings:
            if item.fails:
                log.warning("doctor.finding", rule=item.rule, verdict=item.verdict.value)
        value = json.dumps([asdict(item) for item in kept.findings])
        async with self._database.begin() as connection:
            insert = insert_into(connection, switch).values(name=NAME, set_at=kept.at, value=value)
            newer = {"set_at": kept.at, "value": value}
            await connection.execute(insert.on_conflict_do_update(index_elements=[switch.c.name], set_=newer))

    async def find(self) -> KeptFindings | None:
        query = select(switch.c.set_at, switch.c.value).where(switch.c.name == NAME)
        row = await self._database.look(lambda connection: connection.execute(query).one_or_none())
        return None if row is None else _kept(row.set_at, json.loads(row.value))


def _kept(at: datetime, data: list[dict[str, Any]]) -> KeptFindings | None:
    """Return the findings of *data*; None where another version kept them in another shape."""
    names = {item.name for item in fields(Finding)}
    if any(entry.keys() != names for entry in data):
        return None
    findings = (Finding(**{**entry, "verdict": Verdict(entry["verdict"])}) for entry in data)
    return KeptFindings(at=at, findings=tuple(findings))
