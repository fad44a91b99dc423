"""Plans of places looked up by a unit and kept for pages: the web may ask Graph nothing."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from config.programme import Programme
from workflows.errors import IdentityClosed, NotFound
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome
from workflows.rollout.orders import BUILDER_CLOSED
from workflows.rollout.plan import OPEN, Item, PlacePlan, State
from workflows.rollout.ports import Resource, Resources

KIND = "rollout.preview"
PREVIEW = "order.preview"
"""Key of the note with the latest preview of a place."""
RESULT = "order.result"
"""Key of the note with what the last order of a place left open."""


class Planner(Protocol):
    """Compares a place with its template, and writes nothing."""

    async def plan(self, place: str) -> PlacePlan: ...


@dataclass(frozen=True, kw_only=True)
class SeenPlan:
    """A plan as it was seen at a moment. Closed: the Builder, which alone can look, was switched off."""

    place: str
    at: datetime
    items: tuple[Item, ...] = ()
    closed: bool = False

    @property
    def to_do(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.to_do)

    @property
    def open(self) -> tuple[Item, ...]:
        """The things that wait for somebody, or were not seen."""
        return tuple(item for item in self.items if item.state in OPEN)

    @property
    def restorable(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.can_be_restored)


class Previews:
    """Looks how places differ from what is wanted, for people who decide on it."""

    def __init__(
        self,
        planner: Planner,
        *,
        resources: Resources,
        programme: Callable[[], Awaitable[Programme]],
        clock: Clock,
    ) -> None:
        self._planner = planner
        self._resources = resources
        self._programme = programme
        self._clock = clock

    async def look(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `rollout.preview` [place]: plan the place and keep what was seen. A repeat looks again."""
        place = unit.subject
        if (await self._programme()).find_place(place) is None:
            return Done(note="no place of ours")
        try:
            plan = await self._planner.plan(place)
        except IdentityClosed:
            await self._keep(place, (), closed=True)
            return Done(note=BUILDER_CLOSED)
        except NotFound:
            return Done(note="no place of ours")
        await self._keep(place, plan.items)
        await history.note("rollout.previewed", place=place, things=len(plan.to_do))
        return Done(note="seen")

    async def _keep(self, place: str, items: Iterable[Item], *, closed: bool = False) -> None:
        await self._resources.keep(place, seen_note(PREVIEW, items, at=self._clock.now(), closed=closed))


def preview_unit(place: str, at: datetime) -> DueUnit:
    """Return the unit that looks at a place."""
    return DueUnit(key=f"{KIND}:{place}", due_at=at)


def seen_note(key: str, items: Iterable[Item], *, at: datetime, closed: bool = False) -> Resource:
    """Return the note that keeps *items* under *key*. What is as it should be is kept as a key alone."""
    rows = [_row(item) for item in items]
    return Resource(key=key, external_id="", details={"at": at.isoformat(), "items": rows, "closed": closed})


def seen_plan(place: str, note: Resource | None) -> SeenPlan | None:
    """Return the plan that a note keeps; None where there is no note."""
    if note is None:
        return None
    details = note.details
    return SeenPlan(
        place=place,
        at=datetime.fromisoformat(details["at"]),
        items=tuple(_item(row) for row in details["items"]),
        closed=bool(details["closed"]),
    )


def _row(item: Item) -> Mapping[str, str]:
    return {name: str(value) for name, value in asdict(item).items() if value != _DEFAULTS.get(name)}


def _item(row: Mapping[str, Any]) -> Item:
    return Item(**{**row, "state": State(row["state"])})


_DEFAULTS: Mapping[str, object] = {field.name: field.default for field in fields(Item)}


def differences(plans: Sequence[SeenPlan]) -> Mapping[Item, tuple[str, ...]]:
    """Return each thing to make or change, once, with the places that it concerns: the difference of a template."""
    found: dict[Item, list[str]] = {}
    for plan in plans:
        for item in plan.to_do:
            found.setdefault(item, []).append(plan.place)
    return {item: tuple(places) for item, places in found.items()}
