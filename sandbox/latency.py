"""How long Microsoft 365 takes until what was written is seen, in time of the sandbox clock."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class Latency:
    """The lags of one mode. Figures of REAL are from reference pages and reports; FAST keeps their order."""

    guest_found: timedelta
    """From an invitation until lists, filters and references know the guest."""
    group_ready: timedelta
    """From a group's creation until members can be added and a team be made of it."""
    team_ready: timedelta
    """How long the operation takes that makes a team."""
    team_sync: timedelta
    """From a change in the group until the team's roster shows it."""
    site_ready: timedelta
    """From a group's creation until its site and drive are there."""
    folder_ready: timedelta
    """From a standard channel's creation until its files folder is there."""
    private_site_ready: timedelta
    """From a private channel's creation until its own site is there."""
    chat_ready: timedelta
    """From a personal installation until its chat can be read."""
    delivery: timedelta
    """From sending until a mail or an invitation lies in the recipient's mailbox."""
    found: timedelta
    """From any other write until lists and filters show it."""


def _latency(*seconds: float) -> Latency:
    names = list(Latency.__dataclass_fields__)
    return Latency(**{name: timedelta(seconds=value) for name, value in zip(names, seconds, strict=True)})


NONE = _latency(*[0] * 10)
FAST = _latency(2, 3, 5, 30, 5, 1, 10, 1, 1, 0)
REAL = _latency(40, 60, 90, 86_400, 240, 60, 300, 10, 20, 2)

MODES = {"none": NONE, "fast": FAST, "real": REAL}
