"""The desk where the county lead orders rollouts: needs the record alone, so that the web may have it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from config.programme import Programme
from workflows.errors import NotFound
from workflows.ports.units import Clock, DueUnit
from workflows.rollout.list_rows import NO_RECORD
from workflows.rollout.mails_to_come import MailToCome, has_our_meetings, mails_to_come
from workflows.rollout.orders import ASKS, adopt_order, restore_orders
from workflows.rollout.plan import WantedPlace, wanted_place
from workflows.rollout.ports import Resource
from workflows.rollout.preview import KIND as LOOK
from workflows.rollout.preview import PREVIEW, RESULT, SeenPlan, preview_unit, seen_plan
from workflows.rollout.progress import Order, OrderState, OrderUnit, Step, order_of, steps_of

ORDERED = "order.placed"
"""The event of an order: who placed it."""
HELD = "order.held"
"""Key of the note that mails about a new municipality wait for its first order."""
KIND = "rollout.place"
LATEST = 200


class PlaceNotes(Protocol):
    """Notes about places: those of one, and some keys of all at once."""

    async def of(self, place: str) -> Mapping[str, Resource]: ...
    async def keep(self, place: str, *things: Resource) -> None: ...
    async def forget(self, place: str, *keys: str) -> None: ...
    async def with_keys(self, *keys: str) -> Mapping[str, Mapping[str, Resource]]:
        """Return the notes under these keys, by place."""
        ...


class PlaceEvent(Protocol):
    """A step in the history of a unit."""

    @property
    def at(self) -> datetime: ...
    @property
    def what(self) -> str: ...
    @property
    def values(self) -> Mapping[str, str | int]: ...


class PlaceUnits(Protocol):
    """The units of rollouts, and their history."""

    async def make_due(self, units: Sequence[DueUnit], *, by: str = "") -> None:
        """Make units due; *by*: the person who ordered them."""
        ...

    async def note(self, unit: str, what: str, *, at: datetime, values: Mapping[str, str | int]) -> None: ...
    async def list_units(self, *, kind: str) -> Sequence[OrderUnit]: ...


class PlacePauses(Protocol):
    """Stops and starts sending in a municipality."""

    async def pause(self, municipality: str | None = None) -> None: ...
    async def resume(self, municipality: str | None = None, *, by: str = "") -> None: ...


class PlaceEvents(Protocol):
    async def latest(self, unit: str, *, most: int) -> Sequence[PlaceEvent]:
        """Return the latest steps of a unit, the last one first."""
        ...


@dataclass(frozen=True, kw_only=True)
class PlaceFile:
    """All that a page about the rollout of one place shows."""

    wanted: WantedPlace
    order: Order
    steps: Sequence[Step]
    preview: SeenPlan | None
    looking: bool
    """True while a preview is being made."""
    result: SeenPlan | None
    """What the last order left open."""
    holds_mails: bool
    """True for a new municipality: mails about it wait for the first order."""

    def mails(self, programme: Programme, now: datetime) -> Sequence[MailToCome]:
        """Return the mails that leave when the place is ordered now, as far as it was seen."""
        return _mails(programme, self, now)


@dataclass(frozen=True, kw_only=True)
class OrderLine:
    """One place among all: its latest order and what was seen of it."""

    place: str
    name: str
    order: Order
    preview: SeenPlan | None
    looking: bool
    holds_mails: bool
    """True for a new municipality: mails about it wait for the first order."""

    def mails(self, programme: Programme, now: datetime) -> Sequence[MailToCome]:
        """Return the mails that leave when the place is ordered now, as far as it was seen."""
        return _mails(programme, self, now)


@dataclass(frozen=True, kw_only=True)
class RolloutDesk:
    """Shows how rollouts stand, and takes orders. Whom it lets do so is asked before."""

    notes: PlaceNotes
    units: PlaceUnits
    events: PlaceEvents
    pauses: PlacePauses
    clock: Clock

    async def file(self, programme: Programme, place: str) -> PlaceFile:
        """Return the file of a place. Raises NotFound for one that is not ours."""
        spec = programme.find_place(place)
        if spec is None:
            raise NotFound(f"show the rollout of {place}", "it is no place of ours")
        wanted = wanted_place(programme, spec, on=programme.today(self.clock.now()), record=NO_RECORD)
        known = await self.notes.of(place)
        order = order_of((await self._units(KIND)).get(place), known)
        return PlaceFile(
            wanted=wanted,
            order=order,
            steps=steps_of(wanted, known, order),
            preview=seen_plan(place, known.get(PREVIEW)),
            looking=_is_looking((await self._units(LOOK)).get(place)),
            result=seen_plan(place, known.get(RESULT)),
            holds_mails=HELD in known,
        )

    async def lines(self, programme: Programme) -> list[OrderLine]:
        """Return a line for every place of the programme, in its order."""
        orders, looks = await self._units(KIND), await self._units(LOOK)
        notes = await self.notes.with_keys(ASKS, PREVIEW, HELD)
        return [
            OrderLine(
                place=spec.key,
                name=spec.name,
                order=order_of(orders.get(spec.key), notes.get(spec.key, {})),
                preview=seen_plan(spec.key, notes.get(spec.key, {}).get(PREVIEW)),
                looking=_is_looking(looks.get(spec.key)),
                holds_mails=HELD in notes.get(spec.key, {}),
            )
            for spec in programme.places
        ]

    async def log(self, place: str) -> Sequence[PlaceEvent]:
        """Return the steps of a place's orders, the last one first."""
        return await self.events.latest(f"{KIND}:{place}", most=LATEST)

    async def look(self, *places: str) -> None:
        """Have the places looked at: previews are made. A repeat looks again."""
        now = self.clock.now()
        await self.units.make_due([preview_unit(place, now) for place in places])

    async def order(self, *places: str, by: str) -> None:
        """Order rollouts. A new municipality whose mails waited for its first order is written to from now on."""
        now = self.clock.now()
        due = [DueUnit(key=f"{KIND}:{place}", due_at=now) for place in places]
        for place in places:
            if HELD in await self.notes.of(place):
                await self.pauses.resume(place, by=by)
                await self.notes.forget(place, HELD)
                # The local board has its municipality's slug.
                due.append(DueUnit(key=f"meetings.book:{place}", due_at=now))
            await self.units.note(f"{KIND}:{place}", ORDERED, at=now, values={"by": by})
        await self.units.make_due(due, by=by)

    async def restore(self, place: str, keys: Sequence[str], *, by: str) -> None:
        """
        Order that local edits are taken back to the template.

        Raises InvalidInput for what the latest preview does not offer.
        """
        preview = seen_plan(place, (await self.notes.of(place)).get(PREVIEW))
        offered = [item.key for item in preview.restorable] if preview is not None else []
        orders = restore_orders(place, keys, offered)
        await self.notes.keep(place, *orders)
        await self.order(place, by=by)

    async def adopt(self, place: str, group_id: str, *, by: str) -> None:
        """Order that a group which people made becomes the place's. Raises InvalidInput for what is no id."""
        await self.notes.keep(place, adopt_order(place, group_id))
        await self.order(place, by=by)

    async def _units(self, kind: str) -> Mapping[str, OrderUnit]:
        """Return the units of a kind by their place."""
        return {unit.key.partition(":")[2]: unit for unit in await self.units.list_units(kind=kind)}

    async def hold(self, municipality: str) -> None:
        """Hold every mail about a new municipality, its invitations included, until its first order."""
        await self.pauses.pause(municipality)
        await self.notes.keep(municipality, Resource(key=HELD, external_id=""))

    async def release(self, municipality: str) -> None:
        """Take a hold back, for a municipality that did not become one."""
        await self.pauses.resume(municipality)
        await self.notes.forget(municipality, HELD)


def _is_looking(unit: OrderUnit | None) -> bool:
    return unit is not None and unit.state == "waiting"


def _mails(programme: Programme, seen: PlaceFile | OrderLine, now: datetime) -> Sequence[MailToCome]:
    if seen.preview is None or seen.preview.closed:
        return ()
    return mails_to_come(
        programme,
        seen.preview,
        is_first=seen.order.state is OrderState.NONE,
        with_meetings=seen.holds_mails and has_our_meetings(programme, seen.preview.place),
        now=now,
    )
