"""Lifted questions and their steps as rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, exists, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from integration.database import tables
from integration.database.audit import note_act
from integration.database.connection import Database, insert_into
from integration.database.paper_tables import question_step
from integration.database.units import make_due_at_once
from workflows.papers.questions.model import BOARD_STATES, SETTLED_STATES, TOLD_STATES, BoardQuestion, QuestionStep
from workflows.papers.questions.plan import advance, settled_since
from workflows.papers.questions.ports import REACH
from workflows.ports.units import DueUnit
from workflows.status.model import EscalationState, Level

_QUESTIONS = (
    select(tables.escalation, tables.status_request.c.work_package, tables.status_round.c.municipality)
    .join(tables.status_request, tables.status_request.c.id == tables.escalation.c.request)
    .join(tables.status_round, tables.status_round.c.meeting == tables.status_request.c.meeting)
)


class _OvertakenError(Exception):
    """Somebody else has taken a step meanwhile; it rolls the transaction back."""


class SQLQuestions:
    """The workflows' `QuestionStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_waiting(self, level: Level, *, body: str | None = None) -> Sequence[BoardQuestion]:
        # The keys of a body's meetings begin with the body's; "0" follows "/".
        wanted = {"of_level": level} if body is None else {"of_level": level, "after": f"{body}/", "before": f"{body}0"}
        query = _WAITING if body is None else _WAITING_THERE
        return await self._database.look(lambda connection: _read(connection.execute(query, wanted)))

    async def list_of(self, municipality: str, *, most: int) -> Sequence[BoardQuestion]:
        wanted = and_(
            tables.status_round.c.municipality == municipality,
            tables.escalation.c.state != EscalationState.WITHDRAWN,
        )
        newest = (tables.escalation.c.raised_at.desc(), tables.escalation.c.id)
        found = await self._list(_QUESTIONS.where(wanted).order_by(*newest).limit(most))
        return list(reversed(found))

    async def list_told(self, work_packages: Collection[str]) -> Sequence[BoardQuestion]:
        wanted = {"of_packages": list(work_packages)}
        return await self._database.look(lambda connection: _read(connection.execute(_TOLD, wanted)))

    async def list_of_board(self, body: str, *, since: datetime) -> Sequence[BoardQuestion]:
        wanted = {"after": f"{body}/", "before": f"{body}0", "since": since, "raised_after": since - REACH}
        return await self._database.look(lambda connection: _read(connection.execute(_OF_BOARD, wanted)))

    async def list_settled(self, level: Level, *, since: datetime) -> Sequence[BoardQuestion]:
        wanted = {"since": since, "raised_after": since - REACH}
        found = await self._database.look(lambda connection: _read(connection.execute(_SETTLED, wanted)))
        return list(settled_since(level, found, since=since))

    async def find_questions(self, ids: Collection[str]) -> Mapping[str, BoardQuestion]:
        found = await self._list(_QUESTIONS.where(tables.escalation.c.id.in_(ids)))
        return {item.id: item for item in found}

    async def take(
        self, steps: Mapping[str, QuestionStep], *, after: Mapping[str, int], then: Sequence[DueUnit] = ()
    ) -> bool:
        try:
            await self._database.write(lambda connection: _take(connection, steps, after, then))
        except _OvertakenError:
            return False
        return True

    async def _list(self, query: Select[Any]) -> Sequence[BoardQuestion]:
        return await self._database.look(lambda connection: _questions(connection, query))


def questions_where(connection: Connection, condition: ColumnElement[bool]) -> tuple[BoardQuestion, ...]:
    """Return the questions that a condition on `escalation`, its request and its round holds for, the oldest first."""
    return tuple(_questions(connection, _QUESTIONS.where(condition)))


def _questions(connection: Connection, query: Select[Any]) -> list[BoardQuestion]:
    return _read(connection.execute(_with_steps(query)))


def _with_steps(query: Select[Any]) -> Select[Any]:
    """Return one statement for the questions that *query* finds, the oldest first, and all their steps."""
    found = query.subquery()
    order = (found.c.raised_at, found.c.id, question_step.c.number)
    taken = select(found, question_step.c.content.label("step")).outerjoin(
        question_step, question_step.c.question == found.c.id
    )
    return taken.order_by(*order)


# Built once: what a statement costs is mostly the making of it, and everybody who answers waits for this one.
_TOLD = _with_steps(
    _QUESTIONS.where(
        tables.escalation.c.state.in_(TOLD_STATES),
        tables.status_request.c.work_package.in_(bindparam("of_packages", expanding=True)),
    )
)
_WAITING = _with_steps(
    _QUESTIONS.where(
        tables.escalation.c.state.in_(BOARD_STATES),
        tables.escalation.c.level == bindparam("of_level"),
    )
)
_HAS_NEWS = and_(
    tables.escalation.c.raised_at > bindparam("raised_after"),
    exists().where(question_step.c.question == tables.escalation.c.id, question_step.c.at > bindparam("since")),
)
_SETTLED = _with_steps(_QUESTIONS.where(tables.escalation.c.state.in_(SETTLED_STATES), _HAS_NEWS))
_AT_BOARD = and_(tables.escalation.c.meeting > bindparam("after"), tables.escalation.c.meeting < bindparam("before"))
# By an expression, which no index knows: SQLite would go through all that wait in the country, and not the board's own.
_STATE = tables.escalation.c.state.concat("")
_WAITING_THERE = _with_steps(
    _QUESTIONS.where(_STATE.in_(BOARD_STATES), tables.escalation.c.level == bindparam("of_level"), _AT_BOARD)
)
_OF_BOARD = _with_steps(
    _QUESTIONS.where(
        _AT_BOARD,
        or_(
            and_(_STATE.in_(BOARD_STATES), tables.escalation.c.level == Level.LOCAL),
            and_(_STATE.in_(SETTLED_STATES), _HAS_NEWS),
        ),
    )
)


def _read(found: Iterable[Row[Any]]) -> list[BoardQuestion]:
    rows: dict[str, Row[Any]] = {}
    steps: dict[str, list[QuestionStep]] = {}
    for row in found:
        rows.setdefault(row.id, row)
        if row.step is not None:
            steps.setdefault(row.id, []).append(QuestionStep.from_data(row.step))
    return [_question(row, steps.get(key, ())) for key, row in rows.items()]


def _question(row: Row[Any], steps: Sequence[QuestionStep]) -> BoardQuestion:
    return BoardQuestion(
        id=row.id,
        request=row.request,
        municipality=row.municipality,
        work_package=row.work_package,
        meeting=row.meeting,
        question=row.question,
        proposal=row.proposal,
        state=EscalationState(row.state),
        level=Level(row.level),
        raised_at=row.raised_at,
        steps=tuple(steps),
    )


def _take(
    connection: Connection, steps: Mapping[str, QuestionStep], after: Mapping[str, int], then: Sequence[DueUnit]
) -> None:
    found = {item.id: item for item in _questions(connection, _QUESTIONS.where(tables.escalation.c.id.in_(steps)))}
    for key, step in steps.items():
        question = found.get(key)
        if question is None or question.version != after[key] or advance(question, step) is None:
            raise _OvertakenError
        row = {"question": key, "number": question.version + 1, "at": step.at, "content": step.to_data()}
        insert = insert_into(connection, question_step).values(**row).on_conflict_do_nothing()
        unchanged = and_(tables.escalation.c.id == key, tables.escalation.c.state == question.state)
        moved = update(tables.escalation).where(unchanged).values(state=step.state, level=step.level)
        # By the row that came back: PostgreSQL counts none.
        noted = connection.execute(insert.returning(question_step.c.question)).first()
        if noted is None or not connection.execute(moved).rowcount:
            raise _OvertakenError
    make_due_at_once(connection, then)
    for key, step in steps.items():
        note_act(connection, step.by, f"question.{step.state}", key, at=step.at, values={"level": step.level})
