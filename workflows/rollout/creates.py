"""Creates that the service has no key for: an intent is noted before each, so that a repeat makes no second thing."""

from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from workflows.errors import OutcomeUnknown, OutsideError
from workflows.rollout.plan import Item, State
from workflows.rollout.plan_log import NotYet, PlanLog
from workflows.rollout.ports import RolloutPorts

T = TypeVar("T")

SETTLING = timedelta(seconds=60)
"""The time a listing may miss something that was just made."""


class Creates:
    """The creates of one walk over *place*, which *began* at that moment: what was read ahead is as old as that."""

    def __init__(self, ports: RolloutPorts, log: PlanLog, *, place: str, began: datetime) -> None:
        self._ports = ports
        self._log = log
        self._place = place
        self._began = began

    @asynccontextmanager
    async def once(self, key: str) -> AsyncIterator[None]:
        """
        Note the intent of one create; the note goes when its outcome is known.

        Raises NotYet until an earlier try whose outcome nobody knows would be listed; after that wait the unit reads
        again, and finds what the earlier try made, if it did.
        """
        intents, key = self._ports.intents, f"{self._place}/{key}"
        begun = await intents.begin(key)
        if begun is not None:
            if self._is_unsettled(begun):
                raise NotYet(begun + SETTLING, "looking_after_a_lost_answer")
            await intents.end(key)
            await intents.begin(key)
        try:
            yield
        except OutcomeUnknown:
            raise
        except OutsideError:
            await intents.end(key)
            raise
        await intents.end(key)

    async def all(self, creates: Mapping[str, Callable[[], Coroutine[Any, Any, T]]]) -> Mapping[str, T]:
        """
        As `once` for many at the same time: *creates* by the keys of their items; returns the results of those that
        came through. Each that does not ends its own item.
        """
        intents = self._ports.intents
        names = {f"{self._place}/{key}": key for key in creates}
        made: dict[str, T] = {}
        ended: list[str] = []

        async def create(name: str, key: str) -> None:
            with self._log.step(key):
                if name in unsettled:
                    raise NotYet(begun[name] + SETTLING, "looking_after_a_lost_answer")
                try:
                    made[key] = await creates[key]()
                except OutcomeUnknown:
                    raise
                except OutsideError:
                    ended.append(name)
                    raise
                ended.append(name)

        # Those of another part of the place may be on their way to the same batch, and note their intents just now.
        with self._ports.expect():
            begun = await intents.begin_all(list(names))
            unsettled = {name for name, moment in begun.items() if self._is_unsettled(moment)}
            if settled := list(begun.keys() - unsettled):
                await intents.end_all(settled)
                await intents.begin_all(settled)
            await self._ports.together(*(create(name, key) for name, key in names.items()))
        await intents.end_all(ended)
        return made

    async def note_name_taken(self, item: Item) -> None:
        """
        Note that the service says the name of *item* is taken, and nothing of that name was listed.

        Raises NotYet the first time: a run that was stopped may have made it a moment ago. The second time it is
        somebody else's, such as a channel that was deleted lately, and stays pending.
        """
        key = f"{self._place}/{item.key}?"
        begun = await self._ports.intents.begin(key)
        if begun is None or self._is_unsettled(begun):
            raise NotYet(self._ports.clock.now() + SETTLING, "looking_for_what_is_there")
        await self._ports.intents.end(key)
        self._log.replace(replace(item, state=State.PENDING, reason="name_taken"))

    def _is_unsettled(self, begun: datetime) -> bool:
        return self._began < begun + SETTLING
