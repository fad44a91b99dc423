"""Processor time that a new worker needs, against an empty Functions app: `python -m benchmarks.cold_start`.

Builds the deployment package (or takes `--package ZIP`), unpacks it into an empty folder, and starts processes there in
turn: one that imports our `function_app` and takes an answer in the form behind a link, and one that imports a
`function_app` with nothing but one FastAPI route and calls it. Both use the packages of the deployment, compiled alike.
Exits with 1 when our import takes more than IMPORT times the empty one's, or when the answer brought a module that
UNNEEDED names. For import and first answer together ANSWER is the aim, which is told and does not decide.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks.status_rounds_stage import OPENS
from tools.package import PYTHON, SITE_PACKAGES, build, find_python

ROOT = Path(__file__).parent.parent
VISIT = Path(__file__).parent / "cold_start_visit.py"
IMPORT = 1.5
ANSWER = 2.5
RUNS = 9
UNNEEDED = {
    "msgraph": "takes more than a second to import",
    "alembic": "is for whoever migrates",
    "rich": "draws in terminals",
    "typst": "makes PDFs",
    "docx": "makes Word files",
    "icalendar": "writes calendars",
    "yaml": "reads files, and the register holds none",
    "sqlalchemy.orm": "is SQLAlchemy's mapper, which its asynchronous part brings",
    "sqlalchemy.dialects.postgresql": "speaks to the database that is not there",
    "pydantic_settings": "reads the environment in a hundred ways",
    "workflows.papers.agendas": "is about papers, and an answer is none",
}
"""Packages and modules that an answer does without, with what each would do."""
EMPTY = """\
import azure.functions as func
from fastapi import FastAPI

web = FastAPI()


@web.post("/")
async def answer() -> dict[str, str]:
    return {"status": "ok"}


app = func.AsgiFunctionApp(app=web, http_auth_level=func.AuthLevel.ANONYMOUS)
"""


@dataclass(frozen=True, kw_only=True)
class Cold:
    """Figures of one kind of app: medians, in seconds of processor time."""

    imported: float
    answered: float
    """Import and first answer together."""
    modules: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class App:
    """An app in a folder, and its first visit: method, path, body and moment."""

    folder: Path
    visit: Sequence[str]
    settings: Mapping[str, str]


def measure(package: Path, python: str, runs: int) -> tuple[Cold, Cold]:
    """Return our figures and the empty app's, taken in turn. *package*: the folder in which it was unpacked."""
    with tempfile.TemporaryDirectory(prefix="vareunge-cold-") as name:
        folder = Path(name)
        (folder / "empty").mkdir()
        (folder / "empty" / "function_app.py").write_text(EMPTY, "utf-8")
        subprocess.run([python, "-m", "compileall", "-q", folder / "empty"], check=True)
        apps = (_ours(package, folder), App(folder=folder / "empty", visit=("POST", "/", "", ""), settings={}))
        taken: list[list[dict[str, Any]]] = [[], []]
        # Of an environment, the interpreter below it: a worker has the package's libraries and no others.
        bare = os.path.realpath(python)
        for _ in range(runs):
            for app, figures in zip(apps, taken, strict=True):
                figures.append(_visit(app, bare, package / SITE_PACKAGES))
    return _figures(taken[0]), _figures(taken[1])


def _ours(package: Path, folder: Path) -> App:
    """Prepare six municipalities whose rounds are open; the visitor answers one of their requests."""
    url = f"sqlite+aiosqlite:///{folder / 'vareunge.db'}"
    stage = [sys.executable, "-m", "benchmarks.answers", "--as", "prepare", "6", str(folder), url, ""]
    subprocess.run(stage, check=True, cwd=ROOT, env=_environment({}))
    jobs = json.loads((folder / "jobs.json").read_text("utf-8"))
    token = next(job["token"] for job in jobs if job["token"])
    answer = urlencode({"light": "green", "done": "Vi er i gang.", "next": "Vi går videre.", "indicator:antall": "4"})
    settings = {"VAREUNGE_PART": "door", "VAREUNGE_DATABASE_URL": url, "VAREUNGE_LOG_LEVEL": "WARNING"}
    moment = (OPENS + timedelta(days=1)).isoformat()
    return App(folder=package, visit=("POST", f"/svar/{token}", answer, moment), settings=settings)


def _visit(app: App, python: str, site_packages: Path) -> dict[str, Any]:
    path = os.pathsep.join((str(app.folder), str(site_packages)))
    done = subprocess.run(
        [python, VISIT, *app.visit],
        cwd=app.folder,
        env=_environment({**app.settings, "PYTHONPATH": path}),
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if figures["status"] != 200:
        raise RuntimeError(f"the first answer was refused with {figures['status']}")
    return figures


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("VAREUNGE_", "PYTHON"))}
    return {**ours, **more}


def _figures(taken: Sequence[Mapping[str, Any]]) -> Cold:
    return Cold(
        imported=median(run["import"] for run in taken),
        answered=median(run["answer"] for run in taken),
        modules=frozenset(name for run in taken for name in run["modules"]),
    )


def faults(ours: Cold, empty: Cold) -> list[str]:
    """Return each limit that did not hold, for people."""
    found = []
    if ours.imported > IMPORT * empty.imported:
        ratio = ours.imported / empty.imported
        found.append(f"the import takes {ratio:.2f} × an empty app's, expected at most {IMPORT} ×")
    found += [f"the first answer brought {name}, which {why}" for name, why in UNNEEDED.items() if name in ours.modules]
    return found


def report(ours: Cold, empty: Cold) -> str:
    """Return the figures, for people."""
    rows = (
        ("import", ours.imported, empty.imported, IMPORT),
        ("with the first answer", ours.answered, empty.answered, ANSWER),
    )
    lines = [f"{'':<24}{'ours':>10}{'empty app':>12}{'ratio':>8}{'aim':>6}"]
    lines += [
        f"{what:<24}{mine * 1000:>7.0f} ms{theirs * 1000:>9.0f} ms{mine / theirs:>8.2f}{aim:>6}"
        for what, mine, theirs, aim in rows
    ]
    return "\n".join([*lines, f"modules after the answer: {len(ours.modules)}, empty app: {len(empty.modules)}"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when a limit does not hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cold_start", description=__doc__)
    parser.add_argument("--package", type=Path, help="a package that was built before, for the same Python")
    parser.add_argument("--python", default=PYTHON, help="version or path of the Python to run (3.13)")
    parser.add_argument("--runs", type=int, default=RUNS, help="processes of each kind")
    given = parser.parse_args(arguments)
    python = find_python(given.python)
    if python is None:
        print(f"there is no Python {given.python} here, so this one is measured", file=sys.stderr)
        python = sys.executable
    with tempfile.TemporaryDirectory(prefix="vareunge-package-") as name:
        package = given.package
        if package is None:
            package = Path(name) / "package.zip"
            build(package, python)
        print(f"package: {package.stat().st_size / 1e6:.1f} MB")
        with zipfile.ZipFile(package) as packed:
            packed.extractall(Path(name) / "unpacked")
        ours, empty = measure(Path(name) / "unpacked", python, given.runs)
    print(report(ours, empty))
    print(f"{_version(python)} on {platform.system()}, medians of {given.runs} processes each, in turn")
    wrong = faults(ours, empty)
    for fault in wrong:
        print(fault, file=sys.stderr)
    return 1 if wrong else 0


def _version(python: str) -> str:
    return subprocess.run([python, "--version"], check=True, text=True, capture_output=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
