"""Limits that every worker must keep together, and that a restart must not forget."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from integration.database.connection import Database, insert_for, insert_into
from integration.database.tables import slot
from integration.limits.bot import PERMIT_NAMES, Reservation, reserve
from integration.limits.rate import Rate
from integration.limits.shared import Permits
from workflows.digest import bounded
from workflows.ports.units import Clock

SOON = timedelta(milliseconds=20)
LONGEST_NAME = 190
"""Signs of a limit's name that are kept as they are: a mailbox may be in it, and a permit has a number after it."""


class SQLLimits:
    """Rates and permits of all workers on one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: set[str] = set()
        """Names whose permits have their rows."""

    async def take(self, name: str, rate: Rate, count: int = 1) -> datetime | None:
        """
        Take *count* under the limit *name*. Returns None when they were taken, else when there is room.

        A row holds the moment at which everything taken has flowed back. Unused ones are lost, which keeps the limit
        as well. More than a rate's burst cannot be taken at once: ValueError.
        """
        if count > rate.burst:
            raise ValueError(f"{count} at once under {name}: expected at most {rate.burst}")
        now, row = self._clock.now(), bounded(name, LONGEST_NAME)

        def take(connection: Connection) -> datetime | None:
            fresh = insert_into(connection, slot).values(name=row, free_at=now)
            connection.execute(fresh.on_conflict_do_nothing())
            query = select(slot.c.free_at).where(slot.c.name == row).with_for_update()
            free_at: datetime = connection.execute(query).scalar_one()
            taken = rate.take(free_at, now, count)
            if taken.room_at is None:
                connection.execute(update(slot).where(slot.c.name == row).values(free_at=taken.free_at))
            return taken.room_at

        return await self._database.write(take)

    async def take_permits(self, wanted: Mapping[str, Permits]) -> Mapping[str, datetime]:
        """
        Take the wanted permits under each name, all in one transaction.

        Returns the names under which not enough were free, where none was taken, and when there will be. A permit is
        never given back: it comes free by itself, so that a worker that dies holds nobody up for long.
        """

        def take(connection: Connection) -> Mapping[str, datetime]:
            # In one order for everybody: two workers cannot lock each other out.
            found = {name: self._take_permits(connection, name, permits) for name, permits in sorted(wanted.items())}
            return {name: free_at for name, free_at in found.items() if free_at is not None}

        full = await self._database.write(take)
        self._known.update(wanted)
        return full

    async def free_at(self, names: Collection[str]) -> Mapping[str, datetime]:
        """Return the moments at which all that was taken under *names* has flowed back, of those that are known."""
        rows = {bounded(name, LONGEST_NAME): name for name in names}
        query = select(slot).where(slot.c.name.in_(rows))
        found = await self._database.look(lambda connection: _moments(connection.execute(query)))
        return {rows[row]: free_at for row, free_at in found.items()}

    async def note_free_at(self, moments: Mapping[str, datetime]) -> None:
        """Note such moments, whatever was noted before."""
        rows = {bounded(name, LONGEST_NAME): moment for name, moment in moments.items()}
        await self._database.write(lambda connection: _put(connection, rows))

    def _take_permits(self, connection: Connection, name: str, permits: Permits) -> datetime | None:
        now, own = self._clock.now(), bounded(name, LONGEST_NAME)
        rows = [f"{own}#{number}" for number in range(permits.number)]
        if name not in self._known:
            fresh = insert_into(connection, slot).on_conflict_do_nothing()
            connection.execute(fresh, [{"name": row, "free_at": now} for row in rows])
        ours = slot.c.name.in_(rows)
        free = select(slot.c.name).where(ours, slot.c.free_at <= now).limit(permits.wanted)
        # PostgreSQL only; on SQLite we are the only writer anyhow.
        found = connection.execute(free.with_for_update(skip_locked=True)).scalars().all()
        if len(found) == permits.wanted:
            connection.execute(update(slot).where(slot.c.name.in_(found)).values(free_at=now + permits.hold))
            return None
        enough = select(slot.c.free_at).where(ours).order_by(slot.c.free_at).offset(permits.wanted - 1).limit(1)
        free_at: datetime = connection.execute(enough).scalar_one()
        # Free ones that another worker is just taking: they are looked for again in a moment.
        return max(free_at, now + SOON)


class SQLReservations:
    """Moments at which the bot may send, for all workers on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, conversations: Sequence[str], *, now: datetime) -> Sequence[Reservation]:
        """Reserve a moment for each of *conversations*, in one transaction."""
        # They are over before a machine that lost its power has begun again.
        return await self._database.write(lambda connection: _reserve(connection, conversations, now), lasting=False)


def _reserve(connection: Connection, conversations: Sequence[str], now: datetime) -> Sequence[Reservation]:
    permits = _held_permits(connection)
    if len(permits) < len(PERMIT_NAMES):
        # What is not there cannot be held. Of two that make them, the second waits for the first, and then holds them.
        fresh = insert_into(connection, slot).on_conflict_do_nothing()
        connection.execute(fresh, [{"name": name, "free_at": now} for name in PERMIT_NAMES])
        permits = _held_permits(connection)
    # Whoever holds all permits reserves alone, and needs no other row held: one of a new conversation is not there yet.
    before = {**permits, **_moments(connection.execute(_OF, {"names": list(dict.fromkeys(conversations))}))}
    after = dict(before)
    reservations = reserve(after, conversations, now=now)
    _put(connection, {name: moment for name, moment in after.items() if moment != before.get(name)})
    return reservations


def _held_permits(connection: Connection) -> dict[str, datetime]:
    """Hold the permits that are there until the transaction ends, and return their moments."""
    return _moments(connection.execute(_HELD, {"names": PERMIT_NAMES}))


def _moments(rows: Iterable[Any]) -> dict[str, datetime]:
    return {row.name: row.free_at for row in rows}


def _put(connection: Connection, moments: Mapping[str, datetime]) -> None:
    rows = [{"name": name, "free_at": moment} for name, moment in sorted(moments.items())]
    if rows:
        connection.execute(_put_statement(connection.dialect.name), rows)


# Built once: every card that leaves waits for them.
# What is held is sorted, so that everybody waits for the first permit, and nobody for each other.
_OF = select(slot).where(slot.c.name.in_(bindparam("names", expanding=True)))
_HELD = _OF.order_by(slot.c.name).with_for_update()


@cache
def _put_statement(dialect: str) -> Any:
    insert = insert_for(dialect, slot)
    newer = {"free_at": insert.excluded.free_at}
    return insert.on_conflict_do_update(index_elements=[slot.c.name], set_=newer)
