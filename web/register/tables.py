"""Tables of the register's pages, as values in words: rows, states, and the ways to their forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

import texts
from web.register.forms.form import FormContext
from web.shell.sorting import Sorting, sorted_by

Link = tuple[str, str]
"""Words and address."""


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

    def sorted_for(self, asked: str, number: int, path: str) -> "RegisterTable":
        """
        Return the table in the order that the address asks for: `?sort=2.0` by the first column of the second table.

        *number*: the table's on its page. An order asked for another table leaves this one as it is.
        """
        if len(self.rows) < 2 or not self.is_list:
            return self
        keys: dict[str, Callable[[RegisterRow], Any]] = {"": lambda _: 0}
        for column in range(len(self.columns)):
            keys[f"{number}.{column}"] = partial(_order, column)
        rows, sorting = sorted_by(self.rows, asked, keys=keys, default="", path=path, kept={})
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
