"""The sandbox that clients are played before, its people, and the packages of the clients from npm."""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.sandbox.conftest import ORGANISATIONS, PEOPLE
from tests.support.sandbox import RunningSandbox, running_sandbox

HERE = Path(__file__).parent
OWNER, MEMBER, MEETINGS = "leder@fylket.example", "radgiver@fylket.example", "moter@fylket.example"
GRAPH = "https://graph.microsoft.com"
APP = "builder"
"""The identity that clients sign in as."""
TENANT = """
identities:
  builder:
    client_id: 3a7c0a51-5f0e-4a55-8a3e-6f6a3a6d0002
    permissions:
      - AppCatalog.Read.All
      - Calendars.ReadWrite
      - Channel.Create
      - Channel.Delete.All
      - ChannelMember.ReadWrite.All
      - ChannelSettings.ReadWrite.All
      - Files.ReadWrite.All
      - Group.ReadBasic.All
      - Group.ReadWrite.All
      - Mail.ReadWrite
      - Mail.Send
      - Sites.FullControl.All
      - Sites.Manage.All
      - Sites.ReadWrite.All
      - Tasks.ReadWrite.All
      - Team.Create
      - Team.ReadBasic.All
      - TeamMember.ReadWrite.All
      - User.Invite.All
      - User.Read.All
organizers:
  - {name: Møter, email: "moter@{home}"}
bot: {endpoint: ""}
"""


class Failed(Exception):
    """A step of a client did not hold."""


@dataclass(frozen=True)
class Stage:
    """A running sandbox, the folder with the packages, and one for a client's own files."""

    sandbox: RunningSandbox
    packages: Path
    folder: Path

    async def node(self, *arguments: str, env: Mapping[str, str] | None = None) -> str:
        """Run Node with every request to Graph led to the sandbox; return its output, or raise Failed."""
        environment = {
            **os.environ,
            "HOME": str(self.folder),
            "NODE_OPTIONS": f"--require {HERE / 'redirect.cjs'}",
            "NO_COLOR": "1",
            "SANDBOX_URL": self.sandbox.url,
            "SANDBOX_TOKEN": await self.sandbox.token(APP),
            **{name: self.sandbox.env[name] for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER")},
            **(env or {}),
        }
        process = await asyncio.create_subprocess_exec(
            "node",
            *arguments,
            cwd=self.packages,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output = (await process.communicate())[0].decode("utf-8", "replace")
        if process.returncode:
            raise Failed(output)
        return output

    async def later(self) -> None:
        """Let some seconds pass on the sandbox's clock, for limits of one call a second."""
        now = datetime.fromisoformat((await self.sandbox.control("GET", "clock"))["now"])
        await self.sandbox.control("POST", "clock", {"now": (now + timedelta(seconds=5)).isoformat()})


Step = Callable[[Stage, dict[str, Any]], Awaitable[None]]
"""Does one thing as a client, with what earlier steps of the client have found."""


async def play(stage: Stage, steps: tuple[Step, ...]) -> None:
    """Take the steps of a client in order, and tell of each by the first line of its docstring."""
    known: dict[str, Any] = {}
    for step in steps:
        what = (step.__doc__ or step.__name__).strip().splitlines()[0]
        try:
            await step(stage, known)
        except Exception as error:
            raise Failed(f"✗ {what}\n{type(error).__name__}: {error}") from error
        tell(f"✓ {what}")


def tell(line: str) -> None:
    """Write a line to standard output at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@asynccontextmanager
async def staged(packages: Path) -> AsyncIterator[Stage]:
    """Start a sandbox of its own for one client."""
    with tempfile.TemporaryDirectory() as name:
        folder, seed = Path(name), Path(name) / "seed"
        seed.mkdir()
        for file, text in (("tenant", TENANT), ("organisations", ORGANISATIONS), ("people", PEOPLE)):
            (seed / f"{file}.yaml").write_text(text, encoding="utf-8")
        async with running_sandbox(seed=seed) as sandbox:
            yield Stage(sandbox, packages, folder)


def fetch(folder: Path) -> None:
    """Fetch the packages that the lock file names into *folder*, unless they are there, and put the scripts beside."""
    folder.mkdir(parents=True, exist_ok=True)
    lock, fetched = HERE / "package-lock.json", folder / "fetched-lock.json"
    if not fetched.exists() or fetched.read_bytes() != lock.read_bytes():
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(HERE / name, folder / name)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        if subprocess.run(("npm", "ci", *options), cwd=folder, check=False).returncode:
            raise Failed("npm could not fetch the packages")
        shutil.copyfile(lock, fetched)
    for script in HERE.glob("*.mjs"):
        shutil.copyfile(script, folder / script.name)
