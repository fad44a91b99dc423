"""A lifted question as a value: its words, where it stands, and every step on the way there."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Self

from workflows.status.model import EscalationState, Level

BOARD_STATES = (EscalationState.RAISED, EscalationState.VIEWED, EscalationState.ON_AGENDA, EscalationState.PASSED_ON)
"""States in which a question waits for a board."""
SETTLED_STATES = (EscalationState.DECIDED, EscalationState.ANSWERED, EscalationState.UNSOLVED, EscalationState.CLOSED)
"""States in which a question is decided: no board is asked again."""
TOLD_STATES = (EscalationState.ANSWERED, EscalationState.UNSOLVED)
"""States in which its package is asked whether the answer has solved it."""


@dataclass(frozen=True, kw_only=True)
class QuestionStep:
    """One step of a question's life. Steps are added and never changed."""

    at: datetime
    by: str
    """Key of the person who took it; the recorder of the minutes where a board did."""
    state: EscalationState
    level: Level
    """The level at which the question stands from here on."""
    meeting: str = ""
    """The meeting that it is about; empty for a step outside meetings."""
    decision: str = ""
    """Key of the decision that it follows from."""
    words: str = ""
    """The view, the decision, or what is lacking."""

    def to_data(self) -> dict[str, Any]:
        """Plain data for the record; `from_data` reads it back."""
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        moment = datetime.fromisoformat(data["at"])
        state, level = EscalationState(data["state"]), Level(data["level"])
        return cls(**{**data, "at": moment, "state": state, "level": level})


@dataclass(frozen=True, kw_only=True)
class BoardQuestion:
    """A question that a package asked, and all that came of it so far."""

    id: str
    request: str
    """The status request whose answer asks it."""
    municipality: str
    """The slug of its package's municipality."""
    work_package: str
    meeting: str
    """The meeting of the round in which it was asked."""
    question: str
    proposal: str
    state: EscalationState
    level: Level
    raised_at: datetime
    steps: tuple[QuestionStep, ...] = ()
    """The steps after it was asked, in their order."""

    @property
    def version(self) -> int:
        """The number of steps taken: a form that was drawn from fewer is out of date."""
        return len(self.steps)

    @property
    def waits(self) -> bool:
        """True while a board is to decide it."""
        return self.state in BOARD_STATES

    @property
    def is_settled(self) -> bool:
        """True when it was decided, by a board or within the lead's authority: nobody decides it again."""
        return self.state in SETTLED_STATES

    @property
    def lacks_proposal(self) -> bool:
        """True when it asks for a decision and proposes none."""
        return not self.proposal

    @property
    def decided_below(self) -> QuestionStep | None:
        """The local board's decision to pass it on; None for a question that it has not passed on."""
        return self._last(step for step in self.steps if step.state is EscalationState.PASSED_ON)

    @property
    def answer(self) -> QuestionStep | None:
        """The step that settled it or sent it back; None while it waits."""
        if self.waits:
            return None
        told = (EscalationState.DECIDED, EscalationState.ANSWERED, EscalationState.SENT_BACK)
        return self._last(step for step in self.steps if step.state in told and step.words)

    @property
    def reported_as(self) -> str:
        """The key under which its package reports on the answer: its decision's, or the question's own."""
        return self.answer.decision if self.answer and self.answer.decision else f"question/{self.id}"

    @property
    def told_answer(self) -> QuestionStep | None:
        """The step with the answer that its package was told: of approved minutes, or a lead's; None before that."""
        return self._last(step for step in self.steps if step.state is EscalationState.ANSWERED)

    @property
    def view(self) -> str:
        """The view of the lead of the level at which it stands; empty without one."""
        found = self._last(
            step for step in self.steps if step.state is EscalationState.VIEWED and step.level is self.level
        )
        return found.words if found else ""

    def agenda_of(self, level: Level) -> str:
        """Return the meeting of that level on whose agenda it stood last; empty for none."""
        found = self._last(
            step for step in self.steps if step.state is EscalationState.ON_AGENDA and step.level is level
        )
        return found.meeting if found else ""

    @staticmethod
    def _last(steps: Iterable[QuestionStep]) -> QuestionStep | None:
        return next(reversed(tuple(steps)), None)
