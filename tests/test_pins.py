"""Every package is pinned, and nothing in the project names a registry."""

import subprocess
import tomllib
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
NOT_OURS = {"vaare-unge-365", "pip", "setuptools", "wheel", "uv"}
"""Packages that an environment may hold although the project did not ask for them."""


def pinned() -> dict[str, set[str]]:
    versions: dict[str, set[str]] = {}
    for line in PYPROJECT["tool"]["uv"]["constraint-dependencies"]:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate():
            versions.setdefault(canonicalize_name(requirement.name), set()).add(str(requirement.specifier)[2:])
    return versions


def test_every_installed_package_has_its_pin() -> None:
    installed = {canonicalize_name(found.metadata["Name"]): found.version for found in distributions()}

    unpinned = {
        f"{name}=={version}"
        for name, version in installed.items()
        if name not in NOT_OURS and version not in pinned().get(name, set())
    }

    assert not unpinned, "run `uv run python -m tools.pins`"


def test_the_build_is_pinned_too() -> None:
    build = {Requirement(line).name: line for line in PYPROJECT["tool"]["uv"]["build-constraint-dependencies"]}

    assert all("==" in line for line in [*build.values(), *PYPROJECT["build-system"]["requires"]])


def test_no_kept_file_names_a_registry() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "deb." + "debian")
    kept = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout

    named = [
        name
        for name in kept.split("\0")
        if name and any(host in (ROOT / name).read_text(errors="ignore") for host in hosts if (ROOT / name).exists())
    ]

    assert not named
