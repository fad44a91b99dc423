"""Access ends with the role that gave it: the day after, without an order, and for groups without the Builder.

A seat in a private channel goes with the membership; of those who stay in the group the Builder takes it, once open.

Only what a rollout gave is taken. Ownership of a group is the Builder's to take, and waits for the next rollout.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from config.place_template import PlaceSpec
from config.programme import Programme
from workflows.ports.accounts import Account, AccountKind
from workflows.ports.people import ChannelMembers
from workflows.ports.place import Memberships
from workflows.ports.units import Clock, Done, DueUnit, History, Outcome
from workflows.rollout.plan import WantedPlace, wanted_place
from workflows.rollout.ports import AllResources, Resource

KIND = "people.leave"
MEMBER, SEAT = "member:", "channel-member:"
"""The beginnings of keys of what is given to a person: membership of a group, and of a private channel."""
EARLY = time(4, 0)
"""The local time at which access ends, on the day after a role's last one."""
AHEAD = timedelta(days=8)
"""The days ahead in which ending roles are looked for; there is a sweep every week."""
MOST = 2
"""At most one in so many is let out without an order: more at once looks like a wrong import, and a person looks."""


@dataclass(frozen=True, kw_only=True)
class LeavingPorts:
    """Everything that leaving reaches."""

    programme: Callable[[], Awaitable[Programme]]
    memberships: Memberships
    seats: ChannelMembers
    resources: AllResources
    clock: Clock


class Leaving:
    """Lets out of groups and private channels whoever has no role there any more."""

    def __init__(self, ports: LeavingPorts) -> None:
        self._ports = ports

    async def due_units(self) -> Sequence[DueUnit]:
        """The places that somebody has to be let out of, now or on a day that is near."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        given = await self._ports.resources.keys_beginning(MEMBER, SEAT)
        # Beside the loop: it goes through a country's places, and the loop also answers people.
        return await asyncio.to_thread(_due_units, programme, given, now)

    async def place(self, unit: DueUnit, history: History) -> Outcome:
        """Unit `people.leave` [place]: take what was given to those who have left. A repeat is harmless."""
        programme = await self._ports.programme()
        spec = programme.find_place(unit.subject)
        given = await self._ports.resources.of(unit.subject)
        if spec is None or "group" not in given:
            return Done(note="no place of ours")
        today = programme.today(self._ports.clock.now())
        wanted = wanted_place(programme, spec, on=today)
        gone = leavers(given, wanted)
        if not _is_plausible(given, gone):
            return Done(note="too many would leave at once: order a rollout")
        # Out of the group first: Hands may do that, while seats in private channels may wait for the Builder.
        for key in sorted(gone, key=lambda key: not key.startswith(MEMBER)):
            if key.startswith(MEMBER):
                await self._let_out(spec, given["group"], given[key], history)
            elif f"{MEMBER}{key.rpartition(':')[2]}" in gone:
                # The seat went with the membership.
                await self._ports.resources.forget(spec.key, key)
            else:
                await self._take_seat(spec, given, key, history)
        return Done(note=f"{len(gone)} let out")

    async def _let_out(self, spec: PlaceSpec, group: Resource, member: Resource, history: History) -> None:
        leaver = Account(id=member.external_id, email="", kind=AccountKind.MEMBER)
        await self._ports.memberships.remove_member(group.external_id, leaver)
        await self._ports.resources.forget(spec.key, member.key)
        await history.note("people.left", place=spec.key, person=member.key.partition(":")[2])

    async def _take_seat(self, spec: PlaceSpec, given: Mapping[str, Resource], key: str, history: History) -> None:
        channel = given.get(f"channel:{key.split(':')[1]}")
        if channel is not None and "team" in given:
            team_id = given["team"].external_id
            for seat in await self._ports.seats.list_seats(team_id, channel.external_id):
                if seat.account_id == given[key].external_id:
                    await self._ports.seats.remove(team_id, channel.external_id, seat.id)
        await self._ports.resources.forget(spec.key, key)
        await history.note("people.left_channel", place=spec.key, person=key.rpartition(":")[2])


def _due_units(programme: Programme, given: Mapping[str, Collection[str]], now: datetime) -> list[DueUnit]:
    """*given*: by place, the keys of what was given to people."""
    today, units = programme.today(now), []
    days = [today, *_days_of_change(programme, today, today + AHEAD)]
    for spec in programme.places:
        there = given.get(spec.key, ())
        day = next((day for day in days if there and leavers(there, wanted_place(programme, spec, on=day))), None)
        if day is not None:
            early = datetime.combine(day, EARLY, ZoneInfo(programme.timezone)).astimezone(UTC)
            units.append(DueUnit(key=f"{KIND}:{spec.key}", due_at=max(early, now)))
    return units


def leavers(given: Collection[str], wanted: WantedPlace) -> list[str]:
    """The keys of what was given to people who have no role any more that gives it."""
    stay = {f"{MEMBER}{person.key}" for person in wanted.members}
    for channel in wanted.channels:
        stay |= {f"{SEAT}{channel.key}:{person.key}" for person in channel.people}
    return [key for key in given if key.startswith((MEMBER, SEAT)) and key not in stay]


def _is_plausible(given: Mapping[str, Resource], gone: Sequence[str]) -> bool:
    members = sum(key.startswith(MEMBER) for key in given)
    leaving = sum(key.startswith(MEMBER) for key in gone)
    return leaving <= max(1, members // MOST)


def _days_of_change(programme: Programme, first: date, last: date) -> Iterator[date]:
    """The days after the last ones of roles, packages and municipalities, in order."""
    ends = {item.until for item in programme.assignments}
    ends |= {item.until for item in programme.work_packages} | {item.until for item in programme.municipalities}
    after = sorted(until + timedelta(days=1) for until in ends if until is not None)
    return (day for day in after if first <= day <= last)
