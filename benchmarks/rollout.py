"""Time to roll out a country under the published limits: `python -m benchmarks.rollout [N]`.

The sandbox is a process of its own with real delays and a simulated clock; the service is another, so that its memory
and its processor time are its own.
"""

import argparse
import asyncio
import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.rollout_bound import Bound, bound
from config.loading import load_documents, load_programme
from integration.clock import SystemClock
from integration.database.connection import create_database
from integration.database.register import SQLRegister
from tests.support.sandbox import sandbox_process

ROOT = Path(__file__).parent.parent
START = datetime(2026, 8, 3, 7, tzinfo=UTC)
TARGET = 1.3


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of one run. Times in seconds."""

    municipalities: int
    simulated: float
    bound: Bound
    throttled: int
    processor: float
    sandbox_processor: float
    peak_memory: float
    """MiB, of the service, which is what runs in production. The sandbox keeps the whole tenant in memory."""
    sandbox_memory: float
    real: float
    """Seconds of real time, from the start of the sandbox to the end of the second rollout."""
    round_trips: float
    """Of the rollout, per municipality."""
    again: float
    """The same of a second rollout, when nothing differs."""
    again_simulated: float

    @property
    def ratio(self) -> float:
        return self.simulated / self.bound.seconds


async def measure(municipalities: int, folder: Path) -> Figures:
    """Measure the rollout of that many municipalities, and once more; *folder* takes the programme and the database."""
    programme, database = folder / "programme", f"sqlite+aiosqlite:///{folder / 'vareunge.db'}"
    await child("write", str(municipalities), str(programme), database)
    began = time.monotonic()
    async with sandbox_process(latency="real", seed=programme) as sandbox:
        # The record of a country's traffic would be most of what the machine does.
        await sandbox.control("POST", "har", {"record": False})
        # Nobody answers as the bot here, and a rollout does not ask for it.
        await sandbox.control("PUT", "bot", {"endpoint": ""})
        await sandbox.control("POST", "clock", {"now": START.isoformat()})
        service = await child("serve", env={**sandbox.env, "VAREUNGE_DATABASE_URL": database})
        calls = await sandbox.control("GET", "calls")
        sandbox_processor, sandbox_memory = _processor_time(sandbox.process), _peak(sandbox.process or "self")
    return Figures(
        municipalities=municipalities,
        simulated=service["first"]["simulated"],
        bound=bound(load_programme(programme), START.date()),
        throttled=calls["throttled"],
        processor=service["processor"],
        sandbox_processor=sandbox_processor,
        peak_memory=service["peak"],
        sandbox_memory=sandbox_memory,
        real=time.monotonic() - began,
        round_trips=service["first"]["calls"] / municipalities,
        again=service["again"]["calls"] / municipalities,
        again_simulated=service["again"]["simulated"],
    )


def report(figures: Figures) -> str:
    """Return the figures, for people."""
    steps = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in figures.bound.steps.items())
    return "\n".join(
        [
            f"{figures.municipalities} municipalities, {figures.bound.things} things",
            f"simulated time      {_time(figures.simulated)}, {figures.ratio:.2f} × the bound (target: {TARGET})",
            f"lower bound         {_time(figures.bound.seconds)}: {steps}",
            f"throttled (429)     {figures.throttled}",
            f"round trips         {figures.round_trips:.1f} a municipality",
            f"nothing to do       {figures.again:.2f} a municipality, in {_time(figures.again_simulated)}",
            f"processor time      service {figures.processor:.0f} s, sandbox {figures.sandbox_processor:.0f} s",
            f"peak memory         service {figures.peak_memory:.0f} MiB, sandbox {figures.sandbox_memory:.0f} MiB",
            f"real time           {_time(figures.real)}",
            f"Python {platform.python_version()} on {platform.system()}, {os.cpu_count()} cores",
        ]
    )


# ------------------------------------------------------------------------------------------------- the other processes


async def child(*arguments: str, env: Mapping[str, str] | None = None) -> Any:
    """Return what a process of this module prints, which does one part of the measuring."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.rollout", "--as", *arguments),
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}")
    return json.loads(printed or b"null")


async def _write(municipalities: int, folder: Path, url: str) -> None:
    from benchmarks.country import write_country

    write_country(folder, municipalities)
    database = create_database(url)
    await database.migrate()
    await SQLRegister(database, SystemClock()).save(load_documents(folder))
    await database.close()


@asynccontextmanager
async def _services() -> AsyncIterator[Any]:
    from config.settings import Settings
    from wiring.process import create_services

    services = create_services(Settings(), name="benchmark", log_level="ERROR")
    await services.clock.join()
    try:
        yield services
    finally:
        await services.clock.leave()
        await services.close()


async def _serve() -> None:
    async with _services() as services:
        # The second comes when listings show what the first wrote last.
        first = await _roll_out(services)
        await _pass(services, timedelta(hours=1))
        again = await _roll_out(services)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {"first": first, "again": again, "peak": _peak(), "processor": used.ru_utime + used.ru_stime}
    print(json.dumps(figures))


async def _once(wait: timedelta) -> None:
    async with _services() as services:
        await _pass(services, wait)
        print(json.dumps(await _roll_out(services)))


async def _pass(services: Any, wait: timedelta) -> None:
    async with services.clock.busy():
        await services.clock.sleep_until(services.clock.now() + wait)


async def _roll_out(services: Any) -> dict[str, float]:
    """Order every place, and run until all are done."""
    from engine.units import Engine
    from workflows.ports.units import Done, DueUnit, History, Outcome

    keys = {f"rollout.place:{place.key}" for place in (await services.record.register.programme()).places}
    left, stop, before = set(keys), asyncio.Event(), await _asked(services)
    ended = start = services.clock.now()

    async def place(unit: DueUnit, history: History) -> Outcome:
        nonlocal ended
        outcome: Outcome = await services.jobs.rollout.handlers.place(unit, history)
        if isinstance(outcome, Done):
            left.discard(unit.key)
            ended = services.clock.now()
        if not left:
            stop.set()
        return outcome

    async with _engine_stops(services):
        await services.record.units.make_due([DueUnit(key=key, due_at=start) for key in keys])
        await Engine(services.record.units, services.clock, {"rollout.place": place}, owner="benchmark").run_forever(
            stop
        )
    return {"simulated": (ended - start).total_seconds(), "calls": await _asked(services) - before}


@asynccontextmanager
async def _engine_stops(services: Any) -> AsyncIterator[None]:
    """Let time go on by the engine's own waits alone."""
    async with services.clock.busy():
        yield


async def _asked(services: Any) -> int:
    """Return the number of requests that Hands and Builder have made."""
    import httpx

    address = services.settings.clock_url.replace("/clock", "/calls")
    async with httpx.AsyncClient(trust_env=False) as http:
        calls = (await http.get(address)).json()["calls"]
    return sum(calls.get(name, {}).get("all", 0) for name in ("hands", "builder"))


def _peak(process: int | str = "self") -> float:
    """Return the most memory a process ever had, in MiB."""
    lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _processor_time(process: int | None) -> float:
    """Return the processor time of a process that still runs, in seconds."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.1f} min"


def main() -> None:
    """Print the figures of one run; `--as` is what the processes it starts are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("municipalities", nargs="?", type=int, default=20)
    parser.add_argument("--as", dest="part", nargs="+", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    match arguments.part:
        case ["write", number, folder, url]:
            asyncio.run(_write(int(number), Path(folder), url))
        case ["serve"]:
            asyncio.run(_serve())
        case ["once", seconds]:
            asyncio.run(_once(timedelta(seconds=int(seconds))))
        case _:
            with tempfile.TemporaryDirectory() as name:
                print(report(asyncio.run(measure(arguments.municipalities, Path(name)))))


if __name__ == "__main__":
    main()
