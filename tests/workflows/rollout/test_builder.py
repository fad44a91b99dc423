"""The Builder between closed and open: an order waits, runs by itself when IT opens it, and leaves no rights behind."""

from datetime import timedelta
from pathlib import Path

from integration.database.units import UnitState
from tests.support.rollout import PLACE, Bench, bench, in_state, small, writes
from workflows.errors import IdentityClosed
from workflows.rollout.handlers import CLOSED_AGAIN
from workflows.rollout.orders import BUILDER_CLOSED
from workflows.rollout.plan import State


async def set_builder(found: Bench, *, enabled: bool) -> None:
    await found.sandbox.control("POST", f"apps/{found.services.settings.builder_id}", {"enabled": enabled})


async def test_an_order_waits_for_a_closed_builder_and_runs_by_itself_when_it_is_opened(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        await set_builder(found, enabled=False)
        (waiting,) = await found.rollout(PLACE, patience=timedelta(0))
        assert (waiting.state, waiting.note) == (UnitState.WAITING, BUILDER_CLOSED)
        assert waiting.due_at - found.services.clock.now() <= CLOSED_AGAIN

        await set_builder(found, enabled=True)
        await found.run_all(until=found.services.clock.now() + timedelta(hours=1))

        (unit,) = [
            each for each in await found.services.record.units.list_units() if each.key == f"rollout.place:{PLACE}"
        ]
        assert unit.state is UnitState.DONE


async def test_an_open_builder_runs_an_order_at_once(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        ordered_at = found.services.clock.now()
        await found.made(PLACE)

        assert found.services.clock.now() - ordered_at < CLOSED_AGAIN


async def test_a_builder_closed_in_the_middle_leaves_the_order_waiting_and_doubles_nothing(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        rule = {"match": {"app": "builder", "method": "POST"}, "do": "status", "status": 401}
        await found.sandbox.control("POST", "faults", [rule])
        await set_builder(found, enabled=True)
        await found.rollout(PLACE, patience=timedelta(0))
        await found.sandbox.control("DELETE", "faults")
        await set_builder(found, enabled=False)
        (waiting,) = await found.rollout(PLACE, patience=timedelta(0))
        assert waiting.note == BUILDER_CLOSED

        await set_builder(found, enabled=True)
        await found.made(PLACE)
        async with found.watching() as asked:
            await found.made(PLACE)

        assert writes(asked) == []
        assert found.sandbox.app is not None
        assert len(found.sandbox.app.tenant.teams.teams) == 1


async def test_closed_again_it_can_nothing_and_the_nights_go_on_without_it(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        await found.made(PLACE)
        await set_builder(found, enabled=False)

        async with found.watching() as asked, found.services.clock.busy():
            (drift,) = await found.services.jobs.operations.drift.report()
            leaving = await found.services.jobs.operations.access_removal.due_units()
        try:
            await found.plan(PLACE)
        except IdentityClosed:
            closed = True

        assert closed
        assert (drift.gone, drift.unknown, list(leaving)) == ((), (), [])
        assert writes(asked) == []


async def test_a_plan_warns_of_a_group_that_expires_and_of_one_that_nobody_owns(database_file: Path) -> None:
    async with bench(database_file, documents=small()) as found:
        await found.made(PLACE)
        assert found.sandbox.app is not None
        (group,) = found.sandbox.app.tenant.directory.groups.values()
        group.expires_at = found.services.clock.now() + timedelta(days=20)
        for owner in group.owners:
            found.sandbox.app.tenant.directory.users[owner].enabled = False

        pending = in_state(await found.plan(PLACE), State.PENDING)

        assert pending["group.expiry"].todo == f"Invoke-MgRenewGroup -GroupId {group.id}"
        assert pending["group.owners"].reason == "ownerless"
