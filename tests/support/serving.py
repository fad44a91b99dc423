"""The service as a process of its own: `vareunge serve`, with what it says."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.support.patience import output_of, waiting_for
from tests.support.sandbox import ROOT

PATIENCE = 60
"""Seconds after which a process that neither listens nor ends is given up."""


@dataclass
class Ended:
    """A process that came to its end."""

    code: int
    said: list[str]
    """The lines on standard error."""


class Served:
    """A running service."""

    def __init__(self, process: Process, url: str) -> None:
        self.process = process
        self.url = url

    async def stop(self) -> Ended:
        """Tell it to stop, as a supervisor does, and wait until it has."""
        self.process.terminate()
        return await _end(self.process)


async def start(environment: Mapping[str, str]) -> Served | Ended:
    """Start the service; return it when it listens, or how it ended before that."""
    code = "import sys, cli; sys.exit(cli.main(['serve', '--port', '0']))"
    others = {name: value for name, value in os.environ.items() if not name.startswith("VAREUNGE_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", code),
        cwd=ROOT,
        env={**others, **environment},
        stdout=PIPE,
        stderr=PIPE,
    )
    assert process.stdout is not None
    async with waiting_for("a service that listens, or its end", seconds=PATIENCE):
        line = (await process.stdout.readline()).decode()
    return Served(process, line.removeprefix("listening on ").strip()) if line else await _end(process)


@asynccontextmanager
async def served(environment: Mapping[str, str]) -> AsyncIterator[Served]:
    """Yield a service that listens; it is told to stop at the end, unless it was before."""
    service = await start(environment)
    assert isinstance(service, Served), service
    try:
        yield service
    finally:
        if service.process.returncode is None:
            await service.stop()


async def _end(process: Process) -> Ended:
    _, said = await output_of(process, "a service", seconds=PATIENCE)
    assert process.returncode is not None
    return Ended(process.returncode, said.decode().splitlines())
