"""Papers as files: for people, and for the archive."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from commands.session import DONE, tell
from commands.subjects import imported_programme
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services
    from workflows.papers.handover import PutFile


async def papers(services: "Services", arguments: argparse.Namespace) -> int:
    """Write every released paper into a folder: for people as PDF and Word, or as messages to the archive."""
    words = TerminalWords(await imported_programme(services))
    files, put = services.jobs.paper_files.files, put_into(arguments.folder)
    count = await (files.put_all(put) if arguments.what == "files" else files.put_archive(put))
    tell(words.say(f"papers_{arguments.what}", count=count, folder=str(arguments.folder)))
    return DONE


def put_into(folder: Path) -> "PutFile":
    """Return the way to put files into a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)

    def put(name: str, content: bytes) -> None:
        (folder / name).write_bytes(content)

    return put
