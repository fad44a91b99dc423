"""Speed of the sandbox with so many places in it: `python -m benchmarks.sandbox [N]`."""

import argparse
import asyncio
import json
import os
import platform
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.country import write_country
from tests.support.sandbox import RunningSandbox, running_sandbox

ROUNDS = 20
START = datetime(2026, 8, 3, 7, tzinfo=UTC)
STANDARD = "https://graph.microsoft.com/v1.0/teamsTemplates('standard')"
Figures = dict[str, float]


async def measure(places: int) -> tuple[Figures, dict[str, int]]:
    """Return the milliseconds a call takes at the median, and the size of the state in bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_country(folder, places)
        async with running_sandbox(seed=folder) as sandbox:
            await sandbox.control("PUT", "bot", {"endpoint": ""})
            team, now = "", START
            for number in range(places):
                # Every place in a minute of its own, so that no limit is met.
                now += timedelta(minutes=1)
                await sandbox.control("POST", "clock", {"now": now.isoformat()})
                team = await _make_place(sandbox, number)
            return await _figures(sandbox, team)


async def _figures(sandbox: RunningSandbox, team: str) -> tuple[Figures, dict[str, int]]:
    assert sandbox.app is not None
    part = {"method": "GET", "url": f"/groups/{team}/members"}
    batch = {"requests": [{**part, "id": str(number)} for number in range(20)]}
    sizes: dict[str, int] = {}

    async def exported() -> None:
        answer = await sandbox.client.get(f"{sandbox.url}/_sandbox/state")
        sizes["exported"] = len(answer.content)
        sandbox_state.update(json.loads(answer.content))

    sandbox_state: dict[str, Any] = {}
    figures = {
        "one read over HTTP": await _median(lambda: _ask(sandbox, "GET", f"/groups/{team}")),
        "a batch of twenty reads": await _median(lambda: _ask(sandbox, "POST", "/$batch", batch)),
        "snapshot taken": await _median(lambda: sandbox.control("POST", "snapshots/made")),
        "snapshot put back": await _median(lambda: sandbox.control("POST", "snapshots/made/restore")),
        "canonical state": await _median(sandbox.state, rounds=5),
        "state exported": await _median(exported, rounds=3),
        "state imported": await _median(lambda: sandbox.control("PUT", "state", sandbox_state), rounds=3),
    }
    return figures, {**sizes, "snapshot": len(sandbox.app.cloud.snapshots["made"].tenant)}


async def _make_place(sandbox: RunningSandbox, number: int) -> str:
    """Make a group with ten people, its team, and three channels."""
    name = f"sted-{number}"
    mails = [f"person-{number}-{person}@kommune.example" for person in range(8)]
    owners = list(sandbox.app.tenant.directory.users)[:2] if sandbox.app else []
    body = {
        "displayName": name,
        "mailNickname": name,
        "mailEnabled": True,
        "securityEnabled": False,
        "groupTypes": ["Unified"],
        "visibility": "Private",
        "owners@odata.bind": [f"{sandbox.url}/v1.0/users/{owner}" for owner in owners],
    }
    create = {"Prefer": "create-if-missing"}
    made = await _ask(sandbox, "PATCH", f"/groups(uniqueName='{name}')", body, headers=create)
    group = str(made.json()["id"])
    for mail in mails:
        invitation = {"invitedUserEmailAddress": mail, "inviteRedirectUrl": "https://tjeneste.example/"}
        invited = await _ask(sandbox, "POST", "/invitations", invitation, app="hands")
        reference = {"@odata.id": f"{sandbox.url}/v1.0/directoryObjects/{invited.json()['invitedUser']['id']}"}
        await _ask(sandbox, "POST", f"/groups/{group}/members/$ref", reference, app="hands")
    bind = {"template@odata.bind": STANDARD, "group@odata.bind": f"{sandbox.url}/v1.0/groups('{group}')"}
    await _ask(sandbox, "POST", "/teams", bind)
    for channel in range(3):
        await _ask(sandbox, "POST", f"/teams/{group}/channels", {"displayName": f"Kanal {channel}"})
    return group


async def _ask(sandbox: RunningSandbox, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
    answer = await sandbox.graph(method, path, body, **more)
    answer.raise_for_status()
    if path == "/$batch":
        assert {part["status"] for part in answer.json()["responses"]} == {200}
    return answer


async def _median(call: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> float:
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - began) * 1000)
    return sorted(taken)[len(taken) // 2]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("places", nargs="?", type=int, default=36)
    places = parser.parse_args().places
    figures, sizes = asyncio.run(measure(places))
    for name, milliseconds in figures.items():
        print(f"{name:<26}{milliseconds:8.1f} ms")
    for name, size in sizes.items():
        print(f"size {name:<21}{size / 1024:8.0f} KiB")
    print(f"{places} places. Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
