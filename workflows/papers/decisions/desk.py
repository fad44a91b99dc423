"""A body's decisions and action items on a page: late ones first, and marked as done or dropped by people."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from config.programme import Programme
from workflows.papers.agendas.editing import DeskRefused
from workflows.papers.agendas.plan import recorders
from workflows.papers.decisions.plan import matters_in_order
from workflows.papers.minutes.model import Matter, Matters, MatterState
from workflows.ports.units import Clock, DueUnit
from workflows.words import Words


class MatterRecord(Protocol):
    async def matters(self, body: str) -> Matters: ...
    async def set_states(
        self, keys: Sequence[str], state: MatterState, *, at: datetime, by: str, then: Sequence[DueUnit] = ()
    ) -> None:
        """Give matters another state, each as a version of its newest words; what has it already makes no version."""
        ...


class MarkedMeanwhile(Exception):
    """A matter that somebody marked after its reader had seen it."""


@dataclass(frozen=True, kw_only=True)
class DecisionsView:
    """A body's matters as a reader may see and mark them."""

    today: date
    open: tuple[Matter, ...]
    """What is followed up; the late ones first, then those due first."""
    ended: tuple[Matter, ...]
    """Done or dropped, the newest first."""
    markable: frozenset[str]
    """Keys of those that the reader may mark."""


class DecisionDesk:
    """Shows a body's decisions, and marks them."""

    def __init__(self, *, programme: Callable[[], Awaitable[Programme]], store: MatterRecord, clock: Clock) -> None:
        self._programme = programme
        self._store = store
        self._clock = clock

    async def view(self, body: str, person: str) -> DecisionsView:
        """Return the matters of *body*. Those who record mark all of them; others their own."""
        programme = await self._programme()
        today = programme.today(self._clock.now())
        records = person in {item.key for item in recorders(programme, programme.body(body), today)}
        matters = await self._store.matters(body)
        still, ended = matters_in_order(matters, today)
        return DecisionsView(
            today=today,
            open=still,
            ended=ended,
            markable=frozenset(item.key for item in (*still, *ended) if records or person == item.person),
        )

    async def mark(self, body: str, person: str, key: str, state: str, *, seen: str = "") -> None:
        """
        Give a matter another state, before it returns. *seen*: the state that its reader saw.

        Raises DeskRefused, and MarkedMeanwhile where somebody else gave it a third state; nothing is stored then.
        """
        view = await self.view(body, person)
        if key not in view.markable or state not in set(MatterState):
            raise DeskRefused(Words(key="decisions.not_yours"))
        now_stands = next(item.state for item in (*view.open, *view.ended) if item.key == key)
        if seen and now_stands not in (seen, state):
            raise MarkedMeanwhile(key)
        now = self._clock.now()
        programme = await self._programme()
        place = programme.find_place(body)
        then = [DueUnit(key=f"rollout.lists:{place.key}", due_at=now)] if place else []
        await self._store.set_states([key], MatterState(state), at=now, by=person, then=then)
