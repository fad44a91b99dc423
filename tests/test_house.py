"""The house: rooms in one order, no circles, no long files, no large classes, one thing by one name."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import LONG, rank

ROOT = Path(__file__).parent.parent
SERVICE = (
    "cards", "commands", "config", "demo", "documents", "engine", "integration", "teams_app", "texts", "web",
    "wiring", "workflows",
)  # fmt: skip
ALL = (*SERVICE, "sandbox", "benchmarks", "tools", "tests")
ROOMS = (
    "ground",
    "ports",
    "sweep",
    "register",
    "messages",
    "access",
    "meetings",
    "rollout",
    "status",
    "papers",
    "operations",
    "privacy",
    "governance",
    "bot",
    "overview",
)
"""The rooms of `workflows/`: each may use those before it. The ground is its modules outside any room."""
LONGEST_FILE = 400
LARGEST_CLASS = 15
OPENING = re.compile(r"(What|Whether|Who|Whom|Whose|How|Where|When|Which|Why|That)\b")
"""A docstring opens with a verb and its object, or names the thing."""


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@dataclass(frozen=True, kw_only=True)
class Module:
    """The facts of one module that the rules ask for. Its tree is let go of: all of them would weigh on every test."""

    lines: int
    imported: Sequence[tuple[str, str]]
    """Each module that it imports from, and the name; no name for a whole module."""
    defined: frozenset[str]
    classes: Sequence[str]
    """The classes on its first level."""
    crowded: Sequence[str]
    """Classes of many methods that give no reason."""
    questions: Sequence[str]
    """Docstrings that open like a question."""


@cache
def modules() -> Mapping[str, Module]:
    paths = [path for package in ALL for path in sorted((ROOT / package).rglob("*.py"))]
    paths += [ROOT / "cli.py", ROOT / "function_app.py"]
    return {module_name(path): read(path.read_text("utf-8")) for path in paths}


def read(source: str) -> Module:
    tree = ast.parse(source)
    imported: list[tuple[str, str]] = []
    defined: set[str] = set()
    crowded: list[str] = []
    questions: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            imported += [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            imported += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            defined.add(node.id)
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name, docstring = getattr(node, "name", ""), ast.get_docstring(node) or ""
            defined.add(name)
            methods = sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)
            if isinstance(node, ast.ClassDef) and methods > LARGEST_CLASS and "method" not in docstring:
                crowded.append(f"{name}: {methods}")
            if OPENING.match(docstring):
                questions.append(f"{name}: {docstring.splitlines()[0]}")
    return Module(
        lines=len(source.splitlines()),
        imported=imported,
        defined=frozenset(defined),
        classes=[node.name for node in tree.body if isinstance(node, ast.ClassDef)],
        crowded=crowded,
        questions=questions,
    )


def imports(module: str) -> Iterator[tuple[str, str]]:
    """Give each name that *module* imports from a module of ours, those for the type checker alone included."""
    for source, name in modules()[module].imported:
        if f"{source}.{name}" in modules():
            yield f"{source}.{name}", ""
        elif source in modules():
            yield source, name


def of_packages(*packages: str) -> list[str]:
    return [name for name in modules() if name.partition(".")[0] in packages]


def room_of(module: str) -> str:
    room = module.split(".")[1] if module.count(".") else "ground"
    return room if room in ROOMS else "ground"


def test_the_rooms_of_the_workflows_stand_in_one_order() -> None:
    wrong = [
        f"{module}: {target}"
        for module in of_packages("workflows")
        for target, _ in imports(module)
        if target.startswith("workflows") and ROOMS.index(room_of(target)) > ROOMS.index(room_of(module))
    ]

    assert not wrong


def test_no_module_can_be_reached_from_itself() -> None:
    graph = {module: {target for target, _ in imports(module)} for module in of_packages(*SERVICE, "sandbox")}
    circles = []
    for start in graph:
        seen: set[str] = set()
        ahead = list(graph[start])
        while ahead:
            module = ahead.pop()
            if module not in seen:
                seen.add(module)
                ahead += graph.get(module, ())
        if start in seen:
            circles.append(start)

    assert not circles


def test_a_name_is_imported_from_the_module_that_defines_it() -> None:
    wrong = [
        f"{module}: {target}.{name}"
        for module in of_packages(*ALL)
        for target, name in imports(module)
        if name and name not in modules()[target].defined
    ]

    assert not wrong


@pytest.mark.parametrize("package", ALL)
def test_no_file_is_longer_than_a_reader_takes_in(package: str) -> None:
    long = {
        module: lines
        for module in of_packages(package)
        if (lines := modules()[module].lines) > LONGEST_FILE and not module.startswith("tests.")
    }

    assert not long


def test_a_class_with_many_methods_says_why() -> None:
    packages = of_packages(*SERVICE, "sandbox")
    wrong = [f"{module}.{crowded}" for module in packages for crowded in modules()[module].crowded]

    assert not wrong


def test_no_two_classes_of_the_service_have_one_name() -> None:
    where = defaultdict(list)
    for module in of_packages(*SERVICE):
        for name in modules()[module].classes:
            if not name.startswith("_"):
                where[name].append(module)

    assert not {name: found for name, found in where.items() if len(found) > 1}


def test_docstrings_open_with_a_verb_or_name_the_thing() -> None:
    wrong = [f"{module}.{docstring}" for module in of_packages(*ALL) for docstring in modules()[module].questions]

    assert not wrong


def test_files_that_take_long_are_there_and_start_before_the_others() -> None:
    started = sorted(
        ["tests/cards/test_cards.py::t", "tests/e2e/test_demo.py::t", "tests/e2e/test_learning.py::t"], key=rank
    )

    assert [path for path in LONG if not (ROOT / path).exists()] == []
    assert started[-1] == "tests/cards/test_cards.py::t"
    assert started[0] == "tests/e2e/test_demo.py::t"
