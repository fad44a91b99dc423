"""Long tables of the register: page by page, with a search that works without script."""

from web.register.tables import MOST_ROWS, RegisterCell, RegisterRow, RegisterTable

PATH = "/fylket/kommuner"
NOTHING = {"sort": "", "side": "", "q": ""}


def table(rows: int) -> RegisterTable:
    """Return a table of places called by their numbers; the first one is noted as the county's town."""
    cells = [[RegisterCell(text=f"Sted {number:03}", note="" if number else "Fylkets by")] for number in range(rows)]
    return RegisterTable(
        heading="Steder", columns=["Sted"], rows=[RegisterRow(cells=each) for each in cells], empty="Ingen"
    )


def names(shown: RegisterTable) -> list[str]:
    return [row.cells[0].text for row in shown.rows]


def test_a_short_table_is_shown_whole() -> None:
    shown = table(MOST_ROWS).asked_for(NOTHING | {"q": "001"}, 1, PATH)

    assert (len(shown.rows), shown.pages) == (MOST_ROWS, None)


def test_a_long_table_is_shown_page_by_page_in_the_order_asked_for() -> None:
    first = table(MOST_ROWS + 1).asked_for(NOTHING, 1, PATH)
    last = table(MOST_ROWS + 1).asked_for(NOTHING | {"side": "1.2", "sort": "-1.0"}, 1, PATH)

    assert len(names(first)) == MOST_ROWS
    assert names(last) == ["Sted 000"]
    assert last.pages is not None
    assert last.pages.addresses[0] == f"{PATH}?sort=-1.0&side=1.1"


def test_a_page_of_another_table_leaves_this_one_as_it_is() -> None:
    assert names(table(MOST_ROWS + 1).asked_for(NOTHING | {"side": "2.2"}, 1, PATH))[0] == "Sted 000"


def test_a_search_finds_rows_of_every_page_by_any_word_in_them() -> None:
    found = table(MOST_ROWS + 1).asked_for(NOTHING | {"q": "fylkets BY"}, 1, PATH)
    last = table(MOST_ROWS + 1).asked_for(NOTHING | {"q": f"{MOST_ROWS:03}"}, 1, PATH)
    none = table(MOST_ROWS + 1).asked_for(NOTHING | {"q": "Oslo"}, 1, PATH)

    assert (names(found), found.found, found.total) == (["Sted 000"], 1, MOST_ROWS + 1)
    assert names(last) == [f"Sted {MOST_ROWS:03}"]
    assert (names(none), none.pages is not None) == ([], True)


def test_a_search_is_kept_when_the_table_is_sorted() -> None:
    found = table(MOST_ROWS + 1).asked_for(NOTHING | {"q": "sted"}, 1, PATH)

    assert found.sorting is not None
    assert found.sorting.address("1.0") == f"{PATH}?q=sted&sort=1.0"
