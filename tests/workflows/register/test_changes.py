"""Differences between two states of the register make the one of the other, there and back."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workflows.register.changes import apply, differences, field_changes, rewind, value_at, with_field
from workflows.register.model import EntryAddress

PEOPLE = st.lists(
    st.fixed_dictionaries({"key": st.sampled_from("abcd")}, optional={"name": st.text("xyz", max_size=2)}), max_size=5
)
DAYS = st.lists(st.integers(0, 3), max_size=3)
DOCUMENT = st.fixed_dictionaries(
    {}, optional={"people": PEOPLE, "partners": st.just([]), "days_off": DAYS, "sending": st.just({"first": "08:00"})}
)
STATES = st.dictionaries(st.sampled_from(["people.yaml", "calendar.yaml", "municipalities/dal.yaml"]), DOCUMENT)


@given(before=STATES, after=STATES)
def test_the_differences_lead_from_one_state_to_the_other_and_back(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    changes = differences(before, after)

    assert apply(before, changes) == after
    assert _filled(rewind(after, changes)) == _filled(before)
    assert differences(before, before) == ()


def _filled(documents: dict[str, Any]) -> dict[str, Any]:
    """Without lists that are empty: taking out the last entry on the way back may leave one."""
    return {
        path: {name: value for name, value in document.items() if value != []} for path, document in documents.items()
    }


@given(before=STATES, after=STATES)
def test_making_changes_leaves_what_was_given_alone(before: dict[str, Any], after: dict[str, Any]) -> None:
    kept = json.dumps(before)

    apply(before, differences(before, after))

    assert json.dumps(before) == kept


VALUES = st.recursive(
    st.integers(0, 2),
    lambda inner: (
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.lists(inner, max_size=2)
        | st.lists(st.sampled_from("kl"), unique=True, max_size=2).map(lambda keys: [{"key": key} for key in keys])
    ),
    max_leaves=6,
)


@example(old={"b": [{"key": "l"}]}, new={"b": [{"key": "k"}, {"key": "l"}]})
@example(old={"b": [{"key": "k"}]}, new={"b": {}})
@example(old={"b": {"a": 1}}, new={"b": [{"key": "k"}]})
@given(old=st.dictionaries(st.sampled_from("abc"), VALUES), new=st.dictionaries(st.sampled_from("abc"), VALUES))
def test_the_changed_fields_of_an_entry_make_the_new_one_of_the_old(old: dict[str, Any], new: dict[str, Any]) -> None:
    made: Any = old
    for change in field_changes(old, new):
        made = with_field(made, change.path, change.new)

    assert made == new


@pytest.mark.parametrize(
    ("new", "paths"),
    [
        pytest.param({"key": "a", "name": "B"}, [("name",)], id="a changed value"),
        pytest.param({"key": "a"}, [("name",)], id="a value taken out"),
        pytest.param(
            {"key": "a", "name": "A", "indicators": [{"key": "x", "target": 2}]},
            [("indicators",)],
            id="a list that was not there",
        ),
    ],
)
def test_changed_fields_are_told_by_their_paths(new: dict[str, Any], paths: list[tuple[str, ...]]) -> None:
    assert [change.path for change in field_changes({"key": "a", "name": "A"}, new)] == paths


def test_an_entry_of_a_list_within_an_entry_is_known_by_its_key() -> None:
    old = {"indicators": [{"key": "x", "target": 1}, {"key": "y", "target": 1}]}
    new = {"indicators": [{"key": "x", "target": 1}, {"key": "y", "target": 2}]}

    (change,) = field_changes(old, new)

    assert (change.path, change.old, change.new) == (("indicators", "[y]", "target"), 1, 2)


def test_what_stands_at_an_address_is_found_or_none() -> None:
    documents = {"people.yaml": {"people": [{"key": "a"}], "sending": {"first": "08:00"}}}

    assert value_at(documents, EntryAddress("people.yaml", "people", "a")) == {"key": "a"}
    assert value_at(documents, EntryAddress("people.yaml", "people", "b")) is None
    assert value_at(documents, EntryAddress("people.yaml", "sending")) == {"first": "08:00"}
    assert value_at(documents, EntryAddress("people.yaml")) == documents["people.yaml"]
    assert value_at(documents, EntryAddress("other.yaml", "people", "a")) is None
