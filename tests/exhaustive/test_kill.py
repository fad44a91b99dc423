"""The kill walk: the moments it chooses, and its verdicts on two ends of a story."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tests.exhaustive.kill import differences
from tests.exhaustive.moments import choose, deal, writes_in

LEAD, OTHER = "leder@larvik.example", "leder@horten.example"


def ending(cards: Mapping[str, Sequence[Any]], *, doubted: Sequence[str] = (), answers: int = 1) -> Any:
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


def test_a_card_that_differs_is_told_by_the_place_in_it_and_held_against_the_one_most_like_it() -> None:
    meant, got = {"title": "Status", "text": "Svar"}, {"title": "Status", "text": "Svart"}
    undisturbed = ending({LEAD: [meant]})

    assert differences(undisturbed, ending({LEAD: [{"title": "Hjelp", "text": ""}, got]}))[:2] == [
        f"chats/{LEAD}: 1 cards are missing or different",
        f'chats/{LEAD}/text: expected "Svar", found "Svart"',
    ]
    assert differences(undisturbed, ending({}))[1] == f"chats/{LEAD}: {meant}"


def test_an_answer_that_the_record_lost_is_told() -> None:
    assert differences(ending({}), ending({}, answers=0)) != []


KINDS = [
    ("POST", "/$batch"),
    ("GET", "/groups/{group}"),
    ("POST", "/groups"),
    ("POST", "/users/{user}/getMemberGroups"),
    ("PUT", "/sites/{site}/drive/root:/{path}:/content"),
]


def request(method: str, path: str, parts: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    body = json.dumps({"requests": [{"method": method, "url": url} for method, url in parts]})
    url = f"http://127.0.0.1:1/v1.0{path}"
    return {"request": {"method": method, "url": url, "postData": {"text": body}}}


STORY = [
    request("GET", "/groups/g"),
    request("POST", "/groups"),
    request("POST", "/users/u/getMemberGroups"),
    request("POST", "/$batch", [("GET", "/groups/h"), ("POST", "/groups")]),
    request("PUT", "/sites/s/drive/root:/M%C3%B8ter/2026/a.docx:/content"),
    request("POST", "/groups"),
]


def test_the_writes_of_a_story_are_found_in_its_traffic_parts_of_batches_among_them() -> None:
    writes = writes_in(STORY, KINDS)

    assert [(write.method, write.template, write.nth) for write in writes] == [
        ("POST", "/groups", 1),
        ("POST", "/groups", 2),
        ("PUT", "/sites/{site}/drive/root:/{path}:/content", 1),
        ("POST", "/groups", 3),
    ]


def test_every_kind_of_write_is_chosen_before_one_is_chosen_twice() -> None:
    writes = writes_in(STORY, KINDS)
    for seed in range(20):
        chosen = choose(writes, 2, seed)
        assert {moment.kind for moment in chosen} == {("POST", "/groups"), KINDS[-1]}
        assert chosen == sorted(chosen) == choose(writes, 2, seed)


def test_moments_of_one_run_lie_apart() -> None:
    moments = writes_in(STORY, KINDS)
    assert deal(moments, 2) == [moments[::2], moments[1::2]]
