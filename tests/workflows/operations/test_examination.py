"""An examination keeps the doctor's findings, the newest alone."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from config.programme import Programme
from integration.database.connection import Database
from integration.database.findings import SQLFindings
from tests.clocks import StillClock
from tests.workflows.programme import programme
from tests.workflows.status.rounds import FakeHistory
from workflows.meetings.model import Meeting
from workflows.operations.doctor import Doctor, Finding, Verdict
from workflows.operations.examination import Examination, ExaminationPorts, look_unit
from workflows.ports.units import Done

NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)


class FakeDoctor:
    def __init__(self) -> None:
        self.found = [Finding(verdict=Verdict.MISSING, what="hands: a role", todo="m365 add")]

    async def examine(self, programme: Programme | None) -> list[Finding]:
        assert programme is not None
        return self.found


class Quiet:
    async def list_paused(self) -> Sequence[str]:
        return ()

    async def list_meetings(self, body: str | None = None) -> Sequence[Meeting]:
        del body
        return ()


async def read() -> Programme:
    return programme()


async def test_the_newest_findings_are_kept(database: Database) -> None:
    doctor, clock, store = FakeDoctor(), StillClock(NOW), SQLFindings(database)
    examination = Examination(
        ExaminationPorts(
            doctor=cast("Doctor", doctor),
            store=store,
            programme=read,
            settings_findings=[Finding(verdict=Verdict.OK, what="settings: whole")],
            timezone="Europe/Oslo",
            meetings=Quiet(),
            switches=Quiet(),
            clock=clock,
        )
    )
    unit = look_unit(programme(), NOW)
    assert await store.find() is None

    first = await examination.look(unit, FakeHistory())
    doctor.found = []
    clock.advance(timedelta(hours=1))
    await examination.look(unit, FakeHistory())
    kept = await store.find()

    assert first == Done(note="1 of 5 need somebody")
    assert kept is not None
    assert kept.at == NOW + timedelta(hours=1)
    assert kept.findings[0] == Finding(verdict=Verdict.OK, what="settings: whole")
    assert not any(item.fails for item in kept.findings)
