"""The Azure Functions entry: HTTP, a timer and a queue. Registers and hands over, nothing else.

The Door answers HTTP; the Hands run timer and queue; with `PART` unset one app does it all. A queue message is only a
hint that a unit is due: the row in the database is the truth, and the timer finds what a lost message left.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from typing import Any

import azure.functions as func

from config.settings import Part, Settings
from wiring import Services, create_services

EVERY_FIVE_MINUTES = "0 */5 * * * *"
QUEUE = "units"
CONNECTION = "AzureWebJobsStorage"

Message = MutableMapping[str, Any]


@cache
def services() -> Services:
    """One set of services a worker, made by the first call: Functions may start several calls before any lifespan."""
    return create_services(Settings())


async def asgi(scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]) -> None:
    """The web application, made by the first request."""
    await services().web(scope, receive, send)


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
        """Run whatever is due."""
        await services().engine.run_due()

    @app.queue_trigger(arg_name="message", queue_name=QUEUE, connection=CONNECTION)
    async def due(message: func.QueueMessage) -> None:
        """Run whatever is due: the message only says that there is something."""
        await services().engine.run_due()
