"""A value says the layer that it comes from, and what would hold without the municipality."""

from typing import Any

import pytest

from config.origins import LayeredEntry, LayeredValue, Layers

DOCUMENTS: dict[str, Any] = {
    "template.yaml": {"bodies": {"board": {"name": "Styret", "rhythm": {"starts": "09:00", "minutes": 120}}}},
    "county.yaml": {"overrides": {"bodies": {"board": {"location": "Fylkeshuset", "rhythm": {"minutes": 90}}}}},
    "municipalities/dal.yaml": {
        "municipality": {"slug": "dal"},
        "overrides": {"bodies": {"board": {"rhythm": {"starts": "12:30"}}}},
    },
    "municipalities/vik.yaml": {"municipality": {"slug": "vik"}},
}


@pytest.mark.parametrize(
    ("municipality", "path", "found"),
    [
        (None, ("rhythm", "minutes"), LayeredValue(value=90, layer="county", below=120)),
        (None, ("rhythm", "starts"), LayeredValue(value="09:00", layer="template", below="09:00")),
        ("dal", ("rhythm", "starts"), LayeredValue(value="12:30", layer="municipality", below="09:00")),
        ("vik", ("rhythm", "starts"), LayeredValue(value="09:00", layer="template", below="09:00")),
        ("dal", ("rhythm", "minutes"), LayeredValue(value=90, layer="county", below=90)),
        ("dal", ("location",), LayeredValue(value="Fylkeshuset", layer="county", below="Fylkeshuset")),
        ("dal", ("quorum",), LayeredValue(value=None, layer=None, below=None)),
        ("dal", ("name", "first"), LayeredValue(value=None, layer=None, below=None)),
        ("ingen", ("name",), LayeredValue(value="Styret", layer="template", below="Styret")),
    ],
)
def test_a_value_comes_from_the_nearest_layer(
    municipality: str | None, path: tuple[str, ...], found: LayeredValue
) -> None:
    assert Layers(DOCUMENTS, municipality).value("bodies", "board", path) == found


def test_a_part_that_nobody_has_has_no_values() -> None:
    nothing = LayeredValue(value=None, layer=None, below=None)

    assert Layers(DOCUMENTS, "dal").value("places", "room", ("name",)) == nothing
    assert Layers({}, "dal").value("places", "room", ("name",)) == nothing


LISTS: dict[str, Any] = {
    "template.yaml": {"places": {"room": {"channels": [{"key": "a", "name": "A"}, {"key": "b", "name": "B"}]}}},
    "county.yaml": {"overrides": {"places": {"room": {"channels": [{"key": "b", "name": "Bé"}]}}}},
    "municipalities/dal.yaml": {
        "municipality": {"slug": "dal"},
        "overrides": {"places": {"room": {"channels": [{"key": "a", "remove": True}, {"key": "c", "name": "C"}]}}},
    },
}


def test_an_entry_says_its_layer_and_what_the_municipality_does_to_it() -> None:
    assert Layers(LISTS, "dal").part("places", "room").entries("channels") == [
        LayeredEntry(
            key="a", value=None, below={"key": "a", "name": "A"}, own={"key": "a", "remove": True}, layer="municipality"
        ),
        LayeredEntry(
            key="b", value={"key": "b", "name": "Bé"}, below={"key": "b", "name": "Bé"}, own=None, layer="county"
        ),
        LayeredEntry(
            key="c", value={"key": "c", "name": "C"}, below=None, own={"key": "c", "name": "C"}, layer="municipality"
        ),
    ]
    assert Layers({}, "dal").part("places", "room").entries("channels") == []


def test_the_county_s_own_words_are_those_of_its_layer() -> None:
    board = Layers(LISTS, None).part("places", "room")

    assert [(entry.key, entry.layer, entry.below) for entry in board.entries("channels")] == [
        ("a", "template", {"key": "a", "name": "A"}),
        ("b", "county", {"key": "b", "name": "B"}),
    ]
    assert board.own_entries("channels") == [{"key": "b", "name": "Bé"}]
