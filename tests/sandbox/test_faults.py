import asyncio
from typing import Any

import httpx
import pytest

from tests.sandbox.test_limits import until_held
from tests.support.sandbox import RunningSandbox

INVITATION = {"invitedUserEmailAddress": "lokal@a-dal.example", "inviteRedirectUrl": "https://tjeneste.example/"}


async def invite(sandbox: RunningSandbox) -> httpx.Response:
    return await sandbox.graph("POST", "/invitations", INVITATION, app="hands")


async def invited(sandbox: RunningSandbox) -> bool:
    return "lokal@a-dal.example" in (await sandbox.state())["directory"]["users"]


async def faults(sandbox: RunningSandbox, *rules: dict[str, Any]) -> None:
    await sandbox.control("POST", "faults", list(rules))


async def test_a_status_comes_instead_of_the_answer_and_only_where_it_matches(sandbox: RunningSandbox) -> None:
    match = {"method": "POST", "path": "/invitations$", "nth": 2, "app": "hands"}
    await faults(sandbox, {"match": match, "do": "status", "status": 503, "retry_after": 7})

    answers = [await invite(sandbox) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 503, 201]
    assert answers[1].headers["Retry-After"] == "7"
    assert (await sandbox.control("GET", "faults"))["rules"][0]["hits"] == 1


async def test_a_lost_answer_has_taken_effect(sandbox: RunningSandbox) -> None:
    await faults(sandbox, {"match": {"path": "invitations"}, "do": "lose_answer"})

    assert (await invite(sandbox)).status_code == 504
    assert await invited(sandbox)


@pytest.mark.parametrize(("phase", "happened"), [("before", False), ("after", True)])
async def test_a_connection_is_cut_before_or_after_the_effect(
    sandbox: RunningSandbox, phase: str, happened: bool
) -> None:
    await faults(sandbox, {"match": {"path": "invitations"}, "do": "reset", "phase": phase})

    with pytest.raises(httpx.TransportError):
        await invite(sandbox)

    assert await invited(sandbox) is happened


@pytest.mark.parametrize(("phase", "happened"), [("before", False), ("after", True)])
async def test_a_held_request_ends_with_its_client_and_lets_time_go_on(
    sandbox: RunningSandbox, phase: str, happened: bool
) -> None:
    """This is how a service is killed at an exact moment."""
    await sandbox.token("hands")
    await sandbox.control("POST", "faults", {"hold_at": 2, "phase": phase})
    await sandbox.graph("GET", "/users")
    call = asyncio.create_task(invite(sandbox))
    await until_held(sandbox, 1)

    call.cancel()
    await asyncio.gather(call, return_exceptions=True)

    async with asyncio.timeout(10):
        while (await sandbox.control("GET", "clock"))["in_flight"]:
            pass
    assert (await sandbox.control("GET", "faults"))["held"] == []
    assert await invited(sandbox) is happened


async def test_a_held_request_goes_on_when_it_is_released(sandbox: RunningSandbox) -> None:
    await faults(sandbox, {"match": {"path": "invitations"}, "do": "hold"})
    call = asyncio.create_task(invite(sandbox))
    await until_held(sandbox, 1)

    await sandbox.control("POST", "faults", {"release": True})

    assert (await call).status_code == 201


@pytest.mark.parametrize("body", [{"hold_at": 0}, [{"do": "dance"}], {"nothing": 1}, [{"do": "hold", "when": 1}]])
async def test_a_rule_that_is_none_is_refused(sandbox: RunningSandbox, body: Any) -> None:
    answer = await sandbox.client.post(f"{sandbox.url}/_sandbox/faults", json=body)

    assert answer.status_code == 400
