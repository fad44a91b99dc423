"""Tables that are sorted by their address: `?sort=name`, and `?sort=-name` the other way round."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

T = TypeVar("T")
Key = Callable[[T], Any]

PARAMETER = "sort"


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """The order of a table, and the addresses of its other orders."""

    path: str
    column: str
    descending: bool
    kept: tuple[tuple[str, str], ...] = ()
    """Other parameters of the address, such as a filter: they stay."""

    def address(self, column: str) -> str:
        """Return the address that sorts by *column*; the other way round when it is sorted by it already."""
        turned = column == self.column and not self.descending
        return f"{self.path}?{urlencode([*self.kept, (PARAMETER, f'-{column}' if turned else column)])}"

    def state(self, column: str) -> str:
        """Return the value of `aria-sort` for a column."""
        if column != self.column:
            return "none"
        return "descending" if self.descending else "ascending"


def sorted_by(
    rows: Sequence[T], asked: str, *, keys: Mapping[str, Key[T]], default: str, path: str, kept: Mapping[str, str]
) -> tuple[list[T], Sorting]:
    """
    Return *rows* in the order that the address asks for, and what the table's head needs.

    *keys*: by column, the value to sort by. *default*: the order of an address that names none, or one we do not have.
    Rows that are equal there stay as they came.
    """
    column, descending = asked.removeprefix("-"), asked.startswith("-")
    if column not in keys:
        column, descending = default.removeprefix("-"), default.startswith("-")
    known = tuple((name, value) for name, value in kept.items() if value)
    sorting = Sorting(path=path, column=column, descending=descending, kept=known)
    return sorted(rows, key=keys[column], reverse=descending), sorting
