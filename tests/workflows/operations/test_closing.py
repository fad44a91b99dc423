"""The end of the programme over a whole loop's data: closed and proven, wherever it was stopped; nothing is deleted."""

import json
from argparse import Namespace
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from commands.closing import close
from commands.session import DID_NOT_HOLD, DONE
from integration.database.units import UnitState
from tests.support.loop import Loop, loop_documents
from tests.support.rollout import PLACE, Bench, bench, writes
from tests.workflows.rollout.test_builder import set_builder
from workflows.operations.closing import KIND
from workflows.papers.archive.model import ArchiveReceipt, HandoverState
from workflows.rollout.orders import BUILDER_CLOSED

AFTER = datetime(2026, 10, 2, 8, tzinfo=UTC)
ARCHIVING = "/teams/{team}/archive"


@pytest.fixture
async def loop(either_url: str, database_file: Path) -> AsyncIterator[Loop]:
    """Return a loop that was played to its end, a few days before the programme's last day."""
    async with bench(database_file, documents=loop_documents(), database_url=either_url) as found:
        await found.made(PLACE)
        loop = Loop(found)
        await loop.play()
        documents = loop_documents()
        documents["programme.yaml"]["programme"]["last_day"] = "2026-10-01"
        await found.import_(documents)
        yield loop


def given(**arguments: object) -> Namespace:
    return Namespace(**{"apply": False, "proof": None, "json": False, "yes": True, **arguments})


async def run(found: Bench, arguments: Namespace) -> int:
    async with found.services.clock.busy():
        return await close(found.services, arguments)


async def hand_over(found: Bench, folder: Path) -> None:
    """Hand everything over, and let the archive answer that it has it."""
    services = found.services
    await services.jobs.paper_files.files.put_archive(lambda name, content: None)
    for key in await services.record.handovers.handovers():
        answer = ArchiveReceipt(key=key, state=HandoverState.KEPT, archive_id="1")
        await services.record.handovers.note_receipt(answer, at=services.clock.now())


async def test_the_programme_is_closed_and_proven_wherever_it_was_stopped(
    loop: Loop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = loop.bench
    assert await run(found, given(apply=True)) == DID_NOT_HOLD
    assert "Programmet varer fortsatt" in capsys.readouterr().out
    async with found.services.clock.busy():
        await found.services.clock.sleep_until(AFTER)
    assert await run(found, given(apply=True)) == DID_NOT_HOLD
    assert "Dokumenter som arkivet ikke har kvittert for: 3" in capsys.readouterr().out
    await hand_over(found, tmp_path)
    assert await run(found, given()) == DONE
    shown = capsys.readouterr().out
    assert "Team som ikke er arkivert: 1" in shown
    assert "Møter som ikke er avlyst" in shown

    await found.sandbox.control("POST", "faults", {"hold_at": 1, "method": "POST", "template": ARCHIVING})
    order = f"{KIND}:{(await found.services.record.register.programme()).key}"
    async with found.watching() as asked:
        assert await found.kill_at_hold(closed(loop, order))
        await found.restart()
        await found.run_all(until=found.services.clock.now() + timedelta(hours=1))

    await found.services.record.links.issue("feed", PLACE)
    state = await found.services.jobs.operations.closing.state()
    assert state.is_closed
    assert await run(found, given(proof=tmp_path)) == DONE
    proof = json.loads((tmp_path / "avslutning.json").read_bytes())
    assert (proof["is_closed"], proof["audit"]["holds"], proof["links"], proof["meetings"]) == (True, True, 0, [])
    assert {place["archived"] for place in proof["places"]} == {True, None}
    assert (tmp_path / "avslutning.pdf").read_bytes().startswith(b"%PDF")
    assert not [kind for kind in writes(asked) if kind.startswith("DELETE")]


async def closed(loop: Loop, order: str) -> None:
    """Order the end, and run all that follows for an hour."""
    services = loop.bench.services
    async with services.clock.busy():
        await loop.run(order)
    await loop.bench.run_all(until=services.clock.now() + timedelta(hours=1))


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
