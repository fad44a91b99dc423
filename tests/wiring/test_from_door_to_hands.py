"""An answer on its way from the Door to the Hands: functions, queue and database are the real ones."""

from urllib.parse import urlencode

import pytest

from config.settings import Part, Settings
from integration.database.units import UnitState
from tests.clocks import StillClock
from tests.support.azurite import Azurite
from tests.support.open_round import open_round
from tests.support.rollout import START
from tests.support.triggers import WORKER_LIBRARY, Way, indexed_functions, under_the_worker, way, working_with
from tests.wiring.test_triggers import HERE, azurite, working
from wiring.process import Services

__all__ = ["azurite", "way"]

WRITTEN = urlencode({"light": "green", "done": "Vi har møttes."}).encode()
FORM = {"content-type": "application/x-www-form-urlencoded"}


@under_the_worker
@pytest.mark.parametrize("way", [WORKER_LIBRARY], indirect=True)
async def test_an_answer_gives_the_hands_their_work_by_the_queue(azurite: Azurite, postgres_url: str, way: Way) -> None:
    async with working(postgres_url, azurite.url, way) as hands:
        await hands.host.create_queues()
        link = await open_round(postgres_url)
        door = Services(Settings(database_url=postgres_url, queue_url=azurite.url, part=Part.DOOR, **HERE), name="door")
        door.outside.__dict__["clock"] = StillClock(START)

        with working_with(door):
            answer = await indexed_functions().http("POST", link, headers=FORM, body=WRITTEN)
        await door.close()
        assert answer.status == 200

        hands.services.__dict__["handlers"] = {"status.refresh": hands.run}
        assert await hands.host.deliver_all() == 1
        (unit,) = [unit for unit in await hands.units.list_units() if unit.key in hands.ran]
        assert (unit.key.partition(":")[0], unit.state) == ("status.refresh", UnitState.DONE)
