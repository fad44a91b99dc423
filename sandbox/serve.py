"""Runs the sandbox as a server on the loopback."""

import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import uvicorn

from sandbox.app import Sandbox, create_sandbox
from sandbox.control.environment import service_environment

HOST = "127.0.0.1"
KEEP_ALIVE = 120
"""Seconds that a connection without a request stays open: longer than any client uses one again. Otherwise one is
closed while a call is on its way, where a process stood still for a while, and a lost call of a clock stops time."""


def environment(sandbox: Sandbox, port: int) -> dict[str, str]:
    """Return the variables of a service that speaks to the sandbox instead of Microsoft 365."""
    base_url = f"http://{HOST}:{port}"
    return {**service_environment(sandbox.cloud, base_url), "VAREUNGE_CLOCK_URL": f"{base_url}/_sandbox/clock"}


def listening(port: int = 0) -> socket.socket:
    """
    Open a listening socket on the loopback, on a free port unless one is given.

    It names TCP: asyncio sends small packets at once only on sockets that do, and every answer would take 40 ms.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(512)
    return listener


def run(
    port: int,
    latency: str = "none",
    seed: Path | None = None,
    *,
    ready: Callable[[Mapping[str, str]], None] = lambda _: None,
) -> None:
    """
    Serve until interrupted. Port 0 takes a free one.

    The first lines on standard output are the environment a service needs, `NAME=value` each, then an empty line; they
    are written once the port accepts connections; *ready* gets the same variables a moment before.
    """
    with listening(port) as listener:
        sandbox = create_sandbox(latency=latency, folder=seed)
        variables = environment(sandbox, listener.getsockname()[1])
        ready(variables)
        lines = [f"{name}={value}" for name, value in variables.items()]
        sys.stdout.write("\n".join([*lines, "", ""]))
        sys.stdout.flush()
        config = uvicorn.Config(
            sandbox,
            log_level="warning",
            access_log=False,
            date_header=False,
            server_header=False,
            http="h11",
            ws="none",
            timeout_keep_alive=KEEP_ALIVE,
        )
        uvicorn.Server(config).run(sockets=[listener])
