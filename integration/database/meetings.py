"""Meetings in the database."""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime, time
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, Select, bindparam, select, update
from sqlalchemy.sql.elements import ColumnElement

from integration.database.audit import note_action
from integration.database.connection import Database, insert_into
from integration.database.tables import meeting as table
from integration.database.units import make_due, make_due_at_once
from workflows.meetings.date_search import Moved
from workflows.meetings.model import Meeting, MeetingState
from workflows.ports.units import DueUnit
from workflows.working_days import DAY

T = TypeVar("T")

AT_ONCE = 500
"""Rows in memory at once where meetings are only counted."""

_IN_ORDER = select(table).order_by(table.c.starts_local, table.c.key)
# Built once: what a statement costs is mostly the making of it.
_OF_KEY = select(table).where(table.c.key == bindparam("of"))
SHOWN = (
    table.c.key,
    table.c.body,
    table.c.state,
    table.c.starts_local,
    table.c.ends_local,
    table.c.timezone,
    table.c.location,
    table.c.booked_by_us,
    table.c.why,
    table.c.sequence,
    table.c.changed_at,
)
"""The columns that people see: an event as it was booked weighs more than all of them."""
_SHOWN_IN_ORDER = select(*SHOWN).order_by(table.c.starts_local, table.c.key)


class SQLMeetings:
    """The workflows' `MeetingStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_meetings(self, body: str | None = None, *, since: date | None = None) -> Sequence[Meeting]:
        query = _IN_ORDER if body is None else _IN_ORDER.where(table.c.body == body)
        if since is not None:
            query = query.where(_from(since))
        return await self._database.scan(partial(meetings_of, query))

    async def list_meetings_from(
        self, day: date, *, until: date | None = None, bodies: Collection[str] | None = None
    ) -> Sequence[Meeting]:
        query = _shown_from(day)
        if until is not None:
            query = query.where(table.c.starts_local < datetime.combine(until, time()) + DAY)
        if bodies is not None:
            query = query.where(table.c.body.in_(bodies))
        return await self._database.scan(partial(meetings_of, query))

    async def consider(self, since: date, work: Callable[[Sequence[Meeting]], T]) -> T:
        return await self._database.consider(partial(meetings_of, _IN_ORDER.where(_from(since))), work)

    async def consider_from(self, day: date, work: Callable[[Sequence[Meeting]], T]) -> T:
        return await self._database.consider(partial(meetings_of, _shown_from(day)), work)

    async def count_from(self, day: date, counts: Callable[[Meeting], bool]) -> int:
        cancelled = table.c.state == MeetingState.CANCELLED.value
        # What the calendar says is read of those alone that may still stand in one.
        queries = (_shown_from(day).where(~cancelled), _IN_ORDER.where(_from(day), cancelled, table.c.event_id != ""))

        def count(connection: Connection) -> int:
            rows = (row for query in queries for row in connection.execute(query).yield_per(AT_ONCE))
            return sum(counts(meeting_of(row)) for row in rows)

        return await self._database.scan(count)

    async def find_meeting(self, key: str) -> Meeting | None:
        row = await self._database.look(lambda connection: connection.execute(_OF_KEY, {"of": key}).one_or_none())
        return None if row is None else meeting_of(row)

    async def add(self, meetings: Sequence[Meeting], then: Sequence[DueUnit] = ()) -> None:
        def add(connection: Connection) -> None:
            if meetings:
                statement = insert_into(connection, table).on_conflict_do_nothing()
                connection.execute(statement, [_row(meeting) for meeting in meetings])
            make_due_at_once(connection, then)

        # On the database's own thread: a country's first plan has thousands, and the loop also answers people.
        await self._database.write(add)

    async def save(self, meeting: Meeting, then: Sequence[DueUnit] = ()) -> None:
        """Keep a meeting whatever was known of it: for those that only one calendar tells of."""
        row = _row(meeting)
        async with self._database.begin() as connection:
            insert = insert_into(connection, table).values(row)
            await connection.execute(insert.on_conflict_do_update(index_elements=[table.c.key], set_=row))
            await make_due(connection, then)

    async def change(self, was: Meeting, now: Meeting, then: Sequence[DueUnit] = (), *, by: str = "") -> bool:
        sequence, changed_at = was.version
        unchanged = (table.c.key == was.key, table.c.sequence == sequence, table.c.changed_at == changed_at)
        async with self._database.begin() as connection:
            written = await connection.execute(update(table).where(*unchanged).values(_row(now)))
            if written.rowcount == 0:
                return False
            if by:
                action = "meetings.moved" if now.stands else "meetings.cancelled"
                to = {"to": now.starts_local.isoformat(timespec="minutes")}
                await note_action(connection, by, action, now.key, at=now.changed_at, values=to)
            await make_due(connection, then)
        return True


def _shown_from(day: date) -> Select[Any]:
    return _SHOWN_IN_ORDER.where(_from(day))


def _from(day: date) -> ColumnElement[bool]:
    return table.c.starts_local >= datetime.combine(day, time())


def meetings_of(query: Select[Any], connection: Connection) -> list[Meeting]:
    """Return the meetings that *query* finds."""
    return [meeting_of(row) for row in connection.execute(query)]


def _row(meeting: Meeting) -> dict[str, Any]:
    why = {"words": meeting.words} if meeting.words else {}
    if meeting.moved:
        why |= {"wanted": meeting.moved.wanted.isoformat(), "reason": meeting.moved.reason}
    return {
        "key": meeting.key,
        "body": meeting.body,
        "state": meeting.state.value,
        "starts_local": meeting.starts_local,
        "ends_local": meeting.ends_local,
        "timezone": meeting.timezone,
        "location": meeting.location,
        "booked_by_us": meeting.booked_by_us,
        "why": why,
        "organizer": meeting.organizer,
        "event_id": meeting.event_id,
        "ical_uid": meeting.ical_uid,
        "join_url": meeting.join_url,
        "sequence": meeting.sequence,
        "booked": dict(meeting.booked),
        "answers": dict(meeting.answers),
        "changed_at": meeting.changed_at,
    }


NUMBER = "number"
"""The column of a query that counts its meetings beside reading them."""


def meeting_of(row: Row[Any]) -> Meeting:
    """Return a meeting out of its row; what was not read of it has its default. A `NUMBER` beside it is left out."""
    values = row._asdict()
    values.pop(NUMBER, None)
    values["state"] = MeetingState(values["state"])
    if why := values.pop("why"):
        values["words"] = why.get("words", "")
        if "wanted" in why:
            values["moved"] = Moved(wanted=date.fromisoformat(why["wanted"]), reason=why["reason"])
    return Meeting(**values)
