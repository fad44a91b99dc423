"""A board meeting opens a round: its requests and their first messages, once, when the time has come."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from config.programme import Programme
from config.values import BodyKind
from workflows.messages.model import Message
from workflows.ports.units import Done, DueUnit, History, Outcome, Parked
from workflows.status import plan
from workflows.status.context import RoundContext, find_context
from workflows.status.lifecycle import end_round, follow_meeting
from workflows.status.model import RequestState, RoundState, StatusRequest
from workflows.status.ports import BoardMeeting, StatusPorts
from workflows.status.recipients import REQUEST_NOTICE, RoundRecipients
from workflows.working_days import DAY, Calendars

LATEST_OPENING = 2 * DAY
"""Time before the deadline at which a round opens although it has nobody to ask: until then it waits for a package."""


class RoundOpening:
    """Opens rounds, and lists the units that open those to come."""

    def __init__(self, ports: StatusPorts) -> None:
        self._ports = ports
        self._rounds = ports.rounds

    async def open(self, unit: DueUnit, history: History) -> Outcome:
        """Open the meeting's round when its time has come; an open one follows the meeting."""
        existing = await find_context(self._ports, unit.subject)
        if existing is not None:
            return await self._keep(existing, history)
        meeting = await self._rounds.find_meeting(unit.subject)
        if meeting is None:
            return Done(note="no such meeting")
        if meeting.cancelled:
            return Done(note="the meeting is cancelled")
        programme, now = await self._ports.programme(), self._ports.clock.now()
        planned = plan.round_before(programme, meeting)
        if planned is None:
            return Done(note="no local board's meeting")
        if now < planned.opens_at:
            return Parked(until=planned.opens_at, note="opens later")
        if now >= planned.deadline_at:
            return Done(note="the deadline had passed")
        opened = replace(planned, state=RoundState.OPEN)
        context = RoundContext(programme=programme, meeting=meeting, round=opened, now=now)
        requests = plan.new_requests(programme, meeting.key, opened.municipality, now)
        if not requests and now < (last := planned.deadline_at - LATEST_OPENING):
            return Parked(until=min(now + DAY, last), note="nobody to ask")
        messages = await self._first_messages(context, requests)
        if await self._rounds.open_round(opened, requests, messages, then=plan.units_of(opened, context.calendar)):
            await history.note("status.opened", meeting=meeting.key, requests=len(requests))
        return Done()

    async def opening_units(self) -> list[DueUnit]:
        """Return what opens each round that is to come. Making it due again is harmless."""
        programme, now = await self._ports.programme(), self._ports.clock.now()
        boards = [body.key for body in programme.bodies if body.kind is BodyKind.LOCAL_BOARD]
        local = now.astimezone(ZoneInfo(programme.timezone)).replace(tzinfo=None)
        meetings = await self._rounds.list_meetings(bodies=boards, after_local=local)
        # Beside the loop: it goes through a country's meetings, and the loop also answers people.
        return await asyncio.to_thread(_opening_units, programme, meetings, now)

    async def _keep(self, existing: RoundContext, history: History) -> Outcome:
        """Let a round that is open already go with its meeting."""
        if existing.meeting.cancelled:
            await end_round(self._ports, existing.meeting.key, unanswered=RequestState.WAIVED, history=history)
            return Done()
        if plan.round_before(existing.programme, existing.meeting) is None:
            return Done(note="no local board's meeting")
        await follow_meeting(self._ports, existing, history)
        return Done()

    async def _first_messages(self, context: RoundContext, requests: tuple[StatusRequest, ...]) -> list[Message]:
        """Write the first message of each request, on the surface that would be tried first."""
        recipients = await RoundRecipients.of(self._ports, context, requests)
        messages = []
        for request in requests:
            recipient = recipients.find_recipient(request, context.round.opens_at)
            if recipient is not None:
                surface = recipient.surfaces[0]
                messages.append(await recipients.message(REQUEST_NOTICE, recipient, surface))
        return messages


def _opening_units(programme: Programme, meetings: Sequence[BoardMeeting], now: datetime) -> list[DueUnit]:
    """List the units that open the rounds of *meetings* whose deadline is ahead."""
    calendars = Calendars(programme)
    planned = (plan.round_before(programme, meeting, calendars) for meeting in meetings)
    return [plan.opening_unit(item) for item in planned if item is not None and now < item.deadline_at]
