"""The bodies that a person belongs to are remembered by person and day."""

from datetime import date, timedelta

import pytest

from config import programme as module
from tests.workflows.programme import programme

ON = date(2026, 10, 1)
PEOPLE = ("member", "chair", "lead")


def test_who_is_asked_about_again_belongs_to_the_same_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when others were asked about meanwhile, and more of them than are remembered."""
    known = programme()
    first = [known.bodies_of(person, ON) for person in PEOPLE]
    monkeypatch.setattr(module, "REMEMBERED_SEATS", 1)

    again = [known.bodies_of(person, ON) for person in (*PEOPLE, *PEOPLE)]

    assert again == [*first, *first]
    assert "a-dal" in [body.key for body in first[0]]


def test_a_role_that_ends_is_not_remembered_beyond_its_day() -> None:
    ended = tuple(item.model_copy(update={"until": ON}) for item in programme().assignments)
    known = programme(assignments=ended)

    assert known.bodies_of("member", ON)
    assert not known.bodies_of("member", ON + timedelta(days=1))


def test_a_changed_programme_remembers_nothing_of_the_one_it_was_made_of() -> None:
    known = programme()
    assert known.bodies_of("member", ON)

    assert not known.model_copy(update={"assignments": ()}).bodies_of("member", ON)
