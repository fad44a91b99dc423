"""The Azure Functions entry: HTTP, a timer and a queue. Registers and hands over, nothing else.

The Door answers HTTP; the Hands run timer and queues; with `PART` unset one app does it all. A queue message names one
unit that is due and is only a hint: the row in the database is the truth, and the timer finds what a lost message left.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any

import azure.functions as func

from config.settings import Part, Settings
from wiring import triggers
from wiring.start import start_services

if TYPE_CHECKING:
    from wiring.process import Services

EVERY_FIVE_MINUTES = "0 */5 * * * *"
QUEUE = "units"
POISON = "units-poison"
"""Where the host puts a message that failed `maxDequeueCount` times."""
CONNECTION = "AzureWebJobsStorage"

Message = MutableMapping[str, Any]


@cache
def services_of(loop: asyncio.AbstractEventLoop) -> "Services":
    """One set a worker and event loop, made by the first call: Functions may start several before any lifespan."""
    return start_services(Settings())


async def services() -> "Services":
    """The services of this worker; a database other than SQLite gets its tables at deployment, not here."""
    found = services_of(asyncio.get_running_loop())
    await found.migrate_embedded_database()
    return found


async def asgi(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """The web application, made by the first request. It needs no lifespan, so each of a worker's ends at once."""
    if scope["type"] == "lifespan":
        await send({"type": "lifespan.startup.complete"})
    else:
        await (await services()).web_for(scope["path"])(scope, receive, send)


part = Settings().part
# Teams sends no function key; the bot's token and the tokens in addresses are the protection.
app = (
    func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    if part is Part.HANDS
    else func.AsgiFunctionApp(app=asgi, http_auth_level=func.AuthLevel.ANONYMOUS)
)

if part is not Part.DOOR:

    @app.timer_trigger(arg_name="timer", schedule=EVERY_FIVE_MINUTES)
    async def tick(timer: func.TimerRequest) -> None:
        """Find what a lost message left, and see whether the Door can work."""
        found = await services()
        try:
            await triggers.find_lost(found)
        finally:
            await triggers.watch_door(found)

    @app.queue_trigger(arg_name="message", queue_name=QUEUE, connection=CONNECTION)
    async def due(message: func.QueueMessage) -> None:
        """Run the unit that the message names."""
        await triggers.run_named(await services(), message.get_body())

    @app.queue_trigger(arg_name="message", queue_name=POISON, connection=CONNECTION)
    async def poison(message: func.QueueMessage) -> None:
        """Show people the unit of a message that the host gave up."""
        await triggers.set_aside(await services(), message.get_body())
