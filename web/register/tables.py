"""Tables of the register's pages, as values in words: rows, states, and the ways to their forms."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

import texts
from web.register.forms.form import FormContext
from web.shell.paging import Pages, pages_of
from web.shell.sorting import Sorting, sorted_by

Link = tuple[str, str]
"""Words and address."""
MOST_VERSION_DIGITS = 9
MOST_ROWS = 60
"""Rows of a table on one page: more than a county's lists have; a country's have six pages."""


@dataclass(frozen=True, kw_only=True)
class RegisterCell:
    """A cell's words; with *tone* a state, in *note* what stands small below."""

    text: str
    tone: str = ""
    note: str = ""
    numeric: bool = False
    key: Any = None
    """A day or a number that the column is sorted by; without one its words are, after those with one."""

    @property
    def order(self) -> tuple[int, Any]:
        return (1, texts.sort_key(self.text)) if self.key is None else (0, self.key)


@dataclass(frozen=True, kw_only=True)
class RegisterRow:
    cells: Sequence[RegisterCell]
    actions: Sequence[Link] = ()

    def has(self, words: str) -> bool:
        """Return True when the words stand in a cell."""
        return any(words in f"{cell.text} {cell.note}".casefold() for cell in self.cells)


@dataclass(frozen=True, kw_only=True)
class RegisterTable:
    """A table under its heading. *empty*: the words that stand there instead while it has no rows."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[RegisterRow]
    empty: str
    add: Sequence[Link] = ()
    numeric: Sequence[int] = ()
    """Numbers of the columns with numbers."""
    intro: str = ""
    is_list: bool = True
    """False for values that stand in an order of their own and are sorted by nothing."""
    sorting: Sorting | None = None
    """The order that the address asks for; None where there is nothing to sort."""
    pages: Pages | None = None
    """The pages of a long table; None where all its rows are shown."""
    found: int = 0
    """Rows of a long table that have the word which was asked for, on all its pages."""
    total: int = 0

    def asked_for(self, asked: Mapping[str, str], number: int, path: str) -> "RegisterTable":
        """
        Return the table as the address asks for it: `?sort=2.0` by the first column of the second table, `?side=2.3`
        its third page, `?q=word` the rows that have it.

        *number*: the table's on its page. What is asked for another table leaves this one as it is.
        """
        words = asked["q"].casefold().strip()
        is_long = self.is_list and len(self.rows) > MOST_ROWS
        rows = [row for row in self.rows if row.has(words)] if words and is_long else self.rows
        table = replace(self, rows=rows)._sorted_for(asked, number, path)
        if not is_long:
            return table
        kept = {"q": asked["q"], "sort": asked["sort"]}
        pages = pages_of(len(rows), asked["side"], most=MOST_ROWS, path=path, kept=kept, table=f"{number}.")
        return replace(table, rows=pages.of(table.rows), pages=pages, found=len(rows), total=len(self.rows))

    def _sorted_for(self, asked: Mapping[str, str], number: int, path: str) -> "RegisterTable":
        if len(self.rows) < 2 or not self.is_list:
            return self
        keys: dict[str, Callable[[RegisterRow], Any]] = {"": lambda _: 0}
        for column in range(len(self.columns)):
            keys[f"{number}.{column}"] = partial(_order, column)
        rows, sorting = sorted_by(self.rows, asked["sort"], keys=keys, default="", path=path, kept={"q": asked["q"]})
        return replace(self, rows=rows, sorting=sorting)


def _order(column: int, row: RegisterRow) -> tuple[int, Any]:
    """Return what a row is sorted by in a column; one that is shorter comes last."""
    return row.cells[column].order if column < len(row.cells) else (2, "")


def day_cell(context: FormContext, day: date | None) -> RegisterCell:
    """Return a cell with a day, or a dash."""
    return RegisterCell(text=texts.short_date(day, context.language) if day else "–", key=day)


@dataclass(frozen=True, kw_only=True)
class RegisterPage:
    """A page of the register: tables under a heading."""

    heading: str
    intro: str
    tables: Sequence[RegisterTable] = field(default_factory=tuple)


def base_of(context: FormContext) -> str:
    """Return the beginning of the page's addresses."""
    return "/fylket" if context.scope is None else f"/kommune/{context.scope}"


def version_of(text: str) -> int:
    """Return the version of the register in an address; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_VERSION_DIGITS else 0


def to_form(context: FormContext, form: str, label: str, about: str = "") -> Link:
    """Return the way to a form, named by the register's text *label*."""
    query = f"?{urlencode({'av': about})}" if about else ""
    return context.say(label), f"{base_of(context)}/rediger/{form}{query}"


def value_table(
    context: FormContext, heading: str, told: Sequence[tuple[str, str]], *, add: Sequence[Link]
) -> RegisterTable:
    """Return a table of single values. *told*: the register's text that names each, and the value in words."""
    rows = [RegisterRow(cells=[RegisterCell(text=context.say(name)), RegisterCell(text=words)]) for name, words in told]
    columns = [context.say("column_value"), context.say("column_says")]
    return RegisterTable(heading=heading, columns=columns, rows=rows, empty="", add=add, is_list=False)
