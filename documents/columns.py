"""The columns of a table by what stands in them: how wide each is, and which hold numbers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from documents.document import Cell, Table

SIGN = 2
"""Characters that a status light's sign takes before its word."""
PHRASE = 20
"""Longest text, such as a date, that reads badly on two lines."""
_NUMBER = re.compile(r"[+\u2212-]?\d[\d\s]*(?:,\d+)?(?:\s?%)?")
_ONE_WORD = re.compile(r"[^\d\s]*")

WIDE, UPRIGHT, NARROW = 1.8, 1.5, 1.1
"""The most that a wide letter, a capital or figure, and any other take of an average character's width."""
_WIDE = frozenset("MWÆŒmwæœ@%\u2030\u2014")

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


PICTURE_SCALE = 0.65
"""Size of a picture in a table, where it stands beside its cell's text, by its size between paragraphs."""
PDF_PAGE = TablePage(line=106, mm_per_character=1.6)
"""As `report.typ` has it."""
WORD_PAGE = TablePage(line=92, mm_per_character=1.85, margin=2.5, bold=1.2)
"""With room for a machine that has none of the template's fonts and takes a wider one."""


def column_widths(table: Table, page: TablePage) -> tuple[float, ...]:
    """
    Return each column's share of the *page*'s width; they add up to one.

    A column is at least as wide as its longest word, and as its short phrases and lights while there is room: the
    columns that lack least for theirs come first. What is left goes to the columns that would otherwise break their
    lines, by how much they lack; when nothing is lacking, to all by their length.
    """
    wished = _widths(table, page, _longest_line)
    least = _with_phrases(_widths(table, page, _longest_word), _widths(table, page, _longest_phrase), page.line)
    left = page.line - sum(least)
    lacking = [wish - low for wish, low in zip(wished, least, strict=True)]
    if left <= 0:
        widths = least
    elif sum(lacking) <= left:
        widths = wished
    else:
        widths = [low + left * lack / sum(lacking) for low, lack in zip(least, lacking, strict=True)]
    return tuple(width / sum(widths) for width in widths)


def _with_phrases(words: Sequence[float], phrases: Sequence[float], line: float) -> list[float]:
    """Return the widths of *words*, and of *phrases* as far as the *line* has room: those that take least first."""
    widths = list(words)
    for column in sorted(range(len(widths)), key=lambda number: phrases[number] - words[number]):
        if sum(widths) - words[column] + phrases[column] <= line:
            widths[column] = phrases[column]
    return widths


def has_long_word(table: Table, page: TablePage, widths: Sequence[float]) -> bool:
    """
    Return True if a word of the table may find no room on a line of its own in columns of these *widths*.

    A picture and a light have their places beside the words.
    """
    return any(
        _has_long_word(cell, width * page.line - page.margin, page)
        for width, column in zip(widths, _columns(table), strict=True)
        for cell in column
    )


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
    return _longest_line(cell) + 1 + cell.picture.width_mm * PICTURE_SCALE / page.mm_per_character


def _longest_word(cell: Cell) -> int:
    return max(map(len, cell.text.split()), default=0) + (SIGN if cell.light else 0)


def _longest_phrase(cell: Cell) -> int:
    """Return the length of the whole text if it is short or a light's word, else of its longest word."""
    line = _longest_line(cell)
    return line if cell.light or line <= PHRASE else _longest_word(cell)


def _has_long_word(cell: Cell, room: float, page: TablePage) -> bool:
    """Return True if a word of the cell may take more than *room*, with the light and the picture beside it."""
    room -= SIGN if cell.light else 0
    room -= 1 + cell.picture.width_mm * PICTURE_SCALE / page.mm_per_character if cell.picture else 0
    # Letters are looked at only where the widest there is would find no room.
    return any(len(word) * WIDE > room and sum(map(_most_width, word)) > room for word in cell.text.split())


def _most_width(letter: str) -> float:
    if letter in _WIDE:
        return WIDE
    return NARROW if letter.islower() or letter in ".,:;-" else UPRIGHT


def _longest_line(cell: Cell) -> int:
    return max(map(len, cell.text.splitlines()), default=0) + (SIGN if cell.light else 0)
