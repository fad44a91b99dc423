"""A programme's YAML, and the register that it is taken into."""

import argparse
from typing import TYPE_CHECKING

from commands.session import DONE, tell
from commands.subjects import imported_programme
from commands.units import hint
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services


def check(arguments: argparse.Namespace) -> int:
    """Only validate a programme's YAML."""
    from config.loading import load_programme

    programme = load_programme(arguments.folder)
    words = TerminalWords(programme)
    counted = words.municipalities(len(programme.municipalities))
    tell(words.say("checked", folder=str(arguments.folder), municipalities=counted))
    return DONE


async def import_(services: "Services", arguments: argparse.Namespace) -> int:
    """Replace the register by a programme's YAML."""
    from config.loading import load_documents, load_programme
    from workflows.sweep import sweep_unit

    # Loaded as a whole first: its errors know file and line.
    programme = load_programme(arguments.folder)
    sweep = sweep_unit(programme.key, services.clock.now())
    await services.record.register.save(load_documents(arguments.folder), then=(sweep,))
    await hint(services)
    words = TerminalWords(programme)
    counted = words.municipalities(len(programme.municipalities))
    tell(words.say("imported", folder=str(arguments.folder), municipalities=counted))
    return DONE


async def export(services: "Services", arguments: argparse.Namespace) -> int:
    """Write the register as YAML."""
    from config.export import export_documents

    words = TerminalWords(await imported_programme(services))
    export_documents(await services.record.register.documents(), arguments.folder)
    tell(words.say("exported", folder=str(arguments.folder)))
    return DONE
