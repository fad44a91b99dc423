"""Rollout: a place gets its group, team, channels, tabs, app and site, as often as anybody likes.

Order (each step needs the one before): accounts and guests, group with owners, everybody into the group, team, app,
site, channels and tabs, folders, lists and pages. Each step reads what is there, plans the difference, and does it.
`Rollout.plan` takes the same walk without doing anything.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from workflows.errors import Conflict, IdentityClosed, NotFound
from workflows.ports import Done, DueUnit, History, Outcome, Parked
from workflows.rollout_plan import PlacePlan, State, wanted_place
from workflows.rollout_ports import RolloutPorts
from workflows.rollout_site import SiteSteps
from workflows.rollout_team import TeamSteps
from workflows.rollout_walk import SETTLING, NotYet, Walk

CLOSED_AGAIN = timedelta(minutes=10)
BUILDER_CLOSED = "builder_closed"
"""What an order notes while it waits for IT to open the Builder."""


class _NoHistory:
    async def note(self, what: str, **values: str | int) -> None:
        """A plan does nothing that would be worth a note."""


class Rollout:
    """Makes places so, and says how they differ."""

    def __init__(self, ports: RolloutPorts) -> None:
        self._ports = ports

    async def place(self, unit: DueUnit, history: History) -> Outcome:
        """
        Unit `rollout.place`: make the place so. A repeat writes nothing when nothing differs.

        Parks while Microsoft 365 is still making a team or a site, and while the Builder is closed.
        """
        walk = await self._walk(unit.subject, history, apply=True)
        if walk is None:
            return Done(note="no place of ours")
        try:
            await _take(walk)
        except IdentityClosed:
            return Parked(until=self._ports.clock.now() + CLOSED_AGAIN, note=BUILDER_CLOSED)
        except NotYet as wait:
            return Parked(until=wait.until, note=wait.note)
        except Conflict as taken:
            # Made a moment ago and not listed yet, most likely by our own run before it was stopped.
            return Parked(until=self._ports.clock.now() + SETTLING, note=str(taken))
        done = sum(item.to_do for item in walk.items)
        open_ = sum(item.state in (State.PENDING, State.BLOCKED, State.UNKNOWN) for item in walk.items)
        return Done(note=f"{done} made or changed, {open_} open")

    async def plan(self, place: str) -> PlacePlan:
        """How the place differs from what is wanted. Writes nothing. Raises NotFound for a place that is not ours."""
        walk = await self._walk(place, _NoHistory(), apply=False)
        if walk is None:
            raise NotFound(f"plan {place}", "it is no place of ours")
        await _take(walk)
        return PlacePlan(place=place, items=tuple(walk.items))

    async def _walk(self, place: str, history: History, *, apply: bool) -> Walk | None:
        programme = await self._ports.programme()
        spec = programme.place(place)
        if spec is None:
            return None
        today = self._ports.clock.now().astimezone(ZoneInfo(programme.timezone)).date()
        wanted = wanted_place(programme, spec, on=today)
        known = dict(await self._ports.resources.of(place))
        return Walk(self._ports, programme, wanted, known, history, apply=apply)


async def _take(walk: Walk) -> None:
    """Every step in its order. Without `apply`, what cannot be there yet is planned as missing."""
    site = await TeamSteps(walk).take()
    if site is not None or not walk.apply:
        await SiteSteps(walk).take(site)
