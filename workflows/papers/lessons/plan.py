"""Lessons decided from plain data: those that a released report holds for others, and those that a search finds."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from workflows.papers.lessons.model import MAX_WORDS, PAGE, WINDOW, Lesson, LessonSearch, LessonsFound, LessonStore
from workflows.papers.reports.model import BoardReport, ReportContent
from workflows.status.model import LessonLevel

SHARED = frozenset({LessonLevel.LEADS, LessonLevel.OWNER})
"""The levels at which a lesson is meant for other leads."""


def lessons_of(content: ReportContent, *, at: datetime) -> tuple[Lesson, ...]:
    """Return the lessons of a report released *at* that their authors meant for other leads."""
    if not isinstance(content, BoardReport):
        return ()
    return tuple(
        Lesson(
            meeting=content.meeting.key,
            work_package=package.key,
            municipality=content.municipality,
            theme=package.theme,
            released_at=at,
            package=package.name,
            text=package.lesson,
        )
        for package in content.packages
        if package.lesson and package.lesson_for in SHARED
    )


def folded(text: str) -> str:
    """Return *text* as a search compares it: without difference between capitals and other spellings of one sign."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def is_found(lesson: Lesson, words: str) -> bool:
    """Tell whether each of *words* stands in the lesson or its package's name, as a part of a word at least."""
    text = folded(f"{lesson.package}\n{lesson.text}")
    return all(word in text for word in folded(words[:MAX_WORDS]).split())


def page_of(window: Sequence[Lesson], search: LessonSearch, *, full: bool) -> LessonsFound:
    """
    Return the page that *window* gives of a search. *full*: there may be more behind the window.

    With few hits in a full window the search goes on behind it when the reader asks, so that none is out of reach.
    """
    found = [lesson for lesson in window if is_found(lesson, search.words)]
    if len(found) > PAGE:
        return LessonsFound(lessons=tuple(found[:PAGE]), next=found[PAGE - 1].place)
    return LessonsFound(lessons=tuple(found), next=window[-1].place if full else None)


async def search_lessons(store: LessonStore, search: LessonSearch) -> LessonsFound:
    """Return a page of what *search* finds, by one look-up that reads at most WINDOW lessons."""
    most = WINDOW if search.words.strip() else PAGE + 1
    window = await store.list_lessons(search, most=most)
    return page_of(window, search, full=len(window) == WINDOW)
