"""Finds again what should be due, whatever was lost: at start-up, after an import, and once a week."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.programme import Programme
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome, Parked, Units

SWEEP = "sweep.all"
WEEKDAY, AT_NIGHT = 0, time(3, 0)
"""The night to Monday, local time. Bookings are compared with every calendar then, which is a few hundred calls."""

LONGEST_PARKING = timedelta(days=2)
"""No error is a reason to wait longer, whatever a service has said."""

Planner = Callable[[], Awaitable[Sequence[DueUnit]]]


class Sweep:
    """Asks each planner what should be due, now or later; making it due again is harmless.

    Rollouts are not among it: people order them, and the Builder is closed in between.
    """

    def __init__(
        self,
        *,
        units: Units,
        programme: Callable[[], Awaitable[Programme | None]],
        planners: Sequence[Planner],
        clock: Clock,
    ) -> None:
        self._units = units
        self._programme = programme
        self.planners = planners
        self._clock = clock

    async def all(self, unit: DueUnit, history: History) -> Outcome:
        """Handler of `sweep.all`. Parks itself until the next weekly one."""
        programme = await self._programme()
        if programme is None:
            return Done(note="no programme was imported yet")
        due = [item for planner in self.planners for item in await planner()]
        await self._units.make_due(due)
        woken = await self._units.wake_overdue(now=self._clock.now(), longest=LONGEST_PARKING)
        if woken:
            await history.note("sweep.woken", units=woken)
        await history.note("sweep.made_due", units=len(due))
        return Parked(until=next_sweep(self._clock.now(), programme.timezone), note="once a week")


def next_sweep(now: datetime, timezone: str) -> datetime:
    """The next weekly sweep after *now*."""
    local = now.astimezone(ZoneInfo(timezone))
    days = (WEEKDAY - local.weekday()) % 7
    moment = datetime.combine(local.date() + timedelta(days=days), AT_NIGHT, local.tzinfo)
    return (moment if moment > local else moment + timedelta(days=7)).astimezone(UTC)


def sweep_unit(programme: str, now: datetime) -> DueUnit:
    """The sweep of a programme, now."""
    return DueUnit(key=f"{SWEEP}:{programme}", due_at=now)
