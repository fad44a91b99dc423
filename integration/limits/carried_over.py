"""Limits of one team or channel, across processes: calls of a process that ended still count at Microsoft.

One unit at a time works in a team, so its process knows of all calls there, but for those of the process before: until
these have flowed back, the next one waits with its first call.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from integration.limits.published import Limit
from integration.limits.windows import SCOPES_KEPT, kind_of
from workflows.ports.units import Clock


class CallMemory(Protocol):
    """The moments at which all calls so far have flowed back, by scope, for all processes."""

    async def free_at(self, names: Collection[str]) -> Mapping[str, datetime]:
        """Return the moments of those of *names* that are known."""
        ...

    async def note_free_at(self, moments: Mapping[str, datetime]) -> None: ...


class CarriedOver:
    """Notes the calls of this process for the next one, and waits for those of the one before."""

    def __init__(self, memory: CallMemory, clock: Clock, limits: Mapping[str, Limit], application: str) -> None:
        self._memory = memory
        self._clock = clock
        self._limits = limits
        self._application = application
        self._own: dict[str, datetime] = {}
        """By scope: when the calls of this process have flowed back. For those in here, its windows know all."""

    async def room_at(self, scopes: Collection[str]) -> datetime:
        """Return the moment from which calls before this process count no more in any of *scopes*."""
        names = {self._name(scope): scope for scope in scopes if scope not in self._own}
        found = await self._memory.free_at(names) if names else {}
        return max(found.values(), default=self._clock.now())

    async def note(self, costs: Mapping[str, int]) -> None:
        """Note a call that leaves now, by scope and cost."""
        now = self._clock.now()
        if len(self._own) > SCOPES_KEPT:
            self._own = {scope: moment for scope, moment in self._own.items() if moment > now}
        for scope, cost in costs.items():
            flows_back = timedelta(seconds=cost / self._limits[kind_of(scope)].rate)
            self._own[scope] = max(self._own.get(scope, now), now) + flows_back
        if costs:
            await self._memory.note_free_at({self._name(scope): self._own[scope] for scope in costs})

    def _name(self, scope: str) -> str:
        return f"{self._application}/{scope}"
