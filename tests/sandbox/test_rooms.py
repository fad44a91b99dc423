"""The rooms of the sandbox stand in one order, and no module leads back to itself."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import sandbox

ROOT = Path(sandbox.__file__).parent
ROOMS = (
    "platform",
    "protocol",
    "directory",
    "teams",
    "sharepoint",
    "exchange",
    "planner",
    "connector",
    "tenant",
    "graph",
    "people",
    "control",
    "views",
    "signin",
)
"""From the ground up. Modules that lie in no room, such as `app`, stand above all of them."""
FILES = sorted(ROOT.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Every module of the sandbox that a file imports, for types alone too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("sandbox."))
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sandbox":
            for alias in node.names:
                inner = ROOT.parent.joinpath(*node.module.split("."), f"{alias.name}.py")
                yield f"{node.module}.{alias.name}" if inner.exists() else node.module


def named(path: Path) -> str:
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)


def floor(module: str) -> int:
    """The height of a module's room, from the ground up."""
    room = module.split(".")[1]
    return ROOMS.index(room) if room in ROOMS else len(ROOMS)


def test_every_folder_is_a_room() -> None:
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == set(ROOMS)


@pytest.mark.parametrize("path", [pytest.param(path, id=named(path)) for path in FILES])
def test_a_room_knows_only_those_below_it(path: Path) -> None:
    assert [module for module in imported(path) if floor(module) > floor(f"{named(path)}.")] == []


def test_no_module_leads_back_to_itself() -> None:
    sorter = TopologicalSorter({named(path): set(imported(path)) for path in FILES})

    try:
        sorter.prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_a_room_s_init_holds_no_code() -> None:
    held = {named(path): ast.parse(path.read_text()).body[1:] for path in ROOT.rglob("__init__.py")}

    assert {name: body for name, body in held.items() if body} == {}
