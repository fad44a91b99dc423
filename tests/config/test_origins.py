"""A value says the layer that it comes from, and what would hold without the municipality."""

from typing import Any

import pytest

from config.origins import LayeredValue, layered_value

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
        ("dal", ("rhythm", "starts"), LayeredValue(value="12:30", layer="municipality", below="09:00")),
        ("vik", ("rhythm", "starts"), LayeredValue(value="09:00", layer="template", below="09:00")),
        ("dal", ("rhythm", "minutes"), LayeredValue(value=90, layer="county", below=90)),
        ("dal", ("location",), LayeredValue(value="Fylkeshuset", layer="county", below="Fylkeshuset")),
        ("dal", ("quorum",), LayeredValue(value=None, layer=None, below=None)),
        ("dal", ("name", "first"), LayeredValue(value=None, layer=None, below=None)),
        ("ingen", ("name",), LayeredValue(value="Styret", layer="template", below="Styret")),
    ],
)
def test_a_value_comes_from_the_nearest_layer(municipality: str, path: tuple[str, ...], found: LayeredValue) -> None:
    assert layered_value(DOCUMENTS, municipality, "bodies", "board", path) == found


def test_a_part_that_nobody_has_has_no_values() -> None:
    nothing = LayeredValue(value=None, layer=None, below=None)

    assert layered_value(DOCUMENTS, "dal", "places", "room", ("name",)) == nothing
    assert layered_value({}, "dal", "places", "room", ("name",)) == nothing
