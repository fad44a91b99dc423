"""Batches, token buckets and what every answer carries."""

import asyncio
from typing import Any

import pytest

from tests.sandbox.points import plays
from tests.sandbox.walk import make_team
from tests.support.sandbox import RunningSandbox


def part(number: int, url: str, **more: Any) -> dict[str, Any]:
    return {"id": str(number), "method": "GET", "url": url, **more}


async def statuses(sandbox: RunningSandbox, *parts: dict[str, Any], app: str = "builder") -> list[int]:
    answer = await sandbox.graph("POST", "/$batch", {"requests": list(parts)}, app=app)
    assert answer.status_code == 200, answer.text
    return [each["status"] for each in sorted(answer.json()["responses"], key=lambda each: int(each["id"]))]


@plays("8.4")
async def test_each_part_of_a_batch_is_answered_by_itself(sandbox: RunningSandbox) -> None:
    parts = [
        part(1, "/users"),
        part(2, "/users/nobody"),
        part(3, "/users", dependsOn=["2"]),
        part(4, "/planner/rosters"),
    ]

    assert await statuses(sandbox, *parts) == [200, 404, 424, 501]
    assert await statuses(sandbox, part(1, "/users"), app="hands") == [403]


@plays("8.5")
@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([part(n, "/users") for n in range(21)], id="21 parts"),
        pytest.param([part(1, "/users"), part(1, "/users")], id="an id twice"),
        pytest.param([part(1, "https://graph.microsoft.com/v1.0/users")], id="absolute"),
        pytest.param([part(1, "/users", body={})], id="body without content type"),
        pytest.param([part(1, "/users"), part(2, "/users", depends_on=["1"])], id="the SDK's misspelling"),
    ],
)
async def test_a_malformed_batch_is_refused(sandbox: RunningSandbox, parts: list[dict[str, Any]]) -> None:
    assert (await sandbox.graph("POST", "/$batch", {"requests": parts})).status_code == 400


@plays("8.1", "8.2")
async def test_a_team_takes_four_calls_a_second_on_the_sandbox_s_clock(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    await sandbox.control("POST", "clock", {"now": "2030-01-01T00:00:00Z"})
    calls = [await sandbox.graph("GET", f"/teams/{team}/channels", app="hands") for _ in range(5)]

    assert [call.status_code for call in calls] == [200] * 4 + [429]
    assert calls[-1].headers["Retry-After"] == "0.25"
    await sandbox.control("POST", "clock", {"now": "2030-01-01T00:00:01Z"})
    assert (await sandbox.graph("GET", f"/teams/{team}/channels", app="hands")).status_code == 200


@plays("8.3")
async def test_parts_of_a_batch_are_throttled_one_by_one(sandbox: RunningSandbox) -> None:
    team = await make_team(sandbox)
    await sandbox.control("POST", "clock", {"now": "2030-01-01T00:00:00Z"})
    body = {"requests": [part(n, f"/teams/{team}/channels") for n in range(5)]}

    parts = (await sandbox.graph("POST", "/$batch", body, app="hands")).json()["responses"]

    assert [each["status"] for each in parts] == [200] * 4 + [429]
    assert parts[-1]["headers"]["Retry-After"] == "0.25"


async def test_a_mailbox_takes_four_calls_at_once(sandbox: RunningSandbox) -> None:
    await sandbox.control(
        "POST", "faults", [{"match": {"path": "/events$", "nth": n + 1}, "do": "hold"} for n in range(4)]
    )
    held = [
        asyncio.create_task(sandbox.graph("GET", "/users/moter@fylket.example/events", app="hands")) for _ in range(4)
    ]
    await until_held(sandbox, 4)

    fifth = await sandbox.graph("GET", "/users/moter@fylket.example/events", app="hands")

    assert fifth.status_code == 429
    assert "MailboxConcurrency" in fifth.json()["error"]["message"]
    await sandbox.control("POST", "faults", {"release": True})
    await asyncio.gather(*held)


async def until_held(sandbox: RunningSandbox, number: int) -> None:
    async with asyncio.timeout(10):
        while len((await sandbox.control("GET", "faults"))["held"]) < number:
            pass


@plays("8.6")
async def test_every_answer_can_be_traced(sandbox: RunningSandbox) -> None:
    answer = await sandbox.graph("GET", "/users/nobody", headers={"client-request-id": "abc"})

    assert answer.headers["client-request-id"] == "abc"
    assert {"request-id", "x-ms-ags-diagnostic", "date"} <= set(answer.headers)
    inner = answer.json()["error"]["innerError"]
    assert (inner["client-request-id"], inner["request-id"]) == ("abc", answer.headers["request-id"])


@pytest.mark.parametrize("path", ["/v1.0/planner/rosters", "/beta/users", "/some-tenant/oauth2/v2.0/authorize"])
async def test_what_is_not_played_says_so(sandbox: RunningSandbox, path: str) -> None:
    answer = await sandbox.graph("GET", sandbox.url + path)

    assert answer.status_code == 501
    assert f"GET {path.removeprefix('/v1.0')}" in answer.json()["error"]["message"]


async def test_ids_of_parts_may_be_numbers_and_are_answered_as_text(sandbox: RunningSandbox) -> None:
    parts = [{"id": 1, "method": "GET", "url": "/users"}, {"id": 2, "method": "GET", "url": "/groups"}]

    answer = await sandbox.graph("POST", "/$batch", {"requests": parts})

    assert {each["id"]: each["status"] for each in answer.json()["responses"]} == {"1": 200, "2": 200}


async def order(sandbox: RunningSandbox, parts: list[dict[str, Any]]) -> list[str]:
    answer = await sandbox.graph("POST", "/$batch", {"requests": parts})
    return [each["id"] for each in answer.json()["responses"]]


async def test_parts_are_done_in_any_order_but_after_those_they_depend_on(sandbox: RunningSandbox) -> None:
    given = [str(number) for number in range(1, 13)]
    free = [part(number, f"/users?$top={number}") for number in range(1, 13)]
    chained = [part(1, "/users"), *(part(n, "/users", dependsOn=[str(n - 1)]) for n in range(2, 13))]

    first = await order(sandbox, free)

    assert sorted(first, key=int) == given != first
    assert await order(sandbox, free) == first, "the same batch in the same tenant goes the same way"
    assert await order(sandbox, chained) == given
    await sandbox.control("POST", "variants", {"batch_order": 2})
    assert await order(sandbox, free) != first
    await sandbox.control("POST", "variants", {"batch_order": None})
    assert await order(sandbox, free) == given
