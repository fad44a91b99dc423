"""Personal data at the terminal."""

import os
from argparse import Namespace
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.privacy import access_request, retention
from commands.session import DONE, Usage
from config.settings import Settings
from integration.database.connection import create_database
from tests.clocks import StillClock
from tests.support.whole_record import EMAIL, NAME, PERSON, documents, write_whole_record
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
