"""Work that has stopped: listed with why and what to do, and ordered again."""

import argparse
from typing import TYPE_CHECKING

from commands.session import DID_NOT_HOLD, DONE, complain, show, tell
from commands.subjects import imported_programme
from commands.units import hint
from commands.words import FOR_PROGRAMS, TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services
    from workflows.operations.stopped import StoppedLine


async def stopped(services: "Services", arguments: argparse.Namespace) -> int:
    """List the work that has stopped and does not go on by itself, why and what to do; or order it again."""
    from workflows.operations.own_checks import on_database
    from workflows.operations.stopped import stopped_line

    programme = await imported_programme(services)
    desk, words = services.jobs.operations.stopped, TerminalWords(programme)
    if arguments.again:
        ordered = {key: await desk.order_again(key) for key in arguments.again}
        await hint(services)
        for key, found in ordered.items():
            if found:
                tell(words.say("stopped_ordered", work=key))
            else:
                complain(words.say("stopped_gone", work=key))
        return DONE if all(ordered.values()) else DID_NOT_HOLD
    units = (await desk.work()).units
    rows = [_data(stopped_line(unit, programme, FOR_PROGRAMS)) for unit in units]
    command = on_database(services.settings, "stopped --again")
    lines = [_told(words, stopped_line(unit, programme, words.language), command) for unit in units]
    show(arguments, rows, lines or [words.say("stopped_none")])
    return DID_NOT_HOLD if units else DONE


def _data(line: "StoppedLine") -> dict[str, str]:
    reason = line.reason
    since = line.since.isoformat(timespec="minutes")
    return {
        "key": line.log_key,
        "what": line.what,
        "since": since,
        "why": reason.why,
        "answer": reason.answer,
        "todo": reason.todo,
    }


def _told(words: TerminalWords, line: "StoppedLine", command: str) -> str:
    from texts import say

    reason = line.reason
    since = say("stopped.since", words.language, moment=line.since)
    told = (f"{line.what}. {since}", " ".join(filter(None, (reason.why, reason.answer))), reason.todo)
    return "\n    ".join((*told, f"→ {command} {line.log_key}"))
