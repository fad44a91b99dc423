"""`vareunge stopped`: work that has stopped is told with why and what to do, and ordered again."""

import json
from argparse import Namespace
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commands.session import DID_NOT_HOLD, DONE
from commands.stopped import stopped
from config.loading import load_documents
from config.settings import Settings
from integration.database.units import SQLUnits, UnitState
from tests.clocks import NOON
from wiring.process import Services
from workflows.ports.units import SET_ASIDE, DueUnit

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"
SEND = "status.send:horten/2026-09-08"


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    services = Services(Settings(database_url=database_url, public_url="https://vareunge.fylke.example"), name="test")
    await services.record.register.save(load_documents(VESTFOLD))
    yield services
    await services.close()


@pytest.fixture
async def set_aside(services: Services) -> SQLUnits:
    """Give up a round that should have been sent at noon."""
    units = services.record.units
    await units.make_due([DueUnit(key=SEND, due_at=NOON)])
    assert await units.set_aside(SEND, now=NOON, note=SET_ASIDE)
    return units


async def test_what_stands_still_is_told_with_the_command_that_orders_it_again(
    services: Services, set_aside: SQLUnits, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await stopped(services, Namespace(again=None, json=False)) == DID_NOT_HOLD

    due = "Skulle vært gjort tirsdag 8. september 2026 kl. 14.00."
    assert [line.strip() for line in capsys.readouterr().out.splitlines()] == [
        f"Sende statusforespørsler: Styret i Våre unge Horten, 8. september 2026. {due}",
        "Tjenesten ble stoppet gang på gang mens den holdt på med dette: for lite minne, eller mer enn ti minutter.",
        "Se i loggen hva som ble stoppet («poison» i docs/runbook.md), og rett det.",
        f"→ vareunge stopped --again {SEND}",
    ]


async def test_a_program_reads_it_in_english(
    services: Services, set_aside: SQLUnits, capsys: pytest.CaptureFixture[str]
) -> None:
    await stopped(services, Namespace(again=None, json=True))

    [row] = json.loads(capsys.readouterr().out)
    assert row["key"] == SEND
    assert row["why"].startswith("The service was stopped again and again")


async def test_it_is_ordered_again_once(
    services: Services, set_aside: SQLUnits, capsys: pytest.CaptureFixture[str]
) -> None:
    again = Namespace(again=[SEND], json=False)

    assert [await stopped(services, again), await stopped(services, again)] == [DONE, DID_NOT_HOLD]

    told = capsys.readouterr()
    assert told.out == f"{SEND} er bestilt på nytt.\n"
    assert told.err == f"{SEND} står ikke blant det som har stoppet.\n"
    [unit] = [unit for unit in await set_aside.list_units() if unit.key == SEND]
    assert (unit.state, unit.failures, unit.note) == (UnitState.WAITING, 0, "")


async def test_where_nothing_stands_still_it_says_so(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    assert await stopped(services, Namespace(again=None, json=False)) == DONE

    assert capsys.readouterr().out == "Ikke noe arbeid har stoppet.\n"
