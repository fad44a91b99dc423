"""The columns of a table by what stands in them: how wide each is, and which hold numbers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from documents.document import Cell, Table

SIGN = 2
"""Characters that a status light's sign takes before its word."""
PHRASE = 20
"""Longest text, such as a date, that reads badly on two lines."""
_NUMBER = re.compile(r"[+\u2212-]?\d[\d\s]*(?:,\d+)?(?:\s?%)?")
_ONE_WORD = re.compile(r"[^\d\s]*")

Measure = Callable[[Cell], float]


@dataclass(frozen=True, kw_only=True)
class TablePage:
    """The kind of page that a table stands on."""

    line: int
    """Characters of a table's text that fit beside each other across it, about."""
    mm_per_character: float
    """Millimetres of its width that a character takes, about."""
    margin: float = 2
    """Characters that a column's borders take."""
    bold: float = 1.15
    """Width of a bold character, as headers are written in, by that of a plain one."""
    picture_scale: float = 1
    """Size of a picture in a table by its size in the text."""
    is_picture_beside: bool = False
    """True when a picture stands beside its cell's text, otherwise it stands below."""


PDF_PAGE = TablePage(line=96, mm_per_character=1.75, picture_scale=0.65, is_picture_beside=True)
"""As `report.typ` has it."""
WORD_PAGE = TablePage(line=84, mm_per_character=2, margin=3, bold=1.25)
"""With room for a machine that has none of the template's fonts and takes a wider one."""


def column_widths(table: Table, page: TablePage) -> tuple[float, ...]:
    """
    Return each column's share of the *page*'s width; they add up to one.

    A column is at least as wide as its longest word, and as its short phrases and lights if there is room for those of
    all. What is left goes to the columns that would otherwise break their lines, by how much they lack; when nothing is
    lacking, to all by their length.
    """
    wished = _widths(table, page, _longest_line)
    least = _widths(table, page, _longest_phrase)
    if sum(least) > page.line:
        least = _widths(table, page, _longest_word)
    left = page.line - sum(least)
    lacking = [wish - low for wish, low in zip(wished, least, strict=True)]
    if left <= 0:
        widths = least
    elif sum(lacking) <= left:
        widths = wished
    else:
        widths = [low + left * lack / sum(lacking) for low, lack in zip(least, lacking, strict=True)]
    return tuple(width / sum(widths) for width in widths)


def number_columns(table: Table) -> tuple[bool, ...]:
    """Return True for each column of numbers, and of a word where one is missing: it is read from the right."""
    columns = [[cell.text for cell in column] for column in _columns(table)]
    return tuple(
        any(map(_NUMBER.fullmatch, cells))
        and all(_NUMBER.fullmatch(cell) or _ONE_WORD.fullmatch(cell) for cell in cells)
        for cells in columns
    )


def _columns(table: Table) -> list[list[Cell]]:
    """Return the cells below each header."""
    return [[row[number] for row in table.rows] for number in range(len(table.headers))]


def _widths(table: Table, page: TablePage, measure: Measure) -> list[float]:
    """Return the characters that each column takes when its widest cell is as wide as *measure* says."""
    return [
        page.margin
        + max(
            _longest_word(Cell(text=header)) * page.bold,
            *(_with_picture(cell, page, measure) for cell in cells),
            1,
        )
        for header, cells in zip(table.headers, _columns(table), strict=True)
    ]


def _with_picture(cell: Cell, page: TablePage, measure: Measure) -> float:
    """Return the characters that a cell takes with its picture, if it has one."""
    if cell.picture is None:
        return measure(cell)
    drawn = cell.picture.width_mm * page.picture_scale / page.mm_per_character
    return _longest_line(cell) + drawn if page.is_picture_beside else max(measure(cell), drawn)


def _longest_word(cell: Cell) -> int:
    return max(map(len, cell.text.split()), default=0) + (SIGN if cell.light else 0)


def _longest_phrase(cell: Cell) -> int:
    """Return the length of the whole text if it is short or a light's word, else of its longest word."""
    line = _longest_line(cell)
    return line if cell.light or line <= PHRASE else _longest_word(cell)


def _longest_line(cell: Cell) -> int:
    return max(map(len, cell.text.splitlines()), default=0) + (SIGN if cell.light else 0)
