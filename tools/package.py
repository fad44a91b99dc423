"""Build the deployment package for Azure Functions: `python -m tools.package OUT.zip [--python PYTHON]`.

The package holds our code, the packages it needs below `.python_packages/lib/site-packages`, the county's own files
where there are any, and nothing else: no tests, no sandbox, no demo. Modules are compiled beforehand with unchecked
hashes: Python otherwise tells an old one by the times of files, which change when a package is unpacked, and a new
worker would compile everything again. Texts are one file a language, read without the YAML reader, and pages' templates
are compiled to Python.

Packages come as wheels for Linux (x86-64), whatever machine builds. The package is for the Python that compiles it,
3.13 unless said otherwise.
"""

import argparse
import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import texts
from web import pages

ROOT = Path(__file__).parent.parent
PYTHON = "3.13"
"""Python of the deployment, as `infra/modules/function.bicep` names it."""
OURS = (
    "cards", "commands", "config", "documents", "engine", "integration", "teams_app", "texts", "web", "wiring",
    "workflows", "infra/permissions", "cli.py", "function_app.py", "host.json", "LICENSE", "package-lock.json",
)  # fmt: skip
COUNTY = ROOT / "county"
"""The county's logo and template of Word files (`PAPER_LOGO`, `WORD_TEMPLATE`). Git leaves the folder out."""
SITE_PACKAGES = Path(".python_packages/lib/site-packages")
PLATFORM = "x86_64-manylinux_2_28"
FOR_TERMINALS = ("rich", "markdown-it-py", "mdurl", "pygments")
"""Packages of the demo alone. Where rich is there, the library of logs imports it, too."""
LOCALES = re.compile(r"(root|nb|nb_NO|nn|nn_NO|no|en|en_001|en_150|en_GB)\.dat")
"""Babel's languages that `texts` writes dates and numbers in, with what they build on."""
REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)")
MADE_ON = (2026, 1, 1, 0, 0, 0)
"""The time of every file in the package: nothing but the content may differ between two packages."""


class PackageError(Exception):
    """The package cannot be built; the message says what to do."""


def requirements(exported: str) -> list[str]:
    """Return the requirements of the service, of those that `uv export` printed."""
    lines = [line for line in exported.splitlines() if REQUIREMENT.match(line)]
    return [line for line in lines if _name(line) not in FOR_TERMINALS]


def graph_areas(folder: Path) -> frozenset[str]:
    """Return the areas of the Graph SDK (`users`, `groups` …) that the clients in *folder* build addresses with."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(folder.glob("*.py"))]
    return frozenset(
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sdk"
    )


def superfluous(site_packages: Path, areas: frozenset[str]) -> Iterator[Path]:
    """Give what packages bring and the service never reads: areas and models of the Graph SDK, languages, tools."""
    graph = site_packages / "msgraph" / "generated"
    yield from (path for path in graph.glob("*/") if path.name not in areas | {"models", "__pycache__"})
    # Our clients take addresses from the SDK and read answers themselves; errors alone come as a model of its.
    yield from (path for path in (graph / "models").glob("*") if path.name not in ("__init__.py", "o_data_errors"))
    yield graph / "kiota-dom-export.txt"
    yield from (
        path for path in (site_packages / "babel" / "locale-data").glob("*") if not LOCALES.fullmatch(path.name)
    )
    yield site_packages / "bin"


def find_python(wanted: str) -> str | None:
    """Return the path of a Python by its version or path; None when this machine has none."""
    if Path(wanted).is_file():
        return wanted
    found = subprocess.run([_uv(), "python", "find", wanted], check=False, text=True, capture_output=True)
    if found.returncode == 0:
        return found.stdout.strip()
    # pyenv's own commands on the path only say that another version is chosen here; uv gives up at the first of them.
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    installed = sorted(versions.glob(f"{wanted}*/bin/python"))
    return str(installed[-1]) if installed else None


def build(out: Path, python: str, *, compression: int = zipfile.ZIP_DEFLATED) -> None:
    """
    Write the package to *out*, for the interpreter at the path *python*, which compiles it.

    The folder of *out* is made when it is not there.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vareunge-package-") as name:
        folder = Path(name)
        _install(folder / SITE_PACKAGES, python)
        _copy_ours(folder)
        _compile(folder, python)
        _zip(folder, out, compression)


def _install(target: Path, python: str) -> None:
    export = [
        _uv(),
        "export",
        "--no-dev",
        "--no-hashes",
        "--no-emit-project",
        "--no-annotate",
        "--no-header",
        "--quiet",
    ]
    exported = subprocess.run(export, check=True, text=True, capture_output=True, cwd=ROOT).stdout
    given = "\n".join(requirements(exported))
    install = [
        *(_uv(), "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"),
        *("--target", str(target), "--python", python, "--python-platform", PLATFORM),
        *("--requirements", "-"),
    ]
    # Constraints of the project do not reach `uv pip`; its exported versions do.
    subprocess.run(install, check=True, text=True, input=given, cwd=ROOT)
    for path in superfluous(target, graph_areas(ROOT / "integration" / "graph")):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _copy_ours(folder: Path) -> None:
    if not (ROOT / "web" / "static" / "vendor").is_dir():
        raise PackageError("web/static/vendor is missing: `./run uv sync` fetches the front-end packages")
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in OURS:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=ignore)
        else:
            shutil.copyfile(source, target)
    if COUNTY.is_dir():
        shutil.copytree(COUNTY, folder / COUNTY.name)
    for language in texts.languages():
        packed = texts.packed_texts(folder / "texts", language)
        packed.write_text(json.dumps(texts.read_language(language), ensure_ascii=False), encoding="utf-8")
        shutil.rmtree(folder / "texts" / language)
    shutil.rmtree(folder / "web" / pages.TEMPLATES.name)
    compiled = folder / "web" / pages.COMPILED.name
    pages.templates().compile_templates(compiled, zip=None, ignore_errors=False)


def _compile(folder: Path, python: str) -> None:
    # Each module is told its place in the package: a traceback must not show the folder in which it was built.
    options = ["--invalidation-mode", "unchecked-hash", "--workers", "0", "-s", str(folder), "-q", "-q"]
    # A template that a library keeps for other versions of Python may not compile: nothing imports it.
    subprocess.run([python, "-m", "compileall", *options, str(folder)], check=False)


def _zip(folder: Path, out: Path, compression: int) -> None:
    with zipfile.ZipFile(out, "w") as package:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), date_time=MADE_ON)
                entry.external_attr = 0o644 << 16
                entry.compress_type = compression
                package.writestr(entry, path.read_bytes())


def _uv() -> str:
    """Return uv itself, which tells the programs that it runs where it is."""
    return os.environ.get("UV", "uv")


def _name(requirement: str) -> str:
    found = REQUIREMENT.match(requirement)
    return found[1].lower() if found else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the package and tell its size; 1 when it cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m tools.package", description=main.__doc__)
    parser.add_argument("out", type=Path, help="the file to write, for example dist/vareunge.zip")
    parser.add_argument("--python", default=PYTHON, help="version or path of the Python to build for (3.13)")
    given = parser.parse_args(arguments)
    python = find_python(given.python)
    if python is None:
        sys.stderr.write(f"Python {given.python} was not found: `./run uv python install {given.python}` installs it\n")
        return 1
    try:
        build(given.out, python)
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"{error.cmd[0]} ended with {error.returncode}\n{error.stderr or ''}")
        return 1
    with zipfile.ZipFile(given.out) as package:
        unpacked = sum(entry.file_size for entry in package.infolist())
    packed = given.out.stat().st_size
    sys.stdout.write(f"{given.out}: {packed / 1e6:.1f} MB, {unpacked / 1e6:.0f} MB unpacked\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
