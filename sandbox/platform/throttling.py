"""The published limits as token buckets on the sandbox clock."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True)
class Bucket:
    """
    A limit: *amount* in *seconds*, counted per calling app and per value of the path names in *scope*.

    Calling the bucket with a cost gives what an operation draws: `limits=(SHAREPOINT(2), TEAM())`.
    """

    name: str
    amount: float
    seconds: float
    scope: tuple[str, ...] = ()
    area: str = "graph"
    also: "tuple[Bucket, ...]" = ()
    """Limits of the same calls over other times; drawn from at the same cost."""
    of_tenant: bool = False
    """All apps together."""
    refused_count: bool = False
    """True when calls that are refused use it up all the same."""

    def __call__(self, cost: float = 1) -> "Draw":
        return Draw(self, cost)


@dataclass(frozen=True)
class Draw:
    bucket: Bucket
    cost: float


SUSTAINED_SHARE = 0.83
"""The share of each of its listed figures that Teams allows over a longer time."""
SUSTAINED_PERIODS = 10
"""The longer time, in listed times. Not published; short enough to notice."""


def _teams(name: str, amount: float, seconds: float = 1, scope: tuple[str, ...] = ()) -> Bucket:
    longer = Bucket(
        f"{name}-sustained",
        SUSTAINED_SHARE * SUSTAINED_PERIODS * amount,
        SUSTAINED_PERIODS * seconds,
        scope,
        area="teams",
    )
    return Bucket(name, amount, seconds, scope, area="teams", also=(longer,))


# Entra: requests cost resource units, writes are counted besides.
DIRECTORY = Bucket("directory", 5000, 10, area="directory")
_TENANT_WRITES = Bucket("directory-writes-tenant", 18_000, 300, area="directory", of_tenant=True)
DIRECTORY_WRITES = Bucket("directory-writes", 3000, 150, area="directory", also=(_TENANT_WRITES,))
INVITATIONS = Bucket("invitations", 150, 5, area="directory", of_tenant=True)

# Teams, per app and tenant.
TEAMS = _teams("teams", 30)
TEAMS_READS = _teams("teams-reads", 60)
TEAM_CREATE = _teams("team-create", 10)
TEAM_PUT = _teams("team-put", 6)
CHANNEL_CREATE = _teams("channel-create", 10)
MEMBERS_BULK = _teams("members-bulk", 10)
TEAMS_DELETE = _teams("teams-delete", 15)
# Teams, per team and per channel.
TEAM = _teams("team", 4, 1, ("team",))
TEAM_MEMBERS = _teams("team-members", 4, 60, ("team",))
CHANNEL = _teams("channel", 1, 1, ("team", "channel"))

# SharePoint: resource units, for a tenant with at most 1,000 licences; larger ones have a multiple of all three.
_SHAREPOINT_DAY = Bucket("sharepoint-day", 1_200_000, 86_400, area="sharepoint", refused_count=True)
_SHAREPOINT_TENANT = Bucket("sharepoint-tenant", 18_750, 300, area="sharepoint", of_tenant=True, refused_count=True)
SHAREPOINT = Bucket(
    "sharepoint", 1250, 60, area="sharepoint", also=(_SHAREPOINT_DAY, _SHAREPOINT_TENANT), refused_count=True
)
LICENCE_STEPS = (1_000, 5_000, 15_000, 50_000)
"""Up to which number of licences the first, second … multiple holds."""
# Outlook, per app and mailbox. Four calls at once is counted by `sandbox.app`.
MAILBOX = Bucket("mailbox", 10_000, 600, ("user",), area="mailbox")


def asked(draws: tuple[Draw, ...], query: Mapping[str, str]) -> tuple[Draw, ...]:
    """Return the cost of a request: in Entra $select makes it cheaper, $expand dearer, short pages cheaper."""
    if DIRECTORY not in (draw.bucket for draw in draws):
        return draws
    top = query.get("top", "")
    change = ("expand" in query) - ("select" in query) - (top.isdigit() and int(top) < 20)
    return tuple(replace(draw, cost=max(1, draw.cost + change)) if draw.bucket is DIRECTORY else draw for draw in draws)


NEAR_LIMIT_SHARE = 0.2
"""The share of a limit below which the services begin to tell the rest."""


@dataclass(frozen=True)
class Refusal:
    """A bucket that is empty, and when it holds enough again."""

    bucket: Bucket
    retry_after: float


class Throttle:
    """The levels of all buckets. Every bucket starts full and fills evenly."""

    def __init__(self, licences: int = 1_000) -> None:
        self._multiple = 1 + sum(licences > most for most in LICENCE_STEPS)
        self._levels: dict[tuple[str, ...], tuple[float, datetime]] = {}
        self.refused = 0
        """Number of calls that found a limit used up, parts of batches among them."""

    def draw(self, draws: tuple[Draw, ...], *, app: str, args: dict[str, str], now: datetime) -> Refusal | None:
        """
        Take from every bucket, or say which one holds the call up longest.

        A refused call takes nothing, but from SharePoint's buckets, where it counts all the same.
        """
        refusal = self._refusal(draws, app, args, now)
        self.refused += refusal is not None
        for bucket, cost in _each(draws):
            if refusal is None or (bucket.refused_count and refusal.bucket.refused_count):
                key = self._key(bucket, app, args)
                least = -self.amount(bucket)
                self._levels[key] = (max(least, self._level(key, bucket, now) - cost), now)
        if refusal is None or not refusal.bucket.refused_count:
            return refusal
        return self._refusal(draws, app, args, now)

    def _refusal(self, draws: tuple[Draw, ...], app: str, args: dict[str, str], now: datetime) -> Refusal | None:
        longest: Refusal | None = None
        for bucket, cost in _each(draws):
            missing = cost - self._level(self._key(bucket, app, args), bucket, now)
            if missing <= 1e-9:
                continue
            wait = round(missing * bucket.seconds / self.amount(bucket), 6)
            if longest is None or wait > longest.retry_after:
                longest = Refusal(bucket, wait)
        return longest

    def amount(self, bucket: Bucket) -> float:
        """Return the content of a full bucket in this tenant."""
        return bucket.amount * (self._multiple if bucket.area == "sharepoint" else 1)

    def headers(self, draws: tuple[Draw, ...], *, app: str, args: dict[str, str], now: datetime) -> dict[str, str]:
        """Return headers on the limits an answer drew from: Entra tells its cost, and both how near the limit is."""
        told: dict[str, str] = {}
        for draw in draws:
            bucket = draw.bucket
            if bucket not in (DIRECTORY, SHAREPOINT):
                continue
            left = self._level(self._key(bucket, app, args), bucket, now)
            amount = self.amount(bucket)
            near = left <= NEAR_LIMIT_SHARE * amount
            if bucket == DIRECTORY:
                told["x-ms-resource-unit"] = f"{draw.cost:g}"
                if near:
                    told["x-ms-throttle-limit-percentage"] = f"{1 - left / amount:.1f}"
            elif near:
                told["RateLimit-Limit"] = f"{amount:g}"
                told["RateLimit-Remaining"] = f"{max(0, int(left))}"
                told["RateLimit-Reset"] = f"{math.ceil((amount - left) * bucket.seconds / amount)}"
        return told

    @staticmethod
    def _key(bucket: Bucket, app: str, args: dict[str, str]) -> tuple[str, ...]:
        return (bucket.name, "" if bucket.of_tenant else app, *(args.get(name, "").lower() for name in bucket.scope))

    def _level(self, key: tuple[str, ...], bucket: Bucket, now: datetime) -> float:
        amount = self.amount(bucket)
        level, since = self._levels.get(key, (amount, now))
        return min(amount, level + max(0.0, (now - since).total_seconds()) * amount / bucket.seconds)


def _each(draws: Iterable[Draw]) -> Iterator[tuple[Bucket, float]]:
    for draw in draws:
        for bucket in (draw.bucket, *draw.bucket.also):
            yield bucket, draw.cost
