"""The work package leads of the demo who look for what others have learned."""

from datetime import datetime
from html import unescape
from urllib.parse import urlencode

from config.programme import Programme
from config.values import Person, Role
from demo.people import Cast, Story
from demo.signed_in import browser_of
from workflows.status.model import LessonLevel

SHARED = (LessonLevel.LEADS, LessonLevel.OWNER)
WORDS = 3
"""Words of a lesson that somebody looks for."""


def shared_lessons(story: Story) -> dict[str, str]:
    """Return the lessons of the story that others may read, by their package."""
    return {key: part.lesson for key, part in story.packages.items() if part.lesson and part.lesson_for in SHARED}


async def look_for_lessons(
    service_url: str, cast: Cast, programme: Programme, story: Story, *, on: datetime
) -> tuple[str, ...]:
    """Return the packages whose lesson a lead of another municipality finds by its first words."""
    found = []
    for package, lesson in shared_lessons(story).items():
        page = f"/laering?{urlencode({'sok': ' '.join(lesson.split()[:WORDS])})}"
        elsewhere = _lead_elsewhere(programme, programme.work_package(package).municipality, on)
        async with browser_of(cast, service_url, elsewhere.email, page) as browser:
            shown = await browser.get(page)
        if lesson in unescape(shown.text):
            found.append(package)
    return tuple(found)


def _lead_elsewhere(programme: Programme, municipality: str, on: datetime) -> Person:
    """Return the first lead of a package of another municipality."""
    today = programme.today(on)
    return next(
        person
        for package in programme.work_packages
        if package.municipality != municipality and not package.has_ended(today)
        for person in programme.holders(Role.WORK_PACKAGE_LEAD, on=today, work_package=package.key)
    )
