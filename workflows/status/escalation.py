"""The local lead is told in time: who has not answered the reminders, and what an answer lifts to the board."""

from datetime import datetime, timedelta

from workflows.messages.model import MessageState
from workflows.ports.units import Done, DueUnit, History, Outcome, Parked
from workflows.status import plan
from workflows.status.context import RoundContext, find_context
from workflows.status.lead_notices import LeadNotices
from workflows.status.lifecycle import bring_up_to_date
from workflows.status.model import EscalationState, RequestState
from workflows.status.ports import StatusPorts

TIME_TO_ANSWER = timedelta(hours=12)
"""Left to people after they were asked or reminded, before the local lead hears that they have not answered."""
TIME_TO_CALL = timedelta(hours=3)
"""Left to the local lead before the deadline, however late people were asked."""


class LeadEscalation:
    """Decides when the local lead hears; `LeadNotices` writes."""

    def __init__(self, ports: StatusPorts) -> None:
        self._ports = ports
        self._rounds = ports.rounds

    async def escalate(self, unit: DueUnit, history: History) -> Outcome:
        """Tell the local lead who has not answered, two working days before the deadline."""
        context = await bring_up_to_date(self._ports, unit.subject, history)
        if context is None or not context.takes_answers:
            return Done(note="the round takes no answers")
        due_at = await self._due_at(context)
        if context.now < due_at:
            return Parked(until=due_at, note="gives people time to answer")
        if (sendable := context.calendar.next_sendable(context.now)) > context.now:
            return Parked(until=sendable, note="waits for sending hours")
        await LeadNotices(self._ports, context).unanswered()
        return Done()

    async def lifted(self, unit: DueUnit, history: History) -> Outcome:
        """Tell the local lead that an answer asks the board for a decision."""
        del history
        request = await self._rounds.find_request(unit.subject)
        context = await find_context(self._ports, request.meeting) if request else None
        if request is None or context is None:
            return Done(note="no such request")
        if not plan.known_requests(context.programme, [request]):
            return Done(note="no such work package")
        if (sendable := context.calendar.next_sendable(context.now)) > context.now:
            return Parked(until=sendable, note="waits for sending hours")
        answer = (await self._rounds.newest_answers([request.id])).get(request.id)
        for item in await self._rounds.list_escalations(request.meeting):
            if item.request == request.id and item.state is EscalationState.RAISED:
                await LeadNotices(self._ports, context).question(request, item, by=answer.by if answer else "")
        return Done()

    async def _due_at(self, context: RoundContext) -> datetime:
        deadline_at = context.round.deadline_at
        requests = await self._rounds.list_requests(context.meeting.key)
        owing = [request.id for request in requests if request.state is RequestState.OPEN]
        sent = await self._ports.messages.list_messages(states=[MessageState.SENT], requests=owing)
        # When messages left, not when they should have: after an outage that is later.
        moments = [message.sent_at for message in sent if message.sent_at is not None]
        asked_at = max([context.round.opens_at, *moments])
        told_at = max(
            plan.missing_told_at(deadline_at, context.calendar),
            context.calendar.next_sendable(asked_at + TIME_TO_ANSWER),
        )
        return min(told_at, deadline_at - TIME_TO_CALL)
