"""Traps of the Teams SDK and of Teams, one by one: docs/bot.md lists them all with the tests that hold them."""

import asyncio
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from integration.bot import TIMEOUT
from integration.bot_endpoint import CardAction, card_reply
from tests.integration.test_bot import ACTIVITIES, CARD, CHAT, LEAD, SleepingClock, make_bot
from tests.integration.test_bot_endpoint import Handlers, activity, handlers, invoke, metadata_url, send, teams

__all__ = ["handlers", "metadata_url", "teams"]

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs/bot.md"


@pytest.fixture
def levels() -> Iterator[None]:
    """Loggers are of the process; they are left as they were."""
    loggers = [logging.getLogger(name) for name in ("httpx", "microsoft_teams", "microsoft_teams.apps")]
    before = [logger.level for logger in loggers]
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def test_every_trap_in_the_table_is_held_by_a_test_that_exists() -> None:
    rows = re.findall(r"^\| .* \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", "\n".join(rows))

    assert len(named) >= 25
    for path, test in named:
        assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path} has no {test}"


def test_a_file_that_lets_everybody_in_keeps_nobody_from_being_checked(tmp_path: Path) -> None:
    """Importing the SDK reads a `.env` file in the working directory, and its own check of tokens obeys it."""
    (tmp_path / ".env").write_text("DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS=true\n", encoding="utf-8")
    code = (
        "import asyncio\n"
        "from integration.bot_endpoint import BotEndpoint\n"
        "bot = BotEndpoint(None, bot_id='b', tenant_id='t', service_url='http://127.0.0.1:9',"
        " metadata_url='http://127.0.0.1:9')\n"
        "import microsoft_teams.apps\n"
        "body = {'type': 'message', 'channelId': 'msteams', 'serviceUrl': 'http://127.0.0.1:9',"
        " 'conversation': {'id': 'c', 'tenantId': 't'}}\n"
        "print(asyncio.run(bot.handle({'authorization': 'Bearer x'}, body))[0])\n"
    )

    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stdout.splitlines()[-1:] == ["401"], run.stderr


async def test_five_first_requests_at_once_are_all_answered(teams: httpx.AsyncClient, handlers: Handlers) -> None:
    answers = await asyncio.gather(*(send(teams, activity(id=f"m{n}")) for n in range(5)))

    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(handlers.seen) == 5


async def test_the_verb_decides_and_not_an_action_in_the_data(teams: httpx.AsyncClient, handlers: Handlers) -> None:
    """The SDK's own matching reads `data.action`."""
    await send(teams, invoke({"verb": "open_status", "data": {"action": "delete", "request_id": "r"}}))

    (action,) = handlers.seen
    assert isinstance(action, CardAction)
    assert action.verb == "open_status"


async def test_a_card_is_replied_with_to_the_letter(
    teams: httpx.AsyncClient, handlers: Handlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK's typed reply refuses the documented width."""
    card: dict[str, Any] = {"type": "AdaptiveCard", "version": "1.5", "msteams": {"width": "Full"}, "x": None}

    async def answer(action: CardAction) -> dict[str, Any]:
        del action
        return card_reply(card)

    monkeypatch.setattr(handlers, "card_action", answer)

    assert (await send(teams, invoke({"verb": "open_status"}))).json()["value"] == card


@pytest.mark.usefixtures("levels")
async def test_neither_activities_nor_addresses_reach_the_log(
    teams: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with respx.mock(assert_all_called=False) as connector:
        connector.route(host="service.example").pass_through()
        connector.route(path="/.well-known/keys").pass_through()
        connector.post(ACTIVITIES).respond(201, json={"id": "m1"})
        bot = make_bot(SleepingClock())
        with caplog.at_level(logging.DEBUG):
            await bot.post_card(CHAT, CARD, summary="Hemmelig", recipient=LEAD)
            await send(teams, activity(text="Hemmelig", id="a-hidden-id"))
        await bot.close()

    assert not re.search(r"Hemmelig|a-hidden-id|a:chat|" + re.escape(LEAD), caplog.text)


async def test_a_call_that_is_not_answered_ends() -> None:
    """The SDK's own client waits for ever."""
    bot = make_bot(SleepingClock())
    with respx.mock as connector:
        route = connector.post(ACTIVITIES).respond(201, json={"id": "m1"})
        await bot.post_card(CHAT, CARD, summary="x", recipient=LEAD)
    await bot.close()

    assert set(route.calls.last.request.extensions["timeout"].values()) == {TIMEOUT.total_seconds()}
