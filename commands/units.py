"""Units that somebody at the terminal orders: made due, run here and waited for, or left to the running service."""

import argparse
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from commands.session import DID_NOT_HOLD, DONE, complain, show, tell
from commands.words import TerminalWords

if TYPE_CHECKING:
    from config.programme import Programme
    from wiring.process import Services

LONGEST_WAIT = timedelta(minutes=2)
"""Longest time that a unit may park itself while somebody at the terminal waits for it."""


async def make_due(services: "Services", keys: Sequence[str]) -> None:
    """Make units due now, for whoever runs them."""
    from workflows.ports.units import DueUnit

    now = services.clock.now()
    await services.record.units.make_due([DueUnit(key=key, due_at=now) for key in keys])


async def order_units(services: "Services", words: TerminalWords, keys: Sequence[str]) -> int:
    """Make units due and leave them to the running service. Asks nothing of Microsoft 365."""
    await make_due(services, keys)
    await hint(services)
    tell(*(f"{words.unit(key)}  {words.say('ordered')}" for key in keys))
    return DONE


async def run_units(services: "Services", arguments: argparse.Namespace, keys: Sequence[str]) -> int:
    """Make units due, run them and print how they stand, waiting while they wait for what takes a moment only."""
    from integration.database.units import UnitState
    from workflows.rollout.orders import BUILDER_CLOSED

    await make_due(services, keys)
    programme = await services.record.register.find_programme()
    words = TerminalWords(programme)
    told: dict[str, str] = {}
    while True:
        await services.engine.run_due(keys)
        units = await services.record.units.list_units(only=keys)
        soon = services.clock.now() + LONGEST_WAIT
        waiting = [unit for unit in units if unit.state is UnitState.WAITING and unit.due_at <= soon]
        if not waiting:
            break
        # Told when it changes: a person who waits for minutes sees for what.
        changed = [unit for unit in waiting if told.get(unit.key) != unit.note]
        complain(*(f"{side_by_side(words.unit(unit.key), words.note(unit.note))} …" for unit in changed))
        told |= {unit.key: unit.note for unit in waiting}
        # At least a second: a unit that is due but held by the running service is waited for.
        first = min(unit.due_at for unit in waiting)
        await services.clock.sleep_until(max(first, services.clock.now() + timedelta(seconds=1)))
    rows, lines = [], []
    for unit in units:
        by_it = unit.note == BUILDER_CLOSED
        note = waiting_for_it(services, words.language) if by_it else unit.note
        said = words.note(await _with_names(services, programme, unit.key, note))
        until = unit.due_at.isoformat(timespec="minutes") if unit.state is UnitState.WAITING else ""
        rows.append({"unit": unit.key, "state": unit.state, "until": until, "note": note})
        state = "" if by_it else words.state(unit.state, unit.due_at if until else None)
        lines.append(side_by_side(words.unit(unit.key), state, said))
    show(arguments, rows, lines)
    return DONE if all(unit.state is UnitState.DONE for unit in units) else DID_NOT_HOLD


def side_by_side(*parts: str) -> str:
    """Return the parts that say something as one line."""
    return "  ".join(filter(None, parts))


async def _with_names(services: "Services", programme: "Programme | None", unit: str, note: str) -> str:
    """Return a rollout's result with names for its keys; any other note as it is."""
    from workflows.rollout.names import PlaceNames
    from workflows.rollout.preview import RESULT, seen_plan
    from workflows.rollout.rendering import named_result

    kind, _, place = unit.partition(":")
    spec = programme.find_place(place) if programme is not None and kind == "rollout.place" else None
    if programme is None or spec is None:
        return note
    seen = seen_plan(place, (await services.record.resources.of(place)).get(RESULT))
    names = PlaceNames(programme, spec, programme.language)
    return note if seen is None else named_result(note, seen.items, names, language=programme.language)


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
