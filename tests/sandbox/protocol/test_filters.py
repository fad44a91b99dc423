"""The filter language, without a server."""

from typing import Any

import pytest

from sandbox.protocol.filters import InvalidFilter, parse_filter

THING = {
    "name": "Å-dal's plan",
    "size": 3,
    "done": True,
    "at": "2026-09-08T07:00:00Z",
    "fields": {"Key": "a/1", "Empty": None},
    "tags": [{"id": "t1", "value": "One"}, {"id": "t2", "value": "Two"}],
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name eq 'å-dal''s PLAN'", True),
        ("fields/Key eq 'a/1' and size gt 2", True),
        ("size lt 3 or done eq true", True),
        ("not (size ge 3)", False),
        ("startswith(name,'å-')", True),
        ("contains(name, 'nothing')", False),
        ("at ge 2026-09-08T09:00:00+02:00", True),
        ("fields/Empty eq null", True),
        ("fields/Missing gt 1", False),
        ("tags/Any(t: t/id eq 't1' and t/value eq 'one')", True),
        ("tags/any(t: t/id eq 't1' and t/value eq 'two')", False),
    ],
)
def test_a_filter_finds_what_it_says(text: str, expected: Any) -> None:
    assert parse_filter(text).matches(THING) is expected


def test_a_filter_names_the_properties_it_looks_at() -> None:
    assert parse_filter("fields/Key eq 'x' or startswith(name,'y')").paths == {"fields/Key", "name"}


@pytest.mark.parametrize(
    "text", ["name", "name eq", "name eq 'x", "name is 'x'", "(name eq 'x'", "name eq 'x' 'y'", "eq 1 1"]
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(InvalidFilter):
        parse_filter(text)
