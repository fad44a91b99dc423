"""The published limits of Graph, SharePoint, Exchange and Teams, by the kind of thing that they hold for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

SUSTAINED = 0.83
"""The share of each of its listed figures that Teams allows over a longer time."""
LONG_WINDOW = 10
"""The length of that longer time, in times of the listed one."""
LICENCES = (1_000, 5_000, 15_000, 50_000)
"""Up to which number of licences SharePoint gives the first, second … multiple of its smallest figure."""


@dataclass(frozen=True, kw_only=True)
class Limit:
    """At most *count* within any *seconds*, and, if *sustained*, at most that share of it over ten times as long."""

    count: float
    seconds: float = 1
    sustained: float = 1

    @property
    def windows(self) -> Sequence[tuple[float, int]]:
        """Return how much fits into how many microseconds."""
        listed = (self.count, round(self.seconds * 1e6))
        if self.sustained == 1:
            return (listed,)
        return listed, (self.count * self.sustained * LONG_WINDOW, listed[1] * LONG_WINDOW)

    @property
    def rate(self) -> float:
        """Return how much may pass per second in the long run."""
        return self.count * self.sustained / self.seconds


MAILS = "mails"
"""Calls that make a mailbox send."""


def _teams(count: float, seconds: float = 1) -> Limit:
    return Limit(count=count, seconds=seconds, sustained=SUSTAINED)


LIMITS: Mapping[str, Limit] = {
    # Teams: of the whole tenant, then of one team, of its roster, and of one channel.
    "teams": _teams(30),
    "new-teams": _teams(10),
    "new-channels": _teams(10),
    "team": _teams(4),
    "roster": _teams(4, 60),
    "channel": _teams(1),
    # SharePoint and Entra count resource units, Entra's of a tenant with fewer than 50 users.
    "sharepoint": Limit(count=1250, seconds=60),
    "sharepoint-day": Limit(count=1_200_000, seconds=86_400),
    "sharepoint-tenant": Limit(count=18_750, seconds=300),
    "directory": Limit(count=3500, seconds=10),
    "directory-writes": Limit(count=3000, seconds=150),
    "directory-writes-tenant": Limit(count=18_000, seconds=300),
    "invitations": Limit(count=150, seconds=5),
    # Of one mailbox: what Exchange answers, and what its transport sends (it only delays what is more).
    "mailbox": Limit(count=10_000, seconds=600),
    MAILS: Limit(count=30, seconds=60),
}
ALSO: Mapping[str, Sequence[str]] = {
    "sharepoint": ("sharepoint-day", "sharepoint-tenant"),
    "directory-writes": ("directory-writes-tenant",),
}
"""Other kinds that a call counts under as well, in the same units."""
OF_TENANT = {"sharepoint-tenant", "directory-writes-tenant", "invitations", MAILS}
"""Counted for all applications together; the others for each."""
OF_A_UNIT = {"team", "roster", "channel"}
"""Kinds under which only one unit works at a time, so that one worker knows of all calls."""


def limits_of(licences: int) -> Mapping[str, Limit]:
    """Return the limits of a tenant with that many Microsoft 365 licences."""
    multiple = 1 + sum(licences > most for most in LICENCES)
    return {
        name: replace(limit, count=limit.count * multiple) if name.startswith("sharepoint") else limit
        for name, limit in LIMITS.items()
    }
