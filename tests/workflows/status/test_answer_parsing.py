"""Answers of people become checked values, or problems by field."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import texts
from config.values import Indicator
from tests.workflows.test_privacy_guard import NUMBER
from workflows.free_text import clean_text
from workflows.status.answer_parsing import MAX_LESSON, MAX_TEXT, most_of, parse_answer, parse_draft, parse_number
from workflows.status.model import TEXT_FIELDS, AnswerContent, InvalidAnswer, Light

PLACES = Indicator(key="plasser", name="Plasser")


def problems_of(raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidAnswer) as caught:
        parse_answer({"light": "green", **raw}, indicators=[PLACES])
    return {name: words.key for name, words in caught.value.problems.items()}


def test_a_whole_answer_is_read() -> None:
    raw = {"light": "red", "done": " Mye ", "question": "Hvem?", "proposal": "Vi", "indicator:plasser": "12,5"}

    assert parse_answer(raw, indicators=[PLACES]) == AnswerContent(
        light=Light.RED, done="Mye", question="Hvem?", proposal="Vi", indicators={"plasser": 12.5}
    )


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("leads", "leads"),
        ("owner", "owner"),
        ("board", "board"),
        (None, "board"),
        ("everybody", "board"),
        (["x"], "board"),
    ],
)
def test_a_lesson_goes_no_further_than_its_author_said(said: object, level: str) -> None:
    raw = {"light": "green", "lesson": "Ring først.", "lesson_for": said}

    answer = parse_answer(raw, indicators=[])
    assert (answer.lesson, answer.lesson_for) == ("Ring først.", level)
    assert AnswerContent.from_data(answer.to_data()) == answer
    assert parse_draft(raw, indicators=[])["lesson_for"] == level


def test_readers_without_a_lesson_are_nothing() -> None:
    raw = {"light": "green", "lesson_for": "owner"}

    assert parse_answer(raw, indicators=[]).lesson_for == ""
    assert "lesson_for" not in parse_draft(raw, indicators=[])


def test_unchanged_work_teaches_nothing_once_more() -> None:
    last = AnswerContent(light=Light.GREEN, next="Mer.", lesson="Ring først.", lesson_for="leads")

    answer = parse_answer({"unchanged": "1"}, indicators=[], previous=last)
    assert (answer.next, answer.lesson, answer.lesson_for) == ("Mer.", "", "")


@pytest.mark.parametrize("light", [None, "", "blue", "missing", 1, ["green"]])
def test_only_a_light_of_ours_is_taken(light: object) -> None:
    assert problems_of({"light": light}) == {"light": "status.error.light_missing"}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param({"done": "x" * (MAX_TEXT + 1)}, ("done", "status.error.too_long"), id="too long"),
        pytest.param(
            {"lesson": "x" * (MAX_LESSON + 1)}, ("lesson", "status.error.too_long"), id="a lesson that is a report"
        ),
        pytest.param({"next": 7}, ("next", "status.error.text"), id="no text"),
        pytest.param({"hinders": f"Se {NUMBER}"}, ("hinders", "privacy.block"), id="national id"),
        pytest.param({"proposal": "Ja"}, ("question", "status.error.question_missing"), id="proposal alone"),
        pytest.param({"indicator:plasser": "mange"}, ("indicator:plasser", "status.error.number"), id="no number"),
        pytest.param({"indicator:plasser": True}, ("indicator:plasser", "status.error.number"), id="a truth value"),
        pytest.param({"indicator:plasser": float("nan")}, ("indicator:plasser", "status.error.number"), id="nan"),
        pytest.param({"indicator:plasser": 10**400}, ("indicator:plasser", "status.error.number"), id="huge"),
        pytest.param({"indicator:andre": "1"}, ("", "status.error.unknown_indicator"), id="unknown indicator"),
    ],
)
def test_what_is_wrong_is_named_by_field(raw: dict[str, Any], problem: tuple[str, str]) -> None:
    assert problems_of(raw) == dict([problem])


@pytest.mark.parametrize("number", [NUMBER, f"{NUMBER[:6]} {NUMBER[6:]}", int(NUMBER), float(NUMBER)])
def test_a_national_id_is_no_number_of_the_package(number: object) -> None:
    assert problems_of({"indicator:plasser": number}) == {"indicator:plasser": "privacy.block"}


def test_what_is_asked_about_is_stored_once_it_is_confirmed() -> None:
    raw = {"light": "green", "done": "Ring 41234567", "next": "Skriv til rolle@kommune.example"}
    with pytest.raises(InvalidAnswer) as caught:
        parse_answer(raw, indicators=[PLACES])
    assert {name: words.key for name, words in caught.value.problems.items()} == {
        "done": "privacy.ask_phone",
        "next": "privacy.ask_email",
    }

    confirmed = {**raw, "confirmed": caught.value.confirm}
    assert parse_answer(confirmed, indicators=[PLACES]).done == "Ring 41234567"
    with pytest.raises(InvalidAnswer):
        parse_answer({**confirmed, "hinders": "Eller 41234568"}, indicators=[PLACES])


def test_a_national_id_cannot_be_confirmed() -> None:
    raw = {"light": "green", "done": f"{NUMBER} eller 41234567"}
    with pytest.raises(InvalidAnswer) as caught:
        parse_answer(raw, indicators=[PLACES])

    with pytest.raises(InvalidAnswer):
        parse_answer({**raw, "confirmed": caught.value.confirm or "1"}, indicators=[PLACES])


def test_what_was_confirmed_before_is_not_asked_about_again() -> None:
    before = AnswerContent(light=Light.GREEN, done="Ring 41234567")

    raw = {"light": "red", "done": "Ring 41234567", "next": "Mer"}

    assert parse_answer(raw, indicators=[PLACES], previous=before).next == "Mer"
    assert parse_answer(raw, indicators=[PLACES], stored=before).next == "Mer"


def test_all_problems_come_at_once() -> None:
    assert set(problems_of({"light": "", "done": "x" * 2000, "indicator:plasser": "?"})) == {
        "light",
        "done",
        "indicator:plasser",
    }


def test_no_change_keeps_last_time_s_words_and_takes_the_new_numbers() -> None:
    before = AnswerContent(light=Light.YELLOW, done="Da", question="Hvem?", proposal="Vi", indicators={"plasser": 1})
    raw = {"unchanged": "1", "light": "red", "done": "Nå", "indicator:plasser": "2"}

    answer = parse_answer(raw, indicators=[PLACES], previous=before)

    assert answer == AnswerContent(light=Light.YELLOW, done="Da", indicators={"plasser": 2})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12.0),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("1 234", 1234.0),
        ("1\u00a0234,5", 1234.5),
        ("-3", -3.0),
        ("−3", -3.0),
        ("", None),
        ("1,2,3", None),
        ("1e5", None),
        ("nan", None),
        ("٣", None),
        ("12 %", None),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, number: float | None) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u2028b", "a\nb"),
        ("a\x00b\x1b\u202e\ufeffc", "abc"),
        ("\ud800x", "x"),
        ("👩‍🏫", "👩‍🏫"),
        ("a\u030a", "å"),
        # Signs of Unicode 15 and 17, whatever this Python knows.
        ("\U0001fa77 \U0001fae8 \U0001fae9 \U0001faea", "\U0001fa77 \U0001fae8 \U0001fae9 \U0001faea"),
        ("a\ufffe\uffff\ufdd0\U0010ffffb", "ab"),
        ("\n\n\n\na\n\n\n\nb", "a\n\nb"),
    ],
)
def test_texts_are_kept_without_what_nobody_can_see(written: str, kept: str) -> None:
    assert clean_text(written) == kept


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["light", "unchanged", *TEXT_FIELDS, "indicator:plasser"]) | st.text()


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(NAMES, ANYTHING | st.sampled_from(["green", "1", "12,5"]), max_size=9))
def test_anything_at_all_is_an_answer_or_refused_with_words(raw: dict[str, Any]) -> None:
    before = AnswerContent(light=Light.GREEN)
    problems = {}
    try:
        answer = parse_answer(raw, indicators=[PLACES], previous=before)
    except InvalidAnswer as invalid:
        problems = invalid.problems
    if problems:
        assert all(texts.say(words.key, **words.values) for words in problems.values())
    else:
        assert AnswerContent.from_data(answer.to_data()) == answer
        assert all(len(getattr(answer, name)) <= most_of(name) for name in TEXT_FIELDS)
        answer.to_data()["done"].encode()


PREVIOUS = AnswerContent(light=Light.GREEN, done="Én ting. En annen.\nEn tredje.")


@pytest.mark.parametrize(
    ("raw", "done"),
    [
        pytest.param({"keep": "0,2"}, "Én ting. En tredje.", id="on a card"),
        pytest.param({"keep:1": "1"}, "En annen.", id="on a form"),
        pytest.param({"keep:0": "1", "done": "Nytt."}, "Én ting. Nytt.", id="before what is new"),
        pytest.param({"keep": "0", "done": "Én ting. Nytt."}, "Én ting. Nytt.", id="once, where it stands already"),
        pytest.param({"keep": "9,x,-1", "keep:7": "1", "keep:1": ""}, "", id="of no sentence"),
        pytest.param({"keep": ["0"]}, "", id="of another shape"),
        pytest.param({}, "", id="none"),
    ],
)
def test_sentences_of_last_time_are_kept_by_a_press_each(raw: dict[str, Any], done: str) -> None:
    assert parse_answer({"light": "green", **raw}, indicators=(), previous=PREVIOUS).done == done


def test_what_is_kept_and_new_is_no_longer_than_a_text_may_be() -> None:
    with pytest.raises(InvalidAnswer) as invalid:
        parse_answer({"light": "green", "keep": "0", "done": "x" * MAX_TEXT}, indicators=(), previous=PREVIOUS)

    assert invalid.value.problems["done"].values["written"] == MAX_TEXT + len("Én ting. ")


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param({"outlook": "Bussen."}, "weight", id="words without a weight"),
        pytest.param({"outlook": "Bussen.", "weight": "huge"}, "weight", id="words with another weight"),
        pytest.param({"weight": "risk_1_2"}, "outlook", id="a weight without words"),
        pytest.param({"outlook": "x" * 201, "weight": "risk_1_2"}, "outlook", id="too many words"),
    ],
)
def test_a_risk_or_opportunity_has_words_and_a_weight(raw: dict[str, str], problem: str) -> None:
    with pytest.raises(InvalidAnswer) as invalid:
        parse_answer({"light": "green", **raw}, indicators=())

    assert list(invalid.value.problems) == [problem]


def test_a_risk_follows_into_the_record_and_is_kept_unchanged() -> None:
    given = parse_answer({"light": "green", "outlook": "Bussen.", "weight": "opportunity_2_2"}, indicators=())
    again = parse_answer({"unchanged": "1"}, indicators=(), previous=given)

    assert AnswerContent.from_data(given.to_data()) == given == again
