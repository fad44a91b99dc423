"""The record of lifted questions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from workflows.papers.questions.model import BoardQuestion, QuestionStep
from workflows.ports.units import DueUnit
from workflows.status.model import Level

REACH = timedelta(days=400)
"""Longest life of a question that is still told of when it is settled: it keeps the look-up from growing with the
years."""


class QuestionStore(Protocol):
    """Questions with their steps. Methods are atomic; none grows with the history of answered questions."""

    async def list_waiting(self, level: Level, *, body: str | None = None) -> Sequence[BoardQuestion]:
        """List the questions that wait for a board of *level*; *body*: asked for meetings of that one alone."""
        ...

    async def list_of(self, municipality: str, *, most: int) -> Sequence[BoardQuestion]:
        """List a municipality's newest questions, withdrawn ones left out, the newest first."""
        ...

    async def list_told(self, work_packages: Collection[str]) -> Sequence[BoardQuestion]:
        """List the answered questions of packages that are not closed: their leads are asked whether it is solved."""
        ...

    async def list_settled(self, level: Level, *, since: datetime) -> Sequence[BoardQuestion]:
        """
        List the questions that *level* has settled after *since*, by approved minutes or a lead's answer, the oldest
        first. A question that was asked more than `REACH` before *since* is left out.
        """
        ...

    async def list_of_board(self, body: str, *, since: datetime) -> Sequence[BoardQuestion]:
        """
        List the questions asked for a local board's meetings that its report tells of, the oldest first: those that
        wait for the board, and those settled by whomever with a step after *since*, within `REACH`.
        """
        ...

    async def find_questions(self, ids: Collection[str]) -> Mapping[str, BoardQuestion]:
        """Return questions by their ids; unknown ones are left out."""
        ...

    async def take(
        self, steps: Mapping[str, QuestionStep], *, after: Mapping[str, int], then: Sequence[DueUnit] = ()
    ) -> bool:
        """
        Add a step to each question, or to none: False, and nothing written, when one has taken another number of steps
        than *after* says, or the step cannot follow on its state.
        """
        ...
