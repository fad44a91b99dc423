"""Runs the service as one process: web server and engine, until it is told to stop."""

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING

import uvicorn

from config.settings import Part

if TYPE_CHECKING:
    from wiring.process import Services

GRACE = 4
"""Seconds that open requests get to end, while the engine's units get the same."""


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals stop the whole process in its order, not the web server alone."""
        yield


async def serve(services: "Services", *, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT: requests and units that run are given a little time to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        # Busy from before joining until the engine sleeps, so that no simulated time passes in between.
        async with services.clock.busy():
            await services.clock.join()
            try:
                await services.prepare_database()
                if services.settings.part is not Part.DOOR:
                    # Before anybody is let in: with a register that makes no programme, the process ends here.
                    await services.make_sweep_due()
                async with contextlib.AsyncExitStack() as stack:
                    if services.settings.part is not Part.HANDS:
                        await stack.enter_async_context(_web(services, host, port, stop))
                    await _work(services, stop)
            finally:
                await services.clock.leave()
    finally:
        await services.close()


@contextlib.asynccontextmanager
async def _web(services: "Services", host: str, port: int, stop: asyncio.Event) -> AsyncIterator[None]:
    config = uvicorn.Config(
        services.web,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=GRACE,
    )
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        serving.add_done_callback(lambda _: stop.set())
        closing = asyncio.create_task(_close_on(stop, server))
        sys.stdout.write(f"listening on http://{host}:{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        try:
            yield
        finally:
            server.should_exit = True
            await serving
            closing.cancel()


async def _close_on(stop: asyncio.Event, server: uvicorn.Server) -> None:
    """Close the web while the engine winds up: both together must end before a supervisor loses its patience."""
    await stop.wait()
    server.should_exit = True


async def _work(services: "Services", stop: asyncio.Event) -> None:
    if services.settings.part is not Part.DOOR:
        await services.engine.run_forever(stop)
        return
    alarm = services.clock.alarm()
    ringing = asyncio.create_task(_ring_on(stop, alarm.ring))
    await alarm.wait(None)
    await ringing


async def _ring_on(stop: asyncio.Event, ring: Callable[[], None]) -> None:
    await stop.wait()
    ring()
