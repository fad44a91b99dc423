"""Drift, guests, partners and wind-down at the terminal, against a real sandbox over HTTP."""

import json
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cli import main
from commands.session import DID_NOT_HOLD, DONE, WRONG_USE
from integration.database.connection import Database
from integration.database.guests import SQLGuests
from integration.database.register import SQLRegister
from sandbox.tenant.snapshots import Snapshot
from tests.clocks import StillClock
from tests.commands.test_meetings import Terminal
from tests.commands.test_rollout import NOBODY, run
from tests.support.rollout import PLACE, Bench, bench, small, writes

COMMANDS = ("drift", "guests", "partners", "wind-down")
READS = ("drift", "guests", "partners")
MUNICIPALITY = f"municipalities/{PLACE}.yaml"
PACKAGE = "sandefjord-trygg-overgang"
CHAIR, PACKAGE_LEAD = "kommunalsjef-sandefjord", "pakkeleder-sandefjord"
MADE_ON = "2026-08-03"

Said = Callable[[], list[str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """The lines printed since it was last asked."""
    return lambda: capsys.readouterr().out.splitlines()


@pytest.fixture
async def imported(database_file: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    """A small programme, nothing rolled out; commands in this process find the sandbox, the database and its time."""
    async with bench(database_file, documents=small()) as found:
        settings = {
            **found.sandbox.env,
            "VAREUNGE_DATABASE_URL": f"sqlite+aiosqlite:///{database_file}",
            "VAREUNGE_PUBLIC_URL": NOBODY,
        }
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        yield found


@dataclass
class Shelf:
    """The tenant and the database as the rollout left them, which is made once."""

    folder: Path
    tenant: Snapshot | None = None


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("made"))


@pytest.fixture
async def made(imported: Bench, shelf: Shelf) -> Bench:
    """The programme's one small place, made; only commands run from here on."""
    sandbox, aside = imported.sandbox.app, shelf.folder / "made.db"
    assert sandbox is not None
    if shelf.tenant is None:
        await imported.made(PLACE)
        await imported.stop()
        sandbox.cloud.put_aside("made")
        shutil.copyfile(imported.database, aside)
        shelf.tenant = sandbox.cloud.snapshots["made"]
        return imported
    await imported.restart(lose=aside)
    await imported.stop()
    sandbox.cloud.snapshots["made"] = shelf.tenant
    sandbox.cloud.put_back("made")
    return imported


async def told(said: Said, *arguments: str) -> Any:
    """Return the JSON that a program reads of a command that gets done."""
    assert await run(*arguments, "--json") == DONE
    return json.loads("\n".join(said()))


def kept(found: Bench) -> list[str]:
    """Everything in the database but when the next call to Graph is free, which every question moves."""
    with closing(sqlite3.connect(found.database)) as connection:
        return [line for line in connection.iterdump() if not line.startswith('INSERT INTO "slot"')]


async def open_builder(found: Bench, *, enabled: bool) -> str:
    client_id = found.sandbox.env["VAREUNGE_BUILDER_ID"]
    await found.sandbox.control("POST", f"apps/{client_id}", {"enabled": enabled})
    return f"az ad sp update --id {client_id} --set accountEnabled=true"


def remove_channel(found: Bench, name: str) -> None:
    assert found.sandbox.app is not None
    (team,) = found.sandbox.app.tenant.teams.teams.values()
    channel = next(each for each in team.channels.values() if each.name == name)
    del team.channels[channel.id]


def is_archived(found: Bench) -> bool:
    assert found.sandbox.app is not None
    (team,) = found.sandbox.app.tenant.teams.teams.values()
    return team.archived_at is not None


async def save(database: Database, **municipality: str) -> None:
    """Have the register say this about the municipality too."""
    documents = small()
    documents[MUNICIPALITY]["municipality"] |= municipality
    await SQLRegister(database, StillClock()).save(documents)


# ----------------------------------------------------------------------------------------------------------- every one


async def test_without_a_programme_every_command_says_what_to_do_first(
    imported: Bench, migrated_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await imported.restart(lose=migrated_file)
    await imported.stop()

    for command in COMMANDS:
        assert await run(command, "--json") == WRONG_USE
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err == "Ingen programdata er lest inn ennå. Kjør: vareunge import MAPPE\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_about_everything_takes_no_municipality(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, PLACE])

    assert ended.value.code == WRONG_USE
    assert f"unrecognized arguments: {PLACE}" in capsys.readouterr().err


async def test_whoever_only_looks_writes_nothing_and_does_without_the_builder(made: Bench) -> None:
    await open_builder(made, enabled=False)
    tenant, database = await made.sandbox.state(), kept(made)

    async with made.watching() as asked:
        assert [await run(command) for command in READS] == [DONE] * len(READS)

    assert asked
    assert writes(asked) == []
    assert await made.sandbox.state() == tenant
    assert kept(made) == database


async def test_before_the_first_rollout_there_is_nothing_to_tell(imported: Bench, said: Said) -> None:
    await imported.stop()

    async with imported.watching() as asked:
        assert [await run(command) for command in ("drift", "guests", "wind-down")] == [DONE] * 3
        assert said() == [
            "Ingen rom er laget ennå.",
            "Ingen gjester.",
            "Det er ingenting å avvikle eller hente tilbake.",
        ]
        assert [await told(said, command) for command in ("drift", "guests", "wind-down")] == [[]] * 3

    assert asked == []


# --------------------------------------------------------------------------------------------------------------- drift


async def test_drift_names_what_is_gone_and_that_did_not_hold(made: Bench, said: Said) -> None:
    assert await run("drift") == DONE
    assert said() == ["Sandefjord: ingenting er borte"]

    remove_channel(made, "Styret")

    assert await run("drift") == DID_NOT_HOLD
    assert said() == ["Sandefjord: borte: Kanaler: Styret"]
    assert await run("drift", "--json") == DID_NOT_HOLD
    assert json.loads("\n".join(said())) == [{"place": PLACE, "gone": ["channel:board"], "unknown": []}]


async def test_drift_never_calls_gone_what_it_could_not_see(made: Bench, said: Said) -> None:
    await made.sandbox.control("POST", "faults", [{"match": {"app": "hands"}, "do": "status", "status": 403}] * 50)

    assert await run("drift", "--json") == DID_NOT_HOLD

    (place,) = json.loads("\n".join(said()))
    assert place["gone"] == []
    assert {"group", "channel:board"} <= set(place["unknown"])
    assert await run("drift") == DID_NOT_HOLD
    assert "kunne ikke ses: Kanaler: Styret" in said()[0]


# -------------------------------------------------------------------------------------------------------------- guests


async def test_guests_are_new_then_asked_about_then_confirmed(made: Bench, database: Database, said: Said) -> None:
    record, asked_at = SQLGuests(database), datetime(2026, 8, 10, 9, tzinfo=UTC)
    since = "gjest siden 3. august 2026"
    chair = f"Sandefjord  Kommunalsjef oppvekst Sandefjord  Styreleder  {since}"
    package_lead = f"Sandefjord  Pakkeleder Trygg overgang til videregående Sandefjord  Leder av arbeidspakke  {since}"

    async def here() -> list[str]:
        assert await run("guests") == DONE
        return [line for line in said() if line.startswith("Sandefjord")]

    assert await here() == [f"{chair}  ny", f"{package_lead}  ny"]
    await record.ask(PLACE, [CHAIR, PACKAGE_LEAD], asked_at)
    await record.answer(PLACE, {CHAIR: True}, by="leder-sandefjord", at=asked_at)
    assert await here() == [f"{chair}  bekreftet 10. august 2026", f"{package_lead}  spurt 10. august 2026, ubesvart"]

    answered = {row["person"]: row for row in await told(said, "guests")}
    assert answered[PACKAGE_LEAD] == {
        "scope": PLACE,
        "person": PACKAGE_LEAD,
        "roles": ["work_package_lead"],
        "since": MADE_ON,
        "confirmed": "",
        "asked": "2026-08-10",
    }
    assert (answered[CHAIR]["confirmed"], answered[CHAIR]["asked"]) == ("2026-08-10", "")


async def test_a_guest_without_a_role_is_told_with_the_command_for_it(
    made: Bench, database: Database, said: Said
) -> None:
    documents = small()
    (role,) = (item for item in documents[MUNICIPALITY]["assignments"] if item["person"] == PACKAGE_LEAD)
    role["until"] = "2026-08-01"
    await SQLRegister(database, StillClock()).save(documents)
    account = (await SQLGuests(database).known([PACKAGE_LEAD]))[PACKAGE_LEAD].object_id
    command = f"az ad user delete --id {account}"

    assert await run("guests") == DONE
    assert said()[-1] == f"Har ingen rolle lenger:  Pakkeleder Trygg overgang til videregående Sandefjord  → {command}"
    assert (await told(said, "guests"))[-1] == {"person": PACKAGE_LEAD, "todo": command}


# ------------------------------------------------------------------------------------------------------------ partners


async def test_partners_are_told_with_whom_to_call_and_what_is_still_to_do(
    imported: Bench, database: Database, said: Said
) -> None:
    await imported.stop()
    documents = small()
    ready, other = [item for item in documents["organisations.yaml"]["organisations"] if item["tenant"] == "guest"][:2]
    tenant_id = "0a0a0a0a-1111-2222-3333-444444444444"
    ready |= {"tenant_id": tenant_id, "it_contact": "IT-vakt", "inbound": "open", "outbound": "open"}
    other.pop("it_contact", None)
    await SQLRegister(database, StillClock()).save(documents)

    rows = {row["organisation"]: row for row in await told(said, "partners")}
    assert rows[ready["key"]]["todo"] == []
    assert rows[ready["key"]]["contact"] == "IT-vakt"
    assert rows[other["key"]]["contact"] == ""
    assert len(rows[other["key"]]["todo"]) == 4

    assert await run("partners") == DONE
    lines = said()
    people = rows[ready["key"]]["guests"]
    told_of_it = ["leietaker " + tenant_id, "inn til oss: åpent", "ut fra dem: åpent", "IT-vakt"]
    line = "  ".join([ready["name"], ready["domain"], f"gjester: {people}", *told_of_it])
    at = lines.index(line)
    assert at + 1 == len(lines) or not lines[at + 1].startswith(" ")
    begin = next(number for number, text in enumerate(lines) if text.startswith(other["name"]))
    assert lines[begin].endswith("leietaker ukjent  inn til oss: ukjent  ut fra dem: ukjent  ingen å ringe er ført opp")
    assert [text.strip() for text in lines[begin + 1 : begin + 5]] == rows[other["key"]]["todo"]


async def test_a_programme_without_guests_has_no_partner_to_open_for(
    imported: Bench, database: Database, said: Said
) -> None:
    await imported.stop()
    documents = small()
    for item in documents["organisations.yaml"]["organisations"]:
        item["tenant"] = "home"
    await SQLRegister(database, StillClock()).save(documents)

    assert await run("partners") == DONE
    assert said() == ["Ingen organisasjon har gjester."]
    assert await told(said, "partners") == []


# ----------------------------------------------------------------------------------------------------------- wind-down


async def test_a_municipality_that_left_is_archived_once_and_taken_back_when_it_returns(
    made: Bench, database: Database, said: Said
) -> None:
    await save(database, until="2026-08-01")

    assert await run("wind-down", "--yes") == DONE
    (line,) = said()
    assert line.startswith("Avvikle: Sandefjord  ferdig  ")
    assert "Set-SPOSite" in line
    assert is_archived(made)
    async with made.watching() as asked:
        assert await told(said, "wind-down", "--yes") == []
    assert asked == []

    await save(database)
    (unit,) = await told(said, "wind-down", "--yes")
    assert (unit["unit"], unit["state"], unit["until"]) == (f"wind_down.place:{PLACE}", "done", "")
    assert "-LockState Unlock" in unit["note"]
    assert not is_archived(made)


async def test_winding_down_shows_what_it_comes_to_and_asks(
    made: Bench, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(database, until="2026-08-01")
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))

    assert await run("wind-down") == DID_NOT_HOLD

    asked = capsys.readouterr().err
    assert "Sandefjord: Teamet arkiveres. Det kan leses, og ingen skriver der mer. Personer i teamet: 6\n" in asked
    assert "\n0 avlysninger sendes til 0 personer. Ingenting slettes.\nSkal dette gjøres? [j/N] " in asked
    assert not is_archived(made)

    monkeypatch.setattr("sys.stdin", Terminal("j\n"))
    assert await run("wind-down") == DONE
    assert is_archived(made)


async def test_with_nobody_to_ask_nothing_is_wound_down(
    made: Bench, database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await save(database, until="2026-08-01")
    monkeypatch.setattr("sys.stdin", StringIO("j\n"))

    assert await run("wind-down") == WRONG_USE

    assert "--yes" in capsys.readouterr().err
    assert not is_archived(made)


async def test_a_wind_down_waits_visibly_for_a_closed_builder(made: Bench, database: Database, said: Said) -> None:
    command = await open_builder(made, enabled=False)
    await save(database, until="2026-08-01")
    before = await made.sandbox.state()

    assert await run("wind-down", "--yes") == DID_NOT_HOLD
    assert said() == [f"Avvikle: Sandefjord  Venter på IT: {command}"]
    assert await run("wind-down", "--yes", "--json") == DID_NOT_HOLD
    (unit,) = json.loads("\n".join(said()))
    assert (unit["state"], unit["note"]) == ("waiting", f"Venter på IT: {command}")
    assert unit["until"].startswith(MADE_ON)
    assert await made.sandbox.state() == before


async def test_a_refused_archiving_is_one_line_and_changes_nothing(made: Bench, database: Database, said: Said) -> None:
    await made.sandbox.control("POST", "faults", [{"match": {"app": "builder"}, "do": "status", "status": 403}])
    await save(database, until="2026-08-01")

    assert await run("wind-down", "--yes") == DID_NOT_HOLD
    (line,) = said()
    assert line.startswith("Avvikle: Sandefjord  stoppet  ")
    assert "403" in line
    assert not is_archived(made)


async def test_what_is_due_is_found_while_real_time_passes(
    imported: Bench, database: Database, monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    await imported.stop()
    monkeypatch.delenv("VAREUNGE_CLOCK_URL")
    documents = small()
    documents[MUNICIPALITY]["work_packages"][0]["state"] = "ended"
    await SQLRegister(database, StillClock()).save(documents)

    units = await told(said, "wind-down", "--yes")

    assert f"wind_down.package:{PACKAGE}" in [unit["unit"] for unit in units]


# ----------------------------------------------------------------------------------------- where no identity of ours is


async def test_a_wind_down_is_ordered_where_microsoft_365_cannot_be_asked(
    made: Bench, database: Database, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Azure nothing but the apps has the identities: a laptop reaches the database alone."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{NOBODY}/msi/token")
    await save(database, until="2026-08-01")

    assert await run("wind-down", "--yes", "--no-wait") == DONE
    assert said() == ["Avvikle: Sandefjord  bestilt"]
    assert not is_archived(made)

    monkeypatch.undo()
    await made.restart()
    await made.run_all(until=made.services.clock.now() + timedelta(hours=1))
    assert is_archived(made)


async def test_the_programme_s_end_is_ordered_where_microsoft_365_cannot_be_asked(
    made: Bench, database: Database, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{NOBODY}/msi/token")
    order = ("close", "--apply", "--yes", "--no-wait")
    assert await run(*order) == DID_NOT_HOLD
    assert said()[-1] == "Programmet kan ikke avsluttes ennå."

    documents = small()
    documents["programme.yaml"]["programme"]["last_day"] = "2026-08-01"
    await SQLRegister(database, StillClock()).save(documents)

    assert await run("close", "--no-wait") == DONE
    assert "Team som ikke er arkivert: 1" in said()
    assert await run(*order) == DONE
    assert said() == ["Avslutte: Våre unge Vestfold  bestilt"]

    monkeypatch.undo()
    await made.restart()
    await made.run_all(until=made.services.clock.now() + timedelta(hours=1))
    assert is_archived(made)
