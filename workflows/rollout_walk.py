"""What every step of a rollout does: note the item, begin it or not, remember what was made."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from config.programme import Programme
from workflows.errors import IdentityClosed, Invalid, NotFound, OutcomeUnknown, OutsideError, Refused, Transient
from workflows.ports import History
from workflows.rollout_plan import Item, State, WantedPlace
from workflows.rollout_ports import Resource, RolloutPorts

P = ParamSpec("P")
T = TypeVar("T")

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
        self.began = ports.clock.now()
        self._ahead: dict[tuple[object, ...], Any] = {}
        self.emails = tuple(person.email for person in wanted.members)
        self.permitted = frozenset(p.key for p in wanted.members if ports.recipients.permits(p.email))

    async def ahead(self, read: Callable[P, Awaitable[T]], *args: P.args, **more: P.kwargs) -> None:
        """Keep the answer to a read for the step that asks for it. One that fails is left to that step."""
        with suppress(OutsideError):
            self._ahead[_question(read, args, more)] = await read(*args, **more)

    async def read(self, read: Callable[P, Awaitable[T]], *args: P.args, **more: P.kwargs) -> T:
        """What was read ahead, once; else, or for another look, read now."""
        question = _question(read, args, more)
        if question in self._ahead:
            answer: T = self._ahead.pop(question)
            return answer
        return await read(*args, **more)

    def begins(self, item: Item) -> bool:
        """Note the item in the plan; whether it is to be done now."""
        self.items.append(item)
        return self.apply and item.to_do

    @asynccontextmanager
    async def once(self, key: str) -> AsyncIterator[None]:
        """
        A create that the service has no key for: noted before, and the note goes when its outcome is known.

        Raises NotYet until an earlier try whose outcome nobody knows would be listed; after that wait the unit reads
        again, and finds what the earlier try made, if it did.
        """
        key = f"{self.place}/{key}"
        begun = await self.ports.intents.begin(key)
        if begun is not None:
            # What was read ahead is as old as the walk.
            if self.began < begun + SETTLING:
                raise NotYet(begun + SETTLING, "looking_after_a_lost_answer")
            await self.ports.intents.end(key)
            await self.ports.intents.begin(key)
        try:
            yield
        except OutcomeUnknown:
            raise
        except OutsideError:
            await self.ports.intents.end(key)
            raise
        await self.ports.intents.end(key)

    async def taken(self, item: Item) -> None:
        """
        The service says that the name of *item* is taken, and nothing of that name was listed.

        Raises NotYet the first time: a run that was stopped may have made it a moment ago. The second time it is
        somebody else's, such as a channel that was deleted lately, and stays pending.
        """
        key = f"{self.place}/{item.key}?"
        begun = await self.ports.intents.begin(key)
        if begun is None or self.began < begun + SETTLING:
            raise NotYet(self.ports.clock.now() + SETTLING, "looking_for_what_is_there")
        await self.ports.intents.end(key)
        self.items[-1] = replace(item, state=State.PENDING, reason="name_taken")

    @contextmanager
    def alone(self, item: Item) -> Iterator[None]:
        """What is refused in here ends *item*, the last one noted, and nothing else of the place."""
        try:
            yield
        except IdentityClosed:
            raise
        except (Invalid, NotFound, Refused) as error:
            self.items[-1] = replace(item, state=State.PENDING, reason="refused", detail=str(error))

    @contextmanager
    def looking(self, key: str) -> Iterator[None]:
        """A plan shows as unknown what could not be read in here. A rollout ends there, and is tried again."""
        try:
            yield
        except (Refused, NotFound, Transient) as error:
            if self.apply:
                raise
            self.items.append(Item(key=key, state=State.UNKNOWN, reason="not_readable", detail=str(error)))

    async def keep(self, thing: Resource) -> None:
        self.known[thing.key] = thing
        await self.ports.resources.keep(self.place, thing)

    async def address(self, page: str) -> str:
        """The stable address of one of our pages for this place."""
        token = await self.ports.links.issue("tab", f"{self.place}/{page}")
        return f"{self.ports.public_url}/fane/{token}"


def _question(read: Callable[..., object], args: tuple[object, ...], more: Mapping[str, object]) -> tuple[object, ...]:
    return read, *args, *sorted(more.items())
