"""The first visitor of a worker: imports `function_app` from the folder it runs in, and sends it one request.

Run by `benchmarks.cold_start` with the interpreter and the packages of an unpacked deployment, never from the checkout.
Arguments: method, path, body, and an ISO moment that the service takes for now (empty: the real one). Prints the
processor time in seconds after the import and after the answer, the answer's status, and the modules that were loaded.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

STARTED = time.process_time()
"""The interpreter's own start and this program's imports are no part of either figure."""


def _set_clock(moment: str) -> None:
    from integration.clock import SystemClock

    shift = datetime.fromisoformat(moment) - datetime.now(UTC)
    # The rounds that the benchmark prepares are open on a day of their own.
    setattr(SystemClock, "now", lambda _: datetime.now(UTC) + shift)  # noqa: B010 - a method of a class that others use


async def _visit(application: Any, method: str, path: str, body: bytes) -> int:
    headers = [
        (b"host", b"localhost"),
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(body)).encode()),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": None,
        "server": ("localhost", 80),
    }
    told: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    await application(scope, receive, send)
    return int(told[0]["status"])


def main(method: str, path: str, body: str, moment: str) -> None:
    """Print the figures of one visit as JSON."""
    import function_app

    imported = time.process_time() - STARTED
    if moment:
        _set_clock(moment)
    application = getattr(function_app, "asgi", None) or function_app.web  # type: ignore[attr-defined]
    status = asyncio.run(_visit(application, method, path, body.encode()))
    figures = {"import": imported, "answer": time.process_time() - STARTED, "status": status}
    sys.stdout.write(json.dumps({**figures, "modules": sorted(sys.modules)}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
