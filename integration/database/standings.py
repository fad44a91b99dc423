"""A request and everything that an answer to it is held against, read by one statement: people wait for it."""

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, bindparam, exists, or_, select

from integration.database import tables
from integration.database.accounts import account_of
from integration.database.compiled_once import CompiledOnce
from integration.database.register import VERSION_NOW
from integration.database.status_rows import answer_of, meeting_of, request_of, round_of
from workflows.messages.model import Surface
from workflows.papers.questions.model import TOLD_STATES
from workflows.status.ports import REMEMBERED, Standing

_request, _round, _meeting, _answer = tables.status_request, tables.status_round, tables.meeting, tables.status_answer
_earlier, _before = _request.alias("earlier"), _round.alias("before")
_last, _previous = _request.alias("last"), _answer.alias("previous")
_last_round = _round.alias("last_round")
_other, _told, _draft = _request.alias("other"), tables.escalation, tables.status_draft

_LAST_BEFORE = (
    select(_earlier.c.id)
    .join(_before, _before.c.meeting == _earlier.c.meeting)
    .where(
        _earlier.c.work_package == _request.c.work_package,
        _earlier.c.latest_version > 0,
        _before.c.municipality == _round.c.municipality,
        _before.c.meeting != _round.c.meeting,
        _before.c.deadline_at < _round.c.deadline_at,
    )
    .order_by(_before.c.deadline_at.desc(), _before.c.meeting.desc())
    .limit(1)
    .correlate(_request, _round)
    .scalar_subquery()
)
"""The package's latest request of earlier rounds that was answered."""
_MAY_REPORT = or_(
    *(exists().where(matter.c.body == _meeting.c.body) for matter in (tables.decision, tables.action_item)),
    exists().where(
        _other.c.work_package == _request.c.work_package,
        _told.c.request == _other.c.id,
        # Not `in_`, whose values are put into the statement anew at each use.
        or_(*(_told.c.state == state for state in TOLD_STATES)),
    ),
)
"""True where the board has decided something, or has answered a question of the package's."""
_IS_LOST = exists().where(
    tables.message.c.request == _request.c.id, tables.message.c.in_doubt, tables.message.c.surface != Surface.EMAIL
)
"""True where a card about the request left and nobody knows its place."""

_PARTS: Sequence[Sequence[ColumnElement[Any]]] = (
    list(_request.c),
    list(_round.c),
    [_meeting.c.key, _meeting.c.body, _meeting.c.state, _meeting.c.starts_local],
    list(_answer.c),
    list(_previous.c),
    list(tables.account.c),
    [_draft.c.person, _draft.c.content],
    [
        VERSION_NOW.scalar_subquery().label("programme_version"),
        _MAY_REPORT.label("may_report"),
        _IS_LOST.label("is_lost"),
        _last_round.c.deadline_at.label("previous_deadline_at"),
    ],
)
_NAMES = [[column.name for column in part] for part in _PARTS]
_LINK = list(tables.link.c)


def _from(start: FromClause, *more: ColumnElement[Any]) -> Select[Any]:
    """Return what reads all that stands about the requests of *start*, and *more* behind it."""
    return (
        select(*(column for part in _PARTS for column in part), *more)
        .select_from(start)
        .join(_round, _round.c.meeting == _request.c.meeting)
        .join(_meeting, _meeting.c.key == _request.c.meeting)
        .outerjoin(_answer, and_(_answer.c.request == _request.c.id, _answer.c.version == _request.c.latest_version))
        .outerjoin(_last, _last.c.id == _LAST_BEFORE)
        .outerjoin(_last_round, _last_round.c.meeting == _last.c.meeting)
        .outerjoin(_previous, and_(_previous.c.request == _last.c.id, _previous.c.version == _last.c.latest_version))
        .outerjoin(tables.account, tables.account.c.object_id == bindparam("object_id"))
        .outerjoin(_draft, _draft.c.request == _request.c.id)
    )


_STANDING = CompiledOnce(_from(_request).where(_request.c.id == bindparam("of_request")))
_BEHIND = CompiledOnce(
    _from(tables.link.join(_request, _request.c.id == tables.link.c.subject), *_LINK).where(
        tables.link.c.id == bindparam("of_link")
    )
)


def standing_of(connection: Connection, request: str, object_id: str) -> Standing | None:
    """Return a request as it stands at this moment, with the account of *object_id*, if there is one."""
    rows = _STANDING.rows(connection, {"of_request": request, "object_id": object_id})
    return _standing(rows) if rows else None


def standing_behind(connection: Connection, link: str) -> tuple[Any, Standing] | None:
    """Return the row of a link and the request that it leads to, as it stands; None where either is not there."""
    rows = _BEHIND.rows(connection, {"of_link": link, "object_id": ""})
    if not rows:
        return None
    return _named([column.name for column in _LINK], rows[0][-len(_LINK) :]), _standing(rows)


def _standing(rows: Sequence[Sequence[Any]]) -> Standing:
    """Return what stands in *rows*: one for each draft, of which there are none or one, and now and then two."""
    asked, status_round, meeting, answer, previous, account, _, flags = _parts(rows[0])
    is_remembered = previous.request is not None and (
        flags.previous_deadline_at >= status_round.deadline_at - REMEMBERED
    )
    drafts = (draft for *_, draft, _ in map(_parts, rows) if draft.person is not None)
    return Standing(
        request=request_of(asked),
        round=round_of(status_round),
        meeting=meeting_of(meeting),
        answer=answer_of(answer) if answer.request is not None else None,
        previous=answer_of(previous) if is_remembered else None,
        drafts={draft.person: draft.content for draft in drafts},
        account=account_of(account) if account.object_id is not None else None,
        programme_version=flags.programme_version,
        may_report=flags.may_report,
        has_lost_card=flags.is_lost,
    )


def _parts(row: Sequence[Any]) -> list[Any]:
    """Split a row into the columns of each table, by their names there."""
    values = iter(row)
    return [_named(names, values) for names in _NAMES]


def _named(names: Sequence[str], values: Iterable[Any]) -> Any:
    return SimpleNamespace(**dict(zip(names, values, strict=False)))
