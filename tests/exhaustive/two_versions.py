"""
Two versions beside each other during an upgrade: `python -m tests.exhaustive.two_versions COMMIT [--seconds N]`.

The package of an earlier commit, built by that commit's own `tools.package`, serves a country's answers on a PostgreSQL
of this run. While it does, today's package brings the schema up to date and serves beside it; then the earlier one
ends, as when a deployment takes its instances away. People answer all the time, and in the end everything that was
acknowledged stands, nobody was refused, and the log of acts holds.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
from sqlalchemy import text

from benchmarks.answers import stored_answers
from benchmarks.answers_client import HOST, Client, Job, door_settings, published_keys_server
from benchmarks.status_rounds_stage import OPENS
from integration.database.audit import SQLAudit
from integration.database.connection import create_database
from tests.support import postgres
from tests.support.postgres import free_port
from tools.package import PYTHON, SITE_PACKAGES, find_python
from workflows.operations.audit import verify

ROOT = Path(__file__).parents[2]
SERVED = Path("web/static/vendor")
"""Front-end files that every checkout fetches for itself."""
MUNICIPALITIES = 12
RATE = 10
"""Answers a second."""
STARTS_WITHIN = 600


class Fault(Exception):
    """A part of the play could not be played; the message says which."""


@contextmanager
def checkout(commit: str, folder: Path) -> Iterator[Path]:
    """Give a working tree of *commit* below *folder*, with the front-end files of this one."""
    target = folder / "earlier"
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--quiet", "--detach", str(target), commit], check=True)
    try:
        shutil.copytree(ROOT / SERVED, target / SERVED)
        yield target
    finally:
        subprocess.run([*git, "remove", "--force", str(target)], check=True)


def unpacked(tree: Path, folder: Path) -> Path:
    """Build the package of a working tree by its own tool, and unpack it in an empty folder."""
    target = folder / f"package-of-{tree.name}"
    packed = target.with_suffix(".zip")
    subprocess.run([sys.executable, "-m", "tools.package", str(packed)], cwd=tree, check=True)
    with zipfile.ZipFile(packed) as content:
        content.extractall(target)
    packed.unlink()
    return target


@dataclass
class Version:
    """A package and the environment it is run in."""

    folder: Path
    env: Mapping[str, str]
    python: str
    port: int
    process: asyncio.subprocess.Process | None = None

    async def run(self, *arguments: str) -> None:
        """Run a command of this version. Raises Fault."""
        process = await self._start(*arguments)
        if code := await process.wait():
            raise Fault(f"{self.folder.name}: {arguments[0]} ended with {code}")

    async def serve(self) -> None:
        """Serve, and return when it is ready."""
        self.process = await self._start("serve", "--port", str(self.port))
        async with httpx.AsyncClient() as client, asyncio.timeout(STARTS_WITHIN):
            while not await self._is_ready(client):
                if self.process.returncode is not None:
                    raise Fault(f"{self.folder.name} ended with {self.process.returncode}")
                await asyncio.sleep(0.2)

    async def stop(self) -> None:
        """End as a deployment ends an instance: what is asked gets its answer."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        try:
            return (await client.get(f"http://{HOST}:{self.port}/readyz")).is_success
        except httpx.TransportError:
            return False

    async def _start(self, *arguments: str) -> asyncio.subprocess.Process:
        command = (self.python, "-m", "cli", *arguments)
        env = {**self.env, "PYTHONPATH": str(self.folder / SITE_PACKAGES)}
        return await asyncio.create_subprocess_exec(*command, cwd=self.folder, env=env, stdout=subprocess.DEVNULL)


@asynccontextmanager
async def standing_clock() -> AsyncIterator[str]:
    """Give the address of a simulated clock that stands on the day after the rounds opened."""
    port = free_port()
    url = f"http://{HOST}:{port}/_sandbox/clock"
    command = (sys.executable, "-m", "cli", "sandbox", "--port", str(port))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        async with httpx.AsyncClient(trust_env=False) as client, asyncio.timeout(STARTS_WITHIN):
            moment = {"now": (OPENS + timedelta(days=1)).isoformat()}
            while True:
                try:
                    (await client.post(url, json=moment)).raise_for_status()
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def revision(url: str) -> str:
    database = create_database(url)
    try:
        async with database.read() as connection:
            return str((await connection.execute(text("select version_num from alembic_version"))).scalar_one())
    finally:
        await database.close()


async def play(commit: str, seconds: int) -> list[str]:
    """Play an upgrade from *commit*; returns what went wrong, and prints the schema's way."""
    python = find_python(PYTHON)
    if python is None:
        raise Fault(f"Python {PYTHON} was not found")
    with (
        tempfile.TemporaryDirectory(prefix="vareunge-versions-") as name,
        postgres.running_server() as server,
        postgres.new_database(server.url) as url,
    ):
        folder = Path(name)
        with checkout(commit, folder) as tree:
            earlier = unpacked(tree, folder)
            # Written by the earlier code, as it was in service.
            prepare = ("-m", "benchmarks.answers", "--as", "prepare", str(MUNICIPALITIES), name, url)
            process = await asyncio.create_subprocess_exec(sys.executable, *prepare, cwd=tree)
            if await process.wait():
                raise Fault("the earlier version could not prepare its record")
        today = unpacked(ROOT, folder)
        jobs = [Job(**item) for item in json.loads((folder / "jobs.json").read_text("utf-8"))]
        # One clock each: on one, both would be the participant «service».
        async with published_keys_server() as teams, standing_clock() as clock, standing_clock() as other:
            env = {
                **{name: value for name, value in os.environ.items() if not name.startswith(("VAREUNGE_", "PYTHON"))},
                **door_settings(teams),
                "VAREUNGE_DATABASE_URL": url,
            }
            versions = [
                Version(package, {**env, "VAREUNGE_CLOCK_URL": time}, python, free_port())
                for package, time in ((earlier, clock), (today, other))
            ]
            try:
                found = await upgrade(*versions, jobs=jobs, teams=teams, url=url, seconds=seconds)
                tell(found)
                return found
            finally:
                for version in versions:
                    await version.stop()


async def upgrade(
    earlier: Version, today: Version, *, jobs: Sequence[Job], teams: str, url: str, seconds: int
) -> list[str]:
    """Go from one version to the other while people answer."""
    doors = [earlier]
    client = Client(doors, jobs, f"{teams}/connector")
    before = await revision(url)
    await earlier.serve()
    await client.warm_up(earlier)
    # The schema goes ahead while the earlier version serves.
    await asyncio.gather(client.run(RATE, seconds), today.run("migrate"))
    await today.serve()
    await client.warm_up(today)
    doors.append(today)
    await client.run(RATE, seconds)
    doors.remove(earlier)
    await asyncio.gather(client.run(RATE, seconds), earlier.stop())
    await client.close()
    after = await revision(url)
    sys.stdout.write(f"schema {before} to {after}; {len(client.log)} answers acknowledged\n")
    found = (
        [f"{len(lost)} acknowledged answers are missing"]
        if (lost := set(client.log) - await stored_answers(url))
        else []
    )
    refused = 3 * RATE * seconds - len(client.times)
    found += [f"{refused} answers were refused or lost"] if refused else []
    found += ["the schema did not change: choose an earlier commit"] if before == after else []
    return found + await _faults_of_the_log(url)


async def _faults_of_the_log(url: str) -> list[str]:
    database = create_database(url)
    try:
        checked = await verify(SQLAudit(database))
    finally:
        await database.close()
    return [f"the log of acts does not hold: {checked.broken}"] if checked.broken else []


def main(argv: Sequence[str] | None = None) -> int:
    """The command; exit code 0 only if nothing was lost or refused."""
    parser = argparse.ArgumentParser(prog="python -m tests.exhaustive.two_versions", description=__doc__)
    parser.add_argument("commit", help="tag or commit of the earlier version, before the newest migration")
    parser.add_argument("--seconds", type=int, default=15, help="how long people answer in each of the three parts")
    given = parser.parse_args(argv)
    if missing := postgres.why_missing():
        sys.stdout.write(f"{missing}\n")
        return 2
    try:
        found = asyncio.run(play(given.commit, given.seconds))
    except Fault as fault:
        found = [str(fault)]
        tell(found)
    return int(bool(found))


def tell(found: Sequence[str]) -> None:
    """Print the verdict; called before two unpacked packages are taken away, which takes its time."""
    lines = [*found, "the upgrade did NOT hold" if found else "the upgrade held"]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
