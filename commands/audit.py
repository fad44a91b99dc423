"""The audit: what people did, shown, checked, and written to a file."""

import argparse
from typing import TYPE_CHECKING

from commands.session import DID_NOT_HOLD, DONE, complain, show, tell
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services
    from workflows.operations.audit import ChainHead
    from workflows.operations.audit_rendering import AuditLine, AuditWords

LATEST = 50
HEAD_HELP = "a head that an earlier check printed, which must still be in the chain"


async def audit(services: "Services", arguments: argparse.Namespace) -> int:
    """Show the latest of what people did, or check that nothing of it was changed."""
    from texts import DEFAULT
    from workflows.operations.audit_rendering import COLUMNS, AuditWords, audit_row, questions_in

    programme = await services.record.register.find_programme()
    language = programme.language if programme else DEFAULT
    known = TerminalWords(programme)
    if arguments.verify:
        return await _verify(services, arguments, AuditWords(programme, language), language)
    if arguments.csv is not None:
        return await _write(services, arguments, language)
    found = await services.record.audit.latest(before=None, most=LATEST)
    asked = await services.record.questions.find_questions(questions_in(found))
    words = AuditWords(programme, language, asked_by={key: item.work_package for key, item in asked.items()})
    rows = [dict(zip(COLUMNS, audit_row(entry), strict=True)) for entry in found]
    show(arguments, rows, [_told(words.line(entry), known.moment(entry.act.at)) for entry in reversed(found)])
    return DONE


async def _verify(services: "Services", arguments: argparse.Namespace, words: "AuditWords", language: str) -> int:
    """Compute every hash anew; name the first place that does not hold."""
    from texts import say
    from workflows.operations.audit import verify

    verified = await verify(services.record.audit, kept=arguments.head)
    broken = verified.broken
    row = {
        "holds": broken is None,
        "entries": verified.head.number,
        "head": str(verified.head),
        "broken_at": broken.number if broken else None,
        "why": broken.why if broken else None,
    }
    if broken is not None:
        complain(words.broken(broken))
        show(arguments, row, [say("audit.broken_heading", language)])
        return DID_NOT_HOLD
    lines = [
        say("audit.holds", language, number=verified.head.number),
        say("audit.head", language, head=str(verified.head)),
    ]
    show(arguments, row, lines)
    return DONE


async def _write(services: "Services", arguments: argparse.Namespace, language: str) -> int:
    from documents.csv_file import csv_file
    from texts import say
    from workflows.operations.audit_rendering import COLUMNS, audit_row

    rows = [audit_row(entry) async for entry in services.record.audit.entries()]
    arguments.csv.write_bytes(csv_file(COLUMNS, rows))
    tell(say("audit.written", language, count=len(rows), file=str(arguments.csv)))
    return DONE


def _told(line: "AuditLine", moment: str) -> str:
    parts = (moment, line.actor, line.on_behalf, line.action, line.subject)
    return "  ".join(filter(None, (f"{line.number}", *parts, line.surface, line.sign_in)))


def head(text: str) -> "ChainHead":
    """Read the option `--head`."""
    from workflows.operations.audit import ChainHead

    try:
        return ChainHead.from_text(text)
    except ValueError as exc:
        raise argparse.ArgumentTypeError(f"{text}: {exc}") from None
