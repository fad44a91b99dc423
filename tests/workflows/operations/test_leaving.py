"""People leave groups at once; a seat in a private channel goes along, or waits for the Builder."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

from config.loading import load_programme
from config.programme import Programme
from tests.clocks import StillClock
from workflows.errors import IdentityClosed
from workflows.operations.access_removal import Leaving, LeavingPorts
from workflows.ports.accounts import Account
from workflows.ports.people import ChannelMembers
from workflows.ports.place import Memberships
from workflows.ports.units import Done, DueUnit, History
from workflows.rollout.plan import wanted_place
from workflows.rollout.ports import AllResources, Resource

NOW = datetime(2026, 9, 21, 8, tzinfo=UTC)
SEAT = "channel-member:inner:"


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(Path(__file__).parents[3] / "config" / "vestfold")


class Tenant:
    """A group whose private channels only a closed Builder reaches; `given` is what the rollout noted."""

    def __init__(self, *keys: str) -> None:
        self.given = {key: Resource(key=key, external_id=key) for key in ("group", "team", "channel:inner", *keys)}
        self.left: list[str] = []

    async def of(self, place: str) -> Mapping[str, Resource]:
        return dict(self.given)

    async def forget(self, place: str, key: str) -> None:
        del self.given[key]

    async def remove_member(self, group_id: str, account: Account) -> None:
        self.left.append(account.id)

    async def list_seats(self, team_id: str, channel_id: str) -> Sequence[Any]:
        raise IdentityClosed("list seats", "the Builder is closed")

    async def note(self, what: str, **values: str | int) -> None: ...


def leaving(programme: Programme, tenant: Tenant) -> tuple[Leaving, DueUnit]:
    async def current() -> Programme:
        return programme

    ports = LeavingPorts(
        programme=current,
        memberships=cast("Memberships", tenant),
        seats=cast("ChannelMembers", tenant),
        resources=cast("AllResources", tenant),
        clock=StillClock(NOW),
    )
    return Leaving(ports), DueUnit(key=f"people.leave:{programme.places[0].key}", due_at=NOW)


def members(programme: Programme, count: int) -> list[str]:
    wanted = wanted_place(programme, programme.places[0], on=programme.today(NOW))
    return [f"member:{person.key}" for person in wanted.members[:count]]


async def test_a_seat_goes_with_the_membership_and_needs_no_builder(programme: Programme) -> None:
    tenant = Tenant(f"{SEAT}somebody", "member:somebody", *members(programme, 1))
    unit, due = leaving(programme, tenant)

    assert isinstance(await unit.place(due, cast("History", tenant)), Done)

    assert tenant.left == ["member:somebody"]
    assert not any("somebody" in key for key in tenant.given)


async def test_those_who_leave_are_out_of_the_group_before_a_seat_waits_for_the_builder(programme: Programme) -> None:
    stays = members(programme, 1)
    tenant = Tenant(SEAT + stays[0].removeprefix("member:"), "member:somebody", *stays)
    unit, due = leaving(programme, tenant)

    with pytest.raises(IdentityClosed):
        await unit.place(due, cast("History", tenant))

    assert tenant.left == ["member:somebody"]
    assert {key for key in tenant.given if key.startswith(SEAT)} == {SEAT + stays[0].removeprefix("member:")}
