"""Columns as wide as what stands in them."""

from dataclasses import replace

import pytest

from documents.columns import (
    PDF_PAGE,
    PICTURE_SCALE,
    WORD_PAGE,
    TablePage,
    column_widths,
    has_long_word,
    number_columns,
)
from documents.document import Cell, Picture, Table

MATTERS = ("Sak", "Hva", "Tid")


def table(*rows: tuple[str, ...], headers: tuple[str, ...] = MATTERS) -> Table:
    return Table(name="Saker", headers=headers, rows=tuple(tuple(Cell(text=text) for text in row) for row in rows))


def test_the_column_of_long_words_takes_what_short_ones_leave() -> None:
    number, what, time = column_widths(
        table(("14/26", "Praksisplasser for alle ber om en avgjørelse", "15 min")), WORD_PAGE
    )

    assert what > 0.6
    assert number < 0.2
    assert time < 0.2


def test_lines_that_must_break_break_where_most_is_written() -> None:
    name, hinders = column_widths(
        table(("Skyss", "Vi har ingen lokaler. " * 20), headers=("Pakke", "Det som hindrer")), WORD_PAGE
    )

    assert hinders > 0.85
    assert name * WORD_PAGE.line >= len("Skyss")


def test_no_word_is_broken_while_the_words_fit_beside_each_other() -> None:
    words = ("Virksomhetsleder", "Kompetansesenter", "Oppmerksomhet")

    widths = column_widths(table(("kort " * 40, "kort " * 40, "kort " * 40), headers=words), WORD_PAGE)

    assert all(width * WORD_PAGE.line >= len(word) for width, word in zip(widths, words, strict=True))


def test_words_that_do_not_fit_share_the_page_by_their_length() -> None:
    long, short = column_widths(table(("æ" * 200, "ø" * 100), headers=("Å", "Å")), WORD_PAGE)

    assert long == pytest.approx(2 * short, rel=0.02)


def test_short_phrases_and_lights_stay_on_one_line_while_all_of_them_fit() -> None:
    light = Cell(text="Trenger oppmerksomhet", light="yellow")
    row = (light, Cell(text="1. desember 2026"), Cell(text="Vi har ingen lokaler etter jul. " * 9))

    widths = column_widths(Table(name="Pakker", headers=("Status", "Frist", "Hinder"), rows=(row,)), WORD_PAGE)

    assert widths[0] * WORD_PAGE.line >= len("✓ Trenger oppmerksomhet")
    assert widths[1] * WORD_PAGE.line >= len("1. desember 2026")


def test_the_phrases_that_take_least_stay_whole_where_there_is_no_room_for_all() -> None:
    light = Cell(text="Trenger oppmerksomhet", light="yellow")
    row = (Cell(text="Virksomhetsledere"), light, Cell(text="1. mai 2026"), light, Cell(text="Virksomhetsledere"))

    _, now, day, before, _ = column_widths(Table(name="Pakker", headers=("Å",) * 5, rows=(row,)), WORD_PAGE)

    assert day * WORD_PAGE.line >= len("1. mai 2026") + WORD_PAGE.margin
    assert now == before
    assert len("! oppmerksomhet") <= now * WORD_PAGE.line < len("! Trenger oppmerksomhet")


def test_phrases_break_before_words_do() -> None:
    widths = column_widths(table(*[("Ingen er ført opp",) * 6] * 2, headers=("Kommunestyrevedtak",) * 6), WORD_PAGE)

    assert all(width * WORD_PAGE.line >= len("oppmerksomhet") for width in widths)


def test_a_header_counts_as_the_bold_words_it_is() -> None:
    widths = column_widths(table(("1", "kort " * 40), headers=("Kommune", "Tekst")), WORD_PAGE)

    assert widths[0] * WORD_PAGE.line > len("Kommune") + 2


@pytest.mark.parametrize("page", [pytest.param(PDF_PAGE, id="PDF"), pytest.param(WORD_PAGE, id="Word")])
def test_a_picture_has_its_room_beside_its_text(page: TablePage) -> None:
    picture = Picture(svg="", words="", width_mm=30, height_mm=9)
    row = (Cell(text="Elever i praktisk løp " * 9), Cell(text="Høyere er bedre", picture=picture))

    widths = column_widths(Table(name="Måltall", headers=("Måltall", "Utvikling"), rows=(row,)), page)

    drawn = 30 * PICTURE_SCALE / page.mm_per_character
    assert widths[1] * page.line == pytest.approx(len("Høyere er bedre ") + drawn + page.margin, abs=1)


@pytest.mark.parametrize("rows", [(), (("", "", ""),), (("\n", "a\n\nb", " "),)], ids=["no row", "empty", "lines"])
def test_the_widths_are_the_whole_page(rows: tuple[tuple[str, ...], ...]) -> None:
    widths = column_widths(table(*rows), WORD_PAGE)

    assert sum(widths) == pytest.approx(1)
    assert all(width > 0 for width in widths)


@pytest.mark.parametrize(
    ("cells", "are_numbers"),
    [
        pytest.param(("7,5", "10\N{NO-BREAK SPACE}500", "\N{MINUS SIGN}3"), True, id="numbers"),
        pytest.param(("45 %", "0"), True, id="percentages"),
        pytest.param(("7", "Mangler", "–"), True, id="a word where one is missing"),
        pytest.param(("7", "Høyere er bedre"), False, id="a text among them"),
        pytest.param(("Mangler",), False, id="no number"),
        pytest.param(("4/26", "5/26"), False, id="numbers of matters"),
        pytest.param((), False, id="nothing"),
    ],
)
def test_a_column_of_numbers_is_known(cells: tuple[str, ...], are_numbers: bool) -> None:
    assert number_columns(table(*((cell,) for cell in cells), headers=("Nå",))) == (are_numbers,)


@pytest.mark.parametrize(
    ("word", "is_long"),
    [
        pytest.param("i" * 20, False, id="as many letters as find room"),
        pytest.param("i" * 60, True, id="too many letters"),
        pytest.param("Ord på " * 60, False, id="many short words"),
        pytest.param("M" * 30, True, id="letters that are wider than others"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_words_are_broken_only_in_a_table_with_one_that_may_find_no_room(word: str, is_long: bool) -> None:
    half = (0.5, 0.5)

    assert has_long_word(table((word, "Skyss"), headers=("Pakke", "Hva")), PDF_PAGE, half) is is_long


def test_a_picture_takes_its_room_from_the_word_beside_it() -> None:
    drawing = Picture(svg="<svg/>", words="Opp", width_mm=80, height_mm=9)
    beside = Table(name="Tall", headers=("Måltall",), rows=((Cell(text="i" * 20, picture=drawing),),))

    assert has_long_word(beside, PDF_PAGE, (0.5,))
    assert not has_long_word(replace(beside, rows=((Cell(text="i" * 20),),)), PDF_PAGE, (0.5,))
