"""Every card with full, sparse and hostile values: valid, labelled, small, and nothing gets out of its place."""

import json
import os
import re
import warnings
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, create_model

import cards
import texts
from cards import CardError
from workflows.status.answer_parsing import MAX_FOLLOW_UP, MAX_KEPT, MAX_LESSON, MAX_OUTLOOK

SNAPSHOTS = Path(__file__).parent / "snapshots"
NAMES = cards.names()
ORDINARY_BYTES = 25_000
DRAFT_BYTES = 29_000

# What a condition may leave out, and what a person has not filled in yet.
SPARSE: Mapping[str, Mapping[str, Any]] = {
    "status_request": {
        "problem": None,
        "start_note": "",
        "on_behalf": "",
        "can_be_unchanged": False,
        "confirm": "",
        "light": None,
        "done": None,
        "next": None,
        "hinders": None,
        "question": None,
        "proposal": None,
        "outlook": None,
        "weight": None,
        "kept": [],
        "keep": None,
        "indicators": [],
        "decisions": [],
    },
    "status_channel": {"lead_id": None, "lead_name": None},
    "status_receipt": {
        "editable": False,
        "by": "",
        "numbers": [],
        "done": None,
        "next": "",
        "hinders": None,
        "question": None,
        "proposal": None,
        "outlook": "",
        "decisions": [],
    },
    "reminder": {"local_lead": None},
    "report_notice": {"decisions": None},
    "question_answered": {"next": ""},
    "report_draft": {"answered": 0},
    "closed": {"state": None, "late": []},
    "status_moved": {"greeting": "Hei!"},
    "status_numbers": {"problem": None, "indicators": []},
    "status_replaced": {"lead": ""},
    "status_waived": {"late": []},
    "bot_reply": {"lines": [], "requests": [], "url": None},
}
HOSTILE = (
    '"}],"x":[{"\\ {{ package }} {{ text:card.send }} {{DATE(2026-01-01T00:00:00Z,SHORT)}} <img src=x onerror=y> '
    "</at><at>Alle</at> **fet** _skrå_ [lenke](https://elsewhere.example) # 1. * | ` ~ \u202esnudd\x00\x07\ud800"
    "\n\n- liste ${x} æøå 🙂"
)


def full(name: str) -> dict[str, Any]:
    return cards.sample(name)


def sparse(name: str) -> dict[str, Any]:
    return {**cards.sample(name), **SPARSE[name]}


def hostile(name: str) -> dict[str, Any]:
    """Every text that comes from outside, hostile; ours (codes, ids, addresses) as they are."""
    ours = {"request_id", "light", "lead_id", "url", "key", "confirm", "weight", "number", "keep"} - (
        {"light"} if name == "status_receipt" else set()
    )

    def spoil(key: str, value: Any) -> Any:
        if isinstance(value, list):
            return [{inner: spoil(inner, v) for inner, v in item.items()} for item in value]
        return HOSTILE if isinstance(value, str) and key not in ours else value

    return {key: spoil(key, value) for key, value in cards.sample(name).items()}


PRESSED = {"unchanged", "numbers_asked", "proposal_asked"}
"""The values that a button sends by itself."""
CASES = [pytest.param(name, kind, id=f"{name}-{kind.__name__}") for name in NAMES for kind in (full, sparse, hostile)]


def objects(node: Any, key: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object in a card, with the property it stands in."""
    if isinstance(node, dict):
        yield key, node
        for inner, value in node.items():
            yield from objects(value, inner)
    elif isinstance(node, list):
        for item in node:
            yield from objects(item, key)


def strings(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for item in node:
            yield from strings(item)
    elif isinstance(node, str):
        yield node


# ------------------------------------------------------------------------------------------ valid and complete


@cache
def models() -> Mapping[str, type[BaseModel]]:
    """Microsoft's models of the parts of a card, by type, made strict: no property that they do not know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from microsoft_teams.cards import core
    found: dict[str, type[BaseModel]] = {}
    for model in vars(core).values():
        if isinstance(model, type) and issubclass(model, BaseModel) and (field := model.model_fields.get("type")):
            strict = create_model(model.__name__, __base__=model)
            strict.model_config = ConfigDict(**{**model.model_config, "extra": "forbid"})
            strict.model_rebuild(force=True)
            found[field.default] = strict
    return found


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_part_is_valid_by_microsofts_own_models(name: str, kind: Any) -> None:
    card = cards.render(name, values=kind(name))
    # The models write the width small; Teams' documentation, and its clients, large.
    card.get("msteams", {}).pop("width", None)
    parts = [part for _, part in objects(card) if "type" in part]

    assert parts
    for part in parts:
        # Nested parts are validated by their own turn: the models of containers take any element for valid.
        models()[part["type"]].model_validate({key: value for key, value in part.items() if key != "$schema"})


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_card_says_what_it_is(name: str, kind: Any) -> None:
    card = cards.render(name, values=kind(name))

    assert (card["type"], card["version"], card["lang"]) == ("AdaptiveCard", "1.5", "nb")
    assert card["fallbackText"]
    assert card["body"][0]["style"] == "heading"
    assert [part for _, part in objects(card) if part.get("style") == "heading"] == [card["body"][0]]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_text_wraps_and_every_input_has_a_label(name: str, kind: Any) -> None:
    for _, part in objects(cards.render(name, values=kind(name))):
        if part.get("type") == "TextBlock":
            assert part["wrap"] is True
        if str(part.get("type")).startswith("Input."):
            assert part["label"]
            assert part["id"]
            assert part.get("errorMessage") if part.get("isRequired") else True
        if part.get("type") == "Input.Text":
            own = {"outlook": MAX_OUTLOOK, "lesson": MAX_LESSON}.get(part["id"], cards.MAX_ANSWER)
            longest = MAX_FOLLOW_UP if part["id"].startswith("decision:") else own
            assert part["maxLength"] == longest
        if part.get("type") == "Input.ChoiceSet":
            assert part["wrap"] is True


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_action_carries_ids_only_and_falls_back_to_submit(name: str, kind: Any) -> None:
    for _, part in objects(cards.render(name, values=kind(name))):
        if part.get("type") == "Action.Execute":
            drawn_from = {"seen"} if part["verb"] != "open_status" else set()
            assert part["data"].keys() - PRESSED == {"request_id"} | drawn_from
            assert part["data"]["request_id"] == "a-dal/2026-09-08/fullforer"
            assert part["data"].get("seen", 1) == 1
            assert all(str(value) == "1" for key, value in part["data"].items() if key in PRESSED)
            assert part["fallback"] == {
                "type": "Action.Submit",
                "title": part["title"],
                **{name: part[name] for name in ("associatedInputs",) if name in part},
                "data": {"verb": part["verb"], **part["data"]},
            }
            assert part["verb"] in {"answer_status", "answer_unchanged", "open_status"}


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique(name: str) -> None:
    ids = [
        part["id"]
        for key, part in objects(cards.render(name, values=full(name)))
        if "id" in part and key != "mentioned"
    ]

    assert len(set(ids)) == len(ids)


def test_the_form_asks_for_what_the_form_on_the_web_asks_for() -> None:
    card = cards.render("status_request", values=full("status_request"))

    assert [part["id"] for _, part in objects(card) if "id" in part] == [
        "light",
        "keep",
        "done",
        "next",
        "hinders",
        "solved:a-dal/2026/12",
        "question",
        "proposal",
        "outlook",
        "weight",
        "lesson",
        "lesson_for",
        "indicator:fravaer",
        "indicator:praksisplasser",
        "decision:a-dal/2026/12",
        "confirmed",
    ]


# ------------------------------------------------------------------------------------------ nothing gets out


@pytest.mark.parametrize("name", NAMES)
def test_hostile_values_change_no_structure(name: str) -> None:
    def shape(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: shape(value) for key, value in node.items()}
        return [shape(item) for item in node] if isinstance(node, list) else type(node).__name__

    card = cards.render(name, values=hostile(name))

    assert shape(card) == shape(cards.render(name, values=full(name)))
    assert json.loads(json.dumps(card)) == card
    json.dumps(card, ensure_ascii=False).encode()


@pytest.mark.parametrize("name", NAMES)
def test_peoples_words_stand_nowhere_that_markdown_is_read(name: str) -> None:
    card = cards.render(name, values=hostile(name))
    read_as_markdown = [card["fallbackText"]]
    read_as_markdown += [part["text"] for _, part in objects(card) if part.get("type") == "TextBlock"]
    read_as_markdown += list(strings(card.get("msteams", {})))

    for text in read_as_markdown:
        outside_mention = re.sub(r"<at>([^<>]*)</at>", r"\1", text)
        assert not re.search(r"[*_\[\]()<>`#|~\\{}$\n]", outside_mention), text


@pytest.mark.parametrize("name", NAMES)
def test_only_the_name_of_a_mention_is_a_value_in_a_text_block(name: str) -> None:
    template = json.loads((cards.FOLDER / name / "template.json").read_text(encoding="utf-8"))
    for _, part in objects(template):
        if part.get("type") == "TextBlock":
            (key,) = re.findall(r"\{\{ text:(\S+) \}\}", part["text"])
            allowed = {"lead_name"} if key == "card.channel_mention" else set()
            assert texts.placeholders(key) <= allowed


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_that_a_client_would_replace_or_hide(name: str) -> None:
    card = cards.render(name, values=hostile(name))

    for text in strings(card):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    for _, part in objects(card):
        if part.get("type") == "TextRun":
            assert "{{" not in part["text"]
        assert "{{" not in part.get("label", "") + part.get("title", "")


@pytest.mark.parametrize("braces", ["{{", "{{{", "{{{{", "{{{{{DATE(2026-01-01T00:00:00Z)}}}}}"])
def test_no_number_of_braces_makes_a_date(braces: str) -> None:
    values = {**full("status_receipt"), "done": braces}

    assert "{{" not in json.dumps(cards.render("status_receipt", values=values))


def test_a_mention_and_its_text_are_the_same_to_the_letter() -> None:
    card = cards.render("status_channel", values=hostile("status_channel"))

    (entity,) = card["msteams"]["entities"]
    assert any(entity["text"] in part["text"] for _, part in objects(card) if part.get("type") == "TextBlock")
    assert entity["text"] == f"<at>{entity['mentioned']['name']}</at>"
    assert entity["text"].count("<at>") == 1


def test_what_was_answered_last_time_comes_back_to_the_letter() -> None:
    words = 'Sitat "her", {{ package }} og <b> & [x](y) – æøå\nny linje'
    card = cards.render("status_request", values={**full("status_request"), "done": words})

    (field,) = [part for _, part in objects(card) if part.get("id") == "done"]
    assert field["value"] == words


# ------------------------------------------------------------------------------------------ limits, mistakes


CORRECTED: Mapping[str, Any] = {"kept": [], "keep": None, "can_be_unchanged": False, "lesson_before": ""}
"""An answer that stands is corrected: nothing of last time is offered beside it."""
FRESH: Mapping[str, Any] = {**dict.fromkeys(("done", "question", "proposal", "lesson"), ""), "problem": None}
"""The card of a new round: what is news starts empty, with last time's sentences beside it."""


@pytest.mark.parametrize(
    ("stage", "most"),
    [
        pytest.param(CORRECTED, ORDINARY_BYTES, id="corrected"),
        pytest.param(FRESH, ORDINARY_BYTES, id="fresh"),
        # A draft of five full texts has both: what was written, and last time beside it.
        pytest.param({}, DRAFT_BYTES, id="draft"),
    ],
)
@pytest.mark.parametrize("language", texts.languages())
def test_the_fullest_ordinary_form_stays_small(language: str, stage: Mapping[str, Any], most: int) -> None:
    answer = ("Vi har fått på plass avtalen med «Verftet» og møtes nå hver uke.\n" * 20)[: cards.MAX_ANSWER]
    values = {
        **full("status_request"),
        **dict.fromkeys(("done", "next", "hinders", "question", "proposal"), answer),
        "lesson": answer[:MAX_LESSON],
        "kept": [{"number": str(number), "sentence": answer[:120]} for number in range(MAX_KEPT)],
        **stage,
        "package": "P" * 120,
        "indicators": [{"key": f"k{n}", "label": "Måltall " * 12} for n in range(8)],
    }

    card = cards.render("status_request", language=language, values=values)
    assert cards.utf16_size(card) <= most


def test_even_the_worst_form_fits_into_a_message() -> None:
    worst = dict.fromkeys(("done", "next", "hinders", "question", "proposal"), '"' * cards.MAX_ANSWER)
    worst |= {"lesson": '"' * MAX_LESSON}

    assert (
        cards.utf16_size(cards.render("status_request", values={**full("status_request"), **worst})) < cards.MAX_BYTES
    )


def test_a_card_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(CardError, match="at most"):
        cards.render("closed", values={**full("closed"), "package": "x" * cards.MAX_BYTES})


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_or_superfluous_value_is_an_error(name: str) -> None:
    values = full(name)
    if name == "bot_reply":
        pytest.skip("everything in it may be missing")
    missing = next(name for name in ("package", "title") if name in values)
    del values[missing]

    with pytest.raises(CardError, match=r"missing values \['(package|title)'\], superfluous values \['wrong'\]"):
        cards.render(name, values={**values, "wrong": 1})


def test_a_text_without_its_value_is_an_error() -> None:
    with pytest.raises(CardError, match="'board' is missing"):
        cards.render("status_request", values={**full("status_request"), "board": None})


def test_an_unknown_card_is_an_error() -> None:
    with pytest.raises(CardError, match="no card 'ukjent'"):
        cards.render("ukjent", values={})


def test_a_language_without_texts_is_an_error() -> None:
    with pytest.raises(texts.UnknownText):
        cards.render("closed", language="de", values=full("closed"))


# ------------------------------------------------------------------------------------------ snapshots


@pytest.mark.parametrize("language", texts.languages())
@pytest.mark.parametrize("kind", [full, sparse, hostile])
@pytest.mark.parametrize("name", NAMES)
def test_a_card_looks_as_it_was_reviewed(name: str, kind: Any, language: str) -> None:
    """With UPDATE_SNAPSHOTS=1 the files are written anew, to be read in the difference."""
    path = SNAPSHOTS / language / f"{name}.{kind.__name__}.json"
    card = cards.render(name, language=language, values=kind(name))
    text = json.dumps(card, ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")

    assert card["lang"] == language
    assert text == path.read_text(encoding="utf-8")
