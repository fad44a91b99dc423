"""A bot's endpoint that keeps what Teams sends it, and answers what the test wants."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.sandbox import RunningSandbox, StoppableServer

API = "https://api.botframework.com"


@dataclass
class FakeBot:
    """*reply* answers invokes; *statuses* are used up first, one for each call."""

    sandbox: RunningSandbox
    endpoint: str
    received: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    reply: Any = None
    statuses: list[int] = field(default_factory=list)
    when_called: Callable[[], None] = lambda: None
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, request: Request) -> Response:
        self.received.append(await request.json())
        self.tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        self.when_called()
        self.came.set()
        status = self.statuses.pop(0) if self.statuses else 200
        return JSONResponse(self.reply, status) if self.reply is not None else Response(status_code=status)

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [activity for activity in self.received if activity["type"] == kind]

    def now(self) -> str:
        """Return the time of the sandbox's clock."""
        assert self.sandbox.app is not None
        return str(self.sandbox.app.cloud.clock.status()["now"])

    async def until(self, count: int, kind: str) -> list[dict[str, Any]]:
        """Wait until Teams has sent that many of a type; what it sends by itself takes its time."""
        async with asyncio.timeout(10):
            while len(self.of_type(kind)) < count:
                self.came.clear()
                await self.came.wait()
        return self.of_type(kind)

    async def call(self, method: str, path: str, body: Any = None, *, app: str = "bot") -> httpx.Response:
        """Call the connector below /v3 with an identity's token for it."""
        token = (await self.sandbox.ask_token(app, API)).json()["access_token"]
        url = f"{self.sandbox.env['VAREUNGE_BOT_SERVICE_URL']}/v3/{path}"
        content = None if body is None else json.dumps(body)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return await self.sandbox.client.request(method, url, content=content, headers=headers)

    async def open_chat(self, user: str) -> httpx.Response:
        tenant = self.sandbox.env["VAREUNGE_TENANT_ID"]
        body = {"isGroup": False, "members": [{"id": user}], "tenantId": tenant}
        return await self.call("POST", "conversations", body)

    async def start_thread(self, channel: str, activity: dict[str, Any]) -> httpx.Response:
        body = {"isGroup": True, "channelData": {"channel": {"id": channel}}, "activity": activity}
        return await self.call("POST", "conversations", body)


def card_message(card: dict[str, Any], summary: str = "Et kort") -> dict[str, Any]:
    """Return a message with a card, as it goes to the connector."""
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "summary": summary, "attachments": [attachment]}


@asynccontextmanager
async def listening_bot(sandbox: RunningSandbox) -> AsyncIterator[FakeBot]:
    """Yield a bot on a free loopback port that the sandbox was told of."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        bot = FakeBot(sandbox, f"http://127.0.0.1:{listener.getsockname()[1]}/api/messages")
        app = Starlette(routes=[Route("/api/messages", bot.hear, methods=["POST"])])
        server = StoppableServer(uvicorn.Config(app, log_level="warning", access_log=False, ws="none", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        await sandbox.control("PUT", "bot", {"endpoint": bot.endpoint})
        try:
            yield bot
        finally:
            await server.end(task)
