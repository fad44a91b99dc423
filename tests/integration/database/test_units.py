"""Units as rows: made due once, claimed once, changed only by who holds them."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

import integration.database.units as units_module
from engine.units import Claim
from integration.database.connection import Database, create_database
from integration.database.stopped import SQLStoppedUnits
from integration.database.units import SQLUnits, UnitState, UnitView
from tests.clocks import NOON
from workflows.ports.units import DueUnit

HOUR = timedelta(hours=1)
KEY = "status.send:a-dal/2026-09-08"


@pytest.fixture
def units(database: Database) -> SQLUnits:
    return SQLUnits(database)


def due(hours: float = 0, key: str = KEY) -> DueUnit:
    return DueUnit(key=key, due_at=NOON + hours * HOUR)


async def claim(units: SQLUnits, *, hours: float = 0, owner: str = "me") -> Claim:
    now = NOON + hours * HOUR
    (found,) = await units.claim(owner, now=now, lease_until=now + HOUR, limit=5)
    return found


async def the_unit(units: SQLUnits) -> UnitView:
    (view,) = await units.list_units()
    return view


async def test_the_same_unit_twice_is_one(units: SQLUnits) -> None:
    await units.make_due([due(), due()])
    await units.make_due([due()])
    view = await the_unit(units)
    assert (view.key, view.state, view.due_at) == (KEY, UnitState.WAITING, NOON)


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(1, 2, id="later stays out"), pytest.param(2, 1, id="earlier wins")]
)
async def test_a_waiting_unit_is_due_at_the_earlier_of_two_times(units: SQLUnits, first: int, second: int) -> None:
    await units.make_due([due(first)])
    await units.make_due([due(second)])
    assert (await the_unit(units)).due_at == NOON + HOUR


async def test_a_done_unit_becomes_due_again(units: SQLUnits) -> None:
    await units.make_due([due()])
    assert await units.finish(await claim(units), now=NOON, note="sent")
    await units.make_due([due(3)])
    view = await the_unit(units)
    assert (view.state, view.due_at, view.note) == (UnitState.WAITING, NOON + 3 * HOUR, "")


async def test_a_failed_unit_that_becomes_due_again_has_its_tries_back(units: SQLUnits) -> None:
    await units.make_due([due()])
    await units.fail(await claim(units), now=NOON, note="no", failures=5)
    await units.make_due([due(1)])
    view = await the_unit(units)
    assert (view.state, view.failures) == (UnitState.WAITING, 0)


@pytest.mark.parametrize("ending", ["finish", "fail"])
async def test_a_unit_made_due_while_held_runs_again_at_that_time(units: SQLUnits, ending: str) -> None:
    await units.make_due([due()])
    held = await claim(units)
    await units.make_due([due(2)])
    await units.make_due([due(3)])
    if ending == "finish":
        await units.finish(held, now=NOON, note="")
    else:
        await units.fail(held, now=NOON, note="", failures=1)
    view = await the_unit(units)
    assert (view.state, view.due_at, view.held) == (UnitState.WAITING, NOON + 2 * HOUR, False)


async def test_a_unit_made_due_while_held_cuts_its_parking_short(units: SQLUnits) -> None:
    await units.make_due([due()])
    held = await claim(units)
    await units.make_due([due(1)])
    await units.park(held, now=NOON, until=NOON + 9 * HOUR, note="waits", failures=0)
    assert (await the_unit(units)).due_at == NOON + HOUR


async def test_a_holder_that_dies_delays_nothing_that_became_due_meanwhile(units: SQLUnits) -> None:
    await units.make_due([due()])
    await claim(units)
    await units.make_due([due(48)])
    assert (await claim(units, hours=2, owner="other")).unit.due_at == NOON


async def parked_by_an_error(units: SQLUnits) -> None:
    await units.make_due([due()])
    assert await units.park(await claim(units), now=NOON, until=NOON + 99 * HOUR, note="away", failures=1)


async def held_and_due_again(units: SQLUnits) -> Claim:
    await units.make_due([due()])
    held = await claim(units)
    await units.make_due([due(1)])
    return held


async def make_due(units: SQLUnits) -> None:
    await units.make_due([due()])


async def wake(units: SQLUnits) -> None:
    await parked_by_an_error(units)
    await units.wake_overdue(now=NOON, longest=HOUR)


async def finish(units: SQLUnits) -> None:
    assert await units.finish(await held_and_due_again(units), now=NOON, note="")


async def fail(units: SQLUnits) -> None:
    assert await units.fail(await held_and_due_again(units), now=NOON, note="", failures=1)


async def set_aside(units: SQLUnits) -> None:
    await held_and_due_again(units)
    assert await units.set_aside(KEY, now=NOON + HOUR, note="")


async def order_again(units: SQLUnits) -> None:
    await units.make_due([due()])
    assert await units.fail(await claim(units), now=NOON, note="", failures=1)
    assert await SQLStoppedUnits(units._database).order_again(KEY, now=NOON + HOUR, by="")


@pytest.mark.parametrize("make", [make_due, parked_by_an_error, wake, finish, fail, set_aside, order_again])
async def test_whatever_makes_a_unit_wait_tells_of_it_after_the_commit(
    database: Database, units: SQLUnits, make: Callable[[SQLUnits], Awaitable[None]]
) -> None:
    """Else its message would be the timer's to send, minutes later."""
    told: list[DueUnit] = []
    database.on_due = told.extend

    await make(units)

    unit = await the_unit(units)
    assert unit.state is UnitState.WAITING
    assert told[-1] == DueUnit(key=KEY, due_at=unit.due_at)


def test_no_other_module_writes_units() -> None:
    """So that none can forget to tell of them."""
    folder = Path(units_module.__file__).parent
    writes = re.compile(r"\b(insert|update|insert_into|insert_for)\([^)]*\bunit\b")

    found = [path.name for path in folder.rglob("*.py") if writes.search(path.read_text("utf-8"))]

    assert found == ["units.py"]


async def test_a_held_unit_is_claimed_by_others_only_when_its_lease_has_ended(units: SQLUnits) -> None:
    await units.make_due([due()])
    await claim(units)
    assert await units.claim("other", now=NOON + HOUR / 2, lease_until=NOON + 2 * HOUR, limit=1) == []
    assert (await claim(units, hours=1, owner="other")).run == 2


async def test_who_lost_the_lease_changes_nothing(units: SQLUnits) -> None:
    await units.make_due([due()])
    lost = await claim(units)
    await claim(units, hours=1)  # The same owner, a later hold.
    assert not await units.renew(lost, lease_until=NOON + 9 * HOUR)
    assert not await units.finish(lost, now=NOON, note="")
    assert not await units.park(lost, now=NOON, until=NOON, note="", failures=0)
    assert not await units.fail(lost, now=NOON, note="", failures=1)
    view = await the_unit(units)
    assert (view.state, view.held) == (UnitState.WAITING, True)


async def test_a_renewed_lease_lasts_longer(units: SQLUnits) -> None:
    await units.make_due([due()])
    held = await claim(units)
    assert await units.renew(held, lease_until=NOON + 5 * HOUR)
    assert await units.claim("other", now=NOON + 4 * HOUR, lease_until=NOON + 9 * HOUR, limit=1) == []
    assert await units.next_moment() == NOON + 5 * HOUR


async def test_the_earliest_are_claimed_first_and_only_those_asked_for(units: SQLUnits) -> None:
    await units.make_due([due(-1, "a:2"), due(-2, "a:1"), due(-3, "b:1"), due(1, "a:3")])
    found = await units.claim("me", now=NOON, lease_until=NOON + HOUR, limit=2, only=["a:1", "a:2", "a:3"])
    assert [item.unit.key for item in found] == ["a:1", "a:2"]
    (rest,) = await units.claim("me", now=NOON, lease_until=NOON + HOUR, limit=5)
    assert (rest.unit.kind, rest.unit.subject) == ("b", "1")


async def test_the_next_moment_is_the_earliest_waiting_unit(units: SQLUnits) -> None:
    assert await units.next_moment() is None
    await units.make_due([due(7, "a:1"), due(5, "a:2")])
    assert await units.next_moment() == NOON + 5 * HOUR


async def test_several_claimants_never_share_a_unit(database: Database, database_url: str) -> None:
    other = create_database(database_url)
    stores = [SQLUnits(database), SQLUnits(other)]
    await stores[0].make_due([due(0, f"a:{number}") for number in range(40)])
    rounds = await asyncio.gather(
        *(
            stores[number % 2].claim(f"owner {number}", now=NOON, lease_until=NOON + HOUR, limit=3)
            for number in range(12)
        )
    )
    await other.close()
    keys = [item.unit.key for found in rounds for item in found]
    assert len(keys) == len(set(keys)) == 36


async def test_people_see_units_by_state_and_kind(units: SQLUnits) -> None:
    await units.make_due([due(0, "a:1"), due(1, "b:1")])
    assert [view.key for view in await units.list_units(states=[UnitState.WAITING], kind="b")] == ["b:1"]
    assert await units.list_units(states=[UnitState.FAILED]) == []
    assert [view.key for view in await units.list_units(only=["b:1", "unheard.of:1"])] == ["b:1"]
