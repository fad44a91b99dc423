"""`vareunge audit`: what people did, told, checked and written to a file; and commands that are noted in it."""

import asyncio
import csv
import io
import json
from argparse import ArgumentTypeError, Namespace
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import cli
from commands.audit import audit, head
from commands.meetings import changes as changes_meetings
from commands.session import DID_NOT_HOLD, DONE, with_services
from config.loading import load_documents
from config.settings import Settings
from integration.database.audit import SQLAudit, note_action
from integration.database.connection import create_database
from tests.clocks import NOON
from wiring.process import Services
from workflows.operations.audit import ChainHead

VESTFOLD = Path(__file__).parents[2] / "config" / "vestfold"


@pytest.fixture
async def services(database_url: str) -> AsyncIterator[Services]:
    services = Services(Settings.model_validate({"database_url": database_url}), name="test")
    yield services
    await services.close()


async def act(services: Services, *subjects: str, actor: str = "") -> None:
    for subject in subjects:
        async with services.record.database.begin() as connection:
            await note_action(connection, actor, "sending.paused", subject, at=NOON, values={})


def given(**changes: Any) -> Namespace:
    return Namespace(**{"verify": False, "head": None, "csv": None, "json": False} | changes)


async def test_the_latest_acts_are_told_with_names_the_newest_last(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    await services.record.register.save(load_documents(VESTFOLD))
    programme = await services.record.register.programme()
    await act(services, "larvik", actor=programme.people[0].key)

    assert await audit(services, given()) == DONE

    first, second = capsys.readouterr().out.splitlines()
    assert "Lest inn fra filer" in first
    assert second.startswith("2  ")
    assert f"{programme.people[0].name}  Stoppet utsending  Larvik  Tjenesten selv" in second


async def test_programs_get_the_entries_as_they_are_stored(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    await act(services, "larvik")

    await audit(services, given(json=True))

    [entry] = json.loads(capsys.readouterr().out)
    assert (entry["action"], entry["subject"], entry["previous_hash"]) == ("sending.paused", "larvik", "0" * 64)


async def test_a_chain_that_holds_is_told_with_its_head(services: Services, capsys: pytest.CaptureFixture[str]) -> None:
    await act(services, "larvik", "horten")
    kept = await services.record.audit.head()

    assert await audit(services, given(verify=True, head=kept)) == DONE

    told = capsys.readouterr().out
    assert "alle 2 handlinger" in told
    assert str(kept) in told


async def test_a_chain_that_does_not_hold_ends_with_1_and_names_the_first_place(
    services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    await act(services, "larvik", "horten")

    code = await audit(services, given(verify=True, json=True, head=ChainHead(number=2, hash="f" * 64)))

    told = capsys.readouterr()
    assert code == DID_NOT_HOLD
    assert "nr. 2 er en annen" in told.err
    row = json.loads(told.out)
    assert (row["holds"], row["broken_at"], row["why"]) == (False, 2, "rewritten")


async def test_the_file_holds_every_entry_and_starts_no_formula(
    services: Services, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await act(services, "larvik", "=1+1")

    assert await audit(services, given(csv=tmp_path / "audit.csv")) == DONE

    rows = list(csv.DictReader(io.StringIO((tmp_path / "audit.csv").read_text("utf-8"))))
    assert [row["subject"] for row in rows] == ["larvik", "'=1+1"]
    assert rows[1]["previous_hash"] == rows[0]["hash"]
    assert "2 handlinger" in capsys.readouterr().out


def test_a_head_that_is_none_is_wrong_use() -> None:
    assert head("0:" + "0" * 64) == ChainHead()
    with pytest.raises(ArgumentTypeError, match="NUMBER:HASH"):
        head("yesterday")


def test_a_command_that_changes_something_is_noted_and_one_that_reads_is_not(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", database_url)

    async def rollout(services: Services, arguments: Namespace) -> int:
        return DID_NOT_HOLD

    for run in (with_services(rollout, acts=bool), with_services(rollout)):
        assert run(Namespace(municipality=["larvik", "horten"])) == DID_NOT_HOLD

    assert noted(database_url) == [("command.rollout", "larvik, horten", "terminal")]


def test_a_pause_at_the_terminal_is_an_act(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAREUNGE_DATABASE_URL", database_url)
    assert cli.main(["import", str(VESTFOLD)]) == DONE
    assert cli.main(["pause", "larvik"]) == DONE

    acts = noted(database_url)

    assert acts[0][::2] == ("register.imported", "terminal")
    assert acts[1] == ("sending.paused", "larvik", "terminal")


def noted(url: str) -> list[tuple[str, str, str]]:
    async def read() -> list[tuple[str, str, str]]:
        database = create_database(url)
        found = [entry.act async for entry in SQLAudit(database).entries()]
        await database.close()
        return [(item.action, item.subject, item.surface) for item in found]

    return asyncio.run(read())


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("meetings", False),
        ("meetings --agenda", False),
        ("meetings --feed larvik", False),
        ("meetings --feed larvik --renew", True),
        ("meetings --book", True),
        ("meetings --cancel larvik/2026-11-17", True),
    ],
)
def test_meetings_are_noted_where_the_command_changes_something(line: str, changes: bool) -> None:
    assert changes_meetings(cli.create_parser().parse_args(line.split())) is changes
