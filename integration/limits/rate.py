"""A rate as one moment: when everything that was taken has flowed back (the generic cell rate algorithm)."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Rate:
    """*burst* at once after a quiet time, and then one every *interval*."""

    burst: int
    interval: timedelta

    def take(self, free_at: datetime | None, now: datetime, count: int = 1) -> "Taken":
        """Take *count* at *now*. *free_at*: when all that was taken before has flowed back; None for nothing."""
        busy_until = max(free_at or now, now)
        room_at = busy_until + (count - self.burst) * self.interval
        return Taken(busy_until + count * self.interval, room_at if room_at > now else None)


@dataclass(frozen=True)
class Taken:
    """The moment to remember, or, when *room_at* is given, the moment at which there is room; then nothing is taken."""

    free_at: datetime
    room_at: datetime | None = None


def at_most(count: int, per: timedelta) -> Rate:
    """Return the rate that lets at most *count* pass in any stretch of *per*: half at once, the rest flows back."""
    burst = count // 2
    return Rate(burst, math.ceil(per / MICROSECOND / burst) * MICROSECOND)
