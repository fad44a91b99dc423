"""Personal data: everything that is held about a person or a case, and what ends when."""

import argparse
from typing import TYPE_CHECKING

from commands.papers import put_into
from commands.session import DONE, Usage, show, tell
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


async def retention(services: "Services", arguments: argparse.Namespace) -> int:
    """Show what ends today by the programme's rules of retention; with --apply, end it."""
    words, retention = TerminalWords(await imported_programme(services)), services.jobs.privacy.retention
    lines = await (retention.apply() if arguments.apply else retention.preview())
    what = "retention_ended" if arguments.apply else "retention_would_end"
    told = [
        words.say(
            what,
            kind=words.say(f"retention_{line.rule.kind}"),
            count=line.count,
            days=line.rule.days,
            reason=line.rule.reason,
        )
        for line in lines
    ]
    rows = [{"kind": line.rule.kind, "days": line.rule.days, "count": line.count} for line in lines]
    show(arguments, rows, told or [words.say("retention_no_rules")])
    return DONE
