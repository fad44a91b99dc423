"""Finds again what should be due, whatever was lost: at start-up, after an import, and every night."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.programme import Programme
from workflows.ports import Clock, Done, DueUnit, History, Outcome, Parked, Units

SWEEP = "sweep.all"
AT_NIGHT = time(3, 0)
"""Local time."""

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
        self._planners = planners
        self._clock = clock

    async def all(self, unit: DueUnit, history: History) -> Outcome:
        """Handler of `sweep.all`. Parks itself until the next night."""
        programme = await self._programme()
        if programme is None:
            return Done(note="no programme was imported yet")
        due = [item for planner in self._planners for item in await planner()]
        await self._units.make_due(due)
        await history.note("sweep.made_due", units=len(due))
        return Parked(until=next_night(self._clock.now(), programme.timezone), note="every night")


def next_night(now: datetime, timezone: str) -> datetime:
    """The next 03.00 local time after *now*."""
    local = now.astimezone(ZoneInfo(timezone))
    night = datetime.combine(local.date(), AT_NIGHT, local.tzinfo)
    return (night if night > local else night + timedelta(days=1)).astimezone(now.tzinfo)


def sweep_unit(programme: str, now: datetime) -> DueUnit:
    """The sweep of a programme, now."""
    return DueUnit(key=f"{SWEEP}:{programme}", due_at=now)
