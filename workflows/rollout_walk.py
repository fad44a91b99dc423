"""What every step of a rollout does: note the item, begin it or not, remember what was made."""

from datetime import datetime, timedelta

from config.programme import Programme
from workflows.ports import History
from workflows.rollout_plan import Item, WantedPlace
from workflows.rollout_ports import Resource, RolloutPorts

SETTLING = timedelta(seconds=60)
"""How long a listing may miss what was just made."""


class NotYet(Exception):
    """Something outside is still being made."""

    def __init__(self, until: datetime, note: str) -> None:
        super().__init__(note)
        self.until = until
        self.note = note


class Walk:
    """One walk over one place: reads, plans, and (when *apply*) does. `items` is the plan so far."""

    def __init__(
        self,
        ports: RolloutPorts,
        programme: Programme,
        wanted: WantedPlace,
        known: dict[str, Resource],
        history: History,
        *,
        apply: bool,
    ) -> None:
        self.items: list[Item] = []
        self.ports = ports
        self.programme = programme
        self.wanted = wanted
        self.place = wanted.spec.key
        self.known = known
        self.history = history
        self.apply = apply
        self.permitted = frozenset(p.key for p in wanted.members if ports.recipients.permits(p.email))

    def begins(self, item: Item) -> bool:
        """Note the item in the plan; whether it is to be done now."""
        self.items.append(item)
        return self.apply and item.to_do

    async def first(self, key: str) -> None:
        """
        Before a create that the service has no key for: wait until an earlier try with a lost answer would be listed.

        Raises NotYet for that wait; after it the unit reads again and finds what the earlier try made, if it did.
        """
        begun = await self.ports.intents.begin(key)
        if begun is None:
            return
        if self.ports.clock.now() < begun + SETTLING:
            raise NotYet(begun + SETTLING, "looking_after_a_lost_answer")
        await self.ports.intents.end(key)
        await self.ports.intents.begin(key)

    async def made(self, key: str) -> None:
        await self.ports.intents.end(key)

    async def keep(self, thing: Resource) -> None:
        self.known[thing.key] = thing
        await self.ports.resources.keep(self.place, thing)

    async def address(self, page: str) -> str:
        """The stable address of one of our pages for this place."""
        token = await self.ports.links.issue("tab", f"{self.place}/{page}")
        return f"{self.ports.public_url}/fane/{token}"
