"""Errors of everything outside, at the terminal: a sentence with what to do, and the detail that support asks for."""

import argparse
from datetime import timedelta
from pathlib import Path

import pytest

from cli import main
from commands.database import explain_database
from commands.outside import explain_outside
from commands.session import DID_NOT_HOLD, DONE, WRONG_USE, Stopped, with_services
from commands.words import TerminalWords
from integration.database.sqlite import DatabaseGone
from tests.config.samples import changed
from wiring.process import Services
from workflows.errors import (
    Conflict,
    IdentityClosed,
    Invalid,
    NotFound,
    OutcomeUnknown,
    OutsideError,
    Permanent,
    RecipientNotAllowed,
    Refused,
    Throttled,
    Transient,
)

DETAIL = "Til feilsøking: could not read the team: 403 (request-id a1)"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", database_url)
    monkeypatch.setenv("VAREUNGE_PUBLIC_URL", "http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Transient, "Vi fikk ikke svar utenfra. Prøv igjen om litt."),
        (
            OutcomeUnknown,
            (
                "Svaret kom ikke fram, så det kan være gjort. "
                "Kjør kommandoen igjen: Den ser etter før den gjør noe på nytt."
            ),
        ),
        (IdentityClosed, "Identiteten som gjør dette, er stengt. Kjør «vareunge doctor» for å se hvordan den åpnes."),
        (Refused, "Vi fikk ikke lov til dette. Kjør «vareunge doctor» for å se hvilken tilgang som mangler."),
        (
            NotFound,
            "Det vi lette etter, finnes ikke der det skal ligge. Kjør «vareunge drift» for å se hva som er borte.",
        ),
        (Conflict, "Noe endret seg mens kommandoen gikk. Kjør den igjen."),
        (RecipientNotAllowed, "Generalprøve: Mottakeren er ikke på listen over tillatte mottakere."),
        (Invalid, "Forespørselen ble ikke godtatt. Send linjen under til dem som drifter tjenesten."),
        (Permanent, "Forespørselen ble ikke godtatt. Send linjen under til dem som drifter tjenesten."),
    ],
)
def test_an_error_outside_is_a_sentence_with_what_to_do_and_its_detail(kind: type[OutsideError], told: str) -> None:
    assert explain_outside(kind("read the team", "403", request_id="a1"), TerminalWords()) == [told, DETAIL]


@pytest.mark.parametrize(("seconds", "minutes"), [(5, 1), (60, 2), (600, 11)])
def test_a_wait_is_told_in_minutes_that_are_enough(seconds: int, minutes: int) -> None:
    wait = Throttled("read the team", "429", retry_after=timedelta(seconds=seconds))

    assert explain_outside(wait, TerminalWords())[0] == f"Microsoft 365 ber oss vente. Prøv igjen om {minutes} min."


def test_a_command_is_ended_in_the_language_of_the_programme(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = changed(tmp_path, "programme.yaml", "county: fylket", "county: fylket\n  language: nn")
    assert main(["import", str(folder)]) == DONE
    monkeypatch.setenv("VAREUNGE_TENANT_ID", "tenant")

    async def ask(services: Services, arguments: argparse.Namespace) -> int:
        raise Transient("read the team", "503")

    with pytest.raises(Stopped) as stopped:
        with_services(ask)(argparse.Namespace())

    assert str(stopped.value) == (
        "Vi fekk ikkje svar utanfrå. Prøv igjen om litt.\nTil feilsøking: could not read the team: 503"
    )


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        pytest.param(
            {"PART": "door", "HANDS_ID": "hands"},
            "Denne delen av tjenesten har ikke det kommandoen trenger. Kjør den der VAREUNGE_PART er hands.",
            id="another part",
        ),
        pytest.param(
            {"TENANT_ID": "tenant"},
            "VAREUNGE_HANDS_ID er ikke satt, og kommandoen trenger den.",
            id="without an identity",
        ),
    ],
)
def test_a_piece_that_this_deployment_lacks_is_told_by_the_setting_that_gives_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: dict[str, str], told: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"VAREUNGE_{name}", value)

    assert main(["outbox"]) == DID_NOT_HOLD
    assert capsys.readouterr().err == f"{told}\n"


def test_a_file_that_cannot_be_written_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = changed(tmp_path, "programme.yaml", "key: unge", "key: unge")
    assert main(["import", str(folder)]) == DONE
    capsys.readouterr()

    below_a_file = folder / "programme.yaml" / "below"
    assert main(["export", str(below_a_file)]) == WRONG_USE
    assert capsys.readouterr().err == f"{below_a_file}: kan ikke brukes (Not a directory).\n"


def test_a_database_that_was_taken_away_is_a_sentence() -> None:
    explained = explain_database(DatabaseGone("vareunge.db"))

    assert explained is not None
    code, (told,) = explained
    assert (code, told.startswith("Databasefilen ble flyttet eller fjernet")) == (DID_NOT_HOLD, True)
