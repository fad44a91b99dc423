"""The columns of a table by what stands in them: how wide each is, and which hold numbers."""

import re
from collections.abc import Callable

from documents.document import Cell, Table

LINE = 96
"""Characters of a table's text that fit beside each other across a page, about."""
MARGIN = 2
"""Characters that a column's borders take."""
SIGN = 2
"""Characters that a status light's sign takes before its word."""
BOLD = 1.15
"""Width of a bold character, as headers are written in, by that of a plain one."""
PHRASE = 20
"""Longest text, such as a date, that reads badly on two lines."""
MM_PER_CHARACTER = 1.75
"""Millimetres of the page's width that a character takes, about."""
PICTURE_SCALE = 0.65
"""Size of a picture in a table, by its size in the text (`report.typ`)."""
_NUMBER = re.compile(r"[+\u2212-]?\d[\d\s]*(?:,\d+)?(?:\s?%)?")
_ONE_WORD = re.compile(r"[^\d\s]*")

Measure = Callable[[Cell], float]


def column_widths(table: Table) -> tuple[float, ...]:
    """
    Return each column's share of the page's width; they add up to one.

    A column is at least as wide as its longest word, and as its short phrases and lights if there is room for those of
    all. What is left goes to the columns that would otherwise break their lines, by how much they lack; when nothing is
    lacking, to all by their length.
    """
    wished = _widths(table, _longest_line)
    least = _widths(table, _longest_phrase)
    if sum(least) > LINE:
        least = _widths(table, _longest_word)
    left = LINE - sum(least)
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


def _widths(table: Table, measure: Measure) -> list[float]:
    """Return the characters that each column takes when its widest cell is as wide as *measure* says."""
    return [
        MARGIN
        + max(
            _longest_word(Cell(text=header)) * BOLD,
            *(_with_picture(cell) if cell.picture else measure(cell) for cell in cells),
            1,
        )
        for header, cells in zip(table.headers, _columns(table), strict=True)
    ]


def _with_picture(cell: Cell) -> float:
    """Return the characters that a picture takes with its text, which stand beside each other where there is room."""
    drawn = cell.picture.width_mm * PICTURE_SCALE if cell.picture else 0
    return _longest_line(cell) + drawn / MM_PER_CHARACTER


def _longest_word(cell: Cell) -> int:
    return max(map(len, cell.text.split()), default=0) + (SIGN if cell.light else 0)


def _longest_phrase(cell: Cell) -> int:
    """Return the length of the whole text if it is short or a light's word, else of its longest word."""
    line = _longest_line(cell)
    return line if cell.light or line <= PHRASE else _longest_word(cell)


def _longest_line(cell: Cell) -> int:
    return max(map(len, cell.text.splitlines()), default=0) + (SIGN if cell.light else 0)
