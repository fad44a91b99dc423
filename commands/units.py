"""Units that somebody at the terminal orders: made due, run here and waited for, or left to the running service."""

import argparse
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from commands.session import DID_NOT_HOLD, DONE, complain, show
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services

LONGEST_WAIT = timedelta(minutes=2)
"""Longest time that a unit may park itself while somebody at the terminal waits for it."""


async def make_due(services: "Services", keys: Sequence[str]) -> None:
    """Make units due now, for whoever runs them."""
    from workflows.ports.units import DueUnit

    now = services.clock.now()
    await services.record.units.make_due([DueUnit(key=key, due_at=now) for key in keys])


async def run_units(services: "Services", arguments: argparse.Namespace, keys: Sequence[str]) -> int:
    """Make units due, run them and print how they stand, waiting while they wait for what takes a moment only."""
    from integration.database.units import UnitState
    from workflows.rollout.orders import BUILDER_CLOSED

    await make_due(services, keys)
    words = TerminalWords(await services.record.register.find_programme())
    told: dict[str, str] = {}
    while True:
        await services.engine.run_due(keys)
        units = [unit for unit in await services.record.units.list_units() if unit.key in keys]
        soon = services.clock.now() + LONGEST_WAIT
        waiting = [unit for unit in units if unit.state is UnitState.WAITING and unit.due_at <= soon]
        if not waiting:
            break
        # Told when it changes: a person who waits for minutes sees for what.
        changed = [unit for unit in waiting if told.get(unit.key) != unit.note]
        complain(*(f"{words.unit(unit.key)}  {words.note(unit.note)} …" for unit in changed))
        told |= {unit.key: unit.note for unit in waiting}
        # At least a second: a unit that is due but held by the running service is waited for.
        first = min(unit.due_at for unit in waiting)
        await services.clock.sleep_until(max(first, services.clock.now() + timedelta(seconds=1)))
    rows, lines = [], []
    for unit in units:
        by_it = unit.note == BUILDER_CLOSED
        note = waiting_for_it(services, words.language) if by_it else unit.note
        until = unit.due_at.isoformat(timespec="minutes") if unit.state is UnitState.WAITING else ""
        rows.append({"unit": unit.key, "state": unit.state, "until": until, "note": note})
        state = "" if by_it else words.state(unit.state, unit.due_at if until else None)
        lines.append("  ".join(part for part in (words.unit(unit.key), state, words.note(note)) if part))
    show(arguments, rows, lines)
    return DONE if all(unit.state is UnitState.DONE for unit in units) else DID_NOT_HOLD


def waiting_for_it(services: "Services", language: str) -> str:
    """Return the state of a place whose Builder is closed, and the command that IT runs."""
    from texts import say
    from workflows.operations.doctor import open_builder

    return f"{say('rollout.waiting_for_it', language)}: {open_builder(services.settings.builder_id)}"


async def hint(services: "Services") -> None:
    """Let a service on this machine look for work now; any request does that. Without one, its next look finds it."""
    import httpx

    from config.addresses import is_loopback

    if is_loopback(services.settings.public_url):
        async with httpx.AsyncClient(base_url=services.settings.public_url, trust_env=False, timeout=2) as http:
            try:
                await http.get("/healthz")
            except httpx.HTTPError:
                return
