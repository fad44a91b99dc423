"""Sentences about something outside that said no: what happened, what to do now, and the detail for troubleshooting."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from commands.words import TerminalWords
    from wiring.outside import NotInThisPart
    from workflows.errors import OutsideError

SECONDS = 60


def explain_outside(exc: "OutsideError | NotInThisPart", words: "TerminalWords") -> list[str]:
    """
    Return the lines for a command that something outside ended.

    The second one is the error itself, in English as in the logs: Microsoft's support asks for its request id.
    """
    from wiring.outside import NotInThisPart

    if isinstance(exc, NotInThisPart):
        if exc.value:
            return [words.say("part_needed", variable=exc.variable, value=exc.value)]
        return [words.say("setting_needed", variable=exc.variable)]
    return [_said(exc, words), words.say("outside_detail", detail=str(exc))]


def _said(exc: "OutsideError", words: "TerminalWords") -> str:
    from workflows.errors import (
        Conflict,
        IdentityClosed,
        NotFound,
        OutcomeUnknown,
        RecipientNotAllowed,
        Refused,
        Throttled,
        Transient,
    )

    match exc:
        case Throttled():
            return words.say("outside_wait", minutes=1 + int(exc.retry_after.total_seconds()) // SECONDS)
        case OutcomeUnknown():
            return words.say("outside_unsure")
        case Transient():
            return words.say("outside_silent")
        case IdentityClosed():
            return words.say("outside_closed")
        case Refused():
            return words.say("outside_refused")
        case NotFound():
            return words.say("outside_missing")
        case Conflict():
            return words.say("outside_changed")
        case RecipientNotAllowed():
            return words.say("outside_rehearsal")
    return words.say("outside_invalid")
