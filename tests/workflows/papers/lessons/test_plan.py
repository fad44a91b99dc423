"""Lessons: which of a released report are for others, what a search finds, and that it never reads without bound."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.papers.reports.report_samples import SUMMARY, board_report
from workflows.papers.lessons.model import PAGE, WINDOW, Lesson, LessonPlace, LessonSearch
from workflows.papers.lessons.plan import is_found, lessons_of, page_of, search_lessons
from workflows.papers.reports.package_report import PackageReport

AT = datetime(2026, 9, 1, 6, tzinfo=UTC)
LESSON = Lesson(
    meeting="a-dal/2026-09-08",
    work_package="bro",
    municipality="a-dal",
    theme="overganger",
    released_at=AT,
    package="Broen",
    text="To korte møter virket bedre enn ett langt. Ráđđehus og SKYSS.",
)


def package(level: str, lesson: str = "Ring først.") -> PackageReport:
    return PackageReport(
        key="bro", name="Broen", lead="Leder", light="green", lesson=lesson, lesson_for=level, theme="overganger"
    )


def lessons(count: int, text: str = "Ring først.") -> list[Lesson]:
    """Return so many lessons, the newest first."""
    return [
        replace(LESSON, meeting=f"m{number:05}", released_at=AT - timedelta(minutes=number), text=text)
        for number in range(count)
    ]


class Shelf:
    """A store that notes how many lessons were asked for."""

    def __init__(self, kept: Sequence[Lesson]) -> None:
        self.kept = kept
        self.asked: list[int] = []

    async def list_lessons(self, search: LessonSearch, *, most: int) -> Sequence[Lesson]:
        self.asked.append(most)
        at = [item.place for item in self.kept].index(search.behind) + 1 if search.behind else 0
        return self.kept[at : at + most]


@pytest.mark.parametrize(("level", "shared"), [("board", False), ("leads", True), ("owner", True), ("", False)])
def test_only_what_its_author_meant_for_others_is_shared(level: str, shared: bool) -> None:
    found = lessons_of(board_report(package(level)), at=AT)

    assert [(item.package, item.theme, item.text) for item in found] == [
        ("Broen", "overganger", "Ring først.")
    ] * shared


def test_no_words_are_no_lesson_and_a_summary_has_none_of_its_own() -> None:
    assert lessons_of(board_report(package("leads", "")), at=AT) == ()
    assert lessons_of(SUMMARY, at=AT) == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        pytest.param("", True, id="nothing asked"),
        pytest.param("møter langt", True, id="all words, in any order"),
        pytest.param("MØTE", True, id="capitals, and a part of a word"),
        pytest.param("skyss", True, id="capitals in the text"),
        pytest.param("rá\u0111\u0111e", True, id="Sámi letters"),
        pytest.param("ra\u0301\u0111", True, id="a letter and its accent apart"),
        pytest.param("broen", True, id="the package's name"),
        pytest.param("møter buss", False, id="one word is missing"),
        pytest.param("%", False, id="no sign is a wildcard"),
        pytest.param("m_ter", False, id="nor this one"),
    ],
)
def test_a_search_finds_all_its_words_wherever_they_stand(words: str, found: bool) -> None:
    assert is_found(LESSON, words) is found


@given(st.text(), st.text())
def test_a_search_for_any_part_of_a_text_finds_it(before: str, after: str) -> None:
    """Whatever people write, spaces alone end a word."""
    text = f"{before}{after}"
    assert is_found(replace(LESSON, text=text), before[:50])


async def test_without_words_no_more_is_read_than_is_shown() -> None:
    shelf = Shelf(lessons(PAGE + 5))
    first = await search_lessons(shelf, LessonSearch())
    second = await search_lessons(shelf, LessonSearch(behind=first.next))

    assert shelf.asked == [PAGE + 1, PAGE + 1]
    assert [*first.lessons, *second.lessons] == shelf.kept
    assert second.next is None


async def test_a_search_reads_a_window_at_a_time_and_reaches_the_oldest() -> None:
    """Each press goes on to the next window, and none reads more than its own."""
    old = replace(LESSON, meeting="z", released_at=AT - timedelta(days=900), text="Skyss på onsdager.")
    shelf, search = Shelf([*lessons(2 * WINDOW), old]), LessonSearch(words="onsdager")
    found: list[Lesson] = []
    for _ in range(3):
        page = await search_lessons(shelf, search)
        found += page.lessons
        search = replace(search, behind=page.next)

    assert found == [old]
    assert search.behind is None
    assert shelf.asked == [WINDOW] * 3


def test_more_hits_than_a_page_holds_go_on_behind_the_last_shown() -> None:
    window = lessons(PAGE + 3)
    page = page_of(window, LessonSearch(words="ring"), full=False)

    assert page.lessons == tuple(window[:PAGE])
    assert page.next == window[PAGE - 1].place


def test_a_place_comes_back_from_its_address() -> None:
    assert LessonPlace.parse(str(LESSON.place)) == LESSON.place


@pytest.mark.parametrize("text", ["", "~", "i går~m~p", "2026-09-01T06:00:00~m~p", f"{AT.isoformat()}~m~", "x" * 500])
def test_any_other_address_is_no_place(text: str) -> None:
    assert LessonPlace.parse(text) is None
