"""The terminal: lines that a person sees, and exit codes that programs see."""

import asyncio
import json
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli import create_parser, main
from commands.examples import EXAMPLES
from commands.processes import write_environment
from commands.session import DID_NOT_HOLD, DONE, WRONG_USE
from commands.words import TerminalWords
from config.loading import load_programme
from integration.database.connection import create_database
from integration.database.register import SQLRegister
from tests.clocks import StillClock
from tests.commands.test_meetings import Terminal
from tests.config.samples import changed
from workflows.register.editing import RegisterDesk
from workflows.register.edits.people import ChangePerson

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "config" / "vestfold"
NOBODY = "http://127.0.0.1:9"
OTHERS = ("AUTHORITY_URL", "BOT_METADATA_URL", "BOT_SERVICE_URL")
BESIDE = ", siden en annen av Microsofts adresser er det"
COMMANDS = {
    "acceptance",
    "audit", "access-request", "check", "close", "demo", "doctor", "drift", "export", "guests", "import", "meetings",
    "migrate", "municipalities", "outbox", "papers", "partners", "pause", "plan", "redact", "report", "resume",
    "retention", "rollout", "sandbox", "serve", "status", "stopped", "tick", "wind-down",
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


def test_every_option_of_every_command_is_explained() -> None:
    commands = [action.choices for action in create_parser()._actions if isinstance(action.choices, Mapping)]
    parsers = [(name, parser) for choices in commands for name, parser in choices.items()]
    unexplained = [f"{name} {action.dest}" for name, parser in parsers for action in parser._actions if not action.help]

    assert {name for name, _ in parsers} == COMMANDS
    assert not unexplained


@pytest.mark.parametrize(
    "arguments",
    [
        ["unheard-of"],
        [],
        ["status", "dance", "a-dal"],
        ["serve", "--port", "x"],
        ["acceptance", "Prøve", "--owner", "a", "--guest", "b"],
    ],
)
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
    assert capsys.readouterr().err == "Ingen programdata er lest inn ennå. Kjør: vareunge import MAPPE\n"


@pytest.mark.parametrize("command", [["rollout", "nowhere"], ["plan", "nowhere"], ["pause", "nowhere"]])
def test_an_unknown_municipality_is_told_with_those_there_are(
    imported: None, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main(command) == WRONG_USE
    assert capsys.readouterr().err.startswith("nowhere: ukjent kommune. Velg en av: faerder (Færder), ")


def test_rollout_wants_names_or_all_but_not_both(imported: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rollout"]) == main(["rollout", "horten", "--all"]) == WRONG_USE
    assert capsys.readouterr().err == "rollout: oppgi kommuner, eller --all.\n" * 2


def test_what_is_taken_back_or_taken_over_is_so_in_one_municipality(
    imported: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rollout", "--all", "--restore", "channel:board"]) == WRONG_USE
    assert main(["rollout", "horten", "tonsberg", "--adopt", "a-group"]) == WRONG_USE
    assert capsys.readouterr().err == "rollout: --restore og --adopt gjelder én kommune om gangen.\n" * 2


def test_a_service_elsewhere_is_not_called_from_the_terminal(
    imported: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tests may reach this machine alone, so that a call would end the command in an error."""
    monkeypatch.setenv("VAREUNGE_PUBLIC_URL", "https://192.0.2.1")

    assert main(["resume"]) == DONE
    assert capsys.readouterr().out == "Utsendingen går igjen for alle.\n"


def test_sending_is_paused_and_resumed(imported: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert [main(["pause", "horten"]), main(["pause"]), main(["resume", "horten"]), main(["resume"])] == [DONE] * 4
    assert capsys.readouterr().out.splitlines() == [
        "Utsendingen er stoppet for Horten.",
        "Utsendingen er stoppet for alle.",
        "Fortsatt stoppet: Utsendingen er stoppet for alle.",
        "Utsendingen går igjen for alle.",
    ]


def test_time_is_set_only_where_it_is_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tick", "--now", "2026-09-08T07:00:00Z"]) == WRONG_USE
    assert "VAREUNGE_CLOCK_URL" in capsys.readouterr().err


def test_a_sandbox_that_does_not_answer_is_a_sentence_with_its_detail_and_changes_nothing(
    imported: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAREUNGE_CLOCK_URL", f"{NOBODY}/_sandbox/clock")
    assert main(["pause"]) == DID_NOT_HOLD
    assert capsys.readouterr().err.splitlines() == [
        "Vi fikk ikke svar utenfra. Prøv igjen om litt.",
        "Til feilsøking: could not join the sandbox's clock: no answer (ConnectError)",
    ]
    monkeypatch.delenv("VAREUNGE_CLOCK_URL")
    main(["resume"])
    assert capsys.readouterr().out == "Utsendingen går igjen for alle.\n"


def test_settings_that_lead_outside_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAREUNGE_GRAPH_URL", f"{NOBODY}/v1.0")
    assert main(["migrate"]) == WRONG_USE
    told = capsys.readouterr().err.splitlines()
    assert told == [f"VAREUNGE_{name}: ventet en adresse på denne maskinen{BESIDE}" for name in OTHERS]


def test_a_database_of_another_kind_is_refused_by_its_setting_s_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", "sqlite:///secret-place.db")
    assert main(["outbox"]) == WRONG_USE
    told = capsys.readouterr().err
    assert told == "VAREUNGE_DATABASE_URL: ventet sqlite+aiosqlite:///FIL eller postgresql+psycopg://VERT/NAVN\n"
    assert "secret-place" not in told


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param("missing/v.db", "No such file or directory", id="no folder"),
        pytest.param("folder", "Not a file", id="a folder"),
    ],
)
def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path: Path, path: str, reason: str) -> None:
    """Nothing of the libraries below is printed after it, and a folder stays open to those who use it."""
    (tmp_path / "folder").mkdir(mode=0o755)
    address = {"VAREUNGE_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / path}"}

    ended = subprocess.run(
        [sys.executable, "-m", "cli", "outbox"], cwd=ROOT, env=os.environ | address, capture_output=True, text=True
    )

    told = f"Databasen {tmp_path / path} kan ikke åpnes ({reason}). Rett VAREUNGE_DATABASE_URL.\n"
    assert (ended.returncode, ended.stderr) == (WRONG_USE, told)
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == 0o755


def test_a_database_whose_driver_cannot_be_loaded_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", f"postgresql+psycopg://{NOBODY.partition('://')[2]}/vareunge")

    assert main(["outbox"]) == WRONG_USE
    assert capsys.readouterr().err.startswith(
        "Databasen postgresql+psycopg kan ikke åpnes (its driver cannot be loaded"
    )


def test_problems_are_told_in_the_language_of_the_programme_and_to_programs_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = changed(tmp_path, "programme.yaml", "county: fylket", "county: fylke\n  language: nn")

    assert [main(["check", str(folder)]), main(["import", str(folder)])] == [WRONG_USE] * 2
    told = f"{folder}/programme.yaml:7: programme.county: fylke: venta `fylket`? (kjent: dal-kommune, fylket)\n"
    assert capsys.readouterr().err == told * 2
    assert main(["check", str(folder), "--json"]) == WRONG_USE
    assert json.loads(capsys.readouterr().out) == [
        {
            "where": f"{folder}/programme.yaml:7: programme.county",
            "value": "fylke",
            "expected": "`fylket`? (known: dal-kommune, fylket)",
            "rule": "nearest_of",
        }
    ]


def test_problems_of_a_programme_that_cannot_be_read_are_told_in_bokmål(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(tmp_path)]) == WRONG_USE
    assert capsys.readouterr().err == f"{tmp_path}: ingen YAML-filer: ventet mappen til et program\n"


def test_what_was_typed_wrongly_is_told_in_the_language_of_the_programme(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = changed(tmp_path, "programme.yaml", "county: fylket", "county: fylket\n  language: nn")
    assert main(["import", str(folder)]) == DONE
    capsys.readouterr()

    assert main(["meetings", "--cancel", "no-such/2026-09-08", "--yes"]) == WRONG_USE
    told = "meeting: no-such/2026-09-08: venta nøkkelen til eit møte som vi planlegg, og som verken"
    assert capsys.readouterr().err == f"{told} er halde eller avlyst\n"


def test_an_empty_outbox_is_an_empty_list(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("VAREUNGE_HANDS_ID", "hands")
    assert main(["outbox", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out) == []


def test_words_for_people_are_the_programme_s(
    imported: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "close", "horten"]) == WRONG_USE
    assert main(["report"]) == WRONG_USE
    assert capsys.readouterr().err.splitlines() == [
        "Horten: ingen statusrunde er åpen.",
        "report: oppgi en kommune, eller --owner-board.",
    ]
    monkeypatch.setenv("VAREUNGE_HANDS_ID", "hands")
    assert main(["outbox"]) == DONE
    assert capsys.readouterr().out == "Ingenting venter på å bli sendt.\n"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        pytest.param("nn", "éin kommune", id="nynorsk"),
        pytest.param("en", "one municipality", id="English"),
    ],
)
def test_the_programme_s_language_is_spoken_at_the_terminal(language: str, told: str) -> None:
    programme = load_programme(FOLDER).model_copy(update={"language": language})

    assert TerminalWords(programme).municipalities(1) == told


def test_a_unit_is_told_by_names_and_its_day_and_moments_are_local() -> None:
    words = TerminalWords(load_programme(FOLDER))

    assert (
        words.unit("status.open:horten/2026-09-08") == "Åpne statusrunden: Styret i Våre unge Horten, 8. september 2026"
    )
    assert words.unit("rollout.place:horten") == "Rulle ut: Horten"
    assert words.unit("unheard.of:horten") == "unheard.of:horten"
    assert words.unit("status.open:horten/soon") == "Åpne statusrunden: Styret i Våre unge Horten"
    assert words.state("waiting", datetime(2026, 9, 7, 22, 30, tzinfo=UTC)) == (
        "venter til tirsdag 8. september 2026 kl. 00.30"
    )
    assert words.note("the deadline had passed") == "fristen var gått ut"


def test_before_a_programme_is_imported_keys_and_moments_are_told_as_they_are() -> None:
    words = TerminalWords()

    assert words.name("horten") == "horten"
    assert words.unit("rollout.place:horten") == "Rulle ut: horten"
    assert words.moment(datetime(2026, 9, 7, 22, 30, tzinfo=UTC)) == "2026-09-07T22:30+00:00"


@pytest.mark.parametrize("command", [["rollout", "horten"], ["plan", "horten"], ["outbox"]], ids=" ".join)
def test_without_settings_one_sentence_says_what_to_set(
    imported: None, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main(command) == WRONG_USE
    assert capsys.readouterr().err == (
        "Tjenesten vet ikke hvilken leietaker den skal snakke med: sett VAREUNGE_TENANT_ID, VAREUNGE_APP_ID,"
        " VAREUNGE_BOT_ID, VAREUNGE_HANDS_ID, VAREUNGE_BUILDER_ID, VAREUNGE_ORGANIZER."
        " Uten leietaker: kjør «vareunge sandbox --env FIL» i et annet vindu, og «. FIL» her.\n"
    )


def test_the_sandbox_s_settings_are_written_for_a_shell_and_for_nobody_else_s_eyes(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.env"
    file.write_text("old")
    variables = {"VAREUNGE_GRAPH_URL": "http://127.0.0.1:1/v1.0", "IDENTITY_HEADER": "it's a $secret"}

    write_environment(file, variables)

    shell = ["sh", "-c", '. "$0"; printf %s "$VAREUNGE_GRAPH_URL $IDENTITY_HEADER"', str(file)]
    read = subprocess.run(shell, capture_output=True, text=True, check=True).stdout
    assert read == "http://127.0.0.1:1/v1.0 it's a $secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_every_command_has_examples_and_the_terminal_takes_each_of_them() -> None:
    assert set(EXAMPLES) == COMMANDS
    for name, lines in EXAMPLES.items():
        for line in lines.splitlines():
            program, *arguments = shlex.split(line.partition("    ")[0])
            assert program == "vareunge"
            assert arguments[0] == name
            assert create_parser().parse_args(arguments).run


def test_help_explains_m_and_shows_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["status", "--help"])
    shown = " ".join(capsys.readouterr().out.split())
    assert "M key of a municipality, such as fjordvik" in shown
    assert "examples: vareunge status open fjordvik" in shown


@pytest.fixture
def edited(imported: None, database_url: str) -> None:
    """A person of the programme was edited on a page since the import."""

    async def edit() -> None:
        database = create_database(database_url)
        register = SQLRegister(database, StillClock())
        desk = RegisterDesk(store=register, clock=StillClock())
        await desk.edit(ChangePerson(person="leder-horten", values={"title": "Rådgiver"}), by="leder-vestfold")
        await database.close()

    asyncio.run(edit())


def test_an_import_shows_what_it_would_overwrite_and_does_nothing_unasked(
    edited: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(FOLDER)]) == WRONG_USE
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "Innlesingen overskriver det folk har endret på sidene siden sist (1):"
    assert told[1] == (
        "Person: Leder Våre unge Horten – Tittel: «Rådgiver» blir «ingenting» "
        "(sist endret av Leder Våre unge Vestfold, tirsdag 8. september 2026 kl. 14.00)"
    )
    assert "--yes" in told[2]

    assert main(["export", str(tmp_path)]) == DONE
    assert "title: Rådgiver" in (tmp_path / "municipalities" / "horten.yaml").read_text("utf-8")


def test_an_import_of_what_was_exported_asks_nothing(
    edited: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(tmp_path)]) == main(["import", str(tmp_path)]) == DONE
    assert capsys.readouterr().err == ""


def test_an_import_goes_on_when_a_person_or_a_program_agrees(
    edited: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("nei\n"))
    assert main(["import", str(FOLDER)]) == DID_NOT_HOLD
    assert "Ingenting ble gjort." in capsys.readouterr().err

    assert main(["import", str(FOLDER), "--yes"]) == DONE
    assert main(["import", str(FOLDER)]) == DONE, "nothing is left to ask about"


def test_the_register_of_municipalities_is_taken_in_from_a_file(
    imported: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "klass.csv"
    file.write_text("code,name\n0301,Oslo\n", "utf-8")
    assert main(["municipalities", "import", str(file)]) == DONE
    assert capsys.readouterr().out == f"Kommuneregisteret er lest inn fra {file}: én kommune.\n"

    file.write_text("code,name\n301,Oslo\n", "utf-8")
    assert main(["municipalities", "import", str(file)]) == WRONG_USE
    assert "klass.csv:2: code: 301" in capsys.readouterr().err


def test_a_register_of_municipalities_that_is_no_file_is_wrong_use(
    imported: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["municipalities", "import", str(tmp_path)]) == WRONG_USE
    assert capsys.readouterr().err.startswith(f"{tmp_path}: Her er ingen fil.")
