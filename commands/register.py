"""A programme's YAML, and the register that it is taken into."""

import argparse
from typing import TYPE_CHECKING

from commands.session import DONE, tell
from commands.subjects import imported_programme
from commands.units import hint

if TYPE_CHECKING:
    from wiring.process import Services


def check(arguments: argparse.Namespace) -> int:
    """Only validate a programme's YAML."""
    from config.loading import load_programme

    programme = load_programme(arguments.folder)
    tell(f"{arguments.folder}: {len(programme.municipalities)} municipalities, no problems")
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
    tell(f"imported {len(programme.municipalities)} municipalities from {arguments.folder}")
    return DONE


async def export(services: "Services", arguments: argparse.Namespace) -> int:
    """Write the register as YAML."""
    from config.export import export_documents

    await imported_programme(services)
    export_documents(await services.record.register.documents(), arguments.folder)
    tell(f"exported to {arguments.folder}")
    return DONE
