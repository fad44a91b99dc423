"""The state of an order and its steps, from what is noted of a place: for people who watch it. Pure."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from workflows.rollout.orders import ASKS, BUILDER_CLOSED
from workflows.rollout.plan import WantedPlace
from workflows.rollout.ports import Resource


class OrderState(StrEnum):
    """The state of the latest order of a place."""

    NONE = "none"
    """Nobody ordered it yet."""
    WAITS_FOR_IT = "waits_for_it"
    """The Builder is closed."""
    UNDER_WAY = "under_way"
    DONE = "done"
    ASKS = "asks"
    """Done as far as it goes: something is left that a person must answer."""
    FAILED = "failed"


class StepState(StrEnum):
    DONE = "done"
    NOW = "now"
    LATER = "later"
    FAILED = "failed"


class OrderUnit(Protocol):
    """The unit that carries out the orders of a place, as people see it."""

    @property
    def key(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def note(self) -> str: ...
    @property
    def held(self) -> bool: ...
    @property
    def done_at(self) -> datetime | None: ...


@dataclass(frozen=True, kw_only=True)
class Order:
    """The latest order of a place. *until*: the moment it goes on; *note*: how it ended, or what it waits for."""

    state: OrderState
    until: datetime | None = None
    ended_at: datetime | None = None
    note: str = ""

    @property
    def goes_on(self) -> bool:
        """True while something still happens by itself."""
        return self.state in (OrderState.UNDER_WAY, OrderState.WAITS_FOR_IT)

    @property
    def may_start(self) -> bool:
        """True when a person may order the place (again)."""
        return not self.goes_on


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a rollout: how many of its things are there."""

    key: str
    state: StepState
    made: int
    wanted: int


def order_of(unit: OrderUnit | None, known: Collection[str]) -> Order:
    """Return the state of a place's latest order. *known*: keys of what is noted of the place."""
    if unit is None:
        return Order(state=OrderState.NONE)
    if unit.state == "failed":
        return Order(state=OrderState.FAILED, note=unit.note)
    if unit.state == "done":
        state = OrderState.ASKS if ASKS in known else OrderState.DONE
        return Order(state=state, note=unit.note, ended_at=unit.done_at)
    if unit.note == BUILDER_CLOSED and not unit.held:
        return Order(state=OrderState.WAITS_FOR_IT, until=unit.due_at)
    return Order(state=OrderState.UNDER_WAY, until=None if unit.held else unit.due_at, note=unit.note)


def steps_of(wanted: WantedPlace, known: Mapping[str, Resource], order: Order) -> list[Step]:
    """Return the steps of a place in their order, each with how far it has come."""
    steps: list[Step] = []
    for key, matches, number in _wanted(wanted):
        if not number:
            continue
        made = min(sum(matches(key) and bool(thing.external_id) for key, thing in known.items()), number)
        state = StepState.DONE
        if made < number and order.state is not OrderState.DONE:
            state = _unfinished(order, any(step.state in (StepState.NOW, StepState.FAILED) for step in steps))
        steps.append(Step(key=key, state=state, made=made, wanted=number))
    return steps


def _unfinished(order: Order, one_before: bool) -> StepState:
    """Return the state of a step that is not complete; *one_before*: a step before it is not complete either."""
    if order.state is OrderState.NONE:
        return StepState.LATER
    if order.state is OrderState.ASKS:
        return StepState.FAILED
    if one_before:
        return StepState.LATER
    return StepState.NOW if order.goes_on else StepState.FAILED


Matches = Callable[[str], bool]


def _wanted(wanted: WantedPlace) -> Sequence[tuple[str, Matches, int]]:
    """List each step: its key, the notes that count for it, and how many there are in the end."""
    spec = wanted.spec
    return (
        ("group", _is("group"), 1),
        ("team", _is("team"), 1),
        ("app", _is("app"), 1),
        ("site", _is("site"), 1),
        ("channels", _below("channel:"), len(wanted.channels)),
        ("tabs", _below("tab:"), sum(len(channel.spec.tabs) for channel in wanted.channels)),
        ("folders", _below("folder:"), len(wanted.folders)),
        ("lists", _below("list:"), len(spec.lists)),
        ("page", _is("page:landing"), 1),
    )


def _is(key: str) -> Matches:
    return lambda known: known == key


def _below(prefix: str) -> Matches:
    return lambda known: known.startswith(prefix)
