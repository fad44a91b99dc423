"""Writes of one transaction that do not need each other, in as few questions to the database as it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, Select, Update, func, literal, select

from integration.database.compiled_once import CompiledOnce

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
    if writes and connection.dialect.name == "postgresql":
        _as_one(_changes(writes)).rows(connection, _values(writes))
        return
    for write in writes:
        _alone(write.change).rows(connection, write.values)


def hold_after(connection: Connection, writes: Sequence[Write], held: Select[Any]) -> Any:
    """
    Execute all *writes* as `execute_together` does, and then read and hold the one row of *held*; None without it.

    With a server this is one question, too. *held* is made once, for the whole process.
    """
    if connection.dialect.name == "postgresql":
        return _then_held(_changes(writes), held).first(connection, _values(writes))
    execute_together(connection, writes)
    return _then_held((), held).first(connection, {})


def _changes(writes: Sequence[Write]) -> tuple[Change, ...]:
    return tuple(write.change for write in writes)


def _values(writes: Sequence[Write]) -> Mapping[str, Any]:
    return {name: value for write in writes for name, value in write.values.items()}


_alone = cache(CompiledOnce)


@cache
def _as_one(changes: tuple[Change, ...]) -> CompiledOnce:
    *others, last = changes
    return CompiledOnce(last.add_cte(*(change.cte(f"change_{number}") for number, change in enumerate(others))))


@cache
def _then_held(changes: tuple[Change, ...], held: Select[Any]) -> CompiledOnce:
    # A row is held when everything that its condition asks for is known: here, that each change was carried out.
    done = [change.returning(literal(1)).cte(f"change_{number}") for number, change in enumerate(changes)]
    counts = (select(func.count()).select_from(each).scalar_subquery() for each in done)
    return CompiledOnce(held.where(*(count >= 0 for count in counts)))
