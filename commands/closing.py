"""The end of the programme: what stands open, closing it, and the proof."""

import argparse
from typing import TYPE_CHECKING

from commands.confirm import is_confirmed
from commands.papers import put_into
from commands.session import DID_NOT_HOLD, DONE, show, tell
from commands.subjects import imported_programme
from commands.units import order_units, run_units
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services


async def close(services: "Services", arguments: argparse.Namespace) -> int:
    """Show what stands open at the programme's end; with --apply, close it; with --proof, write how it was left."""
    from workflows.operations.audit import verify
    from workflows.operations.closing import KIND
    from workflows.operations.closing_proof import closing_document, closing_json, closing_lines

    programme, closing = await imported_programme(services), services.jobs.operations.closing
    asks = arguments.proof is not None or not arguments.no_wait
    words, state = TerminalWords(programme), await closing.state(asks=asks)
    lines = closing_lines(state, words.language)
    if arguments.proof is not None:
        verified = await verify(services.record.audit)
        document = closing_document(programme, state, verified, words.language)
        put, files = put_into(arguments.proof), services.jobs.paper_files
        put("avslutning.pdf", files.make_pdf(document, state.at))
        put("avslutning.docx", files.make_word(document, state.at))
        put("avslutning.json", closing_json(state, verified))
        tell(words.say("close_proof", folder=str(arguments.proof)), *lines)
        return DONE if state.is_closed and verified.broken is None else DID_NOT_HOLD
    if not arguments.apply or state.is_closed:
        row = {"open": lines, "may_close": state.may_close, "is_closed": state.is_closed}
        show(arguments, row, lines)
        return DONE
    if not state.may_close:
        show(arguments, {"open": lines, "may_close": False}, [*lines, words.say("close_not_yet")])
        return DID_NOT_HOLD
    if not is_confirmed(arguments, words, lines, question=words.say("close_question")):
        return DID_NOT_HOLD
    keys = [f"{KIND}:{programme.key}"]
    return await (order_units(services, words, keys) if arguments.no_wait else run_units(services, arguments, keys))
