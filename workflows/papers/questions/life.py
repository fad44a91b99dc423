"""The boards' part in a question's life: agendas take it up, minutes settle it, approved minutes answer it."""

from collections.abc import Mapping

from config.programme import Programme
from config.values import BodyKind
from workflows.papers.agendas.model import StoredAgenda
from workflows.papers.minutes.model import StoredMinutes
from workflows.papers.questions.model import BoardQuestion, QuestionStep
from workflows.papers.questions.plan import agenda_steps, answer_steps, minutes_steps
from workflows.papers.questions.ports import QuestionStore
from workflows.status.model import Level

LEVELS: Mapping[BodyKind, Level] = {BodyKind.LOCAL_BOARD: Level.LOCAL, BodyKind.OWNER_BOARD: Level.OWNER}
"""The bodies that decide questions."""


def level_of(programme: Programme, body: str) -> Level | None:
    """Return the level at which a body decides questions; None for one that decides none."""
    found = programme.find_body(body)
    return LEVELS.get(found.kind) if found else None


class QuestionLife:
    """
    Takes the steps that agendas and minutes make. A repeat takes none.

    False from a method: somebody took another step meanwhile, and nothing was written.
    """

    def __init__(self, store: QuestionStore) -> None:
        self._store = store

    async def take_up(self, agenda: StoredAgenda) -> bool:
        """Take the steps of a fixed agenda."""
        found = await self.questions_on(agenda)
        return await self._take(found, agenda_steps(agenda.content, found, at=agenda.released_at))

    async def settle(self, programme: Programme, agenda: StoredAgenda, minutes: StoredMinutes) -> bool:
        """Take the steps of a version of minutes, approved or not."""
        level = level_of(programme, agenda.content.meeting.body)
        if level is None:
            return True
        found = await self.questions_on(agenda)
        return await self._take(found, minutes_steps(minutes, agenda.content, found, level=level))

    async def answer(self, agenda: StoredAgenda, approved: StoredMinutes) -> bool:
        """Take the steps of approved minutes."""
        found = await self.questions_on(agenda)
        return await self._take(found, answer_steps(found.values(), approved))

    async def questions_on(self, agenda: StoredAgenda) -> Mapping[str, BoardQuestion]:
        """Return the questions on an agenda, by their ids."""
        return await self._store.find_questions([item.question for item in agenda.content.items if item.question])

    async def _take(self, found: Mapping[str, BoardQuestion], steps: Mapping[str, QuestionStep]) -> bool:
        return not steps or await self._store.take(steps, after={key: found[key].version for key in steps})
