"""The Azure Functions entry: HTTP, a timer and a queue. Registers and hands over, nothing else.

The Door answers HTTP; the Hands run timer and queue; with `PART` unset one app does it all. A queue message is only a
hint that a unit is due: the row in the database is the truth, and the timer finds what a lost message left.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import TYPE_CHECKING, Any

import azure.functions as func

from config.settings import Part, Settings
from wiring.start import start_services

if TYPE_CHECKING:
    from wiring.process import Services

EVERY_FIVE_MINUTES = "0 */5 * * * *"
QUEUE = "units"
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


async def run_due() -> None:
    """Run whatever is due, with an engine of this call's own: several calls run in one worker."""
    await (await services()).create_engine().run_due()


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
        """Run what a lost message left."""
        await run_due()

    @app.queue_trigger(arg_name="message", queue_name=QUEUE, connection=CONNECTION)
    async def due(message: func.QueueMessage) -> None:
        """Run what the message says has become due, and whatever else is."""
        await run_due()
