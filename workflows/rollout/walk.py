"""One walk over one place: its values, its plan's log, its reads and creates, and the memory of what was made."""

from collections.abc import Callable, Coroutine, Mapping
from copy import copy
from dataclasses import replace
from typing import Any

from config.programme import Programme
from workflows.ports.units import History
from workflows.rollout.compare import noted
from workflows.rollout.creates import Creates
from workflows.rollout.orders import ADOPT, restore_key
from workflows.rollout.plan import GROUP_REMOVED, INVITATION_REFUSED, Item, State, WantedPlace
from workflows.rollout.plan_log import PlanLog
from workflows.rollout.ports import Resource, RolloutPorts
from workflows.rollout.reads import Reads

Step = Callable[["Walk"], Coroutine[Any, Any, None]]


class Walk:
    """
    One walk over one place: reads, plans, and (when *apply*) does.

    `known` is what earlier walks noted of the place; only `keep` and `forget` change it.
    """

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
        self.ports = ports
        self.programme = programme
        self.wanted = wanted
        self.place = wanted.spec.key
        self.known = known
        self.history = history
        self.apply = apply
        self.began = ports.clock.now()
        self.today = programme.today(self.began)
        self.log = PlanLog(apply=apply)
        self.reads = Reads(self.log.trouble.reads)
        self.creates = Creates(ports, self.log, place=self.place, began=self.began)
        self.unseen = False
        """True while what cannot be seen is noted: then nothing is read."""
        self.waits: dict[str, Exception] = {}
        """Errors that say of a thing that it is still to come, by its key; shared with the walks of parts."""
        self.accounts_known = True
        """False when people could not be looked up."""
        self.emails = tuple(person.email for person in wanted.members)
        self.permitted = frozenset(p.key for p in wanted.members if ports.recipients.permits(p.email))

    def note_wanted(self, item: Item) -> bool:
        """Note *item* in the plan, and tell whether it is to be done now."""
        self.log.note(item)
        return self.apply and item.to_do

    def as_ordered(self, item: Item) -> Item:
        """Return *item*; to be done, when somebody ordered this local edit to be as the template has it."""
        if restore_key(item.key) not in self.known or not item.can_be_restored:
            return item
        gone = item.reason in {"removed", GROUP_REMOVED, INVITATION_REFUSED}
        return replace(item, state=State.MISSING if gone else State.DIFFERS, reason="restored")

    async def note_unseen(self, *steps: Step) -> None:
        """
        Note all items of *steps* as unknown, and write nothing: the thing they belong to could not be seen.

        They go as in a plan before anything was made.
        """
        walk = self._fork(apply=False)
        walk.known, walk.unseen = {}, True
        for step in steps:
            await step(walk)
        there = {item.key for item in self.log.items}
        self.log.note(*(_hidden(item) for item in walk.log.items if item.key not in there))

    async def take_side_by_side(self, *steps: Step) -> None:
        """Take *steps* at the same time, each on a walk of its own; the plan has them in their order."""
        walks = [self._fork(apply=self.apply) for _ in steps]
        await self.ports.together(*(step(walk) for step, walk in zip(steps, walks, strict=True)))
        self.log.note(*(item for walk in walks for item in walk.log.items))

    def _fork(self, *, apply: bool) -> "Walk":
        """Return a walk with a plan of its own over the same place; reads, memory and errors are shared."""
        walk = copy(self)
        walk.apply = apply
        walk.log = self.log.fork(apply=apply)
        walk.creates = Creates(self.ports, walk.log, place=self.place, began=self.began)
        return walk

    async def keep(self, *things: Resource) -> None:
        """Remember *things*, by their keys."""
        if things:
            self.known |= {thing.key: thing for thing in things}
            await self.ports.resources.keep(self.place, *things)

    async def keep_values(self, thing: Resource, values: Mapping[str, tuple[Item, str, str]]) -> None:
        """Remember *thing* with how its values stand now (see `noted`), unless all of that is known."""
        before = self.known.get(thing.key)
        same = before is not None and before.external_id == thing.external_id
        thing = replace(thing, details=noted(before.details if before is not None and same else {}, values))
        if self.apply and thing != before:
            await self.keep(thing)

    async def forget(self, key: str) -> None:
        """Forget a note: its thing was taken again, or was never given."""
        if self.known.pop(key, None) is not None:
            await self.ports.resources.forget(self.place, key)

    async def forget_orders(self) -> None:
        """Forget orders: they are done, or answered."""
        for key in [key for key in self.known if key.startswith(restore_key("")) or key == ADOPT]:
            await self.forget(key)

    async def address(self, page: str) -> str:
        """Return the stable address of one of our pages for this place."""
        token = await self.ports.links.issue("tab", f"{self.place}/{page}")
        return f"{self.ports.public_url}/fane/{token}"


def _hidden(item: Item) -> Item:
    """Return *item* as unknown, because it hangs on something unseen. An unread one says so itself."""
    if item.state is State.UNKNOWN:
        return item
    return Item(key=item.key, state=State.UNKNOWN, layer=item.layer, reason="above_unknown")
