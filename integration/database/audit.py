"""The audit in the database: the one place where entries are added, and the reading of them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from integration.database.connection import Database, insert_into
from integration.database.tables import audit, switch
from integration.database.together import Write, execute_together, hold_after
from workflows.operations.audit import AuditAct, AuditEntry, ChainHead, chained
from workflows.origin import origin

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

HEAD = "audit:head"
"""The row of `switch` that holds the chain's head; on PostgreSQL who adds an entry holds it until the commit."""
CHUNK = 200
"""Entries that are read, and then looked at, in one turn of the loop."""
_HEAD = select(switch.c.value).where(switch.c.name == HEAD)
_HELD_HEAD = _HEAD.with_for_update()
_LAST = select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)
_ADD = insert(audit).values({item.name: bindparam(f"added_{item.name}") for item in audit.c})
_MOVE_HEAD = update(switch).where(switch.c.name == bindparam("of_head")).values(value=bindparam("moved"))


async def note_action(
    connection: "AsyncConnection",
    actor: str,
    action: str,
    subject: str,
    *,
    at: datetime,
    values: Mapping[str, str | int],
    on_behalf: str = "",
) -> None:
    """Add to the audit within the caller's transaction; see `note_act`."""
    await connection.run_sync(note_act, actor, action, subject, at=at, values=values, on_behalf=on_behalf)


def note_act(
    connection: Connection,
    actor: str,
    action: str,
    subject: str,
    *,
    at: datetime,
    values: Mapping[str, str | int],
    on_behalf: str = "",
    after: Sequence[Write] = (),
) -> None:
    """
    Add to the audit within the caller's transaction who did what. Ids only, never a person's words.

    In a transaction beside others it comes last: from here on nobody else adds an entry until the commit.
    *on_behalf*: the person it is done for, where that is not the whole municipality of the origin. *after*: what is
    written before that, with the head in one question where the database is a server.
    """
    came = origin()
    act = AuditAct(
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        surface=came.surface,
        sign_in=came.sign_in,
        on_behalf=on_behalf or came.on_behalf,
        details=dict(values),
    )
    entry = chained(act, _hold_head(connection, at, after))
    head = ChainHead(number=entry.number, hash=entry.hash)
    added = {f"added_{name}": value for name, value in row_of(entry).items()}
    execute_together(connection, [Write(_ADD, added), Write(_MOVE_HEAD, {"of_head": HEAD, "moved": str(head)})])


def row_of(entry: AuditEntry) -> dict[str, Any]:
    """Return an entry as its row."""
    chain = {"id": entry.number, "previous_hash": entry.previous_hash, "hash": entry.hash}
    return {**vars(entry.act), **chain}


def _hold_head(connection: Connection, at: datetime, after: Sequence[Write]) -> ChainHead:
    """Return the chain's head, which nobody else moves until this transaction ends, when *after* is written."""
    noted = hold_after(connection, after, _HELD_HEAD)
    if noted is not None:
        return ChainHead.from_text(noted.value)
    # Somebody took the note out: what people do is still written down, and `verify` looks at all of it.
    last = connection.execute(_LAST).one_or_none()
    head = ChainHead() if last is None else ChainHead(number=last.id, hash=last.hash)
    connection.execute(insert_into(connection, switch).values(name=HEAD, set_at=at, value=str(head)))
    return head


class SQLAudit:
    """Reads the table `audit`: the workflows' `AuditStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def latest(self, *, before: int | None, most: int) -> Sequence[AuditEntry]:
        query = select(audit).order_by(audit.c.id.desc()).limit(most)
        if before is not None:
            query = query.where(audit.c.id < before)
        return await self._read(query)

    async def entries(self) -> AsyncIterator[AuditEntry]:
        last = 0
        while found := await self._read(select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(CHUNK)):
            for entry in found:
                yield entry
            last = found[-1].number

    async def head(self) -> ChainHead:
        """Return the head that was noted; of a chain whose note is gone, the one before every entry."""
        async with self._database.read() as connection:
            noted = (await connection.execute(_HEAD)).scalar_one_or_none()
        return ChainHead() if noted is None else ChainHead.from_text(noted)

    async def note(self, action: str, subject: str, *, at: datetime) -> None:
        """Add an act of the present origin that changes nothing else in the database."""
        async with self._database.begin() as connection:
            await note_action(connection, "", action, subject, at=at, values={})

    async def _read(self, query: Any) -> list[AuditEntry]:
        async with self._database.read() as connection:
            return [_entry(row) for row in (await connection.execute(query)).all()]


def _entry(row: Row[Any]) -> AuditEntry:
    act = AuditAct(
        at=row.at,
        actor=row.actor,
        action=row.action,
        subject=row.subject,
        surface=row.surface,
        sign_in=row.sign_in,
        on_behalf=row.on_behalf,
        details=row.details,
    )
    return AuditEntry(number=row.id, act=act, previous_hash=row.previous_hash, hash=row.hash)
