"""Every card is drawn on the outbox's page with all that its reader would see."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

import cards
import texts
from web.municipality.drawn import Drawn, drawn


def words_of(elements: Sequence[Drawn]) -> Iterator[str]:
    for item in elements:
        yield from (item.text, item.value, *(words for words, _ in item.choices))
        yield from words_of(item.parts)


def words_in(node: Any) -> Iterator[str]:
    """Yield what a card shows: texts, labels, titles and values of inputs."""
    if isinstance(node, list):
        for item in node:
            yield from words_in(item)
    elif isinstance(node, dict):
        shown = ("text", "label", "title", *(("value",) if node["type"] in ("Input.Text", "Input.Number") else ()))
        if node["type"] == "Input.Toggle":
            shown = ("title",)
        yield from (re.sub("</?at>", "", str(node[name])) for name in shown if name in node)
        for name in ("body", "items", "inlines", "actions"):
            yield from words_in(node.get(name, []))
        yield from (choice["title"] for choice in node.get("choices", ()))


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("name", cards.names())
def test_every_card_is_drawn_with_all_its_words(name: str, language: str) -> None:
    card = cards.render(name, language=language, values=cards.sample(name))

    assert sorted(filter(None, words_of(drawn(card)))) == sorted(filter(None, words_in(card)))


def test_the_light_that_last_time_s_answer_had_is_chosen() -> None:
    card = cards.render("status_request", values={**cards.sample("status_request"), "light": "yellow"})

    choice = next(item for item in drawn(card) if item.text == texts.say("card.light"))

    assert [is_chosen for _, is_chosen in choice.choices] == [False, True, False, False, False]


def test_an_element_that_no_card_of_ours_has_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"no card of ours has 'Media'"):
        drawn({"body": [{"type": "Media"}]})
