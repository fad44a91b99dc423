"""One walk over a place: note an item, begin it or not, remember what was made."""

from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from copy import copy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from config.programme import Programme
from workflows.errors import (
    Conflict,
    IdentityClosed,
    Invalid,
    NotFound,
    OutcomeUnknown,
    OutsideError,
    Refused,
    Transient,
)
from workflows.ports.units import History
from workflows.rollout.compare import noted
from workflows.rollout.plan import GROUP_REMOVED, INVITATION_REFUSED, Item, State, WantedPlace
from workflows.rollout.ports import Resource, RolloutPorts

P = ParamSpec("P")
T = TypeVar("T")

ADOPT = "adopt"
"""Under which it is noted which group somebody wants to be the place's own."""
SETTLING = timedelta(seconds=60)
"""The time a listing may miss something that was just made."""


class NotYet(Exception):
    """Something outside is still being made."""

    def __init__(self, until: datetime, note: str) -> None:
        super().__init__(note)
        self.until = until
        self.note = note


class Walk:
    """
    One walk over one place: reads, plans, and (when *apply*) does.

    `items` is the plan so far; `unfinished` is why a rollout must come again: what is still being made, and what did
    not answer.
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
        self.items: list[Item] = []
        self.unfinished: list[NotYet | Transient] = []
        self.refused: list[OutsideError] = []
        """What ended whole steps for good."""
        self._unread: list[OutsideError] = []
        """What of all that went wrong was only a question."""
        self.accounts_known = True
        """Whether people could be looked up."""
        self.ports = ports
        self.programme = programme
        self.wanted = wanted
        self.place = wanted.spec.key
        self.known = known
        self.history = history
        self.apply = apply
        self.began = ports.clock.now()
        self.today = programme.today(self.began)
        self._ahead: dict[tuple[object, ...], Any] = {}
        self.emails = tuple(person.email for person in wanted.members)
        self.permitted = frozenset(p.key for p in wanted.members if ports.recipients.permits(p.email))

    async def ahead(self, read: Callable[P, Awaitable[T]], *args: P.args, **more: P.kwargs) -> None:
        """Keep the answer to a read for the step that asks for it. One that fails is left to that step."""
        with suppress(OutsideError):
            self._ahead[_question(read, args, more)] = await read(*args, **more)

    async def read(self, read: Callable[P, Awaitable[T]], *args: P.args, **more: P.kwargs) -> T:
        """Return the answer that was read ahead, once; else, or for another look, read now."""
        question = _question(read, args, more)
        if question in self._ahead:
            answer: T = self._ahead.pop(question)
            return answer
        try:
            return await read(*args, **more)
        except OutsideError as error:
            self._unread.append(error)
            raise

    def begins(self, item: Item) -> bool:
        """Note the item in the plan; whether it is to be done now."""
        self.items.append(item)
        return self.apply and item.to_do

    def amend(self, item: Item) -> None:
        """Note *item* in place of what was noted under its key, or as a new one."""
        for number, before in enumerate(self.items):
            if before.key == item.key:
                self.items[number] = item
                return
        self.items.append(item)

    def is_unknown(self, key: str) -> bool:
        """Tell whether the step *key* of this walk could not see, or does not know what came of a write."""
        return any(item.key == key and item.state is State.UNKNOWN for item in self.items)

    async def unseen(self, *steps: Callable[["Walk"], Coroutine[Any, Any, None]]) -> None:
        """
        Note all that *steps* are about as unknown, and write nothing of it: what it belongs to could not be seen.

        They go as in a plan before anything was made.
        """
        walk = copy(self)
        walk.items, walk.known, walk.apply = [], {}, False
        for step in steps:
            await step(walk)
        noted = {item.key for item in self.items}
        self.items += [_hidden(item) for item in walk.items if item.key not in noted]

    def wished(self, item: Item) -> Item:
        """As *item*; but to be done, when somebody ordered this local edit to be as the template has it."""
        if restore_key(item.key) not in self.known or not item.can_be_restored:
            return item
        gone = item.reason in {"removed", GROUP_REMOVED, INVITATION_REFUSED}
        return replace(item, state=State.MISSING if gone else State.DIFFERS, reason="restored")

    async def orders_done(self) -> None:
        """Note that orders are done, or answered."""
        for key in [key for key in self.known if key.startswith(restore_key("")) or key == ADOPT]:
            await self.forget(key)

    async def side_by_side(self, *steps: Callable[["Walk"], Coroutine[Any, Any, None]]) -> None:
        """Take *steps* at the same time, each on a walk of its own; the plan has them in their order."""
        walks = [copy(self) for _ in steps]
        for walk in walks:
            walk.items = []
        await self.ports.together(*(step(walk) for step, walk in zip(steps, walks, strict=True)))
        self.items += [item for walk in walks for item in walk.items]

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

    async def create_all(self, creates: Mapping[str, Callable[[], Coroutine[Any, Any, T]]]) -> Mapping[str, T]:
        """
        As `once` for many at the same time: *creates* by the keys of their items; returns what those that came through
        gave. Each that does not ends its own item.
        """
        names = {f"{self.place}/{key}": key for key in creates}
        begun = await self.ports.intents.begin_all(list(names))
        fresh = {name for name, moment in begun.items() if self.began < moment + SETTLING}
        if settled := list(begun.keys() - fresh):
            await self.ports.intents.end_all(settled)
            await self.ports.intents.begin_all(settled)
        made: dict[str, T] = {}
        ended: list[str] = []

        async def create(name: str, key: str) -> None:
            with self.step(key):
                if name in fresh:
                    raise NotYet(begun[name] + SETTLING, "looking_after_a_lost_answer")
                try:
                    made[key] = await creates[key]()
                except OutcomeUnknown:
                    raise
                except OutsideError:
                    ended.append(name)
                    raise
                ended.append(name)

        await self.ports.together(*(create(name, key) for name, key in names.items()))
        await self.ports.intents.end_all(ended)
        return made

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
        self.amend(replace(item, state=State.PENDING, reason="name_taken"))

    @contextmanager
    def alone(self, item: Item) -> Iterator[None]:
        """Let a refusal in here end *item*, which was noted before, and nothing else of the place."""
        try:
            yield
        except IdentityClosed:
            raise
        except (Conflict, Invalid, NotFound, Refused) as error:
            self.amend(replace(item, state=State.PENDING, reason=_why_refused(error), detail=str(error)))

    @contextmanager
    def step(self, key: str) -> Iterator[None]:
        """
        Let a failure in here end this step and its items; the rest of the place goes on.

        The item *key* says so. A rollout comes again for what may work later.
        """
        try:
            yield
        except NotYet as wait:
            self.unfinished.append(wait)
            begun = next((item for item in self.items if item.key == key), None)
            if begun is not None:
                self.amend(replace(begun, state=State.PENDING, reason=wait.note))
        except IdentityClosed:
            raise
        except OutsideError as error:
            item = next((item for item in self.items if item.key == key), Item(key=key, state=State.UNKNOWN))
            if self.apply and not isinstance(error, Transient):
                self.refused.append(error)
                if error not in self._unread:
                    self.amend(replace(item, state=State.PENDING, reason=_why_refused(error), detail=str(error)))
                    return
            self.amend(replace(item, state=State.UNKNOWN, reason="not_readable", detail=str(error)))
            if self.apply and isinstance(error, Transient):
                self.unfinished.append(error)

    async def keep(self, *things: Resource) -> None:
        if things:
            self.known |= {thing.key: thing for thing in things}
            await self.ports.resources.keep(self.place, *things)

    async def settle(self, thing: Resource, values: Mapping[str, tuple[Item, str, str]]) -> None:
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

    async def address(self, page: str) -> str:
        """The stable address of one of our pages for this place."""
        token = await self.ports.links.issue("tab", f"{self.place}/{page}")
        return f"{self.ports.public_url}/fane/{token}"


def _question(read: Callable[..., object], args: tuple[object, ...], more: Mapping[str, object]) -> tuple[object, ...]:
    return read, *args, *sorted(more.items())


def _hidden(item: Item) -> Item:
    """Tell whether an item hangs on something that could not be seen. An unread one says so itself."""
    if item.state is State.UNKNOWN:
        return item
    return Item(key=item.key, state=State.UNKNOWN, layer=item.layer, reason="above_unknown")


def restore_key(key: str) -> str:
    """Under which it is noted that somebody ordered *key* to be as the template has it."""
    return f"restore:{key}"


_NAMING = ("naming policy", "naming requirement", "blocked word")


def _why_refused(error: OutsideError) -> str:
    """Entra has no code of its own for names that the tenant's policy does not allow."""
    said = error.reason.lower()
    return "naming_policy" if any(words in said for words in _NAMING) else "refused"
