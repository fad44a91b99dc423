"""Follow-up of answered questions: packages say whether they are solved, and then they are closed."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from config.programme import Programme
from workflows.papers.decisions.desk import MatterRecord
from workflows.papers.minutes.model import Matters, MatterState
from workflows.papers.questions.model import BoardQuestion, QuestionStep
from workflows.papers.questions.ports import QuestionStore
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked
from workflows.status.model import EscalationState, StatusAnswer, StatusRequest

LOOK_AGAIN = timedelta(minutes=1)


def follow_steps(questions: Iterable[BoardQuestion], answer: StatusAnswer, *, at: datetime) -> dict[str, QuestionStep]:
    """Return the steps, by question, of what a package's answer says of earlier questions; none it knows already."""
    steps = {}
    for item in questions:
        said = answer.content.solved.get(item.reported_as)
        if said is None or item.request == answer.request:
            continue
        state = EscalationState.CLOSED if said else EscalationState.UNSOLVED
        words = answer.content.follow_ups.get(item.reported_as, "")
        step = QuestionStep(at=at, by=answer.by, state=state, level=item.level, words=words)
        last = item.steps[-1] if item.steps else None
        if last is None or (last.state, last.words) != (step.state, step.words):
            steps[item.id] = step
    return steps


def finished(matters: Matters, closed: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of the open decisions about questions that are *closed*."""
    known = set(closed)
    return tuple(item.key for item in matters.decisions if item.question in known and item.state is MatterState.OPEN)


class Answers(Protocol):
    async def find_request(self, request: str) -> StatusRequest | None: ...
    async def newest_answers(self, requests: Sequence[str]) -> Mapping[str, StatusAnswer]: ...


@dataclass(frozen=True, kw_only=True)
class FollowPorts:
    """Everything that follow-up reaches."""

    programme: Callable[[], Awaitable[Programme]]
    questions: QuestionStore
    answers: Answers
    decisions: MatterRecord
    clock: Clock


class QuestionFollowUp:
    """Takes what packages say of answered questions once their round is over. A repeat takes nothing."""

    def __init__(self, ports: FollowPorts) -> None:
        self._ports = ports

    async def follow(self, unit: DueUnit, history: History) -> Outcome:
        """Handler of `questions.follow` [request]: close what is solved, and its decision with it."""
        request = await self._ports.answers.find_request(unit.subject)
        answer = (await self._ports.answers.newest_answers([unit.subject])).get(unit.subject)
        if request is None or answer is None:
            return Done(note="no such answer")
        now = self._ports.clock.now()
        told = await self._ports.questions.list_told([request.work_package])
        steps = follow_steps(told, answer, at=now)
        found = {item.id: item for item in told}
        # The decisions first: a run that is stopped in between still finds its questions.
        closed = [key for key, step in steps.items() if step.state is EscalationState.CLOSED]
        # A local board that passed it on has a decision of its own about it, besides the one that answered it.
        decided = [step.decision for key in closed for step in found[key].steps if step.decision]
        bodies = {decision.partition("/")[0] for decision in decided}
        programme = await self._ports.programme()
        for body in sorted(key for key in bodies if programme.find_body(key) is not None):
            done = finished(await self._ports.decisions.matters(body), closed)
            await self._ports.decisions.set_states(done, MatterState.DONE, at=now, by=answer.by)
        if steps and not await self._ports.questions.take(steps, after={key: found[key].version for key in steps}):
            return Parked(until=now + LOOK_AGAIN, note="a question moved on meanwhile")
        for key in closed:
            await history.note("questions.closed", question=key)
        return Done()
