"""Lessons as values, the search for them, and its port."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

WINDOW = 1000
"""The most lessons that one look-up reads, the newest that fit the filter. The next one goes on behind them."""
PAGE = 20
"""Lessons on a page."""
MAX_WORDS = 200
"""Characters of a search; more is cut."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """The text of one package in one released report. It ends, or changes, with a corrected version of the report."""

    meeting: str
    work_package: str
    municipality: str
    """Its slug."""
    theme: str
    """Key of the package's theme on the day of the release; empty for none."""
    released_at: datetime
    package: str
    """The package's name in the report."""
    text: str

    @property
    def place(self) -> "LessonPlace":
        """The lesson's place in the order of all."""
        return LessonPlace(self.released_at, self.meeting, self.work_package)


@dataclass(frozen=True)
class LessonPlace:
    """A place in the order of lessons, the newest first."""

    released_at: datetime
    meeting: str
    work_package: str

    def __str__(self) -> str:
        return "~".join((self.released_at.isoformat(), self.meeting, self.work_package))

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a place out of an address; None for anything else."""
        at, _, rest = text.partition("~")
        meeting, _, package = rest.partition("~")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            return None
        return cls(moment, meeting, package) if moment.tzinfo is not None and meeting and package else None


@dataclass(frozen=True, kw_only=True)
class LessonSearch:
    """The lessons that a reader looks for. *behind*: only those after that place in the order."""

    words: str = ""
    theme: str = ""
    municipality: str = ""
    behind: LessonPlace | None = None


@dataclass(frozen=True, kw_only=True)
class LessonsFound:
    """One page of what was found. *next*: the place behind which the search goes on; None at the end."""

    lessons: tuple[Lesson, ...]
    next: LessonPlace | None = None


class LessonStore(Protocol):
    async def list_lessons(self, search: LessonSearch, *, most: int) -> Sequence[Lesson]:
        """List lessons of a theme and a municipality, where named, the newest first; words are no part of it."""
        ...
