"""Follow-up of boards' decisions: leads report on it, and lists on the site show it."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from config.programme import Programme
from workflows.papers.minutes.model import Decision, Matter
from workflows.papers.questions.model import BoardQuestion
from workflows.papers.questions.ports import QuestionStore
from workflows.ports.units import Clock
from workflows.rollout.list_rows import DecisionRow
from workflows.status.model import OpenDecision, StatusRound
from workflows.status.plan import package_leads

if TYPE_CHECKING:
    from workflows.papers.agendas.ports import DecidedMatters


class FollowUps:
    """Reads what minutes say was decided."""

    def __init__(
        self,
        *,
        programme: Callable[[], Awaitable[Programme]],
        store: "DecidedMatters",
        questions: QuestionStore,
        clock: Clock,
    ) -> None:
        self._programme = programme
        self._store = store
        self._questions = questions
        self._clock = clock

    async def open_decisions(
        self, status_round: StatusRound, work_packages: Sequence[str]
    ) -> Mapping[str, Sequence[OpenDecision]]:
        """
        Return the open decisions that each package reports on, the oldest first: the `OpenDecisions` of rounds.

        Answers to the package's own questions come first: it is asked whether they have solved it.
        """
        programme = await self._programme()
        matters = await self._store.matters(programme.local_board(status_round.municipality).key)
        today = programme.today(self._clock.now())
        found = {}
        answered = await self._questions.list_told(work_packages)
        for package in work_packages:
            leads = package_leads(programme, package, today)
            asked = matters.asked_of(package, {lead.key for lead in leads})
            here = (item for item in answered if item.municipality == status_round.municipality)
            own = [item for item in here if item.work_package == package]
            told, there = [_told(item) for item in own], {item.id for item in own}
            # A local board's decision to pass a question on is not asked about once that question has its answer.
            others = (item for item in sorted(asked, key=_age) if _question(item) not in there)
            found[package] = [*told, *(OpenDecision(key=item.key, text=_text(item)) for item in others)]
        return found

    async def decision_rows(self, bodies: Collection[str]) -> Mapping[str, Sequence[DecisionRow]]:
        """
        Return the decisions of *bodies* as their places' lists show them: all that were ever made.

        The day of each is that of its meeting's minutes, which may not have been held on the day first announced.
        """
        decided = await self._store.decisions_of(bodies)
        made = {body: [item for item in decided.get(body, ()) if item.text] for body in bodies}
        held = await self._store.days_held({item.meeting for decisions in made.values() for item in decisions})
        return {body: [_row(item, held.get(item.meeting)) for item in decisions] for body, decisions in made.items()}


def _told(question: BoardQuestion) -> OpenDecision:
    """Return an answered question as its package is asked about it."""
    answer = question.answer
    text = answer.words if answer else ""
    return OpenDecision(key=question.reported_as, text=text, question=question.question)


def _question(matter: Matter) -> str | None:
    """Return the question that a decision is about; None for one about none."""
    return matter.question or None if isinstance(matter, Decision) else None


def _text(matter: Matter) -> str:
    text = matter.text if isinstance(matter, Decision) else matter.what
    return f"{matter.label} {text}".strip()


def _age(matter: Matter) -> str:
    """Meetings' keys end with the day first announced."""
    return matter.meeting


def _row(decision: Decision, held_on: date | None) -> DecisionRow:
    return DecisionRow(
        key=decision.key,
        label=decision.label,
        decided_on=held_on,
        title=decision.title,
        text=decision.text,
        work_package=decision.work_package,
    )
