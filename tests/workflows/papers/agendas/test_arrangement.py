"""The order and times of an agenda: as a recorder wants them, whatever comes on it afterwards."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.papers.reports.report_samples import meeting
from workflows.free_text import InvalidText
from workflows.papers.agendas.arrangement import (
    ArrangedItem,
    Arrangement,
    arranged,
    read_arrangement,
    starts_of,
)
from workflows.papers.agendas.model import Agenda, AgendaItem, ItemKind

KEYS = ("opening", "status", "proposals/a/1", "proposals/b/1", "any-other")
ITEMS = tuple(AgendaItem(key=key, kind=ItemKind.STANDING, title=key, minutes=10) for key in KEYS)


def wanted(*items: tuple[str, int | None]) -> Arrangement:
    return Arrangement(meeting="m", version=1, items=tuple(ArrangedItem(key=key, minutes=long) for key, long in items))


def keys(items: list[AgendaItem]) -> list[str]:
    return [item.key for item in items]


def form(*rows: tuple[str, str, str], **more: str) -> dict[str, str]:
    """Return a form of rows with key, place and minutes."""
    fields = dict(more)
    for number, (key, place, minutes) in enumerate(rows, 1):
        fields |= {f"item:{number}": key, f"place:{number}": place, f"minutes:{number}": minutes}
    return fields


def test_items_stand_as_they_were_arranged_with_their_minutes() -> None:
    found = arranged(ITEMS, wanted(*((key, number) for number, key in enumerate(reversed(KEYS), 1))))

    assert keys(found) == list(reversed(KEYS))
    assert [item.minutes for item in found] == [1, 2, 3, 4, 5]


def test_without_an_order_all_is_as_the_template_has_it() -> None:
    assert arranged(ITEMS, None) == list(ITEMS)
    assert arranged(ITEMS, Arrangement(meeting="m")) == list(ITEMS)


def test_what_came_later_stays_behind_what_it_follows() -> None:
    found = arranged(ITEMS, wanted(("any-other", 5), ("status", None), ("proposals/a/1", 10)))

    assert keys(found) == ["opening", "any-other", "status", "proposals/a/1", "proposals/b/1"]
    assert [item.minutes for item in found] == [10, 5, None, 10, 10]


def test_what_an_entry_was_given_holds_for_each_item_that_it_becomes() -> None:
    asked = [replace(ITEMS[0], key=f"questions/{name}", title=name) for name in ("x", "y")]
    found = arranged([ITEMS[0], *asked, ITEMS[4]], wanted(("any-other", 5), ("questions", 20), ("opening", 5)))

    assert keys(found) == ["any-other", "questions/x", "questions/y", "opening"]
    assert [item.minutes for item in found] == [5, 20, 20, 5]


@given(st.lists(st.sampled_from([*KEYS, "questions", "gone"]), unique=True))
def test_no_order_loses_or_doubles_an_item(order: list[str]) -> None:
    assert sorted(keys(arranged(ITEMS, wanted(*((key, 5) for key in order))))) == sorted(KEYS)


def test_items_begin_one_after_the_other_as_far_as_all_before_have_minutes() -> None:
    items = tuple(
        replace(item, number=number, minutes=long)
        for number, (item, long) in enumerate(zip(ITEMS, (5, 15, None, 10, 10), strict=True), 1)
    )
    found = starts_of(Agenda(meeting=meeting(), name="Styret", year=2026, items=items))

    assert {number: f"{at:%H.%M}" for number, at in found.items()} == {1: "09.00", 2: "09.05"}


@pytest.mark.parametrize(
    ("places", "order"),
    [
        pytest.param("123", "abc", id="nothing moved"),
        pytest.param("321", "cba", id="all of them"),
        pytest.param("113", "bac", id="moved up to a place that is taken"),
        pytest.param("323", "bca", id="moved down to a place that is taken"),
        pytest.param("   ", "abc", id="left empty"),
    ],
)
def test_an_item_comes_where_its_place_says(places: str, order: str) -> None:
    items = [replace(ITEMS[0], key=key) for key in "abc"]
    rows = [(key, place, "") for key, place in zip("abc", places, strict=True)]

    assert "".join(item.key for item in read_arrangement("m", form(*rows), items).items) == order


def test_a_form_from_before_an_item_came_or_went_arranges_what_it_knows() -> None:
    found = read_arrangement("m", form(("gone", "1", "5"), ("status", "2", "5"), arranged="3"), ITEMS)

    assert (found.version, found.items) == (4, (ArrangedItem(key="status", minutes=5),))
    assert Arrangement.from_data("m", 4, found.to_data()) == found


@pytest.mark.parametrize("written", ["0", "-1", "1.5", "ti", "9999", "٣"])
def test_a_place_or_time_that_is_none_is_said_at_its_field(written: str) -> None:
    with pytest.raises(InvalidText) as refused:
        read_arrangement("m", form(("opening", written, "10"), ("status", "2", written)), ITEMS)

    assert set(refused.value.problems) == {"place:1", "minutes:2"}


@pytest.mark.parametrize("seen", ["", "x", "1" * 9])
def test_a_form_that_does_not_say_its_version_was_made_from_none(seen: str) -> None:
    assert read_arrangement("m", {"arranged": seen}, ITEMS).version == 1
