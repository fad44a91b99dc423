"""Questions that answers lift, as rows: raised, changed and withdrawn by the next answer."""

from functools import cache
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, or_, update

from integration.database import tables
from integration.database.connection import insert_for
from integration.database.together import Write
from workflows.status.model import Escalation, EscalationState

CHANGED_BY_ANSWERS = (
    EscalationState.RAISED,
    EscalationState.WITHDRAWN,
    EscalationState.VIEWED,
    EscalationState.SENT_BACK,
)
"""States of a question that a later answer of its round may change: no board has taken it up."""

# No `in_`, whose values are put into the statement anew at each use.
_OPEN_STILL = or_(*(tables.escalation.c.state == state for state in CHANGED_BY_ANSWERS))
# Built once: what a statement costs is mostly the making of it.
_WITHDRAW = (
    update(tables.escalation)
    .where(tables.escalation.c.request == bindparam("withdrawn_of"), _OPEN_STILL)
    .values(state=EscalationState.WITHDRAWN)
)


def escalation_write(connection: Connection, request: str, item: Escalation | None) -> Write:
    """Return the write of the question of a request's newest answer; None withdraws the one it had."""
    if item is None:
        return Write(_WITHDRAW, {"withdrawn_of": request})
    values = {f"raised_{name}": value for name, value in vars(item).items()}
    return Write(_raise_statement(connection.dialect.name), values)


@cache
def _raise_statement(dialect: str) -> Any:
    table = tables.escalation
    insert = insert_for(dialect, table).values({item.name: bindparam(f"raised_{item.name}") for item in table.c})
    asked, again = insert.excluded, table.c.state != EscalationState.WITHDRAWN
    same = and_(table.c.question == asked.question, table.c.proposal == asked.proposal, again)
    changed = {
        "question": asked.question,
        "proposal": asked.proposal,
        # The lead's view of the same words stands.
        "state": case((same, table.c.state), else_=asked.state),
    }
    return insert.on_conflict_do_update(index_elements=[table.c.id], set_=changed, where=_OPEN_STILL)
