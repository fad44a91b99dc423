"""The leads' acts on questions: a view for the board, sending back, answering within their own authority, closing."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from workflows.free_text import Written
from workflows.papers.agendas.editing import DeskRefused
from workflows.papers.questions.model import BoardQuestion, QuestionStep
from workflows.papers.questions.plan import FOLLOWS
from workflows.papers.questions.ports import QuestionStore
from workflows.ports.units import Clock, DueUnit
from workflows.status.model import EscalationState, Level
from workflows.words import Words

SHOWN = 60
"""Questions of a municipality that its page lists; the newest."""
TELL = "questions.tell"
"""The unit that tells a package of it: `workflows.papers.questions.notice`."""


class LeadAct(StrEnum):
    """An act of a lead on a question. Its value is the field's, and ends the keys of its texts."""

    VIEW = "view"
    """To write a view for the board."""
    SEND_BACK = "send_back"
    ANSWER = "answer"
    """To answer within the local lead's own authority, without the board."""
    CLOSE = "close"


STATES = {
    LeadAct.VIEW: EscalationState.VIEWED,
    LeadAct.SEND_BACK: EscalationState.SENT_BACK,
    LeadAct.ANSWER: EscalationState.ANSWERED,
    LeadAct.CLOSE: EscalationState.CLOSED,
}
TELLING = (LeadAct.SEND_BACK, LeadAct.ANSWER)
"""Acts that the package is told of."""
BEFORE_THE_BOARD = (EscalationState.RAISED, EscalationState.VIEWED, EscalationState.PASSED_ON)
"""States in which a lead may say something before the board does."""
AFTER_THE_ANSWER = (EscalationState.ANSWERED, EscalationState.UNSOLVED, EscalationState.SENT_BACK)


def acts_on(question: BoardQuestion, level: Level) -> tuple[LeadAct, ...]:
    """Return what the lead of *level* may do with a question now."""
    if question.state in AFTER_THE_ANSWER:
        return (LeadAct.CLOSE,) if level is Level.LOCAL else ()
    if question.level is not level or question.state not in BEFORE_THE_BOARD:
        return ()
    wanted = (LeadAct.VIEW, LeadAct.SEND_BACK, *((LeadAct.ANSWER,) if level is Level.LOCAL else ()))
    return tuple(act for act in wanted if STATES[act] in FOLLOWS[question.state])


class QuestionDesk:
    """Shows questions to the leads and stores what they do with them. Nothing here waits for Microsoft 365."""

    def __init__(self, *, store: QuestionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def of_municipality(self, slug: str) -> Sequence[BoardQuestion]:
        """List a municipality's questions, the newest first."""
        return await self._store.list_of(slug, most=SHOWN)

    async def for_owner_board(self) -> Sequence[BoardQuestion]:
        """List the questions that local boards have passed on and that wait for the owner board, the oldest first."""
        return await self._store.list_waiting(Level.OWNER)

    async def act(
        self, question: str, *, person: str, level: Level, municipality: str | None, raw: Mapping[str, str]
    ) -> BoardQuestion:
        """
        Take the step of a lead, before it returns. *municipality*: the one whose lead acts; None for the county's.

        Fields: `act`, `words`, `version` (the number of steps when the form was drawn) and `confirmed`. Raises
        DeskRefused for what cannot be done (any more), InvalidText for words; nothing was stored then.
        """
        found = (await self._store.find_questions([question])).get(question)
        if found is None or (level is Level.LOCAL and found.municipality != municipality):
            raise DeskRefused(Words(key="questions.gone"))
        act = next((act for act in acts_on(found, level) if act == raw.get("act")), None)
        if act is None or raw.get("version") != str(found.version):
            raise DeskRefused(Words(key="questions.meanwhile"))
        required = "" if act is LeadAct.CLOSE else "questions.error_words"
        written = Written(raw, known=(found.view,))
        words = written.text("words", required=required)
        written.check()
        now = self._clock.now()
        step = QuestionStep(at=now, by=person, state=STATES[act], level=found.level, words=words)
        then = [DueUnit(key=f"{TELL}:{found.id}", due_at=now)] if act in TELLING else []
        if not await self._store.take({found.id: step}, after={found.id: found.version}, then=then):
            raise DeskRefused(Words(key="questions.meanwhile"))
        return found
