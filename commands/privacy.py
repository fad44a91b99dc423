"""Personal data: everything that is held about a person or a case."""

import argparse
from typing import TYPE_CHECKING

from commands.papers import put_into
from commands.session import DONE, Usage, tell
from commands.subjects import imported_programme
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services


async def access_request(services: "Services", arguments: argparse.Namespace) -> int:
    """Write everything that is held about a person or a case into a folder, readable and as JSON (innsyn)."""
    from workflows.privacy.subject import find_subject

    programme = await imported_programme(services)
    words = TerminalWords(programme)
    if find_subject(programme, arguments.subject) is None:
        raise Usage(words.say("access_request_unknown", given=arguments.subject))
    held = await services.jobs.privacy.access_requests.put(arguments.subject, put_into(arguments.folder))
    folder = str(arguments.folder)
    tell(words.say("access_request_done", count=len(held.rows), name=held.subject.title, folder=folder))
    return DONE
