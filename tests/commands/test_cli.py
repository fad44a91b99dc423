"""What a person at a terminal sees, and the exit codes that programs see."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli import main
from commands.session import DID_NOT_HOLD, DONE, WRONG_USE

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config" / "vestfold"
NOBODY = "http://127.0.0.1:9"
COMMANDS = {
    "check", "demo", "doctor", "drift", "export", "guests", "import", "meetings", "migrate", "outbox", "partners",
    "pause", "plan", "report", "resume", "rollout", "sandbox", "serve", "status", "tick", "wind-down",
}  # fmt: skip


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", database_url)
    monkeypatch.setenv("VAREUNGE_PUBLIC_URL", NOBODY)


@pytest.fixture
def imported(environment: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(FOLDER)]) == DONE
    capsys.readouterr()


def test_help_names_every_command_and_imports_nothing_of_ours() -> None:
    code = (
        "import sys, cli\n"
        "try: cli.main(['--help'])\n"
        "finally: assert not {'wiring', 'sqlalchemy', 'pydantic', 'sandbox'} & set(sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.split()[0] for line in shown.splitlines() if line.startswith("    ")} >= COMMANDS


@pytest.mark.parametrize("arguments", [["unheard-of"], [], ["status", "dance", "a-dal"], ["serve", "--port", "x"]])
def test_wrong_use_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == WRONG_USE


def test_a_programme_is_imported_and_exported(tmp_path: Path, imported: None) -> None:
    assert main(["export", str(tmp_path / "out")]) == DONE
    assert main(["check", str(tmp_path / "out")]) == DONE


def test_bad_yaml_is_told_with_file_and_line_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for file in FOLDER.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    people = tmp_path / "people.yaml"
    people.write_text(people.read_text("utf-8").replace("role: county_lead", "role: king"), "utf-8")
    assert main(["check", str(tmp_path)]) == WRONG_USE
    assert main(["import", str(tmp_path)]) == WRONG_USE
    told = capsys.readouterr().err
    assert "people.yaml:" in told
    assert "king" in told
    assert main(["plan", "horten"]) == WRONG_USE
    assert capsys.readouterr().err == "no programme was imported yet: vareunge import DIR\n"


@pytest.mark.parametrize("command", [["rollout", "nowhere"], ["plan", "nowhere"], ["pause", "nowhere"]])
def test_an_unknown_municipality_is_told_with_those_there_are(
    imported: None, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main(command) == WRONG_USE
    assert capsys.readouterr().err.startswith("nowhere: unknown municipality: expected one of ")


def test_rollout_wants_names_or_all_but_not_both(imported: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rollout"]) == main(["rollout", "horten", "--all"]) == WRONG_USE
    assert capsys.readouterr().err == "rollout: name municipalities, or --all\n" * 2


def test_sending_is_paused_and_resumed(imported: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["pause", "horten"]), main(["pause"]), main(["resume", "horten"]), main(["resume"])] == [DONE] * 4
    assert capsys.readouterr().out.splitlines() == [
        "sending is paused for horten",
        "sending is paused for everybody",
        "still paused: everybody is",
        "sending goes on for everybody",
    ]


def test_time_is_set_only_where_it_is_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tick", "--now", "2026-09-08T07:00:00Z"]) == WRONG_USE
    assert "VAREUNGE_CLOCK_URL" in capsys.readouterr().err


def test_a_sandbox_that_does_not_answer_is_one_line_and_changes_nothing(
    imported: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAREUNGE_CLOCK_URL", f"{NOBODY}/_sandbox/clock")
    assert main(["pause"]) == DID_NOT_HOLD
    assert capsys.readouterr().err == "could not join the sandbox's clock: no answer (ConnectError)\n"
    monkeypatch.delenv("VAREUNGE_CLOCK_URL")
    main(["resume"])
    assert capsys.readouterr().out == "sending goes on for everybody\n"


def test_settings_that_lead_outside_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAREUNGE_GRAPH_URL", f"{NOBODY}/v1.0")
    assert main(["migrate"]) == WRONG_USE
    assert "expected loopback addresses" in capsys.readouterr().err


def test_a_database_of_another_kind_is_refused_by_its_setting_s_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", "sqlite:///secret-place.db")
    assert main(["outbox"]) == WRONG_USE
    told = capsys.readouterr().err
    assert told.startswith("VAREUNGE_DATABASE_URL: expected sqlite+aiosqlite:///FILE")
    assert "secret-place" not in told


def test_an_empty_outbox_is_an_empty_list(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("VAREUNGE_HANDS_ID", "hands")
    assert main(["outbox", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out) == []
