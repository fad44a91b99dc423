"""Peak memory of a country's processes: `python -m benchmarks.memory [--municipalities N]`.

A Door is the real `vareunge serve`: the county lead and a local lead, eight at a time, ask it for every page and API
address behind sign-in three times over. A whole process loads every workflow, looks with every planner of the sweep
twice, compiles a report and is asked for every page. Both are measured with six municipalities and with 357, all with
twelve rounds behind them; so is the floor, a process that imports FastAPI, SQLAlchemy and pydantic. It ends with 1 when
the Door takes more than 180 MiB in the country, or all workflows more than 1.3 times what they take with six.
"""

import argparse
import asyncio
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.pages import MUNICIPALITIES, READERS, ROUNDS
from config.settings import Part, Settings

ROOT = Path(__file__).parent.parent
FEW = 6
MOST_OF_DOOR = 180.0
"""MiB."""
MOST_BY_FEW = 1.3
TIMES, AT_ONCE = 3, 8
"""Times that each address is asked for, and requests at once."""
HEAP = {"MALLOC_ARENA_MAX": "1"}
"""What the image and `infra/modules/function.bicep` set besides our settings: threads share one heap."""
FLOOR = "import fastapi, pydantic, sqlalchemy.ext.asyncio; print(open('/proc/self/status').read())"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Peak memory in MiB of a Door and of a process with all workflows."""

    municipalities: int
    door: float
    everything: float


async def measure(municipalities: int, folder: Path) -> Figures:
    """Return the figures of a country that is written into *folder*."""
    _child("prepare", str(municipalities), folder)
    door = await _door(folder)
    return Figures(municipalities=municipalities, door=door, everything=_peak_in(_child("everything", "", folder)))


def _child(what: str, argument: str, folder: Path) -> str:
    """Do something in a process of its own, so that its memory is its own; return what it prints."""
    command = (sys.executable, "-m", "benchmarks.memory", "--as", what, argument, str(folder))
    return subprocess.run(
        command, check=True, cwd=ROOT, text=True, stdout=subprocess.PIPE, env={**os.environ, **HEAP}
    ).stdout


async def _prepare(municipalities: int, folder: Path) -> None:
    from benchmarks.history import write_history
    from benchmarks.pages import country

    async with country(municipalities, folder, part=Part.ALL) as (services, programme):
        await write_history(services.record.database, programme, ROUNDS, services.clock.now())


async def _everything(folder: Path) -> None:
    """Use every workflow: the planners twice, a report, and the pages."""
    from benchmarks.compiling import measure as compile_reports
    from benchmarks.pages import asked_of, signed_in
    from benchmarks.sweep import measure as sweep
    from wiring.process import create_services

    services = create_services(_settings(folder, Part.ALL), log_level="ERROR")
    try:
        programme = await services.record.register.programme()
        assert services.handlers
        await sweep(services)
        await compile_reports(services, programme)
        async with signed_in(services.web, services.settings.public_url) as browsers:
            for asked in asked_of(services.web, programme, services.clock.now()):
                await browsers[asked.person].get(asked.address)
    finally:
        await services.close()
    print(_status("self"))


def _settings(folder: Path, part: Part) -> Settings:
    url = f"sqlite+aiosqlite:///{folder / 'vareunge.db'}"
    identities = {"hands_id": "hands", "builder_id": "builder", "organizer": ("moter@fylket.example",)}
    return Settings(part=part, database_url=url, bot_id="bot", tenant_id="tenant").model_copy(update=identities)


async def _door(folder: Path) -> float:
    """Ask a Door for everything, and return its peak memory."""
    from benchmarks.pages import asked_of, signed_in
    from wiring.process import create_services

    services = create_services(_settings(folder, Part.DOOR), log_level="ERROR")
    programme = await services.record.register.programme()
    async with signed_in(services.web, services.settings.public_url) as browsers:
        asked = asked_of(services.web, programme, services.clock.now())
        cookies = {person: dict(browsers[person].cookies) for person in READERS}
    await services.close()
    turn = asyncio.Semaphore(AT_ONCE)
    async with _serving(folder) as (client, process):

        async def ask(person: str, path: str) -> int:
            async with turn:
                cookie = "; ".join(f"{name}={value}" for name, value in cookies[person].items())
                return (await client.get(path, headers={"Cookie": cookie})).status_code

        statuses = await asyncio.gather(*(ask(item.person, item.address) for item in asked * TIMES))
        if statuses.count(200) < len(statuses) // 2:
            raise RuntimeError(f"the Door answered {statuses.count(200)} of {len(statuses)} requests")
        return _peak_in(_status(process))


@asynccontextmanager
async def _serving(folder: Path) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """Give a client of a real Door, and the id of its process."""
    from sandbox.serve import HOST, listening

    with listening() as free:
        port = free.getsockname()[1]
    settings = _settings(folder, Part.DOOR)
    ours = {
        **HEAP,
        "VAREUNGE_PART": "door",
        "VAREUNGE_DATABASE_URL": settings.database_url,
        "VAREUNGE_BOT_ID": settings.bot_id,
        "VAREUNGE_TENANT_ID": settings.tenant_id,
        "VAREUNGE_LOG_LEVEL": "ERROR",
    }
    others = {name: value for name, value in os.environ.items() if not name.startswith("VAREUNGE_")}
    run = "import sys; from cli import main; sys.exit(main())"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", run, "serve", "--port", str(port), cwd=ROOT, env={**others, **ours}
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=120, trust_env=False) as client:
            await _until_it_answers(client, process)
            yield client, process.pid
    finally:
        process.kill()
        await process.wait()


async def _until_it_answers(client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            await client.get("/health")
        except httpx.ConnectError:
            await asyncio.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the Door ended with {process.returncode}")


def _status(process: int | str) -> str:
    """Return what Linux says of a process."""
    return Path(f"/proc/{process}/status").read_text("ascii")


def _peak_in(status: str) -> float:
    """Return the most memory that a process ever had, in MiB, from what Linux says of it."""
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def faults(few: Figures, many: Figures) -> list[str]:
    """Return each limit that did not hold, for people."""
    found = []
    if many.door > MOST_OF_DOOR:
        found.append(f"a Door takes {many.door:.0f} MiB in the country, expected at most {MOST_OF_DOOR:.0f} MiB")
    if many.everything > MOST_BY_FEW * few.everything:
        times = many.everything / few.everything
        found.append(f"all workflows take {times:.2f} times as much in the country, expected at most {MOST_BY_FEW}")
    return found


def report(few: Figures, many: Figures, floor: float) -> str:
    """Return the figures, for people."""
    lines = [
        f"{item.municipalities:4} municipalities: Door {item.door:4.0f} MiB, all workflows {item.everything:4.0f} MiB"
        for item in (few, many)
    ]
    return "\n".join([*lines, f"{many.everything / few.everything:.2f} times; floor {floor:.0f} MiB"])


async def _measure_both(municipalities: int) -> tuple[Figures, Figures]:
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        return await measure(FEW, Path(small)), await measure(municipalities, Path(large))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report. Returns 1 when a limit does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--municipalities", type=int, default=MUNICIPALITIES)
    parser.add_argument("--as", nargs=3, dest="child", metavar=("WHAT", "NUMBER", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        what, number, folder = options.child
        asyncio.run(_prepare(int(number), Path(folder)) if what == "prepare" else _everything(Path(folder)))
        return 0
    floor = subprocess.run((sys.executable, "-c", FLOOR), check=True, text=True, stdout=subprocess.PIPE).stdout
    few, many = asyncio.run(_measure_both(options.municipalities))
    print(report(few, many, _peak_in(floor)))
    print(f"Python {platform.python_version()} on {platform.system()}")
    for fault in faults(few, many):
        print(fault, file=sys.stderr)
    return int(bool(faults(few, many)))


if __name__ == "__main__":
    sys.exit(main())
