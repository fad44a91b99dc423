"""The published limits as token buckets on the sandbox clock."""

import math
from dataclasses import dataclass
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

    def __call__(self, cost: float = 1) -> "Draw":
        return Draw(self, cost)


@dataclass(frozen=True)
class Draw:
    bucket: Bucket
    cost: float


# Entra: requests cost resource units, writes are counted besides.
DIRECTORY = Bucket("directory", 5000, 10, area="directory")
DIRECTORY_WRITES = Bucket("directory-writes", 3000, 150, area="directory")
INVITATIONS = Bucket("invitations", 150, 5, area="directory")

# Teams, per app and tenant.
TEAMS = Bucket("teams", 30, 1, area="teams")
TEAMS_READS = Bucket("teams-reads", 60, 1, area="teams")
TEAM_CREATE = Bucket("team-create", 10, 1, area="teams")
CHANNEL_CREATE = Bucket("channel-create", 10, 1, area="teams")
MEMBERS_BULK = Bucket("members-bulk", 10, 1, area="teams")
TEAMS_DELETE = Bucket("teams-delete", 15, 1, area="teams")
# Teams, per team and per channel.
TEAM = Bucket("team", 4, 1, ("team",), area="teams")
TEAM_MEMBERS = Bucket("team-members", 4, 60, ("team",), area="teams")
CHANNEL = Bucket("channel", 1, 1, ("team", "channel"), area="teams")

# SharePoint: resource units a minute for an app in a tenant with at most 1,000 licences.
SHAREPOINT = Bucket("sharepoint", 1250, 60, area="sharepoint")
# Outlook, per app and mailbox. Four calls at once is counted by `sandbox.dispatch`.
MAILBOX = Bucket("mailbox", 10_000, 600, ("user",), area="mailbox")


NEAR = 0.2
"""What is left of a limit when the services begin to tell how much it is."""


@dataclass(frozen=True)
class Refusal:
    """A bucket that is empty, and when it holds enough again."""

    bucket: Bucket
    retry_after: float


class Throttle:
    """How full each bucket is. Every bucket starts full and fills evenly."""

    def __init__(self) -> None:
        self._levels: dict[tuple[str, ...], tuple[float, datetime]] = {}

    def draw(self, draws: tuple[Draw, ...], *, app: str, args: dict[str, str], now: datetime) -> Refusal | None:
        """Take from every bucket, or say which one is too empty; a refused call takes nothing."""
        taken: list[tuple[tuple[str, ...], float]] = []
        for draw in draws:
            bucket = draw.bucket
            key = self._key(bucket, app, args)
            level = self._level(key, bucket, now)
            if level + 1e-9 < draw.cost:
                missing = draw.cost - level
                return Refusal(bucket, round(missing * bucket.seconds / bucket.amount, 6))
            taken.append((key, level - draw.cost))
        for key, level in taken:
            self._levels[key] = (level, now)
        return None

    def headers(self, draws: tuple[Draw, ...], *, app: str, args: dict[str, str], now: datetime) -> dict[str, str]:
        """What an answer tells about the limits it drew from: Entra its cost, and both how near the limit is."""
        told: dict[str, str] = {}
        for draw in draws:
            bucket = draw.bucket
            if bucket not in (DIRECTORY, SHAREPOINT):
                continue
            left = self._level(self._key(bucket, app, args), bucket, now)
            near = left <= NEAR * bucket.amount
            if bucket == DIRECTORY:
                told["x-ms-resource-unit"] = f"{draw.cost:g}"
                if near:
                    told["x-ms-throttle-limit-percentage"] = f"{1 - left / bucket.amount:.1f}"
            elif near:
                told["RateLimit-Limit"] = f"{bucket.amount:g}"
                told["RateLimit-Remaining"] = f"{int(left)}"
                told["RateLimit-Reset"] = f"{math.ceil((bucket.amount - left) * bucket.seconds / bucket.amount)}"
        return told

    @staticmethod
    def _key(bucket: Bucket, app: str, args: dict[str, str]) -> tuple[str, ...]:
        return (bucket.name, app, *(args.get(name, "").lower() for name in bucket.scope))

    def _level(self, key: tuple[str, ...], bucket: Bucket, now: datetime) -> float:
        level, since = self._levels.get(key, (bucket.amount, now))
        return min(bucket.amount, level + max(0.0, (now - since).total_seconds()) * bucket.amount / bucket.seconds)
