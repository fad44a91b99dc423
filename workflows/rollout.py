"""Rollout: a place gets its group, team, channels, tabs, app and site, as often as anybody likes.

Order (each step needs the one before): accounts and guests, group with owners, everybody into the group, team, app,
site, channels and tabs, folders, lists and pages. Each step reads what is there, plans the difference, and does it.
`Rollout.plan` takes the same walk without doing anything.
"""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from workflows.errors import IdentityClosed, NotFound
from workflows.ports import Account, Done, DueUnit, History, Outcome, Parked
from workflows.rollout_look import look_ahead
from workflows.rollout_plan import PlacePlan, wanted_place
from workflows.rollout_ports import RolloutPorts
from workflows.rollout_site import SiteSteps
from workflows.rollout_team import TeamSteps
from workflows.rollout_text import result_text
from workflows.rollout_walk import NotYet, Walk
from workflows.rollout_welcome import Welcome

CLOSED_AGAIN = timedelta(minutes=10)
BUILDER_CLOSED = "builder_closed"
"""What an order notes while it waits for IT to open the Builder."""


class _NoHistory:
    async def note(self, what: str, **values: str | int) -> None:
        """A plan does nothing that would be worth a note."""


class Rollout:
    """Makes places so, and says how they differ."""

    def __init__(self, ports: RolloutPorts, welcome: Welcome) -> None:
        self._ports = ports
        self._welcome = welcome

    async def place(self, unit: DueUnit, history: History) -> Outcome:
        """
        Unit `rollout.place`: make the place so. A repeat writes nothing when nothing differs.

        Parks while Microsoft 365 is still making a team or a site, and while the Builder is closed.
        """
        walk = await self._walk(unit.subject, history, apply=True)
        if walk is None:
            return Done(note="no place of ours")
        try:
            accounts = await _take(walk)
            await self._welcome_guests(walk, accounts)
        except IdentityClosed:
            return Parked(until=self._ports.clock.now() + CLOSED_AGAIN, note=BUILDER_CLOSED)
        except NotYet as wait:
            return Parked(until=wait.until, note=wait.note)
        return Done(note=result_text(walk.items, language=walk.programme.language))

    async def plan(self, place: str) -> PlacePlan:
        """How the place differs from what is wanted. Writes nothing. Raises NotFound for a place that is not ours."""
        walk = await self._walk(place, _NoHistory(), apply=False)
        if walk is None:
            raise NotFound(f"plan {place}", "it is no place of ours")
        await _take(walk)
        return PlacePlan(place=place, items=tuple(walk.items))

    async def _welcome_guests(self, walk: Walk, accounts: Mapping[str, Account]) -> None:
        """Once there is something to come to. A channel's address names the tenant, which lets guests accept there."""
        channels = (walk.known.get(f"channel:{channel.key}") for channel in walk.wanted.channels)
        url = next((channel.url for channel in channels if channel is not None and channel.url), None)
        if url is not None and (planned := await self._welcome.plan(walk.wanted, accounts, url=url)):
            await walk.history.note("rollout.welcomes_planned", messages=planned)

    async def _walk(self, place: str, history: History, *, apply: bool) -> Walk | None:
        programme = await self._ports.programme()
        spec = programme.place(place)
        if spec is None:
            return None
        today = self._ports.clock.now().astimezone(ZoneInfo(programme.timezone)).date()
        wanted = wanted_place(programme, spec, on=today)
        known = dict(await self._ports.resources.of(place))
        return Walk(self._ports, programme, wanted, known, history, apply=apply)


async def _take(walk: Walk) -> Mapping[str, Account]:
    """Every step in its order; the accounts that were found or made. A plan shows what cannot be there as missing."""
    await look_ahead(walk)
    team = TeamSteps(walk)
    accounts = await team.people()
    site = await team.take(accounts)
    if site is not None or not walk.apply:
        with walk.looking("site.content"):
            await SiteSteps(walk).take(site)
    return accounts
