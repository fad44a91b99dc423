"""Answers are read by their kinds as people write them, and what is wrong is told by field."""

from datetime import date, datetime, time
from typing import Any

import pytest

from config.problems import Problem, phrase
from workflows.free_text import InvalidText
from workflows.register.answers import FieldKind, FormField, read_answers, words_of


def read(kind: FieldKind, given: str, *, required: bool = True, options: tuple[tuple[str, str], ...] = ()) -> Any:
    field = FormField(name="f", label="F", kind=kind, required=required, options=options)
    return read_answers([field], {"f": given})["f"]


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("line", " Leder ", "Leder"),
        ("text", "En\r\nto", "En\nto"),
        ("email", " ny@dal.example ", "ny@dal.example"),
        ("date", "2026-09-08", date(2026, 9, 8)),
        ("date", "8. 9.2026", date(2026, 9, 8)),
        ("number", "1 000,5", 1000.5),
        ("whole", "20\u00a0000", 20000),
        ("time", "9.30", time(9, 30)),
        ("time", "12:30", time(12, 30)),
        ("flag", "1", True),
        ("flag", "", False),
        ("years", "2026, 2027", (2026, 2027)),
        ("days", "24.12.2026\n\n2026-12-31", (date(2026, 12, 24), date(2026, 12, 31))),
        ("moments", "8.9.2026 kl. 12.30", (datetime.fromisoformat("2026-09-08T12:30"),)),
        ("moments", "2026-09-08T12:30", (datetime.fromisoformat("2026-09-08T12:30"),)),
    ],
)
def test_a_value_is_read_as_people_write_it(kind: FieldKind, given: str, value: Any) -> None:
    assert read(kind, given) == value


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("date", "i morgen"),
        ("date", "31.2.2026"),
        ("number", "mange"),
        ("number", "inf"),
        ("number", "nan"),
        ("whole", "7,5"),
        ("whole", "1e30"),
        ("time", "halv ni"),
        ("years", "to år"),
        ("days", "2026-12-24 2026-12-31"),
        ("days", "2026-12-24\n" * 401),
        ("moments", "8.9.2026"),
        ("choice", "noe annet"),
    ],
)
def test_a_value_of_another_kind_is_told(kind: FieldKind, given: str) -> None:
    with pytest.raises(InvalidText) as caught:
        read(kind, given, options=(("a", "A"),))

    assert caught.value.problems["f"].key == f"register.wrong_{kind}"


@pytest.mark.parametrize("kind", ["line", "text", "email", "date", "number", "choice", "days"])
def test_a_required_field_is_filled_in(kind: FieldKind) -> None:
    with pytest.raises(InvalidText) as caught:
        read(kind, "  ")

    assert caught.value.problems["f"].key == "register.wrong_empty"


@pytest.mark.parametrize(("kind", "value"), [("line", ""), ("date", None), ("number", None), ("days", ())])
def test_what_may_be_empty_is(kind: FieldKind, value: Any) -> None:
    assert read(kind, "", required=False) == value


def test_a_line_is_one_line_and_no_novel() -> None:
    for given, key in (("En\nto", "register.wrong_line"), ("x" * 201, "status.error.too_long")):
        with pytest.raises(InvalidText) as caught:
            read("line", given)
        assert caught.value.problems["f"].key == key


def test_what_stood_there_before_is_not_asked_about_again() -> None:
    text = "Ring 912 34 567"
    field = FormField(name="f", label="F", kind="text", value=text)

    assert read_answers([field], {"f": text}) == {"f": text}
    with pytest.raises(InvalidText) as caught:
        read_answers([field], {"f": f"{text} i dag"})
    assert caught.value.confirm


@pytest.mark.parametrize(
    ("where", "rule", "name", "key"),
    [
        ("people.yaml: people[x].email", "domain", "email", "register.rule_domain"),
        ("m/dal.yaml: assignments[3].person", "one_at_a_time", "person", "register.rule_one_at_a_time"),
        ("m/dal.yaml: work_packages[x].key", "no_lead", "", "register.rule_no_lead"),
        ("person", "same_person", "person", "register.rule_same_person"),
        ("people.yaml: people[x].email", "", "email", "register.rule_other"),
    ],
)
def test_a_rule_is_told_at_the_field_it_is_about(where: str, rule: str, name: str, key: str) -> None:
    fields = [FormField(name="email", label=""), FormField(name="person", label="")]

    said = words_of([Problem(where=where, value="x", expected=phrase("email"), rule=rule)], fields).problems

    assert {field: words.key for field, words in said.items()} == {name: key}
