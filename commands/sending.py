"""What leaves for people: seen before it goes, stopped, and started again."""

import argparse
from typing import TYPE_CHECKING

from commands.session import DONE, show, tell
from commands.subjects import check_scope
from commands.units import hint

if TYPE_CHECKING:
    from wiring.process import Services


async def outbox(services: "Services", arguments: argparse.Namespace) -> int:
    """What would go out next, to whom, with its text."""
    from workflows.messages.preview import preview

    waiting = [*await services.jobs.messages.outbox.waiting()]
    if await services.record.register.find_programme() is not None:
        waiting += await services.jobs.status.rounds.opening.upcoming()
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
        for item in preview(waiting)
    ]
    lines = [f"{row['at']}  {row['surface']:<8} {row['to']}  {row['subject']}\n{_indent(row['text'])}" for row in rows]
    show(arguments, rows, lines)
    return DONE


async def pause(services: "Services", arguments: argparse.Namespace) -> int:
    """Stop sending."""
    await check_scope(services, arguments.municipality)
    await services.record.switches.pause(arguments.municipality)
    tell(f"sending is paused for {arguments.municipality or 'everybody'}")
    return DONE


async def resume(services: "Services", arguments: argparse.Namespace) -> int:
    """Start sending again."""
    await check_scope(services, arguments.municipality)
    await services.record.switches.resume(arguments.municipality)
    await hint(services)
    still = await services.record.switches.is_paused(arguments.municipality)
    tell("still paused: everybody is" if still else f"sending goes on for {arguments.municipality or 'everybody'}")
    return DONE


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
