"""The tenant put aside and put back, in the process and as a file."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.open_site import open_site
from tests.sandbox.walk import guest_id, install, refer, start_team
from tests.support.differences import differences
from tests.support.sandbox import RunningSandbox, running_sandbox

EVENT = {
    "subject": "Styremøte",
    "start": {"dateTime": "2026-09-08T09:00:00", "timeZone": "W. Europe Standard Time"},
    "end": {"dateTime": "2026-09-08T11:00:00", "timeZone": "W. Europe Standard Time"},
    "attendees": [{"emailAddress": {"address": "lokal@a-dal.example", "name": "Lokal"}, "type": "required"}],
    "transactionId": "a-dal/2026-09-08",
}
BOX = "/users/moter@fylket.example"


async def a_little_of_everything(sandbox: RunningSandbox) -> str:
    """A team with its site, a guest, a list, a page, files, an upload under way, an event, a mail. Gives the team."""
    site = await open_site(sandbox)
    await refer(sandbox, site.group, await guest_id(sandbox))
    await start_team(sandbox, site.group)
    await install(sandbox, site.group)
    await site.ask("POST", "/lists", {"displayName": "Plan", "columns": [{"name": "Key", "text": {}, "indexed": True}]})
    await site.ask("POST", "/lists/Plan/items", {"fields": {"Title": "En", "Key": "1"}})
    await site.put("Møter/a.pdf", b"%PDF")
    await site.ask("POST", "/drive/root:/stor.bin:/createUploadSession", {"item": {}})
    await sandbox.graph("POST", f"{BOX}/events", EVENT, app="hands")
    return site.group


async def test_a_snapshot_is_put_back_with_the_time_and_nothing_is_left_of_what_came_after(
    sandbox: RunningSandbox,
) -> None:
    group = await a_little_of_everything(sandbox)
    await sandbox.control("POST", "clock", {"now": "2030-08-17T06:00:00Z"})
    await sandbox.control("POST", "snapshots/made")
    before = await sandbox.state()
    await sandbox.control("POST", "clock", {"now": "2030-09-17T06:00:00Z"})
    await sandbox.graph("POST", f"/teams/{group}/channels", {"displayName": "Ungdom"}, app="hands")
    await sandbox.graph("POST", f"{BOX}/events", {**EVENT, "transactionId": "another"}, app="hands")
    assert differences(before, await sandbox.state())

    await sandbox.control("POST", "snapshots/made/restore")

    assert differences(before, await sandbox.state()) == []
    assert (await sandbox.control("GET", "clock"))["now"] == "2030-08-17T06:00:00Z"


async def test_a_tenant_put_back_goes_on_as_the_first_one_did(sandbox: RunningSandbox) -> None:
    """Ids, keys of events and consents are part of the state, and each restore starts from the same."""
    group = await a_little_of_everything(sandbox)
    await sandbox.control("POST", "snapshots/made")
    made: list[Any] = []
    for _ in range(2):
        answer = await sandbox.graph("POST", f"/teams/{group}/channels", {"displayName": "Ungdom"}, app="hands")
        again = await sandbox.graph("POST", f"{BOX}/events", EVENT, app="hands")
        made.append((answer.status_code, answer.json()["id"], again.json()["error"]["code"]))
        await sandbox.control("POST", "snapshots/made/restore")

    assert made[0] == made[1]
    assert made[0][0::2] == (201, "ErrorDuplicateTransactionId")


async def test_what_is_put_back_is_not_shared_with_the_snapshot(sandbox: RunningSandbox) -> None:
    group = await a_little_of_everything(sandbox)
    await sandbox.control("POST", "snapshots/made")
    before = await sandbox.state()
    for _ in range(2):
        await sandbox.control("POST", "snapshots/made/restore")
        assert differences(before, await sandbox.state()) == []
        await sandbox.graph("PATCH", f"/groups/{group}", {"displayName": "Nytt navn"})


async def test_a_snapshot_takes_milliseconds(sandbox: RunningSandbox) -> None:
    await a_little_of_everything(sandbox)
    assert sandbox.app is not None
    began = time.perf_counter()

    sandbox.app.cloud.put_aside("made")
    sandbox.app.cloud.put_back("made")

    assert time.perf_counter() - began < 0.25, "usually three milliseconds; the bound is for a busy machine"


async def test_an_unknown_snapshot_is_not_found(sandbox: RunningSandbox) -> None:
    answer = await sandbox.client.post(f"{sandbox.url}/_sandbox/snapshots/none/restore")

    assert answer.status_code == 404


async def test_a_state_can_be_taken_to_another_sandbox(sandbox: RunningSandbox, seed: Path) -> None:
    """Twice there and back: what is exported again is the same to the letter."""
    group = await a_little_of_everything(sandbox)
    await sandbox.control("POST", "clock", {"now": "2030-08-17T06:00:00Z"})
    first = await sandbox.control("GET", "state")
    async with running_sandbox(seed=seed) as other:
        await other.control("PUT", "state", json.loads(json.dumps(first)))
        second = await other.control("GET", "state")

        assert second["whole"] == {**first["whole"], "addresses": second["whole"]["addresses"]}
        assert differences(await sandbox.state(), await other.state()) == []
        assert second["moment"] == first["moment"] == "2030-08-17T06:00:00Z"
        channel = await other.graph("POST", f"/teams/{group}/channels", {"displayName": "Ungdom"}, app="hands")
        assert channel.status_code == 201


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"~new": 0, "~is": "os:system"}, id="a class from elsewhere"),
        pytest.param({"~new": 0, "~is": "sandbox.directory.model:User"}, id="no tenant"),
        pytest.param({"~same": 7}, id="an object that was never met"),
    ],
)
async def test_what_is_no_state_is_refused_and_changes_nothing(sandbox: RunningSandbox, whole: Any) -> None:
    before = await sandbox.state()

    answer = await sandbox.client.put(f"{sandbox.url}/_sandbox/state", json={"moment": None, "whole": whole})

    assert answer.status_code == 400
    assert await sandbox.state() == before
