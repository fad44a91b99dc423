"""The stage: a sandbox and a service on free loopback ports, with a fresh database, as processes of their own."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from integration.clock import IDLE_SECONDS

START_LIMIT = timedelta(seconds=60)
"""Time that a process may take to answer for the first time."""
STOP_SECONDS = 10
"""Seconds that a process gets to end when it is told to."""
LOG_LINES = 12
"""Length of the log that is told when its process did not come up."""
PASSED_ON = ("VAREUNGE_ALLOWED_RECIPIENTS", "VAREUNGE_LOG_LEVEL")
"""Settings of the caller that hold on the stage too. The rest is for a service of theirs, with real addresses."""


class StageError(Exception):
    """A process did not come up, or a command of the stage failed."""


@dataclass
class Stage:
    """The stage of the demo: addresses, the environment of the service, and its processes. Its methods all steer
    those."""

    folder: Path
    programme: Path
    sandbox_url: str
    service_url: str
    environment: dict[str, str]
    http: httpx.AsyncClient
    _processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the service starts or ends, so that nobody ends it halfway."""

    @property
    def allowed(self) -> frozenset[str] | None:
        """Return the addresses that a rehearsal may reach; None when this is none."""
        return self._addresses("ALLOWED_RECIPIENTS") if "VAREUNGE_ALLOWED_RECIPIENTS" in self.environment else None

    @property
    def senders(self) -> frozenset[str]:
        """Return the mailboxes that the service books and sends from."""
        return self._addresses("ORGANIZER")

    def _addresses(self, setting: str) -> frozenset[str]:
        named = self.environment[f"VAREUNGE_{setting}"].split(",")
        return frozenset(filter(None, (address.strip().lower() for address in named)))

    async def start_service(self) -> None:
        """Start the service and wait until it answers."""
        async with self._changing:
            await self._raise_service()

    async def stop_service(self) -> None:
        """Let the service end in its order."""
        async with self._changing:
            await self._end("service")

    async def cut_power(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        """Kill the service, do *meanwhile*, and start it again on what it left."""
        async with self._changing:
            process = self._processes.pop("service")
            process.kill()
            await process.wait()
            await meanwhile()
            await self._raise_service()

    async def service_answers(self) -> None:
        """Wait until the service answers (again)."""
        async with self._changing:
            await self._answers("service", f"{self.service_url}/healthz")

    async def stop(self) -> None:
        """End what still runs, the service first."""
        for name in reversed(list(self._processes)):
            await self._end(name)

    async def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command of `vareunge` in the service's environment; return its exit code and its output."""
        process = await asyncio.create_subprocess_exec(
            *_command(*arguments),
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            printed, _ = await process.communicate()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return process.returncode or 0, printed.decode()

    async def control(self, method: str, path: str, **arguments: Any) -> Any:
        """Make a control call of the sandbox and return its JSON."""
        response = await self.http.request(method, f"{self.sandbox_url}/_sandbox/{path}", **arguments)
        if response.is_error:
            raise StageError(f"{method} {path}: {response.status_code} {response.text[:500]}")
        return response.json() if response.content else None

    async def _raise_service(self) -> None:
        await self._start("service", *_command("serve", "--port", self.service_url.rpartition(":")[2]))
        await self._answers("service", f"{self.service_url}/healthz")

    async def _start(self, name: str, *command: str, settings: Mapping[str, str] | None = None) -> None:
        """Start a process in the service's environment; *settings* are its own beside that."""
        env = {**self.environment, **(settings or {})}
        # A group of its own: Ctrl-C reaches only us, and we end the processes in their order.
        with self._log(name).open("ab") as log:
            self._processes[name] = await asyncio.create_subprocess_exec(
                *command, env=env, stdout=log, stderr=log, start_new_session=True
            )

    async def _end(self, name: str) -> None:
        process = self._processes.pop(name)
        if process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), STOP_SECONDS)
            except TimeoutError:
                process.kill()
                await process.wait()

    async def _answers(self, name: str, url: str) -> None:
        try:
            async with asyncio.timeout(START_LIMIT.total_seconds()):
                while not await self._is_up(url):
                    if name not in self._processes or self._processes[name].returncode is not None:
                        raise StageError(f"the {name} ended at once{self._last_words(name)}")
                    await asyncio.sleep(0.05)  # Another process's start is in real time.
        except TimeoutError:
            raise StageError(
                f"the {name} did not answer within {START_LIMIT.seconds} s{self._last_words(name)}"
            ) from None

    async def _is_up(self, url: str) -> bool:
        try:
            return (await self.http.get(url)).is_success
        except httpx.TransportError:
            return False

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _last_words(self, name: str) -> str:
        lines = self._log(name).read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "; its log ends with:\n" + "\n".join(lines) if lines else "; its log is empty"


@asynccontextmanager
async def raised_stage(
    folder: Path,
    programme: Path,
    *,
    starts_at: datetime,
    overrides: Mapping[str, str] | None = None,
    kind: type[Stage] = Stage,
) -> AsyncIterator[Stage]:
    """
    Yield a stage with the sandbox running as the tenant of *programme*, its clock standing at *starts_at*.

    *overrides*: further environment of the service, such as an allow-list. *kind*: a stage that runs the service in
    another way. Everything is stopped at the end.
    """
    sandbox_port, service_port = _free_ports(2)
    sandbox_url, service_url = f"http://127.0.0.1:{sandbox_port}", f"http://127.0.0.1:{service_port}"
    limits = httpx.Limits(keepalive_expiry=IDLE_SECONDS)
    async with httpx.AsyncClient(timeout=httpx.Timeout(60), trust_env=False, limits=limits) as http:
        stage = kind(
            folder=folder,
            programme=programme,
            sandbox_url=sandbox_url,
            service_url=service_url,
            environment=_environment(folder),
            http=http,
        )
        try:
            seed = str(programme)
            port = str(sandbox_port)
            await stage._start("sandbox", *_command("sandbox", "--port", port, "--latency", "fast", "--seed", seed))
            await stage._answers("sandbox", f"{sandbox_url}/_sandbox/clock")
            stage.environment |= await stage.control("GET", "environment")
            stage.environment |= {
                "VAREUNGE_CLOCK_URL": f"{sandbox_url}/_sandbox/clock",
                "VAREUNGE_DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'vareunge.db'}",
                "VAREUNGE_PUBLIC_URL": service_url,
                # Months go by in a minute: what is looked at every night, a week's look shows as well.
                "VAREUNGE_DRIFT_DAYS": "7",
                "VAREUNGE_DOCTOR_DAYS": "7",
                # Known to everybody, so that the same play has the same pseudonyms: nobody in it exists.
                "VAREUNGE_RESEARCH_KEY": "the demo's own key, which is no secret",
                **(overrides or {}),
            }
            await stage.control("POST", "clock", json={"now": starts_at.isoformat()})
            await stage.control("PUT", "bot", json={"endpoint": f"{service_url}/api/messages"})
            yield stage
        finally:
            await stage.stop()


def _environment(folder: Path) -> dict[str, str]:
    """Return the caller's environment without its settings, and without a proxy on the way to this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VAREUNGE_") or name in PASSED_ON}
    return {**kept, "NO_COLOR": "1", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}


def _command(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-c", "import sys, cli; sys.exit(cli.main())", *arguments)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()
