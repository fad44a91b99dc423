"""The Hands' timer watches the Door and the database, and tells the log what the alerts ask it for."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from config.settings import MICROSOFT, Part, Settings
from integration.unit_queue import message_for
from tests.support.one_answer import served
from wiring import triggers
from wiring.process import Services

NOBODY = "http://127.0.0.1:9"
HERE: dict[str, Any] = dict.fromkeys(MICROSOFT, NOBODY)
AWAY = "postgresql+psycopg://nobody@127.0.0.1:9/none"


@asynccontextmanager
async def working(part: Part, **settings: Any) -> AsyncIterator[Services]:
    services = Services(Settings(part=part, **{"database_url": AWAY, **HERE, **settings}), name="test")
    yield services
    await services.close()


async def told(part: Part, public_url: str) -> list[tuple[str, int | None]]:
    """Return what the timer of *part* notes of a Door at *public_url*."""
    async with working(part, public_url=public_url) as services:
        with capture_logs() as entries:
            await triggers.watch_door(services)
    return [(entry["missing"], entry.get("status")) for entry in entries if entry["event"] == "web.not_ready"]


@pytest.mark.parametrize(
    ("status", "body", "noted"),
    [
        pytest.param("200 OK", '{"status": "ok"}', [], id="it can work"),
        pytest.param(
            "503 Unavailable", '{"missing": "database"}', [("database", 503)], id="its role in the database is missing"
        ),
        pytest.param("503 Unavailable", '{"missing": "schema"}', [("schema", 503)], id="deployed before the schema"),
        pytest.param("403 Site Disabled", "stopped", [("answer", 403)], id="the app is stopped"),
    ],
)
async def test_the_timer_asks_the_door_whether_it_can_work(
    status: str, body: str, noted: list[tuple[str, int | None]]
) -> None:
    async with served(status, body) as (address, asked):
        assert await told(Part.HANDS, address) == noted

    assert asked == ["GET /readyz HTTP/1.1"]


async def test_a_door_that_nobody_reaches_is_told_too() -> None:
    assert await told(Part.HANDS, NOBODY) == [("answer", None)]


async def test_an_app_that_does_it_all_does_not_ask_itself() -> None:
    async with served("503 Unavailable", "{}") as (address, asked):
        assert await told(Part.ALL, address) == []

    assert asked == []


@pytest.mark.parametrize("queue_url", [f"{NOBODY}/account?sig=none", ""], ids=["with a queue", "without one"])
async def test_a_database_that_does_not_answer_the_timer_is_told_and_the_host_comes_again(queue_url: str) -> None:
    async with working(Part.HANDS, queue_url=queue_url) as services:
        services.__dict__["handlers"] = {}
        with capture_logs() as entries, pytest.raises(Exception, match="connection"):
            await triggers.find_lost(services)

    assert [entry["event"] for entry in entries] == ["engine.store_failed"]


async def test_a_database_that_does_not_answer_a_message_is_told() -> None:
    async with working(Part.HANDS) as services:
        services.__dict__["handlers"] = {}
        with capture_logs() as entries, pytest.raises(Exception, match="connection"):
            await triggers.run_named(services, message_for("test.work:Bø").encode())

    assert [entry["event"] for entry in entries] == ["unit.database_away"]
