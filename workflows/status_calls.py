"""One call to everybody of a round who owes an answer: each on the best surface that works, each thing once.

What one person's mailbox or chat does not take keeps nobody else waiting: the round goes on, and comes back to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from workflows import status_plan as plan
from workflows.errors import Throttled, Transient
from workflows.outbox import AGAIN, PAUSED, Message, MessageState, Surface
from workflows.ports import Done, History, Outcome, Parked
from workflows.status_lead import LeadNotices
from workflows.status_ports import BoardMeeting, StatusPorts
from workflows.status_reach import REQUEST_CALL, Call, Callers
from workflows.status_values import RequestState, StatusRequest, StatusRound
from workflows.working_days import WorkCalendar

LOOK_AGAIN = timedelta(hours=1)
"""How long a paused round waits before it looks whether sending goes on."""
BREATHER = timedelta(hours=20)
"""Who heard from us later than that is not reminded: after an outage everything is due at once."""


@dataclass(kw_only=True)
class _Pass:
    """What happened while one call went through a round."""

    keys: set[str] = field(default_factory=set)
    """The messages that were tried, now or before."""
    paused: bool = False
    error: Transient | None = None
    """The first that another try may help."""


class RoundCalls:
    """Sends to one round."""

    def __init__(self, ports: StatusPorts, status_round: StatusRound, meeting: BoardMeeting) -> None:
        self._ports = ports
        self._round = status_round
        self._meeting = meeting

    async def send(self, call: Call, history: History, *, only: str | None = None) -> Outcome:
        """
        Send *call* to everybody who owes an answer, or to the request *only*, in sending hours.

        Raises Throttled at once, and any other Transient after everybody else was told.
        """
        programme = await self._ports.programme()
        calendar = WorkCalendar(programme, self._round.municipality)
        listed = await self._ports.rounds.list_requests(self._meeting.key)
        requests = [item for item in plan.known_requests(programme, listed) if only in (None, item.id)]
        callers = await Callers.of(self._ports, programme, self._round, self._meeting, requests)
        earlier = await self._ports.messages.list_messages(requests=[request.id for request in requests])
        done = _Pass()
        for request in requests:
            now = self._ports.clock.now()
            if not self._round.takes_answers(now):
                return Done(note="the round takes no answers any more")
            # Looked at for each of them: the hours may end while a long round is sent.
            if (sendable := calendar.next_sendable(now)) > now:
                return Parked(until=sendable, note="waits for sending hours")
            fresh = await self._ports.rounds.find_request(request.id)
            if fresh is not None and fresh.state is RequestState.OPEN and fresh.person:
                own = [message for message in earlier if message.request == fresh.id]
                await self._try(callers, call, fresh, own, done, history)
        if done.paused:
            return Parked(until=self._ports.clock.now() + LOOK_AGAIN, note="sending is paused")
        await LeadNotices(self._ports, programme, self._round, self._meeting).failed(call, done.keys)
        if done.error is not None:
            raise done.error
        return Done()

    async def _try(
        self,
        callers: Callers,
        call: Call,
        request: StatusRequest,
        messages: Sequence[Message],
        done: _Pass,
        history: History,
    ) -> None:
        try:
            message = await self._tell(callers, call, request, messages, done, history)
        except Throttled:
            raise
        except Transient as error:
            done.error = done.error or error
            await history.note("status.try_again", request=request.id)
        else:
            held = message is not None and message.state is MessageState.HELD
            done.paused = done.paused or (held and message is not None and message.failure == PAUSED)

    async def _tell(
        self,
        callers: Callers,
        call: Call,
        request: StatusRequest,
        messages: Sequence[Message],
        done: _Pass,
        history: History,
    ) -> Message | None:
        """
        Send on the best surface that works; each failure stays in its row and the next one is used at once.

        *messages*: those of the request so far. None when there is nothing to tell this person.
        """
        now = self._ports.clock.now()
        reach = callers.reach(request, now)
        person = reach.asked.person.key
        own = [message for message in messages if message.person == person]
        fitting = call_for(call, own, self._round, now)
        if fitting is None:
            return None
        await self._drop_others(person, messages)
        there = {message.key: message for message in own}
        reached = [item.surface for item in own if item.kind == plan.REQUEST and item.state is MessageState.SENT]
        begun = _begun(fitting, request, person, there)
        order = list(dict.fromkeys([*begun, *(item for item in reached if item in reach.surfaces), *reach.surfaces]))
        last: Message | None = None
        for surface in order:
            message = there.get(fitting.key(request, surface, person))
            if message is None or message.state in (MessageState.PLANNED, MessageState.HELD, MessageState.DROPPED):
                # Written anew: names or deadline may be others than when it was planned.
                planned, message = message, await callers.message(fitting, reach, surface)
                if planned is not None:
                    message = replace(message, reference=planned.reference)
                if planned != message:
                    await self._ports.outbox.plan([message])
            done.keys.add(message.key)
            last = await self._ports.outbox.deliver(message, patient=surface is order[-1])
            if last.in_doubt:
                await history.note("status.in_doubt", request=request.id, surface=surface)
            if last.state is not MessageState.FAILED:
                return last
            if message.state is not MessageState.FAILED:
                await history.note("status.surface_failed", request=request.id, surface=surface)
        if last is None:
            raise ValueError(f"request {request.id} has no surface")
        return last

    async def _drop_others(self, person: str, messages: Sequence[Message]) -> None:
        """What was planned for somebody who is not asked any more does not leave."""
        for message in messages:
            if message.person != person and message.state in (MessageState.PLANNED, MessageState.HELD):
                await self._ports.messages.change(message.key, MessageState.DROPPED)


def call_for(call: Call, own: Sequence[Message], status_round: StatusRound, now: datetime) -> Call | None:
    """
    What to tell somebody when it is time for *call*; None when there is nothing to tell.

    *own*: what was written to them about this request so far. Who took over in the middle, or was not asked for another
    reason, is asked before they are reminded; of a deadline hears only who was told another one.
    """
    sent = [message for message in own if message.state is MessageState.SENT and message.sent_at is not None]
    asked = [message for message in own if message.kind == plan.REQUEST]
    if call.kind == plan.MOVED:
        told = max(sent, key=lambda message: message.sent_at or now, default=None)
        if told is None or told.content.deadline == status_round.deadline_at.isoformat():
            return None
        moves = [item for item in sent if item.kind == plan.MOVED and AGAIN not in item.key]
        return replace(call, number=1 + len(moves))
    if call.kind == plan.REMINDER:
        if not any(message.state in (MessageState.SENT, MessageState.FAILED) for message in asked):
            return REQUEST_CALL
        if any(message.sent_at is not None and message.sent_at > now - BREATHER for message in sent):
            return None
    return call


def _begun(call: Call, request: StatusRequest, person: str, there: dict[str, Message]) -> list[Surface]:
    """The surfaces on which this call has gone out or is on its way: sent once, it is not sent elsewhere."""
    begun = (MessageState.SENT, MessageState.SENDING)
    found = (there.get(call.key(request, surface, person)) for surface in Surface)
    return [message.surface for message in found if message is not None and message.state in begun]
