"""The outbox as rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, bindparam, or_, select, update

from integration.database.chats import chat_of, remember_chat
from integration.database.connection import Database, insert_for, insert_into, read_named
from integration.database.tables import message, status_request, switch
from integration.database.units import make_due, make_due_at_once
from workflows.messages.model import AGAIN, Content, Departure, Message, MessageState, Surface
from workflows.messages.outbox import TRIES
from workflows.ports.bot import Conversation, Posted
from workflows.ports.units import DueUnit
from workflows.status.model import RequestState

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from workflows.messages.resumption import Resumption

PAUSE = "pause"
"""The switch that stops all sending, and the beginning of those that stop a municipality's."""
REPLACEABLE = (MessageState.PLANNED, MessageState.HELD)


def plan_messages(connection: Connection, messages: Sequence[Message]) -> None:
    """Plan messages within the caller's transaction; see `Messages.plan`."""
    if messages:
        connection.execute(_plan_statement(connection.dialect.name), _plan_rows(messages))


def _plan_rows(messages: Sequence[Message]) -> list[dict[str, Any]]:
    return [
        {
            "key": item.key,
            "kind": item.kind,
            "surface": item.surface,
            "municipality": item.municipality,
            "person": item.person,
            "request": item.request,
            "state": MessageState.PLANNED,
            "due_at": item.due_at,
            # Not `asdict`, which copies a card piece by piece: it is only written down.
            "content": {name: getattr(item.content, name) for name in _CONTENT},
        }
        # In one order for everybody: two transactions that plan the same messages cannot lock each other out.
        for item in sorted(messages, key=lambda item: item.key)
    ]


@cache
def _plan_statement(dialect: str) -> Any:
    insert = insert_for(dialect, message)
    return insert.on_conflict_do_update(
        index_elements=[message.c.key],
        set_={"content": insert.excluded.content, "due_at": insert.excluded.due_at},
        # Not `in`: many rows at once take no list.
        where=or_(*(message.c.state == state for state in REPLACEABLE)),
    )


_CONTENT = tuple(field.name for field in fields(Content))
# Built once: every card that leaves waits for them.
_THE_MESSAGE = update(message).where(message.c.key == bindparam("of"))
_UNLESS_PAUSED = _THE_MESSAGE.where(
    ~select(switch.c.name).where(switch.c.name.in_(bindparam("pauses", expanding=True))).exists()
)
# Without the states, which are looked at afterwards: SQLite would go through all of the kind that were ever sent.
_REACHED = (
    select(
        message.c.person,
        message.c.request,
        message.c.surface,
        message.c.state,
        message.c.in_doubt,
        message.c.reference,
    )
    .where(
        message.c.person.in_(bindparam("people", expanding=True)),
        message.c.kind == bindparam("of_kind"),
        message.c.due_at >= bindparam("since"),
    )
    .order_by(message.c.due_at, message.c.sent_at)
)
_OF_REQUEST = select(message).where(message.c.request == bindparam("of"))


class SQLMessages:
    """The table of messages: the workflows' `Messages`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def plan(self, messages: Sequence[Message], *, then: Sequence[DueUnit] = ()) -> None:
        def plan(connection: Connection) -> None:
            plan_messages(connection, messages)
            make_due_at_once(connection, then)

        await self._database.write(plan)

    async def list_messages(
        self,
        *,
        states: Sequence[MessageState] = (),
        requests: Sequence[str] | None = None,
        kind: str | None = None,
        keys: Sequence[str] | None = None,
    ) -> Sequence[Message]:
        if any(named is not None and not named for named in (requests, keys)):
            # None is named: SQLite would go through all messages of the kind to find that out.
            return []
        query = select(message).order_by(message.c.due_at, message.c.key)
        # Named messages are few, and their states are looked at here: without statistics SQLite would rather go through
        # all that were ever sent than through the named ones.
        are_named = requests is not None or keys is not None
        if states and not are_named:
            query = query.where(message.c.state.in_(states))
        if requests is not None:
            query = query.where(message.c.request.in_(requests))
        if kind is not None:
            query = query.where(message.c.kind == kind)
        if keys is not None:
            query = query.where(message.c.key.in_(keys))
        return await read_named(
            self._database,
            len(requests or keys or ()),
            lambda connection: [
                message_of(row) for row in connection.execute(query) if not states or row.state in states
            ],
        )

    async def begin(
        self,
        key: str,
        *,
        in_doubt: bool,
        reference: Mapping[str, Any],
        municipality: str | None = None,
        reader: str | None = None,
    ) -> Departure | None:
        values = {
            "of": key,
            "pauses": [pause_name(None), pause_name(municipality)],
            "state": MessageState.SENDING,
            "in_doubt": in_doubt,
            "failure": "",
            "reference": dict(reference),
        }

        def begin(connection: Connection) -> Departure | None:
            if not connection.execute(_UNLESS_PAUSED, values).rowcount:
                return None
            return Departure(chat=chat_of(connection, reader) if reader else None)

        return await self._database.write(begin)

    async def change(self, key: str, state: MessageState, *, failure: str = "") -> None:
        await self._set(key, state=state, failure=failure)

    async def mark_sent(
        self,
        key: str,
        *,
        reference: Mapping[str, Any],
        at: datetime,
        opened: tuple[str, Conversation] | None = None,
    ) -> None:
        values = {"of": key, "state": MessageState.SENT, "reference": dict(reference), "sent_at": at}

        def mark(connection: Connection) -> None:
            connection.execute(_THE_MESSAGE, values)
            if opened is not None:
                remember_chat(connection, *opened, at=at)

        await self._database.write(mark)

    async def note_reference(self, key: str, reference: Mapping[str, Any]) -> None:
        await self._set(key, reference=dict(reference))

    async def reached(self, people: Sequence[str], *, kind: str, since: datetime) -> Mapping[str, Surface]:
        asked = {"people": people, "of_kind": kind, "since": since}
        rows = await self._database.look(lambda connection: connection.execute(_REACHED, asked).all())
        # A surface that did not answer has refused nobody.
        refused = {
            (row.person, row.request)
            for row in rows
            if row.state == MessageState.FAILED and not row.in_doubt and row.reference.get("tries", 0) < TRIES
        }
        # Later ones come later and win. Where no better surface refused, there was none, and there may be one now.
        sent = {row.person: row for row in rows if row.state == MessageState.SENT}
        return {
            person: Surface(row.surface)
            for person, row in sent.items()
            if row.surface == Surface.PERSONAL or (person, row.request) in refused
        }

    async def adopt(self, request: str, posted: Posted, *, then: Sequence[DueUnit]) -> bool:
        rows = await self._database.look(lambda connection: connection.execute(_OF_REQUEST, {"of": request}).all())
        if any(row.reference.get("activity") == posted.activity_id for row in rows):
            return False
        doubtful = next((row for row in rows if row.in_doubt and row.surface != Surface.EMAIL), None)
        if doubtful is None:
            return False
        where = posted.conversation
        values = {
            **doubtful._mapping,
            "key": f"{doubtful.key}{AGAIN}{posted.activity_id}",
            "state": MessageState.SENT,
            "reference": {
                "conversation": where.id,
                "service_url": where.service_url,
                "activity": posted.activity_id,
            },
        }

        def write(connection: Connection) -> None:
            connection.execute(insert_into(connection, message).values(**values).on_conflict_do_nothing())
            make_due_at_once(connection, then)

        await self._database.write(write)
        return True

    async def drop(self, requests: Sequence[str]) -> None:
        ours = message.c.request.in_(requests)
        dropped = update(message).values(state=MessageState.DROPPED)
        begun = message.c.state == MessageState.SENDING
        async with self._database.begin() as connection:
            await connection.execute(dropped.where(ours, message.c.state.in_(REPLACEABLE)))
            await connection.execute(dropped.where(ours, begun).values(in_doubt=True))

    async def still_asked(self, requests: Collection[str]) -> Collection[str]:
        """Return those of *requests* that still want an answer."""
        asks = status_request.c.state == RequestState.OPEN
        query = select(status_request.c.id).where(status_request.c.id.in_(requests), asks)
        return frozenset(await self._database.look(lambda connection: connection.execute(query).scalars().all()))

    async def _set(self, key: str, **values: Any) -> None:
        await self._database.write(lambda connection: connection.execute(_THE_MESSAGE, {"of": key, **values}).close())


async def write_instead(connection: "AsyncConnection", instead: "Resumption", *, at: datetime) -> None:
    """Keep what leaves after a pause, within the transaction that ends it. What left meanwhile stays as it is."""
    await connection.run_sync(plan_messages, instead.summaries)
    for keys, values in (
        (instead.summed, {"state": MessageState.SUMMED, "sent_at": at, "failure": ""}),
        (instead.dropped, {"state": MessageState.DROPPED}),
    ):
        waits = message.c.state.in_(REPLACEABLE)
        await connection.execute(update(message).where(message.c.key.in_(keys), waits).values(**values))
    await make_due(connection, instead.then)


def pause_name(municipality: str | None) -> str:
    """Return the name of the switch that stops sending in *municipality*, or everywhere."""
    return PAUSE if municipality is None else f"{PAUSE}:{municipality}"


def _content(data: Mapping[str, Any]) -> Content:
    links = tuple((words, address) for words, address in data.get("links", ()))
    return Content(**{**data, "links": links})


def message_of(row: Row[Any]) -> Message:
    """Return a row of `message`."""
    return Message(
        key=row.key,
        kind=row.kind,
        surface=Surface(row.surface),
        due_at=row.due_at,
        content=_content(row.content),
        municipality=row.municipality,
        person=row.person,
        request=row.request,
        state=MessageState(row.state),
        reference=row.reference,
        in_doubt=row.in_doubt,
        failure=row.failure,
        sent_at=row.sent_at,
    )
