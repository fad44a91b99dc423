"""A programme need not have a level above its municipalities."""

from datetime import UTC, datetime
from pathlib import Path

from config.loading import load_documents
from config.settings import Settings
from tests.clocks import StillClock
from tests.workflows.status.rounds import FakeHistory
from wiring.process import Services
from workflows.ports.units import DueUnit

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"
AUTUMN = datetime(2026, 9, 21, 7, 0, tzinfo=UTC)


async def test_the_sweep_of_a_programme_without_an_owner_board_finds_the_local_boards_work(database_url: str) -> None:
    documents = load_documents(VESTFOLD)
    del documents["county.yaml"], documents["template.yaml"]["bodies"]["owner-board"]
    settings = Settings(
        database_url=database_url,
        bot_id="bot",
        hands_id="hands",
        builder_id="builder",
        organizer=("moter@fylke.example",),
    )
    services = Services(settings, name="test")
    services.outside.__dict__["clock"] = StillClock(AUTUMN)
    await services.record.register.save(documents)
    await services.jobs.meetings.booking.plan()

    await services.sweep.all(DueUnit(key="sweep.all", due_at=AUTUMN), FakeHistory())

    found = [unit.key for unit in await services.record.units.list_units()]
    await services.close()
    assert any(key.startswith("status.open:larvik/") for key in found)
    assert not [key for key in found if key.startswith("report.owner:")]
