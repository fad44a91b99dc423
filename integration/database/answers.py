"""Answers and drafts on their way into the record: the statements that everybody who answers waits for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, or_, select, update

from integration.database import tables
from integration.database.audit import note_act
from integration.database.compiled_once import CompiledOnce
from integration.database.connection import insert_into
from integration.database.escalations import escalation_write
from integration.database.status_rows import answer_of, round_of
from integration.database.together import Write, execute_together
from integration.database.units import due_write, make_due_at_once
from workflows.ports.units import DueUnit
from workflows.status.model import Escalation, RequestState, StatusAnswer
from workflows.status.ports import NewAnswer

_request, _answer, _draft = tables.status_request, tables.status_answer, tables.status_draft

# Built once: what a statement costs is mostly the making of it.
_NEWEST = (
    select(_answer)
    .join(_request, and_(_request.c.id == _answer.c.request, _request.c.latest_version == _answer.c.version))
    .where(_request.c.id == bindparam("of_request"))
)
_OPEN = CompiledOnce(
    select(tables.status_round, _request.c.work_package, _request.c.person, _request.c.latest_version)
    .join(_request, _request.c.meeting == tables.status_round.c.meeting)
    .where(
        _request.c.id == bindparam("of_request"),
        or_(*(_request.c.state == state for state in (RequestState.OPEN, RequestState.ANSWERED))),
    )
    .with_for_update()
)
"""A request that may be answered, and its round: on PostgreSQL both rows stay as they are until we have written."""
_NEW_ANSWER = _answer.insert().values({item.name: bindparam(f"answer_{item.name}") for item in _answer.c})
_END_DRAFT = delete(_draft).where(
    _draft.c.request == bindparam("draft_request"), _draft.c.person == bindparam("draft_person")
)
_ANSWERED = (
    update(_request)
    .where(_request.c.id == bindparam("answered"))
    .values(state=RequestState.ANSWERED, latest_version=bindparam("last_version"))
)


def add_answer(
    connection: Connection,
    answer: NewAnswer,
    escalation: Escalation | None,
    then: Sequence[DueUnit],
    known: StatusAnswer | None,
) -> StatusAnswer | None:
    """Store the next version; see `AnswerRecord.add_answer`."""
    found = _open_request(connection, answer.request, answer.at)
    if found is None:
        return None
    newest = _newest(connection, answer.request, found.latest_version, known)
    if newest and (newest.by, newest.content) == (answer.by, answer.content):
        # Whatever they had begun to change, they sent this.
        execute_together(connection, [_ended_draft(answer.request, answer.by)])
        return newest
    stored = StatusAnswer(
        request=answer.request,
        version=found.latest_version + 1,
        at=answer.at,
        by=answer.by,
        surface=answer.surface,
        on_behalf=answer.on_behalf,
        content=answer.content,
    )
    writes = _answer_writes(stored)
    if escalation or (newest and newest.content.question):
        # Others hold a question before a unit: in one statement nobody knows which of them comes first.
        execute_together(connection, [*writes, escalation_write(connection, answer.request, escalation)])
        writes = []
    if len(then) == 1:
        writes.append(due_write(connection, then[0]))
    elif then:
        # SQLAlchemy makes several rows of one statement only where it stands alone.
        execute_together(connection, writes)
        make_due_at_once(connection, then)
        writes = []
    # The last of its transaction: from here on nobody else adds to the audit until the commit.
    note_act(
        connection,
        stored.by,
        "status.answered",
        f"{found.meeting}/{found.work_package}",
        at=stored.at,
        values={"version": stored.version},
        on_behalf=found.person if stored.on_behalf else "",
        after=writes,
    )
    return stored


def save_draft(connection: Connection, request: str, person: str, draft: Mapping[str, str], at: datetime) -> bool:
    """Keep a draft; see `AnswerRecord.save_draft`."""
    if _open_request(connection, request, at) is None:
        return False
    if not draft:
        execute_together(connection, [_ended_draft(request, person)])
        return True
    values = {"request": request, "person": person, "content": dict(draft)}
    statement = insert_into(connection, _draft).values(**values)
    keys = [_draft.c.request, _draft.c.person]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"content": values["content"]}))
    return True


def _open_request(connection: Connection, request: str, at: datetime) -> Any:
    """Return a request with its round, where both take answers at *at*; None else."""
    row = _OPEN.first(connection, {"of_request": request})
    return row if row is not None and round_of(row).takes_answers(at) else None


def _newest(connection: Connection, request: str, version: int, known: StatusAnswer | None) -> StatusAnswer | None:
    """Return the newest version, which is read only where somebody has answered since *known* was."""
    if not version:
        return None
    if known is not None and known.version == version:
        return known
    return answer_of(connection.execute(_NEWEST, {"of_request": request}).one())


def _answer_writes(item: StatusAnswer) -> list[Write]:
    values = {**vars(item), "content": item.content.to_data()}
    return [
        Write(_NEW_ANSWER, {f"answer_{name}": value for name, value in values.items()}),
        _ended_draft(item.request, item.by),
        Write(_ANSWERED, {"answered": item.request, "last_version": item.version}),
    ]


def _ended_draft(request: str, person: str) -> Write:
    return Write(_END_DRAFT, {"draft_request": request, "draft_person": person})
