"""A programme keeps one of what its municipalities have alike: a country fits into the memory of a small one."""

from pathlib import Path

import pytest

from benchmarks.country import write_country
from config.fields import Value
from config.loading import load_programme
from config.programme import Programme
from config.sharing import Sharing


class Post(Value):
    name: str
    flag: float = 0


def country(folder: Path, municipalities: int) -> Programme:
    folder.mkdir()
    write_country(folder, municipalities)
    return load_programme(folder)


def columns(programme: Programme) -> int:
    """Return the number of columns that stand in memory, whichever lists they are in."""
    return len({id(column) for place in programme.places for item in place.lists for column in item.columns})


def test_places_that_are_alike_are_made_of_the_same(tmp_path: Path) -> None:
    few, many = country(tmp_path / "few", 2), country(tmp_path / "many", 12)

    assert columns(few) == columns(many)
    assert len({id(place.channels) for place in many.places}) == 1


def test_what_a_municipality_has_of_its_own_stays_its_own(tmp_path: Path) -> None:
    programme = country(tmp_path / "some", 3)

    assert len({id(place) for place in programme.places}) == 3
    assert len({place.name for place in programme.places}) == 3


def test_equal_parts_become_one_and_values_stay_equal() -> None:
    first, second = Post(name="Saksliste"), Post(name="".join(["Saks", "liste"]))
    parts = Sharing()

    assert parts.shared((first, first.name)) == (first, "Saksliste")
    assert parts.shared((second, second.name)) is parts.shared((first, first.name))
    assert parts.shared({"a": second}) == {"a": first}


def test_a_changed_copy_changes_nothing_of_values_that_share_what_was_given() -> None:
    parts = Sharing()
    first, second = parts.shared((Post(name="Saksliste"), Post(name="Referat")))

    changed = first.model_copy(update={"flag": 1})

    assert (changed.model_fields_set, second.model_fields_set) == ({"name", "flag"}, {"name"})


@pytest.mark.parametrize("other", [True, 1.0], ids=["a truth", "a fraction"])
def test_what_only_equals_is_not_taken_for_the_same(other: float) -> None:
    parts = Sharing()
    parts.shared((1, Post(name="Møte", flag=1)))

    number, post = parts.shared((other, Post.model_construct(name="Møte", flag=other)))

    assert (type(number), type(post.flag)) == (type(other), type(other))
