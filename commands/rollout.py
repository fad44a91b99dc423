"""Places: how they differ from what is wanted, and making them so."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from commands.session import DID_NOT_HOLD, DONE, Usage, show
from commands.subjects import imported_programme, named_places
from commands.units import order_units, run_units, waiting_for_it
from commands.words import TerminalWords

if TYPE_CHECKING:
    from wiring.process import Services
    from workflows.rollout.plan import PlacePlan


async def plan(services: "Services", arguments: argparse.Namespace) -> int:
    """Show how places differ from what is wanted."""
    places = named_places(await imported_programme(services), arguments.municipality)
    await _see_that_somebody_answers(services)
    plans = await _show_plans(services, arguments, places)
    seen = plans is not None and not any(item.unseen for plan in plans for item in plan.items)
    return DONE if seen else DID_NOT_HOLD


async def rollout(services: "Services", arguments: argparse.Namespace) -> int:
    """Make places so."""
    programme = await imported_programme(services)
    words = TerminalWords(programme)
    if bool(arguments.municipality) is arguments.all:
        raise Usage(words.say("rollout_of_whom", option="--all"))
    every = [place.key for place in programme.places]
    places = every if arguments.all else named_places(programme, arguments.municipality)
    if (arguments.restore or arguments.adopt) and len(places) != 1:
        raise Usage(words.say("rollout_of_one", restore="--restore", adopt="--adopt"))
    if arguments.adopt:
        await services.jobs.rollout.handlers.adopt(places[0], arguments.adopt)
    if arguments.restore:
        await services.jobs.rollout.handlers.restore(places[0], arguments.restore, look=not arguments.no_wait)
    keys = [f"rollout.place:{place}" for place in places]
    if arguments.no_wait:
        return await order_units(services, words, keys)
    await _see_that_somebody_answers(services)
    code = await run_units(services, arguments, keys)
    return DID_NOT_HOLD if code == DONE and await _something_is_asked(services, places) else code


async def _something_is_asked(services: "Services", places: Sequence[str]) -> bool:
    """Tell whether the last order of one of them left something that a person must answer."""
    from workflows.rollout.orders import ASKS

    return any([ASKS in await services.record.resources.of(place) for place in places])


async def _show_plans(
    services: "Services", arguments: argparse.Namespace, places: Sequence[str]
) -> "Sequence[PlacePlan] | None":
    """Print how places differ, and return it; None when the Builder is closed and nobody can see it."""
    from workflows.errors import IdentityClosed
    from workflows.rollout.rendering import plan_data, plan_lines

    try:
        plans = [await services.jobs.rollout.handlers.plan(place) for place in places]
    except IdentityClosed:
        await _show_orders(services, arguments, places)
        return None
    programme = await imported_programme(services)
    lines = [line for item in plans for line in plan_lines(item, programme, language=programme.language)]
    show(arguments, [plan_data(item) for item in plans], lines)
    return plans


async def _show_orders(services: "Services", arguments: argparse.Namespace, places: Sequence[str]) -> None:
    """Print which places wait for the Builder to be opened, and who opens it how."""
    from integration.database.units import UnitState

    waiting = await services.record.units.list_units(states=[UnitState.WAITING], kind="rollout.place")
    ordered = {unit.key.partition(":")[2] for unit in waiting}
    words = TerminalWords(await imported_programme(services))
    todo = waiting_for_it(services, words.language)
    rows = [{"place": place, "state": "unknown", "ordered": place in ordered, "todo": todo} for place in places]
    lines = [
        f"{words.name(place)}  {words.say('ordered' if place in ordered else 'not_ordered')}  {todo}"
        for place in places
    ]
    show(arguments, rows, lines)


async def _see_that_somebody_answers(services: "Services") -> None:
    """Raise at once, instead of trying for minutes, when not even the identity's token can be had."""
    from contextlib import suppress

    from integration.identity import GRAPH_SCOPE
    from workflows.errors import IdentityClosed

    # A closed Builder is no obstacle: the order waits for it.
    with suppress(IdentityClosed):
        await services.outside.identities.token(services.settings.builder_id, GRAPH_SCOPE)
