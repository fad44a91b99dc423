"""Writes of one transaction that do not need each other, in as few questions to the database as it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Executable, Insert, Update

Change = Insert | Update | Delete


@dataclass(frozen=True)
class Write:
    """
    A statement that changes rows, and its values.

    *change* is made once, for the whole process: what a statement costs is mostly the making of it. No two of one
    transaction name a value alike.
    """

    change: Change
    values: Mapping[str, Any]


def execute_together(connection: Connection, writes: Sequence[Write]) -> None:
    """
    Execute all *writes*, none of which sees what another one changes, nor touches the same row.

    A server takes them as one statement, for each question costs as much as most of what it does. SQLite, which knows
    no such statement, is in our own process: there they are executed in turn.
    """
    if connection.dialect.name == "postgresql":
        values = {name: value for write in writes for name, value in write.values.items()}
        connection.execute(_as_one(tuple(write.change for write in writes)), values)
        return
    for write in writes:
        connection.execute(write.change, write.values)


@cache
def _as_one(changes: tuple[Change, ...]) -> Executable:
    *others, last = changes
    return last.add_cte(*(change.cte(f"change_{number}") for number, change in enumerate(others)))
