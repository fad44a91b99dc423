"""The demo's checks of drafts, lessons, series and questions hold for the story's end, and fail for any other."""

from types import SimpleNamespace
from typing import Any

import pytest

from config.values import WorkPackage
from demo.paper_checks import (
    a_question_was_answered_and_closed,
    a_question_was_passed_on_and_answered,
    drafts_were_gone_through,
    lessons_are_found,
    series_are_kept_apart,
)
from demo.people import AnswerHabit
from tests.workflows.programme import programme

SHARED = WorkPackage(key="jobb", municipality="a-dal", name="Jobb", boards=("b-vik",))
ANSWERED = ("viewed", "on_agenda", "decided", "answered", "closed")
PASSED_ON = ("on_agenda", "passed_on", "viewed", "on_agenda", "decided", "answered")


def evidence(**changes: Any) -> Any:
    """The evidence of a story in which everything came about, with *changes* of the ledger or of what was found."""
    ledger: dict[str, Any] = {
        "assessed": ("a-dal/2026-11-17", "owner-board/2026-12-01"),
        "series": {"jobb": ("a-dal", "b-vik")},
        "questions": {"jobb": ANSWERED, "skyss": PASSED_ON},
    }
    found: dict[str, Any] = {"lessons": ("jobb",)}
    for name, value in changes.items():
        (found if name in found else ledger)[name] = value
    story = SimpleNamespace(
        assessments={"a-dal": "Bra."},
        summing_up="Bra.",
        packages={
            "jobb": AnswerHabit(question="Hvem?", view="Vi.", lesson="Ring først.", lesson_for="leads"),
            "skyss": AnswerHabit(question="Hva?", county_view="Ja.", passed_on=True, lesson="Nei.", lesson_for="board"),
        },
    )
    played = SimpleNamespace(ledger=SimpleNamespace(**ledger), **found)
    return SimpleNamespace(programme=programme(work_packages=(SHARED,)), story=story, played=played)


CHECKS = (
    drafts_were_gone_through,
    lessons_are_found,
    series_are_kept_apart,
    a_question_was_answered_and_closed,
    a_question_was_passed_on_and_answered,
)


@pytest.mark.parametrize("check", CHECKS)
def test_what_came_about_holds(check: Any) -> None:
    assert check(evidence()).held


@pytest.mark.parametrize(
    ("check", "changes"),
    [
        pytest.param(drafts_were_gone_through, {"assessed": ("a-dal/2026-11-17",)}, id="nobody summed up"),
        pytest.param(drafts_were_gone_through, {"assessed": ("b-vik/2026-11-17",)}, id="another board's draft"),
        pytest.param(lessons_are_found, {"lessons": ()}, id="no lesson is found"),
        pytest.param(lessons_are_found, {"lessons": ("jobb", "skyss")}, id="a lesson of its own board's is found"),
        pytest.param(series_are_kept_apart, {"series": {"jobb": ("a-dal",)}}, id="one board's alone"),
        pytest.param(a_question_was_answered_and_closed, {"questions": {"jobb": ANSWERED[:-1]}}, id="not closed"),
        pytest.param(a_question_was_answered_and_closed, {"questions": {"jobb": ANSWERED[1:]}}, id="no view"),
        pytest.param(a_question_was_passed_on_and_answered, {"questions": {}}, id="not asked"),
    ],
)
def test_what_did_not_come_about_is_told(check: Any, changes: dict[str, Any]) -> None:
    assert not check(evidence(**changes)).held


def test_a_question_that_the_owner_board_answered_may_be_closed_by_then() -> None:
    assert a_question_was_passed_on_and_answered(evidence(questions={"skyss": (*PASSED_ON, "closed")})).held


@pytest.mark.parametrize(("solved", "end"), [(True, "closed"), (False, "unsolved")])
def test_a_question_that_the_owner_board_answered_ends_as_its_package_says(solved: bool, end: str) -> None:
    for last in ("closed", "unsolved"):
        shown = evidence(questions={"jobb": ANSWERED, "skyss": (*PASSED_ON, last)})
        shown.story.packages["skyss"] = shown.story.packages["skyss"].model_copy(update={"solved": solved})

        assert a_question_was_passed_on_and_answered(shown).held is (last == end)
