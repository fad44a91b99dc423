"""`function_app.py` under the real Python worker library: it loads, is indexed as meant, and runs."""

import ast
import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.loading import load_documents
from config.settings import Settings
from engine.units import LONGEST_RUN
from integration import unit_queue
from integration.database.connection import Database
from integration.database.postgres import ANSWERING, WORKING
from integration.database.register import SQLRegister
from integration.database.units import SQLUnits, UnitState
from integration.unit_queue import message_for
from tests.clocks import NOON, StillClock
from tests.support.azurite import MOST_READS
from tests.support.insights import QUIET, running_insights
from tests.support.one_answer import served
from tests.support.patience import output_of
from tests.support.triggers import under_the_worker
from wiring.process import Services
from wiring.triggers import TIMER_PERIOD
from workflows.ports.units import SET_ASIDE, DueUnit

ROOT = Path(__file__).parent.parent
NOBODY = "http://127.0.0.1:9"
SMALLEST = 35
"""Connections that the smallest PostgreSQL in Azure takes from applications, by Microsoft's table of limits."""
AWAY = "postgresql+psycopg://nobody@127.0.0.1:9/none"
HEALTH = {"trigger": "http", "method": "GET", "path": "/healthz", "body": ""}
OPENAPI = {"trigger": "http", "method": "GET", "path": "/openapi.json", "body": ""}
FORM = {"trigger": "http", "method": "GET", "path": "/svar/forged", "body": ""}
ACTIVITY = {
    "type": "message",
    "id": "1",
    "channelId": "msteams",
    "serviceUrl": f"{NOBODY}/connector",
    "from": {"id": "29:1"},
    "recipient": {"id": "28:bot"},
    "conversation": {"id": "a:1", "tenantId": "tenant"},
    "channelData": {"tenant": {"id": "tenant"}},
}
BOT = {"trigger": "http", "method": "POST", "path": "/api/messages", "body": json.dumps(ACTIVITY)}
TIMER = {"trigger": "timer"}
UNIT = DueUnit(key="rollout.place:nowhere", due_at=NOON)
"""A unit that needs no Graph: there is no such place."""
QUEUE = {"trigger": "queue", "body": message_for(UNIT.key)}


async def play(database_url: str, requests: Sequence[Mapping[str, str]], part: str = "all", **more: str) -> Any:
    """Load the app in a process of its own and make all *requests* at once. *more*: settings besides."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("VAREUNGE_")}
    settings = {
        "DATABASE_URL": database_url,
        "PART": part,
        "BOT_ID": "bot",
        "HANDS_ID": "hands",
        "BUILDER_ID": "builder",
        "TENANT_ID": "tenant",
        "GRAPH_URL": f"{NOBODY}/v1.0",
        "BOT_SERVICE_URL": f"{NOBODY}/connector",
        "BOT_METADATA_URL": f"{NOBODY}/keys",
        "AUTHORITY_URL": NOBODY,
        "PUBLIC_URL": NOBODY,
        **more,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.functions_host",
        json.dumps(requests),
        cwd=ROOT,
        env=others | {f"VAREUNGE_{name}": value for name, value in settings.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    shown, told = await output_of(process, "the worker")
    assert process.returncode == 0, told.decode()
    return json.loads(shown.splitlines()[-1])


@under_the_worker
async def test_the_first_requests_of_a_worker_may_come_together(tmp_path: Path) -> None:
    """On a database without tables: an embedded one gets them by the first call, whichever that is."""
    played = await play(f"sqlite+aiosqlite:///{tmp_path}/new.db", [HEALTH, FORM, BOT, OPENAPI, HEALTH])

    assert [answer["status"] for answer in played["answers"]] == [200, 404, 401, 200, 200]
    assert "/svar/{token}" in json.loads(played["answers"][3]["body"])["paths"]
    assert "<html" in played["answers"][1]["body"]


@under_the_worker
async def test_visits_arrive_in_application_insights(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the identity that would sign in there: it does that over TLS alone."""
    for name in QUIET:
        monkeypatch.setenv(name, "true")

    with running_insights() as insights:
        await play(database_url, [FORM], part="door", INSIGHTS_CONNECTION=insights.connection)

    assert [item["name"] for item in insights.data("RequestData")] == ["GET /svar/{token}"]
    assert "forged" not in json.dumps(insights.envelopes)


@under_the_worker
@pytest.mark.parametrize("requests", [[TIMER], [QUEUE], [TIMER, QUEUE, QUEUE]], ids=["timer", "queue", "together"])
async def test_a_due_unit_is_run(database: Database, database_url: str, requests: Sequence[Mapping[str, str]]) -> None:
    await SQLRegister(database, StillClock()).save(load_documents(ROOT / "config" / "vestfold"), then=(UNIT,))

    await play(database_url, requests, part="hands")

    ran = [(unit.key, unit.state, unit.runs) for unit in await SQLUnits(database).list_units()]
    assert ran == [(UNIT.key, UnitState.DONE, 1)]


@under_the_worker
async def test_the_timer_asks_the_door_also_where_the_database_is_away() -> None:
    """The host is told that the timer's run failed."""
    async with served("200 OK", "{}") as (address, asked):
        with pytest.raises(AssertionError, match="connection"):
            await play(AWAY, [TIMER], part="hands", PUBLIC_URL=address)

    assert asked == ["GET /readyz HTTP/1.1"]


@under_the_worker
async def test_a_message_that_the_host_gave_up_fails_its_unit(database: Database, database_url: str) -> None:
    await SQLUnits(database).make_due([UNIT])

    await play(database_url, [{**QUEUE, "name": constant("POISON")}], part="hands")

    found = [(unit.state, unit.note) for unit in await SQLUnits(database).list_units()]
    assert found == [(UnitState.FAILED, SET_ASIDE)]


@under_the_worker
@pytest.mark.parametrize(
    ("part", "triggers"),
    [
        pytest.param("door", {"httpTrigger"}, id="the Door answers HTTP alone"),
        pytest.param("hands", {"timerTrigger", "queueTrigger"}, id="the Hands answer no HTTP"),
        pytest.param("all", {"httpTrigger", "timerTrigger", "queueTrigger"}, id="one app does it all"),
    ],
)
async def test_a_part_registers_what_is_its_own(database_url: str, part: str, triggers: set[str]) -> None:
    functions = (await play(database_url, [], part))["functions"]

    bindings = [binding for found in functions.values() for binding in found]
    assert {binding["type"] for binding in bindings if binding["direction"] == "IN"} == triggers
    assert {binding["authLevel"].lower() for binding in bindings if binding["type"] == "httpTrigger"} <= {"anonymous"}


class _Migrated(Exception):
    """The schema was touched."""


class _Schema:
    async def migrate(self) -> None:
        raise _Migrated


@pytest.mark.parametrize(
    ("url", "touched"),
    [
        pytest.param("sqlite+aiosqlite:///any.db", pytest.raises(_Migrated), id="a file of our own"),
        pytest.param("postgresql+psycopg://server/any", nullcontext(), id="a server"),
    ],
)
async def test_only_an_embedded_database_is_migrated_by_the_app(
    url: str, touched: AbstractContextManager[object]
) -> None:
    services = Services(Settings(database_url=url), name="test")
    services.record.__dict__["database"] = _Schema()

    with touched:
        await services.migrate_embedded_database()


def constant(name: str) -> Any:
    """A constant of `function_app.py`, without importing it."""
    tree = ast.parse((ROOT / "function_app.py").read_text("utf-8"))
    found = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == name
    )
    return ast.literal_eval(found)


def test_the_timer_comes_every_five_minutes() -> None:
    """The worker does not look into cron texts, so a wrong one would be seen in Azure only."""
    second, minute, *others = constant("EVERY_FIVE_MINUTES").split()

    assert (second, minute, others) == ("0", "*/5", ["*"] * 4)


def test_the_queue_has_a_name_that_storage_takes_and_the_host_s_own_for_what_it_gives_up() -> None:
    assert re.fullmatch(r"[a-z0-9](-?[a-z0-9]){2,62}", constant("POISON"))
    assert constant("QUEUE") == unit_queue.QUEUE
    assert constant("POISON") == f"{unit_queue.QUEUE}-poison"


def test_the_timer_looks_as_far_ahead_as_it_comes() -> None:
    minutes = int(constant("EVERY_FIVE_MINUTES").split()[1].removeprefix("*/"))

    assert timedelta(minutes=minutes) == TIMER_PERIOD


def test_the_host_leaves_addresses_and_messages_alone_and_outlasts_a_unit() -> None:
    host = json.loads((ROOT / "host.json").read_text("utf-8"))
    hours, minutes, seconds = map(int, host["functionTimeout"].split(":"))

    assert host["extensions"]["http"]["routePrefix"] == ""
    queues = host["extensions"]["queues"]
    assert queues["messageEncoding"] == "none"
    # A unit that is due is looked for every other second, while the app is warm.
    assert queues["maxPollingInterval"] == "00:00:02"
    # What failed comes again in a minute, and is given up as the tests' own host does it.
    assert (queues["visibilityTimeout"], queues["maxDequeueCount"]) == ("00:01:00", MOST_READS)
    assert hours * 3600 + minutes * 60 + seconds > 2 * LONGEST_RUN.total_seconds()


def test_all_instances_that_azure_may_run_find_room_in_the_smallest_database() -> None:
    """Each function of the Hands has instances of its own, and those that are always ready come on top."""
    given = json.loads((ROOT / "infra/main.parameters.json").read_text("utf-8"))["parameters"]

    def number(name: str) -> int:
        found = re.fullmatch(r"\$\{[A-Z_]+=(\d+)\}", given[name]["value"])
        assert found is not None
        return int(found[1])

    doors = number("mostDoors") + number("alwaysReadyDoors")
    # The timer runs on one; messages and poison are two queues.
    hands = 1 + 2 * number("mostHands")

    assert (number("mostDoors"), number("alwaysReadyDoors"), number("mostHands")) == (2, 1, 2)
    assert doors * ANSWERING.total + hands * WORKING.total == 33 < SMALLEST


def test_what_is_for_developers_stays_out_of_the_package() -> None:
    left_out = {line.rstrip("/") for line in (ROOT / ".funcignore").read_text("utf-8").splitlines() if line}
    needed = {"cards", "config", "documents", "engine", "integration", "teams_app"}

    assert {"tests", "sandbox", "demo", ".venv*", ".git", "node_modules", "*.db*"} <= left_out
    assert not left_out & (
        needed
        | {"texts", "web", "wiring", "workflows"}
        | {"function_app.py", "host.json", "cli.py", "commands", "infra"}
    )
