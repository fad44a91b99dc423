import asyncio
from typing import Any

import httpx
import pytest

from tests.sandbox.graph.test_limits import until_held
from tests.sandbox.points import plays
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


@plays("9.2")
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


@pytest.mark.parametrize(
    "body",
    [
        {"hold_at": 0},
        [{"do": "dance"}],
        {"nothing": 1},
        [{"do": "hold", "when": 1}],
        [{"do": "hold", "match": {"template": "/x"}}],
    ],
)
async def test_a_rule_that_is_none_is_refused(sandbox: RunningSandbox, body: Any) -> None:
    answer = await sandbox.client.post(f"{sandbox.url}/_sandbox/faults", json=body)

    assert answer.status_code == 400


@plays("9.1")
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 507])
@pytest.mark.parametrize("phase", ["before", "after"])
async def test_a_kind_of_request_is_made_to_fail_by_its_template(
    sandbox: RunningSandbox, status: int, phase: str
) -> None:
    match = {"method": "POST", "template": "/invitations"}
    await faults(sandbox, {"match": match, "do": "status", "status": status, "phase": phase})

    assert (await invite(sandbox)).status_code == status
    assert await invited(sandbox) is (phase == "after")


async def test_the_kinds_of_requests_that_came_by_are_told(sandbox: RunningSandbox) -> None:
    """So that a test can walk over every kind of write."""
    await batch(sandbox, "b@a-dal.example")
    await sandbox.graph("GET", "/users/nobody")

    kinds = (await sandbox.control("GET", "faults"))["kinds"]

    assert [(kind["method"], kind["template"], kind["count"]) for kind in kinds] == [
        ("GET", "/users/{user}", 1),
        ("POST", "/$batch", 1),
        ("POST", "/invitations", 1),
    ]


async def batch(sandbox: RunningSandbox, *emails: str) -> httpx.Response:
    parts = [
        {
            "id": str(number),
            "method": "POST",
            "url": "/invitations",
            "headers": {"Content-Type": "application/json"},
            "body": {**INVITATION, "invitedUserEmailAddress": email},
        }
        for number, email in enumerate(emails)
    ]
    return await sandbox.graph("POST", "/$batch", {"requests": parts}, app="hands")


async def guests(sandbox: RunningSandbox) -> list[str]:
    users = (await sandbox.state())["directory"]["users"]
    return [email for email, user in users.items() if user["type"] == "Guest"]


THREE = ("a@a-dal.example", "b@a-dal.example", "c@a-dal.example")


@pytest.mark.parametrize(
    ("rule", "statuses", "made"),
    [
        pytest.param({"do": "status", "status": 429, "retry_after": 7}, [201, 429, 201], (0, 2), id="throttled"),
        pytest.param({"do": "lose_answer"}, [201, 504, 201], (0, 1, 2), id="answer lost"),
        pytest.param({"do": "reset", "phase": "before"}, None, (0,), id="cut before"),
        pytest.param({"do": "reset", "phase": "after"}, None, (0, 1), id="cut after"),
    ],
)
async def test_a_part_of_a_batch_goes_wrong_by_itself(
    sandbox: RunningSandbox, rule: dict[str, Any], statuses: list[int] | None, made: tuple[int, ...]
) -> None:
    """The parts are done as they were given, so that the second one is known."""
    await sandbox.control("POST", "variants", {"batch_order": None})
    await faults(sandbox, {"match": {"template": "/invitations", "nth": 2}, **rule})

    if statuses is None:
        with pytest.raises(httpx.TransportError):
            await batch(sandbox, *THREE)
    else:
        parts = (await batch(sandbox, *THREE)).json()["responses"]
        assert [part["status"] for part in parts] == statuses
        assert parts[1]["headers"].get("Retry-After") == ("7" if "retry_after" in rule else None)
    assert await guests(sandbox) == [THREE[number] for number in made]


@pytest.mark.parametrize(("phase", "made"), [("before", 0), ("after", 3)])
async def test_a_batch_is_held_by_the_kind_of_a_part(sandbox: RunningSandbox, phase: str, made: int) -> None:
    await sandbox.control("POST", "faults", {"hold_at": 2, "template": "/invitations", "phase": phase})
    call = asyncio.create_task(batch(sandbox, *THREE))
    await until_held(sandbox, 1)

    assert len(await guests(sandbox)) == made
    await sandbox.control("POST", "faults", {"release": True})
    assert (await call).status_code == 200


async def test_rules_can_be_withdrawn(sandbox: RunningSandbox) -> None:
    await faults(sandbox, {"match": {"path": "invitations"}, "do": "status"})

    await sandbox.control("DELETE", "faults")

    assert (await invite(sandbox)).status_code == 201
