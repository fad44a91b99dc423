"""Least time of a rollout: the published limits and delays, and nothing that could be done better."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from config.place_template import PlaceSpec
from config.programme import Programme
from integration.limits.published import LIMITS
from sandbox.platform.latency import REAL, Latency
from workflows.rollout.plan import WantedPlace, wanted_place

WRITE, GRANT = 2, 5
"""Resource units of SharePoint."""


@dataclass(frozen=True, kw_only=True)
class Bound:
    """The longest of *steps*, which could all happen at the same time."""

    steps: Mapping[str, float]
    things: int

    @property
    def seconds(self) -> float:
        return max(self.steps.values())


def bound(programme: Programme, on: date, latency: Latency = REAL) -> Bound:
    """Return the least time for all places of *programme*: each limit by itself, and the slowest place by itself."""
    costs: Counter[str] = Counter()
    slowest, things = 0.0, 0
    guests: set[str] = set()
    for spec in programme.places:
        wanted = wanted_place(programme, spec, on=on)
        new = {person.email.lower() for person in wanted.members if programme.is_guest(person)}
        guests |= new
        place = Counter(dict(_costs(programme, wanted)))
        costs.update(place)
        slowest = max(slowest, _delays(spec, new, latency).total_seconds())
        things += _things(wanted)
    costs["invitations"] = len(guests)
    costs["directory-writes, Hands"] += len(guests)
    steps = {scope: cost / LIMITS[scope.partition(",")[0]].rate for scope, cost in sorted(costs.items())}
    return Bound(steps={**steps, "the slowest place": slowest}, things=things)


def _costs(programme: Programme, wanted: WantedPlace) -> Iterator[tuple[str, int]]:
    """Return the cost of one place's writes by limit, and by identity where each has its own."""
    colleagues = sum(not programme.is_guest(person) for person in wanted.members)
    rows = sum(len(rows) for rows in wanted.rows.values())
    # A page is made and published.
    pages = 2
    yield "directory-writes, Builder", 1
    yield "directory-writes, Hands", len(wanted.members) - len(wanted.owners)
    yield "new-teams", 1
    yield "new-channels", len(wanted.channels)
    yield "teams, Builder", 1 + colleagues
    yield "teams, Hands", sum(len(channel.spec.tabs) for channel in wanted.channels)
    yield "sharepoint, Builder", GRANT
    yield "sharepoint, Hands", WRITE * (len(wanted.folders) + len(wanted.rows) + rows + pages)


def _delays(spec: PlaceSpec, guests: set[str], latency: Latency) -> timedelta:
    """Return the time Microsoft 365 takes for one place when nobody waits for anything else."""
    members = max([latency.group_ready.of(spec.unique_name), *(latency.guest_found.of(email) for email in guests)])
    team = members + latency.team_ready.of(spec.unique_name)
    return max(team, latency.site_ready.of(spec.unique_name))


def _things(wanted: WantedPlace) -> int:
    tabs = sum(len(channel.spec.tabs) for channel in wanted.channels)
    rows = sum(len(rows) for rows in wanted.rows.values())
    return len(wanted.members) + len(wanted.channels) + tabs + len(wanted.folders) + len(wanted.rows) + rows + 3
