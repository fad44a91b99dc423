"""A programme's YAML, and the register that it is taken into."""

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from commands.confirm import is_confirmed
from commands.session import DID_NOT_HOLD, DONE, WRONG_USE, Usage, show, tell
from commands.subjects import imported_programme
from commands.units import hint
from commands.words import TerminalWords

if TYPE_CHECKING:
    from config.problems import Problem
    from wiring.process import Services


def check(arguments: argparse.Namespace) -> int:
    """Only validate a programme's YAML."""
    from config.loading import load_programme
    from config.problems import InvalidInput

    try:
        programme = load_programme(arguments.folder)
    except InvalidInput as exc:
        if not arguments.json:
            raise
        show(arguments, [_row(problem) for problem in exc.problems], ())
        return WRONG_USE
    words = TerminalWords(programme)
    counted = words.municipalities(len(programme.municipalities))
    show(arguments, [], [words.say("checked", folder=str(arguments.folder), municipalities=counted)])
    return DONE


def _row(problem: "Problem") -> Mapping[str, str]:
    """Return a problem for programs, in English."""
    return {
        "where": problem.where,
        "value": str(problem.value),
        "expected": str(problem.expected),
        "rule": problem.expected.key,
    }


async def import_(services: "Services", arguments: argparse.Namespace) -> int:
    """Replace the register by a programme's YAML, after asking when that overwrites what people edited."""
    from config.loading import load_documents, load_programme
    from workflows.sweep import sweep_unit

    # Loaded as a whole first: its errors know file and line.
    programme = load_programme(arguments.folder)
    documents = load_documents(arguments.folder)
    words = TerminalWords(programme)
    overwritten = await _overwritten(services, documents, words)
    if overwritten and not is_confirmed(arguments, words, overwritten, question=words.say("import_question")):
        return DID_NOT_HOLD
    sweep = sweep_unit(programme.key, services.clock.now())
    await services.record.register.save(documents, then=(sweep,))
    await hint(services)
    counted = words.municipalities(len(programme.municipalities))
    tell(words.say("imported", folder=str(arguments.folder), municipalities=counted))
    return DONE


async def _overwritten(services: "Services", documents: Mapping[str, Any], words: TerminalWords) -> Sequence[str]:
    """Return a heading and a line for everything that people edited and the files would replace; none for nothing."""
    from workflows.register.rendering import RegisterWords

    found = await services.record.register.overwritten(documents)
    if not found:
        return ()
    said = RegisterWords(await services.record.register.documents(), words.language)
    lines = [
        words.say(
            "import_overwrites",
            entry=said.entry(item.address),
            field=said.field(item.path) or said.say("all_of_it"),
            now=said.value(item.now),
            wanted=said.value(item.wanted),
            by=said.person(item.by),
            at=words.moment(item.at),
        )
        for item in found
    ]
    return [words.say("import_heading", count=len(lines)), *lines]


async def municipalities(services: "Services", arguments: argparse.Namespace) -> int:
    """Take in the country's register of municipalities: Statistics Norway's Klass 131, as JSON or CSV."""
    from config.klass import read_klass

    words = TerminalWords(await services.record.register.find_programme())
    if not arguments.file.is_file():
        raise Usage(words.say("no_file", file=str(arguments.file)))
    known = read_klass(arguments.file.read_bytes(), file=str(arguments.file))
    await services.record.klass.replace(known)
    tell(
        words.say("municipalities_imported", file=str(arguments.file), municipalities=words.municipalities(len(known)))
    )
    return DONE


async def export(services: "Services", arguments: argparse.Namespace) -> int:
    """Write the register as YAML."""
    from config.export import export_documents

    words = TerminalWords(await imported_programme(services))
    export_documents(await services.record.register.documents(), arguments.folder)
    tell(words.say("exported", folder=str(arguments.folder)))
    return DONE
