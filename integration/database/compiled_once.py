"""Statements that people wait for: made by SQLAlchemy once, and carried out by the driver.

SQLAlchemy looks a statement up, prepares its values and wraps its rows anew at each use. For an answer, which asks a
handful of questions, that was a sixth of all processor time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.expression import ClauseElement, Select

from integration.database.driver import as_raised

Watcher = Callable[[Connection, str, Any], None]

watchers: list[Watcher] = []
"""Are told of each statement and its values before it is carried out: SQLAlchemy's events know nothing of it."""


class CompiledOnce:
    """
    A statement that is compiled once for each kind of database.

    Its values and rows are what they are with SQLAlchemy. It names every value that it takes: no default of a column is
    filled in, and no list.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Sequence[Any]]:
        """Carry it out and return its rows; none of a statement that returns none. Raises DBAPIError as SQLAlchemy."""
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            compiled = self._compiled[connection.dialect.name] = _compile(self._statement, connection.dialect)
        given = compiled.given(values)
        for watcher in watchers:
            watcher(connection, compiled.text, given)
        try:
            cursor = connection.connection.cursor()
            cursor.execute(compiled.text, given)
            found = cursor.fetchall() if compiled.names else []
            cursor.close()
        except connection.dialect.loaded_dbapi.Error as error:
            raise as_raised(error, compiled.text, connection) from error
        return [compiled.row(row) for row in found]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Return the only row, by the names of its columns; None when there is none."""
        rows = self.rows(connection, values)
        names = self._compiled[connection.dialect.name].names
        return SimpleNamespace(**dict(zip(names, rows[0], strict=True))) if rows else None


@dataclass(frozen=True)
class _Compiled:
    text: str
    order: Sequence[str] | None
    """The names of its values in their order; None where the driver takes them by name."""
    fixed: Mapping[str, Any]
    """Values that stand in the statement."""
    converted: Mapping[str, Callable[[Any], Any]]
    names: Sequence[str]
    """The names of the columns of its rows."""
    columns: Sequence[tuple[int, Callable[[Any], Any]]]
    """Places in a row whose values are another kind of thing to us."""

    def given(self, values: Mapping[str, Any]) -> Any:
        """Return *values* as the driver takes them."""
        given = {**self.fixed, **values}
        for name, convert in self.converted.items():
            given[name] = convert(given[name])
        return given if self.order is None else [given[name] for name in self.order]

    def row(self, row: Sequence[Any]) -> Sequence[Any]:
        """Return a driver's row as we know it."""
        if not self.columns:
            return row
        known = list(row)
        for place, convert in self.columns:
            known[place] = convert(known[place])
        return known


def _compile(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect)
    if compiled.insert_prefetch or compiled.update_prefetch or "POSTCOMPILE" in compiled.string:
        raise ValueError(f"{compiled.string}: a value that the statement does not name")
    taken = {name: part for part, name in compiled.bind_names.items()}
    bound = {name: _in(dialect, part.type).bind_processor(dialect) for name, part in taken.items()}
    columns = list(statement.selected_columns) if isinstance(statement, Select) else []
    read = [_in(dialect, column.type).result_processor(dialect, None) for column in columns]
    return _Compiled(
        text=compiled.string,
        order=compiled.positiontup,
        fixed={name: part.effective_value for name, part in taken.items() if not part.required},
        converted={name: convert for name, convert in bound.items() if convert is not None},
        names=[str(column.key) for column in columns],
        columns=[(place, convert) for place, convert in enumerate(read) if convert is not None],
    )


def _in(dialect: Dialect, kind: Any) -> Any:
    return kind.dialect_impl(dialect)
