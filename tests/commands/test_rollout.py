"""Rollout and doctor at the terminal, against a real sandbox in a process of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from cli import main
from commands.session import DID_NOT_HOLD, DONE, WRONG_USE
from tests.support.sandbox import RunningSandbox, sandbox_process

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER = Path(__file__).parents[2] / "config" / "vestfold"
NOW = "2026-08-20T08:00:00Z"
NOBODY = "http://127.0.0.1:9"


async def run(*arguments: str) -> int:
    """The command in a thread: it makes an event loop of its own."""
    return await asyncio.to_thread(main, list(arguments))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running() -> AsyncIterator[RunningSandbox]:
    """One process for all tests here: starting it takes longer than most of them."""
    async with sandbox_process() as sandbox:
        yield sandbox


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox(
    running: RunningSandbox, monkeypatch: pytest.MonkeyPatch, database_url: str, capsys: pytest.CaptureFixture[str]
) -> RunningSandbox:
    """A sandbox as new, whose environment this process has, with the programme imported."""
    settings = {**running.env, "VAREUNGE_DATABASE_URL": database_url, "VAREUNGE_PUBLIC_URL": NOBODY}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    await running.control("POST", "reset")
    # Simulated time: a team that is in the making would be waited for.
    await running.control("POST", "clock", {"now": NOW})
    assert await run("import", str(FOLDER)) == DONE
    capsys.readouterr()
    return running


async def open_builder(sandbox: RunningSandbox, enabled: bool) -> str:
    client_id = sandbox.env["VAREUNGE_BUILDER_ID"]
    await sandbox.control("POST", f"apps/{client_id}", {"enabled": enabled})
    return f"az ad sp update --id {client_id} --set accountEnabled=true"


async def test_a_closed_builder_leaves_the_order_waiting_visibly(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    command = await open_builder(sandbox, enabled=False)
    before = await sandbox.state()

    assert await run("rollout", "horten", "sandefjord") == DID_NOT_HOLD
    assert capsys.readouterr().out.splitlines() == [
        f"Rulle ut: {place}  Venter på IT: {command}" for place in ("Horten", "Sandefjord")
    ]
    assert await run("plan", "horten", "tonsberg") == DID_NOT_HOLD
    assert capsys.readouterr().out.splitlines() == [
        f"Horten  bestilt  Venter på IT: {command}",
        f"Tønsberg  ikke bestilt  Venter på IT: {command}",
    ]
    assert await sandbox.state() == before


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param(("--restore", "channel:board"), id="a local edit to be taken back"),
        pytest.param(("--adopt", "11111111-2222-3333-4444-555555555555"), id="a group to be taken"),
    ],
)
async def test_a_wish_for_a_closed_builder_waits_with_its_order(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str], wish: tuple[str, str]
) -> None:
    command = await open_builder(sandbox, enabled=False)

    assert await run("rollout", "horten", *wish) == DID_NOT_HOLD
    assert capsys.readouterr().out == f"Rulle ut: Horten  Venter på IT: {command}\n"


async def test_an_order_did_not_hold_while_it_leaves_a_question(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    users = (await sandbox.graph("GET", "/users")).json()["value"]
    body = {
        "displayName": "Laget for hånd",
        "groupTypes": ["Unified"],
        "mailEnabled": True,
        "mailNickname": "vaareunge-horten",
        "securityEnabled": False,
        "owners@odata.bind": [f"{sandbox.url}/v1.0/users/{users[0]['id']}"],
    }
    group = (await sandbox.graph("POST", "/groups", body)).json()["id"]

    assert await run("rollout", "horten") == DID_NOT_HOLD
    assert f"vareunge rollout horten --adopt {group}" in capsys.readouterr().out
    assert await run("rollout", "horten", "--adopt", group) == DONE
    told = capsys.readouterr()
    assert "Microsoft lager teamet nå." in told.err
    assert "ikke vært inne ennå: Oppvekstsjef Horten, Skolesjef Horten, NAV-leder Horten" in told.out
    assert await run("rollout", "horten") == DONE


async def test_a_plan_that_could_not_see_everything_did_not_hold(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("plan", "horten") == DONE
    unreadable = {"match": {"method": "GET", "path": "/groups"}, "do": "status", "status": 403}
    await sandbox.control("POST", "faults", [unreadable])

    assert await run("plan", "horten") == DID_NOT_HOLD
    assert "ikke lest" in capsys.readouterr().out


async def test_an_order_that_nobody_waits_for_is_only_noted(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await sandbox.state()

    assert await run("rollout", "horten", "--no-wait") == DONE
    assert capsys.readouterr().out == "Rulle ut: Horten  bestilt\n"
    assert await sandbox.state() == before


async def test_a_wish_is_ordered_where_microsoft_365_cannot_be_asked(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On Azure nothing but the apps has the identities: a laptop reaches the database alone."""
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{NOBODY}/msi/token")

    assert await run("rollout", "horten", "--restore", "channel:board", "--no-wait") == DONE
    assert capsys.readouterr().out == "Rulle ut: Horten  bestilt\n"


async def test_a_tenant_that_does_not_answer_is_a_sentence_and_its_detail(
    sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{NOBODY}/msi/token")

    for command in ("rollout", "plan"):
        assert await run(command, "horten") == DID_NOT_HOLD
        what, detail = capsys.readouterr().err.splitlines()
        assert what == "Vi fikk ikke svar utenfra. Prøv igjen om litt."
        assert detail.startswith("Til feilsøking: could not get a token as ")


async def test_a_refused_permission_is_one_line_and_changes_nothing(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    await sandbox.control("POST", "faults", [{"match": {"app": "builder"}, "do": "status", "status": 403}])
    before = await sandbox.state()

    assert await run("rollout", "horten") == DID_NOT_HOLD
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 1
    assert "403" in told[0]
    assert await sandbox.state() == before


async def test_an_unknown_municipality_changes_nothing(sandbox: RunningSandbox) -> None:
    before = await sandbox.state()

    assert await run("rollout", "nowhere") == WRONG_USE
    assert await sandbox.state() == before


@pytest.mark.parametrize("enabled", [True, False], ids=["builder open", "builder closed"])
async def test_the_doctor_finds_nothing_wrong_and_changes_nothing(
    sandbox: RunningSandbox, capsys: pytest.CaptureFixture[str], enabled: bool
) -> None:
    command = await open_builder(sandbox, enabled)
    before = await sandbox.state()

    assert await run("doctor", "--json") == DONE
    found = {item["what"]: item for item in json.loads(capsys.readouterr().out)}
    assert found["The calendar role covers our mailboxes only"]["verdict"] == "ok"
    assert any(command in item["command"] for item in found.values()) is not enabled
    assert await sandbox.state() == before
    calls = (await sandbox.control("GET", "har"))["log"]["entries"]
    assert {call["request"]["method"] for call in calls} == {"GET"}
