"""Commands around the processes: schema, time, the sandbox's settings, and errors that end a command."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from cli import main
from commands import processes
from commands.session import DID_NOT_HOLD, DONE, WRONG_USE
from config.programme import Programme
from config.settings import Settings
from tests.clocks import StillClock
from tests.workflows.programme import programme
from workflows.operations.findings import Finding, Verdict

LATER = datetime(2026, 9, 8, 7, tzinfo=UTC)


class Service(SimpleNamespace):
    """As much of the services as `tick` asks for."""

    def __init__(self, *, clock_url: str | None) -> None:
        super().__init__(settings=SimpleNamespace(clock_url=clock_url), clock=SteeredClock())
        self.engine = self.register = self
        self.record = self

    async def find_programme(self) -> Programme:
        return programme()

    async def run_due(self) -> int:
        return 3 if self.clock.now() == LATER else 1


class SteeredClock(StillClock):
    """A clock that is set, as the sandbox's is."""

    async def set_to(self, moment: datetime) -> None:
        self.time = moment


@pytest.mark.parametrize(
    ("now", "told"),
    [
        pytest.param(LATER, "3 oppgaver ble utført.", id="at another time"),
        pytest.param(None, "1 oppgaver ble utført.", id="now"),
    ],
)
async def test_a_tick_runs_what_is_due_at_the_time_given(
    now: datetime | None, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    services: Any = Service(clock_url="http://127.0.0.1:1/_sandbox/clock")

    assert await processes.tick(services, argparse.Namespace(now=now)) == DONE
    assert capsys.readouterr().out == f"{told}\n"


def test_a_moment_without_its_zone_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tick", "--now", "2026-09-08T07:00:00"])

    assert ended.value.code == WRONG_USE
    assert "a moment needs its zone, such as 2026-09-08T07:00:00Z" in capsys.readouterr().err


def test_a_new_database_gets_the_current_schema_and_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")

    assert [main(["migrate"]), main(["migrate"]), main(["pause"])] == [DONE] * 3
    assert capsys.readouterr().out.splitlines() == [
        *["Databasen har gjeldende oppsett."] * 2,
        "Utsendingen er stoppet for alle.",
    ]


def test_a_database_that_does_not_answer_is_one_line_without_what_it_was_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def unanswered(arguments: argparse.Namespace) -> int:
        raise OperationalError("SELECT email FROM people WHERE key = ?", {"key": "leder"}, Exception("gone"))

    monkeypatch.setattr(processes, "demo", unanswered)

    assert main(["demo"]) == DID_NOT_HOLD
    assert capsys.readouterr().err == "Databasen svarer ikke som den skal (OperationalError).\n"


def test_the_sandbox_s_settings_are_written_once_it_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "sandbox.env"
    began: list[Sequence[Any]] = []

    def run(port: int, latency: str, seed: Path | None, *, ready: Any) -> None:
        began.append((port, latency, seed, file.exists()))
        variables: Mapping[str, str] = {"VAREUNGE_GRAPH_URL": "http://127.0.0.1:1/v1.0"}
        ready(variables)

    monkeypatch.setattr("sandbox.serve.run", run)

    assert main(["sandbox", "--port", "1", "--env", str(file)]) == main(["sandbox", "--port", "1"]) == DONE
    assert began[0] == (1, "none", None, False)
    assert file.read_text("utf-8") == "export VAREUNGE_GRAPH_URL=http://127.0.0.1:1/v1.0\n"
    assert capsys.readouterr().err.count("Innstillingene ligger i") == 1, "said once, by the command that wrote it"


def test_a_person_who_interrupts_a_command_gets_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(arguments: argparse.Namespace) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(processes, "demo", interrupted)

    assert main(["demo"]) == DID_NOT_HOLD


def test_a_fault_of_ours_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(arguments: argparse.Namespace) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(processes, "demo", faulty)

    with pytest.raises(ZeroDivisionError):
        main(["demo"])


async def test_a_doctor_without_a_database_still_examines_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    """A record that does not answer is one finding, and none of those about the tenant is lost to it."""
    services: Any = Unanswered()

    assert await processes.doctor(services, argparse.Namespace(json=False)) == DID_NOT_HOLD

    shown = capsys.readouterr().out.splitlines()
    assert any("Databasen svarer ikke  → Se om VAREUNGE_DATABASE_URL" in line for line in shown)
    assert shown[-1] == "i orden          Utsendingen går"


class Unanswered(SimpleNamespace):
    """Services whose database does not answer; it can be asked for its schema and no more."""

    def __init__(self) -> None:
        super().__init__(settings=Settings(), clock=StillClock())
        self.record = SimpleNamespace(database=self)
        self.jobs = SimpleNamespace(operations=SimpleNamespace(doctor=self, look_around=self.look_around))

    async def schema(self) -> None:
        raise OperationalError("SELECT 1", {}, Exception("no route to the database"))

    async def look_around(self) -> Sequence[Finding]:
        return ()

    async def examine(self, known: Programme | None) -> Sequence[Finding]:
        assert known is None
        return [Finding(verdict=Verdict.OK, rule="sending_runs")]
