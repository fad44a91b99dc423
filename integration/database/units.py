"""Units of work as rows: made due by whoever has a reason to, claimed by whichever engine comes first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Update, and_, bindparam, case, func, or_, select, true, update
from sqlalchemy.sql.dml import ReturningUpdate

from engine.units import TRIES, Claim
from integration.database.audit import note_act
from integration.database.connection import Database, announce, insert_for
from integration.database.history import note as note_of
from integration.database.tables import event, unit
from integration.database.together import Write
from workflows.ports.units import DueUnit

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection


STARTED = "unit.started"


class StillHeld(Exception):
    """A unit that is to be set aside still belongs to a worker, or to one that was stopped a moment ago."""


class UnitState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class UnitView:
    """A unit as people see it. *held*: somebody works on it. *note*: what it waits for or why it failed."""

    key: str
    state: UnitState
    due_at: datetime
    held: bool
    runs: int
    failures: int
    note: str
    done_at: datetime | None


async def make_due(connection: "AsyncConnection", units: Sequence[DueUnit]) -> None:
    """Make units due within the caller's transaction; see `Units.make_due`.

    A unit that somebody holds is not touched but runs once more afterwards, because its holder may already have read
    what has changed since.
    """
    if units:
        await connection.execute(_due_statement(connection.dialect.name), _due_rows(units))
        announce(connection, units)


def make_due_at_once(connection: Connection, units: Sequence[DueUnit]) -> None:
    """Do the same as `make_due` on the database's own thread."""
    if units:
        connection.execute(_due_statement(connection.dialect.name), _due_rows(units))
        announce(connection, units)


def make_failed_due(connection: Connection, key: str, now: datetime) -> bool:
    """Make a unit due that failed, as if it never had; False, and nothing changed, where it is not failed."""
    if not connection.execute(_ORDER_AGAIN, {"of": key, "now": now}).rowcount:
        return False
    announce(connection, [DueUnit(key=key, due_at=now)])
    return True


def due_write(connection: Connection, item: DueUnit) -> Write:
    """Return the write that makes one unit due, for `execute_together`; its commit tells of the unit."""
    announce(connection, [item])
    [row] = _due_rows([item])
    return Write(_due_beside(connection.dialect.name), {f"due_{name}": value for name, value in row.items()})


@cache
def _due_beside(dialect: str) -> Any:
    given: dict[str, Any] = {name: bindparam(f"due_{name}") for name in ("key", "kind", "state", "due_at")}
    # SQLAlchemy leaves its own defaults out of a statement that is one of several.
    return _due_statement(dialect).values(**given, runs=0, failures=0, note="")


@cache
def _due_statement(dialect: str) -> Any:
    insert = insert_for(dialect, unit)
    wanted = insert.excluded.due_at
    waiting, held = unit.c.state == UnitState.WAITING, unit.c.lease_owner.is_not(None)
    sooner_again = or_(unit.c.again_at.is_(None), wanted < unit.c.again_at)
    return insert.on_conflict_do_update(
        index_elements=[unit.c.key],
        set_={
            "state": UnitState.WAITING,
            "due_at": case((or_(held, and_(waiting, unit.c.due_at < wanted)), unit.c.due_at), else_=wanted),
            "again_at": case((and_(held, sooner_again), wanted), else_=unit.c.again_at),
            "failures": case((waiting, unit.c.failures), else_=0),
            "note": case((waiting, unit.c.note), else_=""),
        },
    )


def _due_rows(units: Sequence[DueUnit]) -> list[dict[str, Any]]:
    """The rows of *units*."""
    return [
        {"key": item.key, "kind": item.kind, "state": UnitState.WAITING, "due_at": item.due_at}
        # In one order for everybody: two transactions that make the same units due cannot lock each other out.
        for item in sorted(units, key=lambda item: item.key)
    ]


class SQLUnits:
    """The units' table: the workflows' `Units`, the engine's `UnitStore`, and the listing for people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make_due(self, units: Sequence[DueUnit], *, by: str = "") -> None:
        """Make units due; see `Units.make_due`. *by*: the person who ordered them, which is written down with them."""

        def write(connection: Connection) -> None:
            make_due_at_once(connection, units)
            for item in units if by else ():
                note_act(connection, by, "unit.ordered", item.key, at=item.due_at, values={})

        # On the database's own thread: a sweep makes thousands due, and the loop also answers people.
        await self._database.write(write)

    async def claim(
        self,
        owner: str,
        *,
        now: datetime,
        lease_until: datetime,
        limit: int,
        only: Collection[str] | None = None,
        running: Collection[str] = (),
    ) -> Sequence[Claim]:
        free = or_(unit.c.lease_until.is_(None), unit.c.lease_until <= now)
        due = (
            select(unit.c.key)
            .where(unit.c.state == UnitState.WAITING, unit.c.due_at <= now, free)
            .where(true() if only is None else unit.c.key.in_(only))
            .where(unit.c.key.not_in(running) if running else true())
            .order_by(unit.c.due_at, unit.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True)  # PostgreSQL only; on SQLite we are the only writer anyhow.
        )
        take = (
            update(unit)
            .where(unit.c.key.in_(due.scalar_subquery()))
            .values(lease_owner=owner, lease_until=lease_until, runs=unit.c.runs + 1)
            .returning(unit.c.key, unit.c.due_at, unit.c.runs, unit.c.failures)
        )

        def claim(connection: Connection) -> list[Claim]:
            claims, abandoned = [], set(connection.execute(_ABANDONED, {"now": now}).scalars())
            for row in connection.execute(take).all():
                stopped = _count_stopped(connection, row.key) if row.key in abandoned else 0
                connection.execute(note_of(row.key, STARTED, at=now, values={"run": row.runs}))
                due = DueUnit(key=row.key, due_at=row.due_at)
                claims.append(Claim(unit=due, owner=owner, run=row.runs, failures=row.failures, stopped=stopped))
            return claims

        claims = await self._database.write(claim)
        return sorted(claims, key=lambda claim: (claim.unit.due_at, claim.unit.key))

    async def renew(self, claim: Claim, *, lease_until: datetime) -> bool:
        values = {**_held(claim), "lease_until": lease_until}
        # Nobody holds anything after a power cut: what is renewed need not outlast one.
        return await self._database.write(
            lambda connection: connection.execute(_RENEW, values).rowcount == 1, lasting=False
        )

    async def finish(self, claim: Claim, *, now: datetime, note: str) -> bool:
        return await self._release(_FINISH, claim, "unit.done", now, note=note, done_at=now, failures=0)

    async def park(self, claim: Claim, *, now: datetime, until: datetime, note: str, failures: int) -> bool:
        return await self._release(_PARK, claim, "unit.parked", now, note=note, until=until, failures=failures)

    async def fail(self, claim: Claim, *, now: datetime, note: str, failures: int) -> bool:
        return await self._release(_FAIL, claim, "unit.failed", now, note=note, failures=failures)

    async def note(self, unit: str, what: str, *, at: datetime, values: Mapping[str, str | int]) -> None:
        statement = note_of(unit, what, at=at, values=values)
        await self._database.write(lambda connection: connection.execute(statement).close())

    async def next_moment(self, *, running: Collection[str] = ()) -> datetime | None:
        values = {"running": list(running)}
        moment: datetime | None = await self._database.look(
            lambda connection: connection.execute(_NEXT_MOMENT, values).scalar()
        )
        return moment

    async def wake_overdue(self, *, now: datetime, longest: timedelta) -> int:
        """Make units due now that an error parked for more than *longest*; return how many. A repeat is harmless."""
        beyond = (unit.c.state == UnitState.WAITING, unit.c.failures > 0, unit.c.due_at > now + longest)
        statement = update(unit).where(*beyond).values(due_at=now).returning(unit.c.key)

        def wake(connection: Connection) -> int:
            woken = connection.execute(statement).scalars().all()
            announce(connection, [DueUnit(key=key, due_at=now) for key in woken])
            return len(woken)

        return await self._database.write(wake)

    async def list_lost(
        self, *, now: datetime, grace: timedelta, ahead: timedelta, limit: int, only: str | None = None
    ) -> Sequence[DueUnit]:
        """
        List units whose message may be lost: due for longer than *grace* and held by nobody, the earliest first.

        And those that become due within *ahead*: the message of some would have had to be hidden for too long, or came
        too early. *only*: that key, if given.
        """
        late = and_(unit.c.due_at <= now - grace, or_(unit.c.lease_until.is_(None), unit.c.lease_until <= now))
        soon = and_(unit.c.due_at > now, unit.c.due_at <= now + ahead)
        query = select(unit.c.key, unit.c.due_at).where(unit.c.state == UnitState.WAITING, or_(late, soon))
        query = query.where(true() if only is None else unit.c.key == only)
        query = query.order_by(unit.c.due_at, unit.c.key).limit(limit)
        rows = await self._database.look(lambda connection: connection.execute(query).all())
        return [DueUnit(key=row.key, due_at=row.due_at) for row in rows]

    async def set_aside(self, key: str, *, now: datetime, note: str) -> bool:
        """Fail a unit that stopped its workers again and again; True when it was. Raises StillHeld while it is held.

        What became due once more meanwhile waits for that, as after any other run. A unit that is not due, or is gone,
        is left as it is: somebody else has carried it out.
        """
        due = (unit.c.key == key, unit.c.state == UnitState.WAITING, unit.c.due_at <= now)
        free = or_(unit.c.lease_until.is_(None), unit.c.lease_until <= now)
        fail = _ended(update(unit).where(*due, free).values(note=note, **_FAILED))
        is_held = select(unit.c.key).where(*due)

        def put_aside(connection: Connection) -> bool:
            if _end(connection, fail, {}, key, "unit.failed", at=now, note=note):
                return True
            if connection.execute(is_held).first() is not None:
                raise StillHeld(key)
            return False

        return await self._database.write(put_aside)

    async def list_units(
        self, *, states: Sequence[UnitState] = (), kind: str | None = None, only: Collection[str] | None = None
    ) -> Sequence[UnitView]:
        """Units by due time, those in *states* (any when empty), of *kind* and by the keys *only* (any when None)."""
        query = select(unit).order_by(unit.c.due_at, unit.c.key)
        if states:
            query = query.where(unit.c.state.in_(states))
        if kind is not None:
            query = query.where(unit.c.kind == kind)
        if only is not None:
            query = query.where(unit.c.key.in_(only))
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        return [
            UnitView(
                key=row.key,
                state=UnitState(row.state),
                due_at=row.due_at,
                held=row.lease_owner is not None,
                runs=row.runs,
                failures=row.failures,
                note=row.note,
                done_at=row.done_at,
            )
            for row in rows
        ]

    async def list_waiting(self, kind: str) -> Sequence[str]:
        """Return the keys of the units of a kind that are not done yet, by due time."""
        waits = (unit.c.kind == kind, unit.c.state == UnitState.WAITING)
        query = select(unit.c.key).where(*waits).order_by(unit.c.due_at, unit.c.key)
        return await self._database.look(lambda connection: list(connection.execute(query).scalars()))

    async def _release(
        self, change: ReturningUpdate[Any], claim: Claim, event: str, at: datetime, *, note: str, **values: Any
    ) -> bool:
        """End a hold, and note how with the same stroke: a unit and its history never tell two things."""
        given = {**_held(claim), "note": note, **values}

        def release(connection: Connection) -> bool:
            return _end(connection, change, given, claim.unit.key, event, at=at, note=note)

        return await self._database.write(release)


def _end(
    connection: Connection,
    change: ReturningUpdate[Any],
    given: Mapping[str, Any],
    key: str,
    what: str,
    *,
    at: datetime,
    note: str,
) -> bool:
    """Carry out the *change* that ends a hold, and tell of a unit that waits again; False when it changed nothing."""
    now = connection.execute(change, given).one_or_none()
    if now is None:
        return False
    connection.execute(note_of(key, what, at=at, values={"note": note}))
    if now.state == UnitState.WAITING:
        announce(connection, [DueUnit(key=key, due_at=now.due_at)])
    return True


def _count_stopped(connection: Connection, key: str) -> int:
    """Return how many runs of a unit were stopped one after the other, before any of them had noted a step."""
    latest = select(event.c.what).where(event.c.unit == key).order_by(event.c.id.desc()).limit(TRIES)
    return len(list(takewhile(STARTED.__eq__, connection.execute(latest).scalars())))


def _held(claim: Claim) -> dict[str, Any]:
    """Return the values that name a unit while its claim still holds it."""
    return {"of": claim.unit.key, "by": claim.owner, "run": claim.run}


# Built once: what a statement costs is mostly the making of it, and each unit that runs asks these.
# A change of a unit that its claim still holds: of none when somebody else took it over.
_IF_HELD = update(unit).where(
    unit.c.key == bindparam("of"), unit.c.lease_owner == bindparam("by"), unit.c.runs == bindparam("run")
)
_RENEW = _IF_HELD.values(lease_until=bindparam("lease_until"))
_ABANDONED = select(unit.c.key).where(
    unit.c.state == UnitState.WAITING, unit.c.due_at <= bindparam("now"), unit.c.lease_until <= bindparam("now")
)
"""Units whose worker did not renew its hold: it was stopped, most probably."""


def _ended(change: Update) -> ReturningUpdate[Any]:
    """Return a *change* that ends a hold as well."""
    return change.values(lease_owner=None, lease_until=None, again_at=None).returning(unit.c.state, unit.c.due_at)


_RELEASE = _ended(_IF_HELD.values(failures=bindparam("failures"), note=bindparam("note")))
_AGAIN = unit.c.again_at.is_not(None)
_AT_ONCE_AGAIN = func.coalesce(unit.c.again_at, unit.c.due_at)
_FINISH = _RELEASE.values(
    state=case((_AGAIN, UnitState.WAITING), else_=UnitState.DONE), due_at=_AT_ONCE_AGAIN, done_at=bindparam("done_at")
)
_FAILED = {"state": case((_AGAIN, UnitState.WAITING), else_=UnitState.FAILED), "due_at": _AT_ONCE_AGAIN}
_FAIL = _RELEASE.values(**_FAILED)
_UNTIL = bindparam("until", type_=unit.c.due_at.type)
_PARK = _RELEASE.values(due_at=case((and_(_AGAIN, unit.c.again_at < _UNTIL), unit.c.again_at), else_=_UNTIL))
_ORDER_AGAIN = (
    update(unit)
    .where(unit.c.key == bindparam("of"), unit.c.state == UnitState.FAILED)
    .values(state=UnitState.WAITING, due_at=bindparam("now", type_=unit.c.due_at.type), failures=0, note="")
)
# A held unit is looked at when its lease ends: its holder may be gone.
_LATER = case(
    (and_(unit.c.lease_until.is_not(None), unit.c.lease_until > unit.c.due_at), unit.c.lease_until),
    else_=unit.c.due_at,
)
_NEXT_MOMENT = (
    select(_LATER.label("moment"))
    .where(unit.c.state == UnitState.WAITING, unit.c.key.not_in(bindparam("running", expanding=True)))
    .order_by(_LATER)
    .limit(1)
)
