"""Imports point one way, the sandbox and the service know nothing of each other, and the programme is only data."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "cards", "commands", "config", "demo", "documents", "engine", "integration", "sandbox", "texts", "web",
    "wiring", "workflows",
}  # fmt: skip
SINGLE = {"cli", "function_app"}
"""Modules that lie in no package."""
DOORS = {"cli", "commands", "function_app", "web", "demo", "wiring"}
MAY_IMPORT = {
    "config": {"texts"},
    "texts": set(),
    "cards": {"texts", "config"},
    "documents": {"texts", "config"},
    "workflows": {"config", "texts", "cards", "documents"},
    "engine": {"config", "workflows"},
    "integration": {"config", "texts", "workflows", "engine"},
    "sandbox": set(),
    "wiring": PACKAGES - {"commands", "demo", "sandbox"},
}
"""Packages of ours that a package may import besides itself. The other doors may import everything but the sandbox."""
PROGRAMME_NAMES = re.compile(r"våre unge|trygg hverdag", re.IGNORECASE)
"""Names of the programmes that ship as data."""
PROGRAMME_WORDS = re.compile(r"eierstyr|arbeidspakk|styremøt|lokal leder|fylkesleder", re.IGNORECASE)
"""What one of them calls its bodies, roles and packages: words for people, which stand in `texts/`."""
PROGRAMME_ADDRESSES = re.compile(r"/eierstyret|/arbeidspakker|\"arbeidspakker\"")
"""Pages have one address in every programme."""
OUTSIDE_WORKFLOWS = {"httpx", "sqlalchemy", "msgraph", "fastapi", "starlette", "azure", "microsoft_teams", "os"}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py")) if (ROOT / package).is_dir() else [ROOT / f"{package}.py"]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_imports_point_one_way(package: str) -> None:
    allowed = MAY_IMPORT[package] | {package}

    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(package)
        for name in imported(path)
        if name.split(".")[0] in (PACKAGES | DOORS) - allowed
    ]

    assert not wrong


@pytest.mark.parametrize("package", sorted(PACKAGES - {"commands", "sandbox"} | SINGLE))
def test_only_the_command_line_starts_the_sandbox(package: str) -> None:
    assert not [path for path in modules(package) for name in imported(path) if name.split(".")[0] == "sandbox"]


def test_workflows_know_no_http_no_sql_and_no_environment() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules("workflows")
        for name in imported(path)
        if name.split(".")[0] in OUTSIDE_WORKFLOWS
    ]

    assert not wrong


def test_only_the_settings_read_the_environment() -> None:
    allowed = {ROOT / "config" / "settings.py", ROOT / "demo" / "stage.py"}
    reads = re.compile(r"os\.environ|os\.getenv|\bgetenv\(")
    paths = {path for package in PACKAGES | SINGLE for path in modules(package)}

    assert not [path for path in paths - allowed if reads.search(path.read_text())]


def test_nothing_in_code_says_the_name_of_a_programme() -> None:
    """`vareunge`, `vaare-unge-365` and «Vaare unge 365» name the program itself, in commands, packages and feeds."""
    folders = PACKAGES - {"config"} | {"teams_app"}
    said = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".yaml", ".json", ".html", ".css", ".js", ".typ", ".md"}
        for match in [PROGRAMME_NAMES.search(path.read_text("utf-8"))]
        if match and path.name != "story.yaml"
    ]

    assert not said


def test_nothing_in_code_says_the_words_of_a_programme() -> None:
    paths = [
        path
        for folder in sorted(PACKAGES - {"config", "sandbox"})
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".html", ".js", ".typ"}
    ]

    assert len(paths) > 400
    assert not [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in paths
        for match in [PROGRAMME_WORDS.search(PROGRAMME_ADDRESSES.sub("", path.read_text("utf-8")))]
        if match
    ]


def test_nothing_in_code_knows_a_municipality_of_the_programme() -> None:
    names = set()
    for path in sorted((ROOT / "config" / "vestfold" / "municipalities").glob("*.yaml")):
        municipality = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["municipality"]
        names |= {municipality["name"].casefold(), municipality["slug"], str(municipality["number"])}
    paths = [path for package in PACKAGES | SINGLE for path in modules(package)]

    assert names
    assert not [
        f"{path.relative_to(ROOT)}: {name}"
        for path in paths
        for name in names
        if re.search(rf"\b{re.escape(name)}\b", path.read_text().casefold())
    ]
