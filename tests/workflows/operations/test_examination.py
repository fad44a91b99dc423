"""An examination keeps the doctor's findings, the newest alone."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import update

from config.programme import Programme
from config.settings import Settings
from integration.database.connection import Database
from integration.database.findings import SQLFindings
from integration.database.stopped import SQLStoppedUnits
from integration.database.tables import switch
from tests.clocks import StillClock
from tests.workflows.programme import programme
from tests.workflows.status.rounds import FakeHistory
from workflows.meetings.model import Meeting
from workflows.operations.doctor import Doctor
from workflows.operations.examination import Examination, ExaminationPorts, KeptFindings, look_unit
from workflows.operations.findings import Finding, Verdict
from workflows.operations.stopped import StoppedDesk
from workflows.ports.units import Parked

WHOLE: dict[str, Any] = {
    **dict.fromkeys(("tenant_id", "app_id", "bot_id", "hands_id", "builder_id"), "id"),
    "organizer": ("moter@fylke.example",),
    "public_url": "https://vareunge.fylke.example",
}
NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)

LACKS_A_ROLE = Finding(
    verdict=Verdict.MISSING, rule="role_missing", values={"identity": "Hands", "role": "A"}, command="m365 add"
)


class FakeDoctor:
    def __init__(self) -> None:
        self.found = [LACKS_A_ROLE]

    async def examine(self, programme: Programme | None) -> list[Finding]:
        assert programme is not None
        return self.found


class Quiet:
    async def list_paused(self) -> Sequence[str]:
        return ()

    async def list_meetings(self, body: str | None = None, *, since: date | None = None) -> Sequence[Meeting]:
        del body, since
        return ()


async def nothing_around() -> Sequence[Finding]:
    return ()


async def read() -> Programme:
    return programme()


async def test_the_newest_findings_are_kept(database: Database) -> None:
    doctor, clock, store, units = FakeDoctor(), StillClock(NOW), SQLFindings(database), SQLStoppedUnits(database)
    examination = Examination(
        ExaminationPorts(
            doctor=cast("Doctor", doctor),
            store=store,
            programme=read,
            look_around=nothing_around,
            settings=Settings(**WHOLE),
            open_bot=False,
            meetings=Quiet(),
            switches=Quiet(),
            stopped=StoppedDesk(units, clock),
            clock=clock,
            every=timedelta(days=1),
        )
    )
    unit = look_unit(programme(), NOW)
    assert await store.find() is None

    first = await examination.look(unit, FakeHistory())
    doctor.found = []
    clock.advance(timedelta(hours=1))
    await examination.look(unit, FakeHistory())
    kept = await store.find()

    # In Norway it is half past three that night.
    assert first == Parked(until=datetime(2026, 10, 2, 1, 30, tzinfo=UTC), note="1 of 9 need somebody")
    assert kept is not None
    assert kept.at == NOW + timedelta(hours=1)
    assert kept.findings[0] == Finding(verdict=Verdict.OK, rule="settings_whole")
    assert not any(item.fails for item in kept.findings)


async def test_a_finding_is_kept_whole(database: Database) -> None:
    store, kept = SQLFindings(database), KeptFindings(at=NOW, findings=(LACKS_A_ROLE,))

    await store.keep(kept)

    assert await store.find() == kept


async def test_what_an_older_version_kept_is_as_if_nobody_had_looked(database: Database) -> None:
    store = SQLFindings(database)
    await store.keep(KeptFindings(at=NOW, findings=()))
    older = json.dumps([{"verdict": "ok", "what": "settings: whole", "todo": ""}])
    async with database.begin() as connection:
        await connection.execute(update(switch).values(value=older))

    assert await store.find() is None
