"""Personal data: everything that is held about a person or a case, what ends when, and what is taken out."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from commands.papers import put_into
from commands.session import DID_NOT_HOLD, DONE, Usage, complain, show, tell
from commands.subjects import imported_programme
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services
    from workflows.privacy.redaction.model import Redaction, RedactionPlan


async def access_request(services: "Services", arguments: argparse.Namespace) -> int:
    """Write everything that is held about a person or a case into a folder, readable and as JSON (innsyn)."""
    from workflows.errors import NotFound

    words, requests = TerminalWords(await imported_programme(services)), services.jobs.privacy.access_requests
    try:
        held = await requests.put(arguments.subject, put_into(arguments.folder))
    except NotFound as exc:
        raise Usage(words.say("access_request_unknown", given=arguments.subject)) from exc
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
    told += [words.say("retention_waiting", count=line.waiting) for line in lines if line.waiting]
    rows = [
        {"kind": line.rule.kind, "days": line.rule.days, "count": line.count, "waiting": line.waiting} for line in lines
    ]
    show(arguments, rows, told or [words.say("retention_no_rules")])
    return DONE


async def redact(services: "Services", arguments: argparse.Namespace) -> int:
    """
    Show where a text stands that slipped in, such as a pupil's name; with --apply, take it out everywhere.

    Without TEXT it is read from the input, so that no history of the shell keeps it.
    """
    from workflows.errors import Invalid
    from workflows.privacy.redaction.redacting import ReservedText

    words, redacting = TerminalWords(await imported_programme(services)), services.jobs.privacy.redacting
    if arguments.apply and not arguments.basis.strip():
        raise Usage(words.say("redact_basis", option="--basis"))
    if arguments.text is None:
        complain(words.say("redact_text"))
    text = sys.stdin.readline() if arguments.text is None else arguments.text
    try:
        if not arguments.apply:
            plan = await redacting.preview(text, parts=arguments.parts)
            _show_redaction(services, arguments, words, plan, "redact_would")
            return DONE
        redaction = await redacting.redact(text, basis=arguments.basis, parts=arguments.parts)
        if redaction is None:
            show(arguments, {"found": {}}, [words.say("redact_nothing")])
            return DONE
        await _bring_copies_in_order(services, redaction.number)
        after = await services.record.redactions.find(redaction.number)
        _show_redaction(services, arguments, words, after or redaction, "redact_done")
        again = await redacting.preview(text, parts=arguments.parts)
    except ReservedText as exc:
        raise Usage(words.say("redact_reserved", word=exc.word)) from exc
    except Invalid as exc:
        raise Usage(words.say("redact_short")) from exc
    if again.total:
        complain(words.say("redact_again", count=again.total))
    return DID_NOT_HOLD if again.total else DONE


async def _bring_copies_in_order(services: "Services", number: int) -> None:
    """Take the steps of a redaction outside, and those that follow at once; the running service does the later ones."""
    await services.engine.run_due([f"privacy.redact:{number}"])
    await services.engine.run_due()


def _show_redaction(
    services: "Services",
    arguments: argparse.Namespace,
    words: TerminalWords,
    found: "Redaction | RedactionPlan",
    heading: str,
) -> None:
    from workflows.privacy.redaction.rendering import copy_lines, found_lines, left_lines

    on = services.clock.now().date()
    left = left_lines(found, words.language, on=on, backup_days=services.settings.backup_days)
    row = {
        "found": dict(found.found),
        "copies": [{"kind": step.kind, "key": step.key, "taken": step.taken} for step in found.steps],
        "left": dict(found.left),
    }
    lines = [
        words.say(heading, count=found.total),
        *found_lines(found, words.language),
        *_below(words.say("redact_copies"), copy_lines(found, words.language)),
        *_below(words.say("redact_left"), left),
    ]
    show(arguments, row, lines if found.total else [words.say("redact_nothing")])


def _below(heading: str, lines: Sequence[str]) -> Sequence[str]:
    return [heading, *lines] if lines else []
