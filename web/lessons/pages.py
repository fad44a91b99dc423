"""The search in what packages have learned and meant for others: `GET /laering`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

import texts
from config.values import Role
from web.access.gate import SeesLessons, Visit
from web.shell.page import shell_page
from workflows.papers.lessons.model import MAX_WORDS, WINDOW, Lesson, LessonPlace, LessonSearch, LessonStore
from workflows.papers.lessons.plan import search_lessons
from workflows.ports.units import Clock

PATH = "/laering"


@dataclass(frozen=True, kw_only=True)
class LessonDoors:
    """Ports of the lessons' page."""

    store: LessonStore
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class ShownLesson:
    """A lesson in readers' words; *leads*: those who lead its package today."""

    package: str
    municipality: str
    theme: str
    on: date
    text: str
    leads: Sequence[str]


def router(doors: LessonDoors) -> APIRouter:
    """Return the route of the search."""
    routes = APIRouter()

    @routes.get(PATH, response_class=HTMLResponse, summary="What packages have learned and share, searched")
    async def show(
        request: Request, visit: SeesLessons, sok: str = "", tema: str = "", kommune: str = "", etter: str = ""
    ) -> HTMLResponse:
        programme, language = visit.programme, visit.reader.language
        theme, town = programme.find_theme(tema), programme.find_municipality(kommune)
        search = LessonSearch(
            words=" ".join(sok[:MAX_WORDS].split()),
            theme=theme.key if theme else "",
            municipality=town.slug if town else "",
            behind=LessonPlace.parse(etter),
        )
        found = await search_lessons(doors.store, search)
        return shell_page(
            request,
            "lessons/search.html",
            visit,
            crumbs=[(texts.say("lessons.menu", language), "")],
            path=PATH,
            search=search,
            themes=_by_name((item.key, item.name) for item in programme.themes),
            towns=_by_name((item.slug, item.name) for item in programme.municipalities),
            lessons=[_shown(visit, lesson, programme.today(doors.clock.now())) for lesson in found.lessons],
            further=_address(search, found.next) if found.next else "",
            window=WINDOW,
        )

    return routes


def _by_name(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the options of a choice in the order of their names."""
    return sorted(options, key=lambda option: texts.sort_key(option[1]))


def _shown(visit: Visit, lesson: Lesson, today: date) -> ShownLesson:
    programme = visit.programme
    town, theme = programme.find_municipality(lesson.municipality), programme.find_theme(lesson.theme)
    leads = programme.holders(Role.WORK_PACKAGE_LEAD, on=today, work_package=lesson.work_package)
    return ShownLesson(
        package=lesson.package,
        municipality=town.name if town else lesson.municipality,
        theme=theme.name if theme else "",
        on=programme.local_time(lesson.released_at).date(),
        text=lesson.text,
        leads=[person.name for person in leads],
    )


def _address(search: LessonSearch, place: LessonPlace) -> str:
    """Return the address at which the same search goes on."""
    asked = {"sok": search.words, "tema": search.theme, "kommune": search.municipality, "etter": str(place)}
    return f"{PATH}?{urlencode({name: value for name, value in asked.items() if value})}"
