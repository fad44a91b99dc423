"""Documents: every command, option, setting, module, path and azd name that they tell people to use is there."""

import argparse
import importlib.util
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from cli import create_parser
from config.settings import Settings
from tests.infra.azure_cli import unknown_in
from tests.test_docs import DOCUMENTS, ROOT

CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`]+)`", re.DOTALL)
OURS = re.compile(r"(?:^|[\s(])(?:\./run|vareunge)[ ]+([a-z][a-z-]*)([^|;&#\n]*)", re.MULTILINE)
"""A call of our terminal: its command and what stands behind it."""
OF_RUN = {"test", "uv"}
"""Commands of the script `run` itself."""
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
SETTING = re.compile(r"VAREUNGE_[A-Z][A-Z_]*[A-Z]\b(?!…|\*)")
MODULE = re.compile(r"python -m ([a-z_][a-z0-9_.]*[a-z0-9_])")
AZD = re.compile(r"azd env set (?!NAME\b)([A-Z_]+)")
SCRIPT = re.compile(r"(?:^|[\s/])([a-z-]+\.(?:sh|ps1))(?![\w.])((?:[ ]+[^|;&#\n]*)?)")
"""A call of a script for administrators, and its arguments."""
MANDATORY = re.compile(r"\[Parameter\(Mandatory\)\] \[[^$]+ \$(\w+)")
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0].isalpha()} - {"node_modules"}
PATH = re.compile(r"^\.?[\w*-]+(?:/[\w.*-]+)+/?$")


def code_in(document: Path) -> Iterator[str]:
    """Yield the code of a document: its blocks, joined where a line goes on, and its spans."""
    for block, span in CODE.findall(document.read_text("utf-8")):
        yield block.replace("\\\n", " ") or " ".join(span.split())


def commands() -> Mapping[str, argparse.ArgumentParser]:
    (found,) = [action for action in create_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found.choices)


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from parsers(inner)


@cache
def options() -> Mapping[str, set[str]]:
    """Return the options of each command, those of its parts among them."""
    return {
        name: {option for inner in parsers(parser) for action in inner._actions for option in action.option_strings}
        for name, parser in commands().items()
    }


@cache
def read_somewhere() -> set[str]:
    """Return the variables of ours that the code reads: settings, and what scripts and templates name."""
    sources = [path for pattern in ("*.py", "*.bicep", "*.sh", "*.json") for path in ROOT.glob(f"infra/**/{pattern}")]
    for folder in ("commands", "config", "teams_app", "tests/support", "tools", "workflows"):
        sources += (ROOT / folder).rglob("*.py")
    named = {name for path in sources for name in SETTING.findall(path.read_text("utf-8"))}
    return named | {f"VAREUNGE_{name.upper()}" for name in Settings.model_fields}


@cache
def azd_reads() -> set[str]:
    """Return the variables of azd's environment: those that the template asks for, and those that it puts there."""
    asked = re.findall(r"\$\{(\w+)", (ROOT / "infra" / "main.parameters.json").read_text("utf-8"))
    return {*asked, *re.findall(r"^output (\w+)", (ROOT / "infra" / "main.bicep").read_text("utf-8"), re.MULTILINE)}


def wrong_in(code: str) -> list[str]:
    """List the names in a document's code that nothing here has."""
    wrong = []
    for command, rest in OURS.findall(code):
        if command not in options():
            wrong += [command] if command not in OF_RUN else []
        else:
            wrong += [f"{command} {option}" for option in OPTION.findall(rest) if option not in options()[command]]
    wrong += [name for name in SETTING.findall(code) if name not in read_somewhere()]
    wrong += [name for name in MODULE.findall(code) if not name.startswith(("venv", "pip")) and not is_module(name)]
    wrong += [name for script, rest in SCRIPT.findall(code) for name in wrong_in_call(script, rest)]
    wrong += [name for name in AZD.findall(code) if name not in azd_reads()]
    wrong += unknown_in(code)
    return wrong + [path for path in [code] if PATH.match(path) and not is_here(path)]


def wrong_in_call(script: str, arguments: str) -> list[str]:
    """List the arguments that a script does not know, and those that it needs and would ask for."""
    path = ROOT / "infra" / "scripts" / script
    if not path.exists():
        return [script]
    source = path.read_text("utf-8") + (path.parent / "common.sh").read_text("utf-8")
    if path.suffix == ".sh":
        of_script = arguments.partition(" -- ")[0]
        return [f"{script} {option}" for option in OPTION.findall(of_script) if option not in source]
    given = set(re.findall(r"(?<=-)[A-Z]\w+", re.sub(r"<[^>]*>", "", arguments)))
    wrong = {name for name in given if f"${name}" not in source.partition(")\n\n")[0]}
    wrong |= set(MANDATORY.findall(source)) - given if given else set()
    return [f"{script} -{name}" for name in sorted(wrong)]


def is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def is_here(path: str) -> bool:
    """Return False for a path into this repository, or the end of one to a module of ours, where nothing lies."""
    if path.startswith(".ci/") or path.partition("/")[0] in FOLDERS:
        return any(ROOT.glob(path.rstrip("/")))
    is_module_of_ours = path.endswith((".py", ".html", ".bicep"))
    return not is_module_of_ours or any(found for folder in FOLDERS for found in (ROOT / folder).glob(f"**/{path}"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_name_that_a_document_tells_people_to_use_is_there(document: Path) -> None:
    assert [name for code in code_in(document) for name in wrong_in(code)] == []


EXCHANGE = ("HandsId", "HandsObjectId", "Organizer")


@pytest.mark.parametrize(
    ("code", "wrong"),
    [
        ("./run doctor --json && vareunge undo", ["undo"]),
        ("vareunge doctor --loud", ["doctor --loud"]),
        ("vareunge papers files DIR --nothing", ["papers --nothing"]),
        ("VAREUNGE_PUBLIC_URL=https://x VAREUNGE_NOTHING=1", ["VAREUNGE_NOTHING"]),
        ("python -m tools.package OUT.zip; python -m tools.nothing", ["tools.nothing"]),
        ("azd env set ORGANIZERS a@b.example; azd env set NOTHING 1", ["NOTHING"]),
        ("infra/scripts/nothing.sh", ["nothing.sh", "infra/scripts/nothing.sh"]),
        ("integration/nothing.py", ["integration/nothing.py"]),
        ("infra/scripts/deploy.sh --force", ["deploy.sh --force"]),
        ("infra/scripts/database.sh --apply -- import DIR --yes", []),
        ("./infra/scripts/teams.ps1 -Package A.zip -Organizer a@b.example -Loud", ["teams.ps1 -Loud"]),
        ("./infra/scripts/exchange.ps1 -Undo -Apply", [f"exchange.ps1 -{n}" for n in EXCHANGE]),
        ("infra/permissions/*.txt", []),
        ("/fylket/logg", []),
    ],
)
def test_a_name_that_is_not_there_is_told(code: str, wrong: list[str]) -> None:
    assert wrong_in(code) == wrong
