"""Lags of Microsoft 365 until a change is seen, in time of the sandbox clock."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

ZERO = timedelta(0)
TAIL_SHARE = 0.05
"""The share of things that take longer than usual."""


@dataclass(frozen=True)
class Lag:
    """
    Between *least* and *most*, and for one in twenty up to *worst*.

    How long it is for one thing depends on its natural key alone, so that two runs of a story take equally long.
    """

    least: timedelta
    most: timedelta
    worst: timedelta

    def of(self, key: str) -> timedelta:
        share = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") / 2**32
        if share >= 1 - TAIL_SHARE:
            return self.most + (share - 1 + TAIL_SHARE) / TAIL_SHARE * (self.worst - self.most)
        return self.least + share / (1 - TAIL_SHARE) * (self.most - self.least)


@dataclass(frozen=True, kw_only=True)
class Latency:
    """The lags of one mode. docs/sandbox.md says where the figures of REAL are from; FAST keeps their order."""

    guest_found: Lag
    """From an invitation until lists, filters and references know the guest."""
    group_ready: Lag
    """From a group's creation until members can be added and a team be made of it."""
    team_ready: Lag
    """Duration of the operation that makes a team."""
    team_sync: timedelta
    """From a change in the group until the team's roster shows it."""
    owner_sync: timedelta
    """The same for its owners."""
    site_ready: Lag
    """From a group's creation until its site and drive are there."""
    folder_ready: timedelta
    """From a standard channel's creation until its files folder is there."""
    channel_site_ready: Lag
    """From a private channel's creation until its own site is there."""
    repair_after: timedelta
    """Age of a stuck site from which on asking for a files folder brings it on its way again."""
    chat_ready: timedelta
    """From a personal installation until its chat can be read."""
    delivery: timedelta
    """From sending until a mail or an invitation lies in the recipient's mailbox."""
    found: timedelta
    """From any other write until lists and filters show it."""


def _lag(least: float, most: float | None = None, worst: float | None = None) -> Lag:
    most = least if most is None else most
    return Lag(*(timedelta(seconds=value) for value in (least, most, most if worst is None else worst)))


def _seconds(value: float) -> timedelta:
    return timedelta(seconds=value)


NONE = Latency(
    guest_found=_lag(0),
    group_ready=_lag(0),
    team_ready=_lag(0),
    team_sync=ZERO,
    owner_sync=ZERO,
    site_ready=_lag(0),
    folder_ready=ZERO,
    channel_site_ready=_lag(0),
    repair_after=ZERO,
    chat_ready=ZERO,
    delivery=ZERO,
    found=ZERO,
)
FAST = Latency(
    guest_found=_lag(2),
    group_ready=_lag(3),
    team_ready=_lag(5),
    team_sync=_seconds(30),
    owner_sync=_seconds(10),
    site_ready=_lag(5),
    folder_ready=_seconds(1),
    channel_site_ready=_lag(10),
    repair_after=_seconds(10),
    chat_ready=_seconds(1),
    delivery=_seconds(1),
    found=ZERO,
)
REAL = Latency(
    guest_found=_lag(10, 120, 300),
    group_ready=_lag(10, 40, 900),
    team_ready=_lag(40, 180, 900),
    team_sync=timedelta(hours=24),
    owner_sync=timedelta(hours=2),
    site_ready=_lag(300, 900, 3600),
    folder_ready=_seconds(60),
    channel_site_ready=_lag(200, 300, 900),
    repair_after=_seconds(300),
    chat_ready=_seconds(10),
    delivery=_seconds(2),
    found=_seconds(20),
)

MODES = {"none": NONE, "fast": FAST, "real": REAL}
