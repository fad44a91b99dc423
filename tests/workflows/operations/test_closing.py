"""The end of the programme while it cannot be carried out; `tests/workflows/test_whole_loop.py` carries it out."""

from pathlib import Path

from integration.database.units import UnitState
from tests.support.loop import Loop, loop_documents
from tests.support.rollout import PLACE, bench
from tests.workflows.rollout.test_builder import set_builder
from workflows.operations.closing import KIND
from workflows.rollout.orders import BUILDER_CLOSED


async def test_while_the_builder_is_closed_the_order_waits_and_people_are_not_cut_off(database_file: Path) -> None:
    documents = loop_documents()
    documents["programme.yaml"]["programme"]["last_day"] = "2026-08-02"
    async with bench(database_file, documents=loop_documents()) as found:
        await found.made(PLACE)
        await found.import_(documents)
        await set_builder(found, enabled=False)
        order = f"{KIND}:{(await found.services.record.register.programme()).key}"

        async with found.services.clock.busy():
            await Loop(found).run(order)

        [unit] = [unit for unit in await found.services.record.units.list_units() if unit.key == order]
        assert (unit.state, unit.note) == (UnitState.WAITING, BUILDER_CLOSED)
        assert not await found.services.record.switches.is_paused()
