"""Layers laid on each other: what is said last holds, and every value knows who said it."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from config.layers import Origin, Sheet, lay
from config.place_template import Layer

LAYERS: tuple[Layer, ...] = ("template", "county", "municipality")

LEAVES = st.integers(0, 9) | st.text("ab", max_size=2) | st.lists(st.integers(0, 9), max_size=2)
ENTRIES = st.lists(
    st.fixed_dictionaries({"key": st.sampled_from(["a", "b", "c"])}, optional={"name": st.text("xy"), "size": LEAVES}),
    unique_by=lambda entry: str(entry["key"]),
    min_size=1,
    max_size=3,
)
SHEETS = st.fixed_dictionaries(
    {},
    optional={
        "title": LEAVES,
        "rhythm": st.dictionaries(st.sampled_from(["gap", "day"]), LEAVES, min_size=1),
        "channels": ENTRIES,
    },
)


def sheets(*values: dict[str, Any]) -> list[Sheet]:
    return [
        Sheet(values=value, origin=Origin(layer=layer, document=layer, path=()))
        for layer, value in zip(LAYERS, values, strict=False)
    ]


def leaves(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Every value by its path, entries by their keys."""
    if isinstance(value, dict):
        return {p: v for name, item in value.items() for p, v in leaves(item, (*path, name)).items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {p: v for item in value for p, v in leaves(item, (*path, item["key"])).items()}
    return {path: value}


@given(first=SHEETS, second=SHEETS, third=SHEETS)
def test_the_last_word_holds_and_its_layer_is_known(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]
) -> None:
    laid = lay(sheets(first, second, third))
    said = [leaves(sheet) for sheet in (first, second, third)]

    expected = said[0] | said[1] | said[2]
    assert leaves(laid.values) == expected
    assert set(laid.origins) == set(expected)
    for path, origin in laid.origins.items():
        if path[-1] not in ("key", "name"):
            assert origin.layer == [layer for layer, words in zip(LAYERS, said, strict=True) if path in words][-1]


@given(sheet=SHEETS)
def test_saying_the_same_again_changes_nothing(sheet: dict[str, Any]) -> None:
    assert lay(sheets(sheet, sheet)).values == lay(sheets(sheet)).values


@given(first=SHEETS, second=SHEETS, third=SHEETS)
def test_a_layer_may_come_later_on_what_the_layers_below_came_to(
    first: dict[str, Any], second: dict[str, Any], third: dict[str, Any]
) -> None:
    """Most municipalities write nothing of their own and share the layers below, which one that does leaves alone."""
    below, last = sheets(first, second, third)[:2], sheets(first, second, third)[2:]
    shared = lay(below)

    assert lay(last, on=shared) == lay([*below, *last])
    assert shared == lay(below)


@given(sheet=SHEETS)
def test_laying_leaves_the_layers_as_they_were(sheet: dict[str, Any]) -> None:
    before = str(sheet)
    lay(sheets(sheet, {"title": "x", "rhythm": {"gap": 1}, "channels": [{"key": "a", "remove": True}]}))

    assert str(sheet) == before


def test_an_entry_is_taken_out_with_everything_in_it() -> None:
    laid = lay(
        sheets({"channels": [{"key": "a", "name": "A"}, {"key": "b"}]}, {"channels": [{"key": "a", "remove": True}]})
    )

    assert laid.values == {"channels": [{"key": "b"}]}
    assert laid.layers() == {"channels.b.key": "template"}


def test_words_give_way_to_a_mapping_and_so_does_their_layer() -> None:
    laid = lay(sheets({"rhythm": "weekly"}, {"rhythm": {"gap": 1}}))

    assert laid.values == {"rhythm": {"gap": 1}}
    assert laid.layers() == {"rhythm.gap": "county"}


def test_a_value_that_nobody_gave_is_looked_for_where_its_surroundings_stand() -> None:
    laid = lay(sheets({"title": "a"}, {"rhythm": {"gap": 1}}))

    assert laid.origin_of(("rhythm", "day")).layer == "county"
    assert laid.origin_of(("unheard-of",)).layer == "template"
