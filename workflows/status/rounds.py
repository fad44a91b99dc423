"""Status rounds: a board meeting opens one, people are asked and reminded where they are, the deadline closes it.

A unit each for opening, sending, each reminder, closing, and for bringing a request's cards up to date. All of them
look at how things are first, so that a repeat, a late start or a crash anywhere ends in the same place.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

from config.programme import Programme
from workflows.ports.units import DueUnit, History, Outcome
from workflows.status import plan
from workflows.status.card_updates import CardUpdates
from workflows.status.closing import RoundClosing
from workflows.status.escalation import LeadEscalation
from workflows.status.model import RoundState, StatusRound
from workflows.status.opening import RoundOpening
from workflows.status.ports import StatusPorts
from workflows.status.results import RoundResults
from workflows.status.sending import RoundSending
from workflows.working_days import Calendars


class StatusRounds:
    """The parts of the status rounds, each with the handlers of its units."""

    def __init__(self, ports: StatusPorts) -> None:
        self._ports = ports
        self.opening = RoundOpening(ports)
        self.sending = RoundSending(ports)
        self.escalation = LeadEscalation(ports)
        self.closing = RoundClosing(ports)
        self.cards = CardUpdates(ports)
        self.results = RoundResults(ports)

    @property
    def handlers(self) -> Mapping[str, Callable[[DueUnit, History], Awaitable[Outcome]]]:
        """The handler of each kind of unit."""
        return {
            "status.open": self.opening.open,
            "status.send": self.sending.send,
            "status.renew": self.sending.renew,
            "status.remind": self.sending.remind,
            "status.nudge": self.sending.nudge,
            "status.moved": self.sending.moved,
            "status.escalate": self.escalation.escalate,
            "status.lifted": self.escalation.lifted,
            "status.close": self.closing.close,
            "status.refresh": self.cards.refresh,
        }

    async def due_units(self) -> tuple[DueUnit, ...]:
        """Return everything about rounds that should be due, now or later. Making it due again is harmless."""
        units, programme = await self.opening.opening_units(), await self._ports.programme()
        rounds = await self._ports.rounds.list_rounds(state=RoundState.OPEN)
        # Beside the loop: it goes through a country's rounds, and the loop also answers people.
        units.extend(await asyncio.to_thread(_units_of_open, programme, rounds, self._ports.clock.now()))
        units.extend(await self.cards.outdated_units(rounds))
        return tuple({unit.key: unit for unit in units}.values())


def _units_of_open(programme: Programme, rounds: Sequence[StatusRound], now: datetime) -> list[DueUnit]:
    """List what should be due of open rounds, that each goes with its meeting among it."""
    units, calendars = [], Calendars(programme)
    for status_round in rounds:
        units.append(DueUnit(key=f"status.open:{status_round.meeting}", due_at=now))
        units.extend(plan.units_of(status_round, calendars.of(status_round.municipality)))
    return units
