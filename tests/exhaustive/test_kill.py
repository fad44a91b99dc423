"""The verdicts of the kill walk, decided from two ends of a story."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tests.exhaustive.kill import differences

LEAD, OTHER = "leder@larvik.example", "leder@horten.example"


def ending(cards: Mapping[str, Sequence[str]], *, doubted: Sequence[str] = (), answers: int = 1) -> Any:
    ledger = SimpleNamespace(doubted=Counter(doubted), requests={}, surfaces=Counter(form=answers), reports={})
    return SimpleNamespace(state={"chats": cards}, played=SimpleNamespace(ledger=ledger))


@pytest.mark.parametrize(
    ("cards", "doubted", "held"),
    [
        pytest.param({LEAD: ["a"], OTHER: ["b"]}, [], True, id="as undisturbed"),
        pytest.param({LEAD: ["a", "a"], OTHER: ["b"]}, [LEAD], True, id="twice, and named"),
        pytest.param({LEAD: ["a", "a"], OTHER: ["b"]}, [], False, id="twice, and not named"),
        pytest.param({LEAD: ["a", "a"], OTHER: ["b"]}, [OTHER], False, id="twice, and another one named"),
        pytest.param({LEAD: ["a"]}, [OTHER], False, id="one is missing"),
    ],
)
def test_a_card_too_many_is_excused_only_where_the_service_names_it(
    cards: Mapping[str, Sequence[str]], doubted: Sequence[str], held: bool
) -> None:
    undisturbed = ending({LEAD: ["a"], OTHER: ["b"]})

    assert (differences(undisturbed, ending(cards, doubted=doubted)) == []) is held


def test_an_answer_that_the_record_lost_is_told() -> None:
    assert differences(ending({}), ending({}, answers=0)) != []
