"""Messages to people: seen before they leave, stopped, and started again."""

import argparse
from typing import TYPE_CHECKING

from commands.session import DONE, show, tell
from commands.subjects import check_scope
from commands.units import hint
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services
    from workflows.messages.preview import Preview


async def outbox(services: "Services", arguments: argparse.Namespace) -> int:
    """List what would go out next, to whom, with its text."""
    from workflows.messages.preview import preview

    waiting = [*await services.jobs.messages.outbox.waiting()]
    programme = await services.record.register.find_programme()
    if programme is not None:
        upcoming = services.jobs.status.upcoming
        for sending in await upcoming.list_sendings():
            waiting += await upcoming.messages_of(sending)
    seen = preview(waiting)
    rows = [
        {
            "at": item.at.isoformat(timespec="minutes"),
            "to": item.to,
            "surface": item.surface,
            "kind": item.kind,
            "state": item.state,
            "subject": item.subject,
            "text": item.text,
            "why_held": item.why_held,
        }
        for item in seen
    ]
    words = TerminalWords(programme)
    show(arguments, rows, [_told(words, item) for item in seen] or [words.say("outbox_empty")])
    return DONE


async def pause(services: "Services", arguments: argparse.Namespace) -> int:
    """Stop sending."""
    words = await check_scope(services, arguments.municipality)
    await services.record.switches.pause(arguments.municipality)
    tell(words.say("paused", whom=words.name(arguments.municipality)))
    return DONE


async def resume(services: "Services", arguments: argparse.Namespace) -> int:
    """Start sending again."""
    words = await check_scope(services, arguments.municipality)
    instead = await services.jobs.messages.resuming.resume(arguments.municipality)
    await hint(services)
    still = await services.record.switches.is_paused(arguments.municipality)
    tell(words.say("still_paused") if still else words.say("resumed", whom=words.name(arguments.municipality)))
    if instead.summaries:
        tell(words.say("summed_up", messages=len(instead.summed), people=len(instead.summaries)))
    return DONE


def _told(words: TerminalWords, item: "Preview") -> str:
    surface = words.say(f"surface_{item.surface}")
    held = words.say("held", why=words.note(item.why_held)) if item.why_held else ""
    head = "  ".join(part for part in (words.moment(item.at), surface, item.to, item.subject, held) if part)
    return f"{head}\n{_indent(item.text)}"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
