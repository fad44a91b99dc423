"""
Plays a status round before the Agents Playground: `python -m tests.playground FOLDER` (docs/cards.md).

FOLDER: where `npm install --prefix FOLDER @microsoft/m365agentsplayground@0.2.28` put it. The bot runs with all its
checks; the playground can only send without a token, so a proxy signs what it sends.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from playwright.async_api import Page, async_playwright, expect

from integration.bot import TeamsBot
from integration.database.connection import create_database
from tests.clocks import StillClock
from tests.playground.signing import METADATA, Signer, signing_proxy
from tests.support.doors import doors, hands, served
from tests.workflows.status.rounds import HOME, MEETING, OPENS, World
from tests.workflows.status.test_rounds import DEADLINE
from tests.workflows.test_privacy_guard import NUMBER
from workflows.messages.model import WAITING
from workflows.ports.accounts import Account, AccountKind, Recipients
from workflows.status.plan import request_id

BOT, TENANT = "11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"
LEAD = "33333333-3333-3333-3333-333333333301"
REQUEST = request_id(MEETING, HOME)
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Scene:
    """The round, its two sides, and the page of the lead."""

    world: World
    page: Page
    endpoint: str

    def saw(self, what: str) -> None:
        sys.stdout.write(f"✓ {what}\n")
        sys.stdout.flush()


def config() -> dict[str, object]:
    """Return the people there: the lead, and the five others that the playground insists on."""
    users = [
        {
            "id": f"user-{number}",
            "name": "Leder arena" if number == 1 else f"Rolle {number}",
            "userPrincipleName": f"user{number}@county.example",
            "aadObjectId": LEAD[:-1] + str(number),
            "givenName": "Rolle",
            "surname": str(number),
            "email": f"user{number}@county.example",
        }
        for number in range(1, 7)
    ]
    return {
        "version": "0.1.0",
        "tenantId": TENANT,
        "bot": {"id": f"28:{BOT}", "name": "Våre unge 365"},
        "currentUser": users[0],
        "users": users[1:],
        "personalChat": {"id": "personal-chat-id"},
        "groupChat": {"id": "group-chat-id", "name": "Gruppe"},
        "team": {
            "id": "team-id",
            "name": "Team",
            "aadGroupId": "00000000-0000-0000-0000-000000000001",
            "channels": [{"id": "channel-id", "name": "Generelt"}],
        },
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@asynccontextmanager
async def playground(where: Path, *, endpoint: str, port: int, folder: Path) -> AsyncIterator[str]:
    """The playground's address once it answers; it is ended with the block."""
    (folder / "config.yml").write_text(json.dumps(config()), encoding="utf-8")
    environment = {
        **os.environ,
        "TEAMSAPPTESTER_BROWSER": "none",
        "M365_AGENTS_PLAYGROUND_CONFIG_PATH": str(folder / "config.yml"),
        "M365_AGENTS_PLAYGROUND_LOGFILE": str(folder / "playground.log"),
        "NODE_OPTIONS": f"--require {FOLDER / 'loopback.cjs'}",
    }
    service = f"http://127.0.0.1:{port}/_connector"
    command = [
        str(where / "node_modules/.bin/agentsplayground"),
        "start",
        "-e",
        endpoint,
        "-c",
        "msteams",
        "-p",
        str(port),
    ]
    command += ["--service-url", service, "--disable-telemetry"]
    with (folder / "output.txt").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=environment, stdout=output, stderr=output, stdin=asyncio.subprocess.DEVNULL
        )
        try:
            url = f"http://127.0.0.1:{port}"
            async with asyncio.timeout(60):
                while not await answers(url):
                    if process.returncode is not None:
                        raise RuntimeError((folder / "output.txt").read_text(encoding="utf-8", errors="replace"))
                    await asyncio.sleep(0.1)
            yield url
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()


async def answers(url: str) -> bool:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            await client.get(url)
        except httpx.TransportError:
            return False
    return True


@asynccontextmanager
async def scene(where: Path) -> AsyncIterator[Scene]:
    """Everything started, the lead's page open."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = create_database(f"sqlite+aiosqlite:///{folder / 'round.db'}")
        stack.push_async_callback(database.close)
        await database.migrate()
        signer, port = Signer(bot_id=BOT), free_port()
        service_url = f"http://127.0.0.1:{port}/_connector"
        proxy = stack.enter_context(signing_proxy(signer))

        async def token(client_id: str, scope: str, *, fresh: bool = False) -> str:
            del client_id, scope, fresh
            return signer.token(service_url)

        bot = TeamsBot(
            bot_id=BOT,
            tenant_id=TENANT,
            service_url=service_url,
            token=token,
            clock=StillClock(OPENS),
            recipients=Recipients(None),
        )
        stack.push_async_callback(bot.close)
        world = World(database, teams=bot)
        world.accounts.accounts = [Account(id=LEAD, email="home.lead@county.example", kind=AccountKind.MEMBER)]
        await world.open()
        app = doors(world, bot_id=BOT, tenant_id=TENANT, service_url=service_url, metadata_url=f"{proxy}{METADATA}")
        url = await stack.enter_async_context(served(app))
        signer.endpoint = f"{url}/api/messages"
        client = await stack.enter_async_context(
            playground(where, endpoint=f"{proxy}/api/messages", port=port, folder=folder)
        )
        browser = await (await stack.enter_async_context(async_playwright())).chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        stack.push_async_callback(browser.close)
        page = await browser.new_page(viewport={"width": 1100, "height": 1400})
        await page.goto(client)
        yield Scene(world, page, signer.endpoint)


async def unsigned_is_refused(scene: Scene) -> None:
    """All checks are on: what the playground itself would send is not let in."""
    body = {
        "type": "message",
        "id": "m1",
        "channelId": "msteams",
        "serviceUrl": "http://127.0.0.1/_connector",
        "conversation": {"id": "personal-chat-id", "tenantId": TENANT},
        "from": {"id": "user-1", "aadObjectId": LEAD},
        "channelData": {"tenant": {"id": TENANT}},
        "text": "hjelp",
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(scene.endpoint, json=body)
    assert answer.status_code == 401, answer.text
    scene.saw("without a token the bot answers 401")


async def a_command_is_answered(scene: Scene) -> None:
    page = scene.page
    await page.get_by_role("textbox").first.fill("hjelp")
    await page.get_by_role("button", name="Send Message").click()
    await until_done(scene, "bot_reply")
    await expect(page.get_by_text("Dette kan du skrive til meg:")).to_be_visible()
    scene.saw("«hjelp» is answered with a card")


async def the_card_stops_what_is_missing(scene: Scene) -> None:
    page = scene.page
    await scene.world.run("status.send")
    await expect(page.get_by_text("Pakken arena").first).to_be_visible()
    await page.get_by_role("button", name="Send status").click()
    await expect(page.get_by_text("Velg hvordan arbeidet går.")).to_be_visible()
    assert not await scene.world.store.newest_answers([REQUEST])
    scene.saw("the card comes into the chat, and the client asks for the required field")


async def the_service_stops_what_it_finds(scene: Scene) -> None:
    page = scene.page
    await page.get_by_label("Som planlagt").check()
    await page.get_by_label("Hva har dere fått til siden sist?").fill(f"Vi hjalp {NUMBER}")
    await page.get_by_role("button", name="Send status").click()
    await expect(page.get_by_text("Teksten ser ut til å inneholde et fødselsnummer.")).to_be_visible()
    await expect(page.get_by_label("Hva har dere fått til siden sist?")).to_have_value(f"Vi hjalp {NUMBER}")
    assert not await scene.world.store.newest_answers([REQUEST])
    scene.saw("a national id comes back in the form, with a kind text, and is not stored")


async def an_answer_gives_a_receipt(scene: Scene) -> None:
    page = scene.page
    await page.get_by_label("Hva har dere fått til siden sist?").fill("Vi hjalp én til")
    await page.get_by_label("Praksisplasser").fill("12")
    await page.get_by_role("button", name="Send status").click()
    await expect(page.get_by_text("Takk! Statusen er lagret")).to_be_visible()
    await expect(page.get_by_text("Praksisplasser (antall): 12")).to_be_visible()
    assert (await scene.world.store.newest_answers([REQUEST]))[REQUEST].content.done == "Vi hjalp én til"
    scene.saw("the answer is stored, and the card becomes a receipt")


async def the_card_is_brought_up_to_date(scene: Scene) -> None:
    page, world = scene.page, scene.world
    await world.answer(HOME, "lead", done="Lokal leder skrev")
    await hands(world)
    await expect(page.get_by_text("Rolle lead har svart på vegne av Leder arena.")).to_be_visible()
    scene.saw("when the local lead answers on behalf, the card in the chat says so")
    world.clock.time = DEADLINE
    await page.get_by_role("button", name="Endre status").click()
    await expect(page.get_by_text("Statusrunden er avsluttet")).to_be_visible()
    scene.saw("after the deadline a press is answered with the closed card")


STEPS: tuple[Callable[[Scene], Awaitable[None]], ...] = (
    unsigned_is_refused,
    a_command_is_answered,
    the_card_stops_what_is_missing,
    the_service_stops_what_it_finds,
    an_answer_gives_a_receipt,
    the_card_is_brought_up_to_date,
)


async def until_done(scene: Scene, kind: str) -> None:
    """Wait until the bot has something of that kind to send, and send it."""
    async with asyncio.timeout(15):
        # The row is written while another task answers the playground; nothing tells of it.
        while not await scene.world.messages.list_messages(states=WAITING, kind=kind):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await hands(scene.world)


async def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.playground", description="A round before the playground.")
    parser.add_argument("folder", type=Path, help="where the playground was installed")
    parser.add_argument("--picture", type=Path, help="where to keep a picture of the last moment, or of the failure")
    arguments = parser.parse_args()
    async with scene(arguments.folder.resolve()) as opened:
        try:
            for step in STEPS:
                await step(opened)
        finally:
            if arguments.picture:
                await opened.page.screenshot(path=arguments.picture)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
