"""The service's two public doors over the small world of a status round, whole: signature checks and all."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI

from integration.bot_endpoint import BotEndpoint
from integration.database.register import SQLRegister
from integration.database.units import UnitState
from tests.clocks import StillClock
from tests.support.sandbox import StoppableServer
from tests.workflows.status.rounds import PUBLIC, World
from web.app import create_app
from web.bot import routes as bot
from web.bot.actions import StatusActions
from web.bot.listener import BotListener
from web.status import answer
from workflows.bot.desk import BotDesk
from workflows.bot.ports import BotPorts
from workflows.bot.replies import BotReplies
from workflows.ports.units import DueUnit


def doors(world: World, *, bot_id: str, tenant_id: str, service_url: str, metadata_url: str) -> FastAPI:
    """Yield the bot's endpoint and the answer form. The addresses and keys are those that Teams is played with."""
    desk = BotDesk(
        BotPorts(
            programme=world.read_programme,
            rounds=world.store,
            accounts=world.accounts,
            messages=world.messages,
            chats=world.chats,
            places=world.places,
            languages=SQLRegister(world.database, StillClock()),
            clock=world.clock,
            own_address=world.own_address,
        )
    )
    endpoint = BotEndpoint(
        BotListener(actions=StatusActions(world.desk), desk=desk),
        bot_id=bot_id,
        tenant_id=tenant_id,
        service_url=service_url,
        metadata_url=metadata_url,
    )
    form = answer.router(desk=world.desk, links=world.links, short=world.short, public_url=PUBLIC)
    return create_app([bot.router(endpoint.handle), form])


async def hands(world: World) -> None:
    """Do the work of Hands after people's actions: send the bot's answers and bring cards up to date."""
    replies = BotReplies(messages=world.messages, outbox=world.outbox, clock=world.clock)
    for kind, handle in (("bot.reply", replies.reply), ("status.refresh", world.rounds.cards.refresh)):
        for view in await world.units.list_units(states=[UnitState.WAITING], kind=kind):
            await handle(DueUnit(key=view.key, due_at=view.due_at), world.history)


def loopback() -> socket.socket:
    """Return a socket on a free loopback port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener


@asynccontextmanager
async def served(app: Any, listener: socket.socket | None = None) -> AsyncIterator[str]:
    """Yield the address of *app* on a free loopback port, or where *listener* is bound to."""
    with listener or loopback() as listener:
        # Who connects before the server runs waits, and is not refused.
        listener.listen()
        server = StoppableServer(uvicorn.Config(app, log_level="warning", access_log=False, ws="none", lifespan="off"))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            await server.end(task)
