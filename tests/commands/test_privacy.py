"""Personal data at the terminal."""

import io
import os
from argparse import Namespace
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.privacy import access_request, redact, retention
from commands.session import DONE, Usage
from config.settings import Settings
from integration.database.connection import create_database
from tests.clocks import StillClock
from tests.support.whole_record import EMAIL, NAME, PERSON, PUPIL, documents, write_whole_record
from wiring.process import Services


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    database = create_database(database_url)
    await write_whole_record(database)
    await database.close()
    services = Services(Settings(database_url=database_url), name="test")
    services.outside.__dict__["clock"] = StillClock()
    yield services
    await services.close()


async def test_an_access_request_is_answered_with_files(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"

    assert await access_request(services, Namespace(subject=EMAIL, folder=folder)) == DONE

    assert {f"innsyn-{PERSON}.{end}" for end in ("pdf", "docx", "json")} < set(os.listdir(folder))
    assert f"opplysninger om {NAME} ligger i {folder}" in capsys.readouterr().out


async def test_an_access_request_about_nobody_says_what_may_be_asked_for(services: Services, tmp_path: Path) -> None:
    with pytest.raises(Usage, match="ingen i registeret"):
        await access_request(services, Namespace(subject="nobody", folder=tmp_path))


async def test_retention_shows_first_and_ends_when_told(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    services.outside.__dict__["clock"] = StillClock(datetime(2028, 12, 1, tzinfo=UTC))

    for apply, said in ((False, "2 ville gått i dag (365 dager)"), (True, "2 er slettet (365 dager)")):
        assert await retention(services, Namespace(apply=apply, json=False)) == DONE
        assert f"Personer uten rolle: {said}" in capsys.readouterr().out


async def test_without_rules_everything_is_kept(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    ruleless = documents()
    del ruleless["programme.yaml"]["retention"]
    await services.record.register.save(ruleless)

    assert await retention(services, Namespace(apply=True, json=False)) == DONE
    assert "ingen regler for lagringstid" in capsys.readouterr().out


def redaction(text: str | None = None, **given: object) -> Namespace:
    return Namespace(**{"text": text, "basis": "", "parts": False, "apply": False, "json": False, **given})


async def test_a_text_is_looked_for_first_and_nothing_is_changed(
    services: Services, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PUPIL}\n"))

    assert await redact(services, redaction()) == DONE

    told = capsys.readouterr()
    assert "Skriv teksten som skal bort" in told.err
    assert "Ingenting er endret" in told.out
    assert "Svar: 1" in told.out
    assert "Sikkerhetskopier av databasen har teksten til" in told.out
    assert PUPIL not in told.out
    assert [item.number for item in await services.record.redactions.list_all()] == [1], "the one of the sample"


async def test_a_redaction_needs_its_basis(services: Services) -> None:
    with pytest.raises(Usage, match="--basis"):
        await redact(services, redaction(PUPIL, apply=True))


@pytest.mark.parametrize(("text", "said"), [("Sandefjord", "som nøkkel eller navn"), ("x", "tre bokstaver")])
async def test_a_text_that_cannot_be_meant_is_refused(services: Services, text: str, said: str) -> None:
    with pytest.raises(Usage, match=said):
        await redact(services, redaction(text))


async def test_a_text_that_is_nowhere_is_said_so(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    for apply in (False, True):
        assert await redact(services, redaction("Xerxes Ingensteds", apply=apply, basis="GDPR")) == DONE
        assert "Teksten finnes ikke" in capsys.readouterr().out
