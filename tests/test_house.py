"""The house: rooms in one order, no circles, no long files, no large classes, one thing by one name."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

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


@cache
def trees() -> Mapping[str, tuple[Path, ast.Module]]:
    paths = [path for package in ALL for path in sorted((ROOT / package).rglob("*.py"))]
    paths += [ROOT / "cli.py", ROOT / "function_app.py"]
    return {module_name(path): (path, ast.parse(path.read_text("utf-8"))) for path in paths}


def imports(module: str) -> Iterator[tuple[str, str]]:
    """Give each name that *module* imports from a module of ours, those for the type checker alone included."""
    for node in ast.walk(trees()[module][1]):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in trees():
                    yield inner, ""
                elif node.module in trees():
                    yield node.module, alias.name
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name in trees())


def of_packages(*packages: str) -> list[str]:
    return [name for name in trees() if name.partition(".")[0] in packages]


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
        if name and name not in defined(target)
    ]

    assert not wrong


@cache
def defined(module: str) -> frozenset[str]:
    names = set()
    for node in ast.walk(trees()[module][1]):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return frozenset(names)


@pytest.mark.parametrize("package", ALL)
def test_no_file_is_longer_than_a_reader_takes_in(package: str) -> None:
    long = {
        module: lines
        for module in of_packages(package)
        if (lines := len(trees()[module][0].read_text("utf-8").splitlines())) > LONGEST_FILE
        and not module.startswith("tests.")
    }

    assert not long


def test_a_class_with_many_methods_says_why() -> None:
    wrong = []
    for module in of_packages(*SERVICE, "sandbox"):
        for node in ast.walk(trees()[module][1]):
            if isinstance(node, ast.ClassDef):
                methods = sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in node.body)
                if methods > LARGEST_CLASS and "method" not in (ast.get_docstring(node) or ""):
                    wrong.append(f"{module}.{node.name}: {methods}")

    assert not wrong


def test_no_two_classes_of_the_service_have_one_name() -> None:
    found = Counter[str]()
    where = defaultdict(list)
    for module in of_packages(*SERVICE):
        for node in trees()[module][1].body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name] += 1
                where[node.name].append(module)

    assert not {name: where[name] for name, number in found.items() if number > 1}


def test_docstrings_open_with_a_verb_or_name_the_thing() -> None:
    wrong = []
    for module in of_packages(*ALL):
        for node in ast.walk(trees()[module][1]):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                docstring = ast.get_docstring(node) or ""
                if OPENING.match(docstring):
                    wrong.append(f"{module}.{getattr(node, 'name', '')}: {docstring.splitlines()[0]}")

    assert not wrong
