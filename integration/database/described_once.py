"""PostgreSQL's cursor of ours. Imported only where there is a server: its driver takes a while."""

from typing import Any

from psycopg import Column, Cursor

_described: dict[tuple[tuple[bytes | None, int], ...], list[Column] | None] = {}
"""Descriptions of columns by their names and types: about as many as there are statements that read."""


class DescribedOnce(Cursor[Any]):
    """
    A cursor that describes columns of the same names and types once.

    SQLAlchemy asks for it after each statement that reads, to know the names: a fifteenth of all that an answer does.
    """

    @property
    def description(self) -> list[Column] | None:
        result = self.pgresult
        if result is None or not result.nfields:
            return super().description
        columns = tuple((result.fname(number), result.ftype(number)) for number in range(result.nfields))
        if columns not in _described:
            _described[columns] = super().description
        return _described[columns]
