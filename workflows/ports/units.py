"""Time, units of work, and the notes that they leave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

SET_ASIDE = "set_aside"
"""The note of a unit that failed because its worker was stopped, time after time, while it ran."""


class Clock(Protocol):
    """The only source of time. With the sandbox's simulated clock, time passes only while everybody sleeps."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        ...

    async def sleep_until(self, moment: datetime) -> None: ...


@dataclass(frozen=True, kw_only=True)
class DueUnit:
    """Work that becomes due: `kind:subject`, for example `status.send:a-dal/2026-09-08`."""

    key: str
    due_at: datetime

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def subject(self) -> str:
        return self.key.partition(":")[2]


@dataclass(frozen=True, kw_only=True)
class StoppedUnit:
    """A unit that failed. *log_key*: its key as the log has it, in which people are pseudonyms."""

    key: str
    log_key: str
    due_at: datetime
    note: str


class Units(Protocol):
    """Makes work due. The row is the truth; the same key twice is one unit."""

    async def wake_overdue(self, *, now: datetime, longest: timedelta) -> int:
        """Make units due now that an error parked for more than *longest*; return how many."""
        ...

    async def make_due(self, units: Sequence[DueUnit]) -> None:
        """Make each unit due at its time, also one that was done before; one already due earlier stays so."""
        ...


@dataclass(frozen=True, kw_only=True)
class Done:
    """The unit has nothing left to do."""

    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Parked:
    """The unit waits for something outside and looks again at *until*. *note* says for what, for people."""

    until: datetime
    note: str


Outcome = Done | Parked


class History(Protocol):
    """Notes a unit's steps as events that people read later."""

    async def note(self, what: str, **values: str | int) -> None:
        """*what*: a key such as `rollout.channel_made`; *values*: ids and counts, never a person's words."""
        ...


class PastEvents(Protocol):
    """Reads what units noted before."""

    async def first(self, unit: str, what: str, *, after: Sequence[str] = ()) -> datetime | None:
        """Return when *unit* first noted *what* since it last noted any of *after*; None when it has not."""
        ...


class Intents(Protocol):
    """Writes that have no key at the service: noted before, so that a lost answer is looked into and not repeated."""

    async def begin(self, key: str) -> datetime | None:
        """Note that the write *key* starts now. Returns when it was begun before, if it was and never ended."""
        ...

    async def end(self, key: str) -> None: ...
    async def begin_all(self, keys: Sequence[str]) -> Mapping[str, datetime]:
        """As `begin` for each of *keys*, in one go: when those were begun that never ended, by key."""
        ...

    async def end_all(self, keys: Sequence[str]) -> None: ...
