"""A real sandbox on a free loopback port, in this process or in one of its own."""

import asyncio
import ssl
import sys
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from integration.clock import IDLE_SECONDS
from sandbox.app import Sandbox, create_sandbox
from sandbox.serve import HOST, KEEP_ALIVE, environment, listening
from tests.support.patience import waiting_for

ROOT = Path(__file__).resolve().parents[2]
SHORT_LIVED = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Trusts no certificate, as nobody shows one here: reading all authorities for each test would take longer than it."""


class RunningSandbox:
    """A running sandbox: its address, the environment for a service, and short ways to its control calls."""

    def __init__(
        self,
        url: str,
        env: dict[str, str],
        client: httpx.AsyncClient,
        app: Sandbox | None = None,
        process: int | None = None,
    ) -> None:
        self.url = url
        self.env = env
        self.client = client
        self.app = app
        """The application itself, when it runs in this process."""
        self.process = process
        """The id of its process, when it has one of its own."""
        self._tokens: dict[str, str] = {}

    @property
    def here(self) -> Sandbox:
        """Return the application itself, for a test that has it in its own process."""
        assert self.app is not None
        return self.app

    async def token(self, name: str) -> str:
        """Return a Graph token of an identity, as the managed identity endpoint gives it."""
        if name not in self._tokens:
            answer = await self.ask_token(name)
            answer.raise_for_status()
            self._tokens[name] = answer.json()["access_token"]
        return self._tokens[name]

    async def ask_token(self, name: str, resource: str = "https://graph.microsoft.com") -> httpx.Response:
        return await self.client.get(
            self.env["IDENTITY_ENDPOINT"],
            params={
                "api-version": "2019-08-01",
                "resource": resource,
                "client_id": self.env[f"VAREUNGE_{name.upper()}_ID"],
            },
            headers={"X-IDENTITY-HEADER": self.env["IDENTITY_HEADER"]},
        )

    async def graph(
        self, method: str, path: str, json: Any = None, *, app: str = "builder", **more: Any
    ) -> httpx.Response:
        """Call Graph as an identity: hands, builder or bot."""
        headers = {"Authorization": f"Bearer {await self.token(app)}", **more.pop("headers", {})}
        url = path if path.startswith("http") else f"{self.url}/v1.0{path}"
        return await self.client.request(method, url, json=json, headers=headers, **more)

    async def control(self, method: str, path: str, json: Any = None) -> Any:
        """Make a call below /_sandbox/; fails unless it answers 2xx."""
        answer = await self.client.request(method, f"{self.url}/_sandbox/{path}", json=json)
        answer.raise_for_status()
        return answer.json()

    async def state(self) -> Any:
        """Return the canonical state."""
        return await self.control("GET", "state?canonical=1")


@asynccontextmanager
async def running_sandbox(*, latency: str = "none", seed: Path | None = None) -> AsyncIterator[RunningSandbox]:
    """Yield a sandbox served from this process over a real socket; *seed* defaults to the programme of the product."""
    app = create_sandbox(latency=latency, folder=seed)
    with listening() as listener:
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            date_header=False,
            server_header=False,
            http="h11",
            ws="none",
            lifespan="off",
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=1,
        )
        server = StoppableServer(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            async with httpx.AsyncClient(timeout=30, trust_env=False, limits=SHORT_LIVED, verify=NOBODY) as client:
                yield RunningSandbox(f"http://{HOST}:{port}", environment(app, port), client, app)
        finally:
            await server.end(task)


@asynccontextmanager
async def sandbox_process(*, latency: str = "none", seed: Path | None = None) -> AsyncIterator[RunningSandbox]:
    """Yield a sandbox in a process of its own, for tests that kill or outlive their service."""
    code = (
        "import sys; from pathlib import Path; from sandbox.serve import run; "
        "run(0, sys.argv[1], Path(sys.argv[2]) if sys.argv[2:] else None)"
    )
    arguments = [latency, *([str(seed)] if seed else [])]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with waiting_for("the start of a sandbox"):
            env = await _read_environment(process.stdout)
        url = env["IDENTITY_ENDPOINT"].removesuffix("/msi/token")
        async with httpx.AsyncClient(timeout=30, trust_env=False, limits=SHORT_LIVED, verify=NOBODY) as client:
            yield RunningSandbox(url, env, client, process=process.pid)
    finally:
        process.kill()
        await process.communicate()


async def _read_environment(lines: asyncio.StreamReader) -> dict[str, str]:
    env: dict[str, str] = {}
    async for line in lines:
        name, found, value = line.decode().strip().partition("=")
        if not found:
            break
        env[name] = value
    return env


class StoppableServer(uvicorn.Server):
    """Ends at once when told, and leaves signals to the test runner."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stop = asyncio.Event()

    async def end(self, serving: asyncio.Task[None]) -> None:
        """End, and wait until *serving* has."""
        self.force_exit = True
        self.stop.set()
        async with waiting_for("the end of a server"):
            await serving

    async def main_loop(self) -> None:
        await self.stop.wait()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
